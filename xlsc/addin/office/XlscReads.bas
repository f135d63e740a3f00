Attribute VB_Name = "XlscReads"
'Number formats and hidden rows of whole areas in one call; asked from Python, each run of alike cells would be a call.
'Records end with Chr(30), their fields with Chr(31).
Option Explicit

Public Function XlscReadFormats(book As String, sheet As String, firstRow As Long, firstColumn As Long, _
        lastRow As Long, lastColumn As Long) As String
    'For each run of one format: column, first row, last row, format.
    Dim column As Long, parts() As String
    ReDim parts(firstColumn To lastColumn)
    For column = firstColumn To lastColumn
        parts(column) = XlscFormatRuns(Workbooks(book).Worksheets(sheet), column, firstRow, lastRow)
    Next column
    XlscReadFormats = Join(parts, Chr(30))
End Function

Public Function XlscReadHidden(book As String, sheet As String, firstRow As Long, lastRow As Long) As String
    'For each run of hidden or filtered rows: first row, last row.
    XlscReadHidden = XlscHiddenRuns(Workbooks(book).Worksheets(sheet), firstRow, lastRow)
End Function

Private Function XlscFormatRuns(target As Object, column As Long, first As Long, last As Long) As String
    'Mixed formats have none in common; then halves are asked.
    Dim code As Variant, middle As Long
    code = target.Range(target.Cells(first, column), target.Cells(last, column)).NumberFormat
    If Not IsNull(code) Then
        XlscFormatRuns = column & Chr(31) & first & Chr(31) & last & Chr(31) & code
        Exit Function
    End If
    middle = (first + last) \ 2
    XlscFormatRuns = XlscFormatRuns(target, column, first, middle) & Chr(30) & _
        XlscFormatRuns(target, column, middle + 1, last)
End Function

Private Function XlscHiddenRuns(target As Object, first As Long, last As Long) As String
    'Rows of which some are hidden have no common word for it; then halves are asked.
    Dim hidden As Variant, middle As Long
    hidden = target.Range(target.Cells(first, 1), target.Cells(last, 1)).EntireRow.Hidden
    If first < last And IsNull(hidden) Then
        middle = (first + last) \ 2
        XlscHiddenRuns = XlscHiddenRuns(target, first, middle) & XlscHiddenRuns(target, middle + 1, last)
    ElseIf hidden Then
        XlscHiddenRuns = first & Chr(31) & last & Chr(30)
    End If
End Function
