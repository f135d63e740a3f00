'What Calc has in place of one procedure of XlscMarks: its notes do not tell VBA where they are.

Public Function XlscReadNoted(book As String, sheet As String, first As String, count As String) As String
    Dim areas As Variant, area As Variant, target As Object, records() As String
    Dim row As Long, column As Long, number As Long, found As Long
    'com.sun.star.sheet.CellFlags.ANNOTATION is 8.
    areas = CalcDocument(book).Sheets.getByName(sheet).queryContentCells(8).RangeAddresses
    Set target = Workbooks(book).Worksheets(sheet)
    ReDim records(1 To CLng(count))
    For Each area In areas
        For row = area.StartRow To area.EndRow
            For column = area.StartColumn To area.EndColumn
                number = number + 1
                If number >= CLng(first) And number < CLng(first) + CLng(count) Then
                    found = found + 1
                    records(found) = XlscDescribeCell(target.Cells(row + 1, column + 1))
                End If
            Next column
        Next row
    Next area
    If found = 0 Then Exit Function
    ReDim Preserve records(1 To found)
    XlscReadNoted = Join(records, Chr(30))
End Function
