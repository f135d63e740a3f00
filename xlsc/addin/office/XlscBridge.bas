Attribute VB_Name = "XlscBridge"
'Between worksheet functions and Python: arguments as plain values, answers as values or real error values.
Option Explicit

Public Function XlscCall(functionName As String, arguments As Variant) As Variant
    Dim answer As Variant
    On Error GoTo Failed
    If XlscIsWizardOpen() Then
        XlscCall = ""
        Exit Function
    End If
    answer = XlscCallPython(functionName, XlscCut(arguments))
    If answer(LBound(answer)) = "ok" Then
        XlscCall = answer(LBound(answer) + 1)
    Else
        XlscCall = CVErr(CLng(answer(LBound(answer) + 1)))
    End If
    Exit Function
Failed:
    XlscCall = "#XLSC " & Err.Description
End Function

Public Function XlscArg(Optional given As Variant) As Variant
    'A cell or an area becomes its values; an argument left out becomes Empty.
    If IsMissing(given) Then
        XlscArg = Empty
    ElseIf IsObject(given) Then
        XlscArg = XlscReadArea(given)
    Else
        XlscArg = given
    End If
End Function

Public Function XlscJoin(first As Variant, rest As Variant) As Variant
    'The fixed arguments, then those of a ParamArray.
    Dim joined() As Variant, i As Long, count As Long
    count = UBound(first) - LBound(first) + 1
    ReDim joined(0 To count + UBound(rest) - LBound(rest))
    For i = LBound(first) To UBound(first)
        joined(i - LBound(first)) = first(i)
    Next i
    For i = LBound(rest) To UBound(rest)
        joined(count + i - LBound(rest)) = XlscArg(rest(i))
    Next i
    XlscJoin = joined
End Function

Private Function XlscReadArea(given As Variant) As Variant
    'Whole columns and rows are cut to what the sheet uses.
    Dim area As Range
    Set area = given
    If area.Areas.Count > 1 Then Err.Raise 5, Description:="Give one block of cells, not several."
    If area.Rows.Count = area.Worksheet.Rows.Count Or area.Columns.Count = area.Worksheet.Columns.Count Then
        Set area = Application.Intersect(area, area.Worksheet.UsedRange)
    End If
    If area Is Nothing Then
        XlscReadArea = Empty
    Else
        XlscReadArea = XlscReadValues(area)
    End If
End Function

Private Function XlscCut(arguments As Variant) As Variant
    'Arguments left out at the end are not sent, so that Python's own defaults hold.
    Dim kept() As Variant, last As Long, i As Long
    last = UBound(arguments)
    Do While last >= LBound(arguments)
        If Not IsEmpty(arguments(last)) Then Exit Do
        last = last - 1
    Loop
    If last < LBound(arguments) Then
        XlscCut = Array()
        Exit Function
    End If
    ReDim kept(0 To last - LBound(arguments))
    For i = LBound(arguments) To last
        kept(i - LBound(arguments)) = arguments(i)
    Next i
    XlscCut = kept
End Function
