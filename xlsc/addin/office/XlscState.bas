Attribute VB_Name = "XlscState"
'What the ribbon knows without asking Python: signed in or not, and which sheets carry marks.
Option Explicit

Private known As Boolean
Private signedIn As Boolean
Private working As Boolean
Private markedSheets As String
Private unmarkedSheets As String
Private pollAt As Date

Public Sub XlscSetSignedIn(value As Boolean)
    'Python tells it after each sign-in and sign-out.
    known = True
    signedIn = value
    XlscRefreshRibbon
End Sub

Public Sub XlscForgetSignedIn()
    'The service refused: signing in anew must be possible, and nothing is ruled out.
    known = False
    signedIn = False
    XlscRefreshRibbon
End Sub

Public Sub XlscSetWorking(value As Boolean)
    'While a send is under way, only Stop and the commands that are always enabled stay so.
    working = value
    XlscRefreshRibbon
End Sub

Public Sub XlscSetMarked(book As String, sheet As String, value As Boolean)
    'Python tells it after each run and each clearing.
    Dim key As String
    key = XlscSheetKey(book, sheet)
    markedSheets = Replace(markedSheets, key, "")
    unmarkedSheets = Replace(unmarkedSheets, key, "")
    If value Then
        markedSheets = markedSheets & key
    Else
        unmarkedSheets = unmarkedSheets & key
    End If
    XlscRefreshRibbon
End Sub

Public Function XlscReadSettings() As Variant
    'Python gives back what it changed; should it be cut off meanwhile, Excel gives it back itself.
    On Error Resume Next
    XlscReadSettings = Array(Application.ScreenUpdating, Application.EnableEvents, Application.Calculation)
End Function

Public Sub XlscGiveSettings(before As Variant)
    On Error Resume Next
    If Application.ScreenUpdating <> before(0) Then Application.ScreenUpdating = before(0)
    If Application.EnableEvents <> before(1) Then Application.EnableEvents = before(1)
    If Application.Calculation <> before(2) Then Application.Calculation = before(2)
End Sub

Public Sub XlscPollIn(seconds As Integer)
    'Long work runs elsewhere; Excel asks for its progress and stays free in between.
    'Named with its file: another workbook may have a macro of the same name.
    'One poll is enough, however many ask for it.
    If pollAt > Now Then Exit Sub
    pollAt = Now + TimeSerial(0, 0, seconds)
    Application.OnTime pollAt, "'" & ThisWorkbook.Name & "'!XlscPoll"
End Sub

Public Sub XlscPoll()
    'From here on another poll may be asked for, also where the clock of the timer is a moment early.
    pollAt = 0
    RunPython "import xlsc.addin.macros; xlsc.addin.macros.poll()"
End Sub

Public Sub XlscRecalculate()
    'After Refresh: the worksheet functions' answers are there already.
    Application.CalculateFull
End Sub

Public Function XlscIsEnabled(rule As String) As Boolean
    If rule = "always" Then
        XlscIsEnabled = True
    ElseIf rule = "working" Then
        XlscIsEnabled = working
    ElseIf working Then
        XlscIsEnabled = False
    Else
        XlscIsEnabled = XlscMeetsRule(rule)
    End If
End Function

Private Function XlscMeetsRule(rule As String) As Boolean
    'Before the first word from Python nothing is ruled out: the macro itself says what is missing.
    Dim mayAct As Boolean
    mayAct = signedIn Or Not known
    Select Case rule
        Case "signed_out"
            XlscMeetsRule = Not signedIn
        Case "signed_in"
            XlscMeetsRule = mayAct
        Case "sheet"
            XlscMeetsRule = mayAct And XlscHasSheet()
        Case "bound"
            XlscMeetsRule = mayAct And XlscIsBound()
        Case "marked"
            XlscMeetsRule = XlscIsMarked()
    End Select
End Function

Private Function XlscHasSheet() As Boolean
    If Not ActiveWorkbook Is Nothing Then XlscHasSheet = (TypeName(ActiveSheet) = "Worksheet")
End Function

Private Function XlscIsBound() As Boolean
    'A workbook remembers its process in document properties whose names begin with "xlsc.".
    Dim one As Object
    If Not XlscHasSheet() Then Exit Function
    For Each one In ActiveWorkbook.CustomDocumentProperties
        If Left$(one.Name, 5) = "xlsc." Then
            XlscIsBound = True
            Exit Function
        End If
    Next one
End Function

Private Function XlscIsMarked() As Boolean
    'A sheet nobody has reported on yet, such as that of a file just opened, may carry marks if it is bound.
    Dim key As String
    If Not XlscHasSheet() Then Exit Function
    key = XlscSheetKey(ActiveWorkbook.Name, ActiveSheet.Name)
    If InStr(markedSheets, key) > 0 Then
        XlscIsMarked = True
    ElseIf InStr(unmarkedSheets, key) = 0 Then
        XlscIsMarked = XlscIsBound()
    End If
End Function

Private Function XlscSheetKey(book As String, sheet As String) As String
    'Neither name can hold a colon.
    XlscSheetKey = ":" & book & ":" & sheet & ":"
End Function
