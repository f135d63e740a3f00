Attribute VB_Name = "CalcHost"
'Stands in for XlscPython where there is no Excel: writes down what would be run, and answers by itself.
Public Sub RunPython(command As String)
    ThisWorkbook.Worksheets(1).Range("A1").Value = command
End Sub
Public Function XlscCallPython(functionName As String, arguments As Variant) As Variant
    If functionName = "SC_COMPANY" Then
        XlscCallPython = Array("error", 2042, "not signed in")
    Else
        XlscCallPython = Array("ok", functionName & ":" & (UBound(arguments) + 1) & CountRows(arguments))
    End If
End Function
Public Function XlscReadValues(area As Range) As Variant
    XlscReadValues = area.Value
End Function
Public Function XlscIsWizardOpen() As Boolean
    XlscIsWizardOpen = False
End Function
Public Sub XlscShowError(message As String)
End Sub
Public Sub XlscRefreshRibbon()
End Sub
Private Function CountRows(arguments As Variant) As String
    If UBound(arguments) < 1 Then Exit Function
    If IsArray(arguments(1)) Then
        CountRows = " of " & (UBound(arguments(1), 1) - LBound(arguments(1), 1) + 1) & " rows"
    End If
End Function
