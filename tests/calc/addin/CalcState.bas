'What Calc has in place of two procedures of XlscState: its workbooks tell VBA nothing of their properties, and its
'application does not calculate on demand.

Private Function XlscIsBound() As Boolean
    Dim one As Variant
    If Not XlscHasSheet() Then Exit Function
    For Each one In CalcDocument(ActiveWorkbook.Name).DocumentProperties.UserDefinedProperties.PropertyValues
        If Left$(one.Name, 5) = "xlsc." Then XlscIsBound = True
    Next one
End Function

Public Sub XlscRecalculate()
    CalcDocument(ActiveWorkbook.Name).calculateAll
End Sub

Public Function CalcDocument(book As String) As Object
    'The open document of that name.
    Dim found As Object, one As Object
    found = StarDesktop.Components.createEnumeration()
    Do While found.hasMoreElements()
        one = found.nextElement()
        If Mid$(one.URL, InStrRev(one.URL, "/") + 1) = book Then Set CalcDocument = one
    Loop
End Function
