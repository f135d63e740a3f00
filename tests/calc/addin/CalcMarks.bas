'What Calc has in place of one procedure of XlscMarks: its notes do not tell VBA where they are.

Public Function XlscReadNoted(book As String, sheet As String, first As String, count As String) As String
    Dim notes As Object, i As Long, last As Long, records() As String, place As Variant
    Set notes = CalcDocument(book).Sheets.getByName(sheet).Annotations
    last = CLng(first) + CLng(count) - 1
    If last > notes.Count Then last = notes.Count
    If last < CLng(first) Then Exit Function
    ReDim records(CLng(first) To last)
    For i = CLng(first) To last
        place = notes.getByIndex(i - 1).Position
        records(i) = XlscDescribeCell(Workbooks(book).Worksheets(sheet).Cells(place.Row + 1, place.Column + 1))
    Next i
    XlscReadNoted = Join(records, Chr(30))
End Function
