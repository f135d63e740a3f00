Attribute VB_Name = "XlscPython"
'How Excel starts Python: derived from the module of xlwings 0.37.8, and changed.
'What differs from the original, and why:
' - settings come from one user file only, never from a workbook or its folder: a foreign workbook
'   must not choose the program that a button starts;
' - no folder of a workbook, and not the current folder, gets onto Python's path (python -P);
' - the interpreter is a full path from that file, never searched for on PATH;
' - the server's command names no workbook: one Python server serves them all;
' - no embedded code, no licence keys, no import of functions, no Conda, no frozen programs.
'
'xlwings is distributed under a BSD 3-clause license.
'
'Copyright (C) 2014-present, Zoomer Analytics LLC.
'All rights reserved.
'
'Redistribution and use in source and binary forms, with or without modification,
'are permitted provided that the following conditions are met:
'
'* Redistributions of source code must retain the above copyright notice, this
'  list of conditions and the following disclaimer.
'
'* Redistributions in binary form must reproduce the above copyright notice, this
'  list of conditions and the following disclaimer in the documentation and/or
'  other materials provided with the distribution.
'
'* Neither the name of the copyright holder nor the names of its
'  contributors may be used to endorse or promote products derived from
'  this software without specific prior written permission.
'
'THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
'ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
'WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
'DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR
'ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
'(INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
'LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON
'ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
'(INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS

Option Explicit

#If Mac Then
    'The Mac has no library to declare: it runs an AppleScript.
#ElseIf Win64 Then
    Private Const XLPY_DLL As String = "xlwings64-0.37.8.dll"
    Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings64-0.37.8.dll" (ByRef Result As Variant, Optional ByVal Config As String = "", Optional ByVal mode As Long = 1) As Long
    Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA" (ByVal lpLibFileName As String) As LongPtr
#Else
    Private Const XLPY_DLL As String = "xlwings32-0.37.8.dll"
    Private Declare PtrSafe Function XLPyDLLActivateAuto Lib "xlwings32-0.37.8.dll" (ByRef Result As Variant, Optional ByVal Config As String = "", Optional ByVal mode As Long = 1) As Long
    Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA" (ByVal lpLibFileName As String) As LongPtr
#End If

Private Const XLWINGS_VERSION As String = "0.37.8"
Private Const BRIDGE_MODULE As String = "xlsc.addin.bridge"

Public Sub RunPython(PythonCommand As String)
    'Runs a Python statement, for example "import xlsc.addin.macros; xlsc.addin.macros.check()".
    On Error GoTo Failed
    #If Mac Then
        ExecuteMac PythonCommand
    #Else
        If Not ActiveWorkbook Is Nothing Then
            XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook
        End If
        XLPy.Exec PythonCommand
    #End If
    Exit Sub
Failed:
    'What Python did is at an end: the ribbon must not wait for it.
    Dim reason As String
    reason = Err.Description
    XlscSetWorking False
    XlscShowError reason
End Sub

Public Function XlscCallPython(functionName As String, arguments As Variant) As Variant
    'Asks the bridge for a worksheet function's answer.
    #If Mac Then
        XlscCallPython = Array("error", 2029, "Worksheet functions need Excel for Windows.")
    #Else
        XlscCallPython = XLPy.CallUDF(BRIDGE_MODULE, "udf", Array(functionName, arguments), Nothing, Nothing)
    #End If
End Function

Public Function XlscReadValues(area As Range) As Variant
    'Numbers and dates as Excel stores them: no Currency, no Date.
    XlscReadValues = area.Value2
End Function

Public Function XlscIsWizardOpen() As Boolean
    'Excel calls a function at every keystroke while its arguments are being typed into the dialog.
    On Error Resume Next
    XlscIsWizardOpen = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function

Public Sub XlscShowError(message As String)
    MsgBox message, vbExclamation, "SmartConnect"
End Sub

Public Sub XlscStopPython()
    'Ends the Python server; the next call starts a new one.
    #If Not Mac Then
        Dim unused As Variant
        XLPyLoadDLL
        If 0 <> XLPyDLLActivateAuto(unused, XLPyCommand, -1) Then Err.Raise 1000, Description:=unused
    #End If
End Sub

#If Mac Then
Private Sub ExecuteMac(PythonCommand As String)
    Dim parameters As String
    CheckWorkbookName
    'The script puts these into a shell command; the first part adds nothing to Python's path.
    parameters = "false;;;;;|'" & ReadInterpreter("INTERPRETER_MAC") & "'|" & PythonCommand
    parameters = parameters & "|" & ActiveWorkbook.Name
    parameters = parameters & "|" & Left(Application.Path, Len(Application.Path) - 4) & "|" & LogFile()
    On Error Resume Next
    Kill LogFile()
    On Error GoTo NoScript
    AppleScriptTask "xlwings-" & XLWINGS_VERSION & ".applescript", "VbaHandler", parameters
    Exit Sub
