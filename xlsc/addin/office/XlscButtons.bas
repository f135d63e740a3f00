Attribute VB_Name = "XlscButtons"
'The buttons of a workbook: they work on its sheet Data, through the add-in, which has the ribbon and starts Python.
'By the add-in's name, not its path: the path is another one on each computer.
Option Explicit

Public Sub SmartConnectCheck()
    RunAddin "XlscCheckSheet"
End Sub

Public Sub SmartConnectSend()
    RunAddin "XlscSendSheet"
End Sub

Public Sub SmartConnectSendFailed()
    RunAddin "XlscSendFailed"
End Sub

Public Sub SmartConnectErrors()
    RunAddin "XlscListErrors"
End Sub

Public Sub SmartConnectClear()
    RunAddin "XlscClearMarks"
End Sub

Private Sub RunAddin(name As String)
    On Error GoTo Missing
    ThisWorkbook.Activate
    ThisWorkbook.Worksheets("Data").Activate
    Application.Run "'xlsc.xlam'!" & name
    Exit Sub
Missing:
    MsgBox "The SmartConnect add-in is not loaded. In a terminal, run: xlsc addin install", vbExclamation, "SmartConnect"
End Sub
