Attribute VB_Name = "XlscMarks"
'Fills, notes and texts of many cells in one call; one by one, each would cross from Python into Excel and back.
'Records end with Chr(30), their fields with Chr(31); numbers come as texts. Colours: c, i or t
'and a number, of all colours, of the palette or of the theme (with its tint); or nothing.
Option Explicit

Public Function XlscCanMark() As Boolean
    XlscCanMark = True
End Function

Public Function XlscReadNoted(book As String, sheet As String, first As String, count As String) As String
    'Cells with notes, from the first-th on: place, fill, note.
    Dim notes As Object, i As Long, last As Long, records() As String
    Set notes = Workbooks(book).Worksheets(sheet).Comments
    last = CLng(first) + CLng(count) - 1
    If last > notes.Count Then last = notes.Count
    If last < CLng(first) Then Exit Function
    ReDim records(CLng(first) To last)
    For i = CLng(first) To last
        records(i) = XlscDescribeCell(notes.Item(i).Parent)
    Next i
    XlscReadNoted = Join(records, Chr(30))
End Function

Public Function XlscReadLooks(book As String, sheet As String, places As String) As String
    'These cells: place, fill, note.
    Dim target As Object, records() As String, place() As String, i As Long
    Set target = Workbooks(book).Worksheets(sheet)
    records = Split(places, Chr(30))
    For i = LBound(records) To UBound(records)
        place = Split(records(i), Chr(31))
        records(i) = XlscDescribeCell(target.Cells(CLng(place(0)), CLng(place(1))))
    Next i
    XlscReadLooks = Join(records, Chr(30))
End Function

Public Sub XlscWriteLooks(book As String, sheet As String, looks As String)
    'Place, pattern or nothing, fill, pattern's colour, what to do with the note (+ - or nothing), note.
    Dim place As Object, record As Variant, fields() As String, target As Object
    Set place = Workbooks(book).Worksheets(sheet)
    For Each record In Split(looks, Chr(30))
        fields = Split(record, Chr(31))
        Set target = place.Cells(CLng(fields(0)), CLng(fields(1)))
        If Not XlscHasThread(target) Then
            If fields(2) <> "" Then XlscFill target, CLng(fields(2)), fields(3), fields(4)
            If fields(5) = "-" Then XlscRemoveNote target
            If fields(5) = "+" Then XlscWriteNote target, fields(6)
        End If
    Next record
End Sub

Public Sub XlscWriteTexts(book As String, sheet As String, texts As String)
    'Place, text. Cell by cell, so that filtered and hidden rows get theirs as well.
    Dim target As Object, record As Variant, fields() As String
    Set target = Workbooks(book).Worksheets(sheet)
    For Each record In Split(texts, Chr(30))
        fields = Split(record, Chr(31))
        target.Cells(CLng(fields(0)), CLng(fields(1))).Value = fields(2)
    Next record
End Sub

Private Function XlscDescribeCell(target As Object) As String
    Dim fields(0 To 6) As String
    fields(0) = CStr(target.Row)
    fields(1) = CStr(target.Column)
    fields(2) = CStr(XlscPattern(target.Interior))
    If XlscPattern(target.Interior) <> xlNone And Not XlscIsGradient(target.Interior) Then
        fields(3) = XlscDescribeColor(target.Interior)
        fields(4) = XlscDescribePatternColor(target.Interior)
    End If
    If Not target.Comment Is Nothing Then
        fields(5) = "+"
        fields(6) = target.Comment.Text
    End If
    XlscDescribeCell = Join(fields, Chr(31))
End Function

Private Function XlscIsGradient(interior As Object) As Boolean
    'xlPatternLinearGradient and xlPatternRectangularGradient have colours of another kind.
    XlscIsGradient = (interior.Pattern = 4000 Or interior.Pattern = 4001)
End Function

