Attribute VB_Name = "XlscRibbon"
'The ribbon's callbacks. Those of the single buttons are written by the build, from the registry of actions.
Option Explicit

Private ribbon As IRibbonUI
Private events As XlscEvents

Public Sub XlscOnLoad(loaded As IRibbonUI)
    Set ribbon = loaded
    Set events = New XlscEvents
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!XlscDescribeFunctions"
End Sub

Public Sub XlscGetEnabled(control As IRibbonControl, ByRef returnedVal)
    returnedVal = XlscIsEnabled(XlscRuleOf(control.ID))
End Sub

Public Sub XlscRefreshRibbon()
    If Not ribbon Is Nothing Then ribbon.Invalidate
End Sub