NoScript:
    Err.Raise 1000, Description:="The script that starts Python is missing. In a terminal, run: xlsc addin install"
End Sub

Private Sub CheckWorkbookName()
    'The script hands the name to a shell inside double quotes: a file's name must not become a command.
    Dim i As Integer
    If ActiveWorkbook Is Nothing Then Err.Raise 1000, Description:="Open a workbook first."
    For i = 1 To Len(ActiveWorkbook.Name)
        If InStr("$`""\|;'!", Mid$(ActiveWorkbook.Name, i, 1)) > 0 Then
            Err.Raise 1000, Description:="This workbook's name holds a sign that the shell would read. Save it under a plain name."
        End If
    Next i
End Sub

Private Function LogFile() As String
    LogFile = Environ("HOME") & "/xlsc.log"
End Function

Private Sub CleanUp()
    'xlwings calls this macro on the Mac when Python is done.
    Dim content As String
    Application.StatusBar = False
    Application.ScreenUpdating = True
    On Error Resume Next
    content = ReadFile(LogFile())
    Kill LogFile()
    XlscSetWorking False
    If content <> "" Then XlscShowError content
End Sub
#Else
Private Function XLPy() As Object
    Dim server As Variant
    XLPyLoadDLL
    If 0 <> XLPyDLLActivateAuto(server, XLPyCommand, 1) Then Err.Raise 1000, Description:=server
    Set XLPy = server
End Function

Private Function XLPyCommand() As String
    'Quotes around the program and around the whole command: cmd.exe wants both where a path holds a blank.
    XLPyCommand = "cmd.exe /K """"" & ReadInterpreter("INTERPRETER_WIN") & """"
    XLPyCommand = XLPyCommand & " -P -B -c ""import xlwings; xlwings.serve('$(CLSID)')"""""
End Function

Private Sub XLPyLoadDLL()
    'The library lies beside Python, or one folder up where Python has an environment of its own.
    Static loaded As Boolean
    Dim folder As String
    If loaded Then Exit Sub
    folder = ParentFolder(ReadInterpreter("INTERPRETER_WIN"))
    loaded = (LoadLibrary(folder & "\" & XLPY_DLL) <> 0)
    If Not loaded Then loaded = (LoadLibrary(ParentFolder(folder) & "\" & XLPY_DLL) <> 0)
    If Not loaded Then Err.Raise 1000, Description:="Could not load " & XLPY_DLL & " beside " & folder & ". In a terminal, run: xlsc addin doctor"
End Sub

Private Function ParentFolder(path As String) As String
    ParentFolder = Left$(path, InStrRev(path, "\") - 1)
End Function
#End If

Private Function ReadInterpreter(key As String) As String
    'Read once: a sheet of formulas asks for it thousands of times.
    Static kept As String
    If kept = "" Then
        kept = ReadSetting(key)
        If InStr(kept, "\") + InStr(kept, "/") = 0 Then
            kept = ""
            Err.Raise 1000, Description:="No Python is set up for SmartConnect. In a terminal, run: xlsc addin install"
        End If
        If InStr(kept, "'") + InStr(kept, """") + InStr(kept, "|") > 0 Then
            kept = ""
            Err.Raise 1000, Description:="The path of Python holds a quote or a bar. Install xlsc in another folder."
        End If
    End If
    ReadInterpreter = kept
End Function

Private Function SettingsFile() As String
    #If Mac Then
        SettingsFile = Environ("HOME") & "/xlsc.conf"
    #Else
        SettingsFile = Environ("USERPROFILE") & "\.xlsc\xlsc.conf"
    #End If
End Function

Private Function ReadSetting(key As String) As String
    'A line of the file is "KEY","value".
    Dim entry As Variant, start As String
    start = """" & key & ""","""
    For Each entry In Split(ReadFile(SettingsFile()), vbLf)
        If Left$(entry, Len(start)) = start Then
            ReadSetting = Mid$(entry, Len(start) + 1, Len(entry) - Len(start) - 1)
        End If
    Next entry
End Function

Private Function ReadFile(path As String) As String
    'The file's text with a line feed after each line; nothing where there is no file.
    Dim number As Integer, token As String
    If Dir(path) = "" Then Exit Function
    number = FreeFile
    Open path For Input As #number
    Do While Not EOF(number)
        Line Input #number, token
        ReadFile = ReadFile & token & vbLf
    Loop
    Close #number
End Function
