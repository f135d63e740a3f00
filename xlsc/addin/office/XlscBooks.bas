Attribute VB_Name = "XlscBooks"
'What xlwings has not of a workbook, in words that Python on Windows and on the Mac understands alike: texts.
'Records end with Chr(30), their fields with Chr(31).
Option Explicit

Public Function XlscSavedPath(book As String) As String
    'The workbook's file or address; nothing where it holds changes that are not saved.
    If Workbooks(book).Saved Then XlscSavedPath = Workbooks(book).FullName
End Function

Public Function XlscIsProtected(book As String, sheet As String) As String
    If Workbooks(book).Worksheets(sheet).ProtectContents Then XlscIsProtected = "yes"
End Function

Public Function XlscReadProperties(book As String) As String
    'Custom document properties: name, value.
    Dim one As Object
    For Each one In Workbooks(book).CustomDocumentProperties
        XlscReadProperties = XlscReadProperties & one.Name & Chr(31) & CStr(one.Value) & Chr(30)
    Next one
End Function

Public Sub XlscWriteProperties(book As String, changes As String)
    'Name, what to do (+ or -), value.
    Dim record As Variant, fields() As String
    For Each record In Split(changes, Chr(30))
        fields = Split(record, Chr(31))
        XlscDropProperty Workbooks(book), fields(0)
        'msoPropertyTypeString
        If fields(1) = "+" Then Workbooks(book).CustomDocumentProperties.Add fields(0), False, 4, fields(2)
    Next record
End Sub

Private Sub XlscDropProperty(target As Object, name As String)
    Dim one As Object
    For Each one In target.CustomDocumentProperties
        If one.Name = name Then
            one.Delete
            Exit Sub
        End If
    Next one
End Sub
