Attribute VB_Name = "XlscReads"
'Number formats and hidden rows of whole areas in one call; asked from Python, each run of alike cells would be a call.
'Records end with Chr(30), their fields with Chr(31); numbers come as texts.
Option Explicit

Public Function XlscReadFormats(book As String, sheet As String, firstRow As String, firstColumn As String, _
        lastRow As String, lastColumn As String) As String
    'For each run of one format: column, first row, last row, format.
    Dim column As Long, parts() As String
    ReDim parts(CLng(firstColumn) To CLng(lastColumn))
    For column = CLng(firstColumn) To CLng(lastColumn)
        parts(column) = XlscFormatRuns(Workbooks(book).Worksheets(sheet), column, CLng(firstRow), CLng(lastRow))
    Next column
    XlscReadFormats = Join(parts, "")
End Function

Public Function XlscReadHidden(book As String, sheet As String, firstRow As String, lastRow As String) As String
    'For each run of rows that are neither hidden nor filtered: first row, last row.
    Dim target As Object, shown As Object, area As Object
    Set target = Workbooks(book).Worksheets(sheet)
    Set target = target.Range(target.Cells(CLng(firstRow), 1), target.Cells(CLng(lastRow), 1)).EntireRow
    On Error Resume Next
    Set shown = target.SpecialCells(xlCellTypeVisible)
    On Error GoTo 0
    If shown Is Nothing Then Exit Function
    For Each area In shown.Areas
        XlscReadHidden = XlscReadHidden & area.Row & Chr(31) & (area.Row + area.Rows.Count - 1) & Chr(30)
    Next area
End Function

Private Function XlscFormatRuns(target As Object, column As Long, first As Long, last As Long) As String
    'Mixed formats have none in common; then half as many rows are tried, and twice as many after each success.
    Dim code As Variant, here As Long, size As Long, runFirst As Long, runCode As String
    here = first
    runFirst = first
    size = last - first + 1
    Do While here <= last
        If size > last - here + 1 Then size = last - here + 1
        code = target.Range(target.Cells(here, column), target.Cells(here + size - 1, column)).NumberFormat
        If IsNull(code) Then
            size = size \ 2
        Else
            If here > first And code <> runCode Then
                XlscFormatRuns = XlscFormatRuns & XlscFormatRun(column, runFirst, here - 1, runCode)
                runFirst = here
            End If
            runCode = code
            here = here + size
            size = size * 2
        End If
    Loop
    XlscFormatRuns = XlscFormatRuns & XlscFormatRun(column, runFirst, last, runCode)
End Function

Private Function XlscFormatRun(column As Long, first As Long, last As Long, code As String) As String
    XlscFormatRun = column & Chr(31) & first & Chr(31) & last & Chr(31) & code & Chr(30)
End Function