Private Function XlscPattern(interior As Object) As Long
    'Some programs tell a colour and no pattern.
    XlscPattern = interior.Pattern
    If XlscPattern <> xlNone Then Exit Function
    If interior.ColorIndex <> xlNone Then XlscPattern = xlSolid
End Function

Private Function XlscDescribeColor(interior As Object) As String
    'A colour that is none of the theme's has no number there, or none above 0.
    Dim theme As Variant
    If interior.ColorIndex = xlNone Or interior.ColorIndex = xlAutomatic Then Exit Function
    XlscDescribeColor = "c" & CStr(interior.Color)
    On Error Resume Next
    theme = interior.ThemeColor
    On Error GoTo 0
    If IsEmpty(theme) Or Not IsNumeric(theme) Then Exit Function
    If theme > 0 Then XlscDescribeColor = "t" & CStr(theme) & ":" & Trim$(Str$(interior.TintAndShade))
End Function

Private Function XlscDescribePatternColor(interior As Object) As String
    Dim theme As Variant
    If XlscPattern(interior) = xlSolid Then Exit Function
    If interior.PatternColorIndex = xlAutomatic Then Exit Function
    XlscDescribePatternColor = "c" & CStr(interior.PatternColor)
    On Error Resume Next
    theme = interior.PatternThemeColor
    On Error GoTo 0
    If IsEmpty(theme) Or Not IsNumeric(theme) Then Exit Function
    If theme > 0 Then XlscDescribePatternColor = "t" & CStr(theme) & ":" & Trim$(Str$(interior.PatternTintAndShade))
End Function

Private Sub XlscFill(target As Object, pattern As Long, color As String, patternColor As String)
    If pattern = xlNone Then
        'Both, in this order: some programs keep the one when the other is taken away.
        target.Interior.Pattern = xlNone
        target.Interior.ColorIndex = xlNone
        Exit Sub
    End If
    If XlscPattern(target.Interior) <> pattern Then
        target.Interior.ColorIndex = xlNone
        target.Interior.Pattern = pattern
    End If
    XlscGiveColor target.Interior, color
    If pattern <> xlSolid Then XlscGivePatternColor target.Interior, patternColor
End Sub

Private Sub XlscGiveColor(interior As Object, color As String)
    Select Case Left$(color, 1)
        Case "c"
            interior.Color = CLng(Mid$(color, 2))
        Case "i"
            interior.ColorIndex = CLng(Mid$(color, 2))
        Case "t"
            interior.ThemeColor = CLng(Mid$(color, 2, InStr(color, ":") - 2))
            interior.TintAndShade = Val(Mid$(color, InStr(color, ":") + 1))
    End Select
End Sub

Private Sub XlscGivePatternColor(interior As Object, color As String)
    Select Case Left$(color, 1)
        Case "c"
            interior.PatternColor = CLng(Mid$(color, 2))
        Case "i"
            interior.PatternColorIndex = CLng(Mid$(color, 2))
        Case "t"
            interior.PatternThemeColor = CLng(Mid$(color, 2, InStr(color, ":") - 2))
            interior.PatternTintAndShade = Val(Mid$(color, InStr(color, ":") + 1))
    End Select
End Sub

Private Function XlscHasThread(target As Object) As Boolean
    'A conversation cannot become a note; older versions do not know of any.
    Dim thread As Object
    On Error Resume Next
    Set thread = target.CommentThreaded
    On Error GoTo 0
    XlscHasThread = Not thread Is Nothing
End Function

Private Sub XlscRemoveNote(target As Object)
    If Not target.Comment Is Nothing Then target.Comment.Delete
End Sub

Private Sub XlscWriteNote(target As Object, text As String)
    'In pieces, which every version takes.
    Dim i As Long
    If target.Comment Is Nothing Then
        target.AddComment Left$(text, 250)
    Else
        target.Comment.Text Left$(text, 250)
    End If
    For i = 251 To Len(text) Step 250
        target.Comment.Text Mid$(text, i, 250), i, False
    Next i
End Sub
