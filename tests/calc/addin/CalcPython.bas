'What Calc has in place of a few procedures of XlscPython: Python's server is reached through UNO, not through COM.
Private pythonServer As Object
Private lastError As String

Private Function XLPy() As Object
    'An object with late binding, as COM's: its methods are answered by Python.
    If pythonServer Is Nothing Then
        CalcStart
        CalcConnect
    End If
    Set XLPy = pythonServer
End Function

Private Sub CalcStart()
    'The program named in the settings, with what Excel gives it too; it comes back as soon as Python listens.
    Shell ReadInterpreter("INTERPRETER_WIN"), 0, "-P -B -m tests.calc.addin.python_server", True
End Sub

Private Sub CalcConnect()
    Dim resolver As Object, tries As Integer
    resolver = CreateUnoService("com.sun.star.bridge.UnoUrlResolver")
    On Error Resume Next
    Do While pythonServer Is Nothing And tries < 100
        Err.Clear
        Set pythonServer = resolver.resolve("uno:pipe,name=" & ReadSetting("PIPE") & ";urp;xlsc")
        If pythonServer Is Nothing Then Shell "/bin/sleep", 0, "0.05", True
        tries = tries + 1
    Loop
    On Error GoTo 0
    If pythonServer Is Nothing Then Err.Raise 1000, Description:="Python did not start."
End Sub

Public Function XlscCallPython(functionName As String, arguments As Variant) As Variant
    'COM makes one block of a list of lists; UNO leaves a row of rows.
    Dim answer As Variant
    answer = XLPy.CallUDF(BRIDGE_MODULE, "udf", Array(functionName, arguments), Nothing, Nothing)
    If IsArray(answer(1)) Then answer(1) = CalcBlock(answer(1))
    XlscCallPython = answer
End Function

Private Function CalcBlock(rows As Variant) As Variant
    Dim block() As Variant, i As Long, j As Long
    ReDim block(0 To UBound(rows), 0 To UBound(rows(0)))
    For i = 0 To UBound(rows)
        For j = 0 To UBound(rows(0))
            block(i, j) = rows(i)(j)
        Next j
    Next i
    CalcBlock = block
End Function

Public Function XlscReadValues(area As Range) As Variant
    XlscReadValues = area.Value
End Function

Public Function XlscIsWizardOpen() As Boolean
    XlscIsWizardOpen = False
End Function

Public Sub XlscShowError(message As String)
    'Nobody sits in front of a headless office.
    lastError = message
End Sub

Public Function CalcLastError() As String
    CalcLastError = lastError
    lastError = ""
End Function

Public Sub XlscStopPython()
    If Not pythonServer Is Nothing Then pythonServer.Quit
    Set pythonServer = Nothing
End Sub

Private Function SettingsFile() As String
    SettingsFile = Environ("HOME") & "/xlsc.conf"
End Function
