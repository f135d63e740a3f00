"""Every table form of the protocol, as bytes: one list run both ways, one that is only read, one that is refused."""

from __future__ import annotations

import pytest

from xlsc.core.results import ErrorTable
from xlsc.core.table import Column
from xlsc.errors import UsageError
from xlsc.wire.datatable import (
    MalformedXml,
    decode_error_table,
    decode_request,
    decode_rows,
    encode_data_set,
    encode_errors,
    encode_rows,
)
from xlsc.wire.malformed import MalformedText

START = '<?xml version="1.0" encoding="utf-8"?>\n'
JOURNAL = (["DocumentNo", "Amount"], [("JV001", "50"), ("JV001", "-50")])

#: (columns, rows, variables, document, source)
WRITTEN_AND_READ = [
    (
        *JOURNAL,
        {},
        "<RequestData><Table><DocumentNo>JV001</DocumentNo><Amount>50</Amount></Table>"
        "<Table><DocumentNo>JV001</DocumentNo><Amount>-50</Amount></Table></RequestData>",
        "P §2.3 form 1",
    ),
    (
        ["DocumentNo"],
        [("JV001",)],
        {"GBL_DEPT": "SALES & MORE"},
        "<RequestData><Variables><ArrayOfVariableOfstringstring><VariableOfstringstring><Key>GBL_DEPT</Key>"
        "<Value>SALES &amp; MORE</Value></VariableOfstringstring></ArrayOfVariableOfstringstring></Variables>"
        "<Xml><Table><DocumentNo>JV001</DocumentNo></Table></Xml></RequestData>",
        "P §2.3 form 2",
    ),
    (
        ["Posting Date", "1st", "a_x0020_b"],
        [("2024-01-31", "", None), (None, None, "x")],
        {},
        "<RequestData><Table><Posting_x0020_Date>2024-01-31</Posting_x0020_Date><_x0031_st></_x0031_st></Table>"
        "<Table><a_x005F_x0020_b>x</a_x005F_x0020_b></Table></RequestData>",
        "names of .NET; missing = null, empty = empty [inf]",
    ),
    (
        ["Text"],
        [("a\r\nb\rc\nd\te",), (" x ",), ("  ",), ("<&>]]>\"'",), ("€ Größe \U0001f600",)],
        {},
        "<RequestData><Table><Text>a&#xD;\nb&#xD;c\nd\te</Text></Table><Table><Text> x </Text></Table>"
        '<Table><Text xml:space="preserve">  </Text></Table><Table><Text>&lt;&amp;>]]&gt;"\'</Text></Table>'
        "<Table><Text>€ Größe \U0001f600</Text></Table></RequestData>",
        "XML 1.0 §2.11, §2.4",
    ),
    (
        ["A"],
        [(None,), ("1",), (None,)],
        {},
        "<RequestData><Table></Table><Table><A>1</A></Table><Table></Table></RequestData>",
        "blank rows are rows",
    ),
]


@pytest.mark.parametrize(("columns", "rows", "variables", "document", "source"), WRITTEN_AND_READ)
def test_request_is_written_and_read(columns, rows, variables, document, source):
    """The bytes are exactly these, and reading them gives what was written."""
    assert encode_rows(columns, rows, variables).decode() == START + document, source
    assert decode_rows(START + document) == (columns, rows), source
    request = decode_request((START + document).encode())
    assert (request.variables, request.columns, request.rows) == (variables, columns, rows), source


ERRORS = (
    "<NewDataSet>\r\n"
    '  <xs:schema id="NewDataSet" xmlns="" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:msdata="urn:schemas-microsoft-com:xml-msdata">\r\n'
    '    <xs:element name="NewDataSet" msdata:IsDataSet="true" msdata:MainDataTable="ErrorTable"'
    ' msdata:UseCurrentLocale="true">\r\n'
    "      <xs:complexType>\r\n"
    '        <xs:choice minOccurs="0" maxOccurs="unbounded">\r\n'
    '          <xs:element name="ErrorTable">\r\n'
    "            <xs:complexType>\r\n"
    "              <xs:sequence>\r\n"
    '                <xs:element name="Document_x0020_No" type="xs:string" minOccurs="0" />\r\n'
    '                <xs:element name="Memo" type="xs:string" minOccurs="0" />\r\n'
    '                <xs:element name="EONERUNERRORS" type="xs:string" minOccurs="0" />\r\n'
    "              </xs:sequence>\r\n"
    "            </xs:complexType>\r\n"
    "          </xs:element>\r\n"
    "        </xs:choice>\r\n"
    "      </xs:complexType>\r\n"
    "    </xs:element>\r\n"
    "  </xs:schema>\r\n"
    "  <ErrorTable>\r\n"
    "    <Document_x0020_No>JV001</Document_x0020_No>\r\n"
    "    <EONERUNERRORS>Account 6100 is not valid</EONERUNERRORS>\r\n"
    "  </ErrorTable>\r\n"
    "</NewDataSet>"
)
ERROR_TABLE = ErrorTable(("Document No", "Memo"), [("JV001", None)], ["Account 6100 is not valid"])


def test_error_table_is_written_and_read():
    """P §2.5 [obs]: inline schema, CRLF, two blanks; a column without any value is still there."""
    assert encode_errors(["Document No", "Memo"], [("JV001", None)], ["Account 6100 is not valid"]) == ERRORS
    assert decode_error_table(ERRORS) == ERROR_TABLE


def test_data_set_is_written_and_read():
    """P §2.2 [obs]: MyDataSet, Table01, CDATA; what CDATA cannot hold survives."""
    rows = [("JV001", "a]]>b"), ("  ", None), ("", "x\r\ny")]
    document = (
        "<MyDataSet>\r\n"
        "  <Table01>\r\n    <No><![CDATA[JV001]]></No>\r\n"
        "    <Memo><![CDATA[a]]]]><![CDATA[>b]]></Memo>\r\n  </Table01>\r\n"
        "  <Table01>\r\n    <No><![CDATA[  ]]></No>\r\n  </Table01>\r\n"
        "  <Table01>\r\n    <No><![CDATA[]]></No>\r\n"
        "    <Memo>x&#xD;\ny</Memo>\r\n  </Table01>\r\n"
        "</MyDataSet>"
    )
    assert encode_data_set(["No", "Memo"], rows) == document
    assert decode_rows(document) == (["No", "Memo"], rows)


XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SCHEMA = (
    '<xs:schema id="Company_x0020_Data" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:msdata="urn:schemas-microsoft-com:xml-msdata">'
    '<xs:element name="Company_x0020_Data" msdata:IsDataSet="true"><xs:complexType><xs:choice minOccurs="0">'
    '<xs:element name="Vendor"><xs:complexType><xs:sequence><xs:element name="City" minOccurs="0"><xs:simpleType>'
    '<xs:restriction base="xs:string"><xs:maxLength value="30" /></xs:restriction></xs:simpleType></xs:element>'
    '<xs:element name="Name" type="xs:string" /></xs:sequence></xs:complexType></xs:element>'
    "</xs:choice></xs:complexType></xs:element></xs:schema>"
)
TYPED_DATASET = f"<Company_x0020_Data>{SCHEMA}<Vendor><Name>Fabrikam</Name></Vendor></Company_x0020_Data>"
ROW = "<Table><No>1</No></Table>"
ESCAPED_ROW = ROW.replace("<", "&lt;")
ONE = (["No"], [("1",)])

#: (document, what it means, source)
ALSO_READ = [
    (f"<DataSet>{ROW}</DataSet>", ONE, "bare DataSet, P §2.3"),
    (f"<RequestData>\n  {ROW}\n</RequestData>\n", ONE, "indented"),
    ("<NewDataSet><Row><No>1</No></Row></NewDataSet>", ONE, "NewDataSet without a schema, any row name"),
    ("<DocumentElement><Vendors><No>1</No></Vendors></DocumentElement>", ONE, "DataTable.WriteXml"),
    (TYPED_DATASET, (["City", "Name"], [(None, "Fabrikam")]), "a typed data set; the schema gives the order"),
    (f"<D>{SCHEMA}</D>", (["City", "Name"], []), "a schema and no rows"),
    (
        f"<RequestData>{TYPED_DATASET}</RequestData>".replace("Company_x0020_Data", "NewDataSet"),
        (["City", "Name"], [(None, "Fabrikam")]),
        "a data set inside RequestData",
    ),
    (f"<RequestData><Xml><DataSet>{ROW}</DataSet></Xml></RequestData>", ONE, "nested in Xml, as elements"),
    (
        f"<RequestData><Xml><Orders>{ROW}{ROW}</Orders></Xml></RequestData>",
        (["No"], [("1",), ("1",)]),
        "any root in Xml",
    ),
    (
        f"<RequestData><Variables/><Xml>&lt;DataSet&gt;{ROW.replace('<', '&lt;')}&lt;/DataSet&gt;</Xml></RequestData>",
        ONE,
        "runmapxml, escaped",
    ),
    (f"<RequestData><Xml><![CDATA[<DataSet>{ROW}</DataSet>]]></Xml></RequestData>", ONE, "runmapxml, in CDATA"),
    (
        f"<RequestData {XSI}><Xml>&lt;?xml version='1.0'?>&lt;Orders>{ESCAPED_ROW}&lt;/Orders></Xml></RequestData>",
        ONE,
        "escaped with a declaration",
    ),
    (f'<RequestData xmlns="http://schemas.example.com/x">{ROW}</RequestData>', ONE, "default namespace"),
    ('<r:RequestData xmlns:r="urn:x"><r:Table><r:No>1</r:No></r:Table></r:RequestData>', ONE, "prefixes"),
    (
        '<string xmlns="http://schemas.microsoft.com/2003/10/Serialization/">&lt;MyDataSet&gt;&#xD;\n&lt;Table01&gt;&lt;No&gt;&lt;![CDATA[1]]&gt;&lt;/No&gt;&lt;/Table01&gt;&lt;/MyDataSet&gt;</string>',
        ONE,
        "GetAllData, P §2.2 [obs]",
    ),
    (
        "&lt;NewDataSet&gt;&lt;T&gt;&lt;No&gt;1&lt;/No&gt;&lt;/T&gt;&lt;/NewDataSet&gt;",
        ONE,
        "HTML-escaped, P §2.5 [code]",
    ),
    (
        f"<DataSet><Table {XSI}><No>1</No><A xsi:nil='true'/><B/><C></C></Table></DataSet>",
        (["No", "A", "B", "C"], [("1", None, "", "")]),
        "nil, empty",
    ),
    (
        "<DataSet><T><A>1</A></T><T><B>2</B><A>3</A></T></DataSet>",
        (["A", "B"], [("1", None), ("3", "2")]),
        "order of first appearance",
    ),
    (
        "<DataSet><T><A>1</A><C>3</C></T><T><A>1</A><B>2</B><C>3</C></T></DataSet>",
        (["A", "C", "B"], [("1", "3", None), ("1", "3", "2")]),
        "a column that the first row lacks",
    ),
    (
        "<DataSet><T><A>1</A></T><U><B>2</B></U></DataSet>",
        (["A", "B"], [("1", None), (None, "2")]),
        "rows of two names",
    ),
    ("<DataSet><T/><T><A>1</A></T><T/></DataSet>", (["A"], [(None,), ("1",), (None,)]), "rows without any value"),
    (
        '<DataSet><T Id="7" xml:lang="de"><A>1</A></T></DataSet>',
        (["Id", "A"], [("7", "1")]),
        "columns mapped to attributes",
    ),
    (
        "<DataSet><!-- c --><T><?p i?><A>1<!-- c -->2<![CDATA[<3>]]></A></T></DataSet>",
        (["A"], [("12<3>",)]),
        "comments, instructions, CDATA",
    ),
    (
        "<DataSet><T><A>&#65;&#x42;&amp;&lt;&gt;&quot;&apos;&#38;lt;</A></T></DataSet>",
        (["A"], [("AB&<>\"'&lt;",)]),
        "references",
    ),
    ("<DataSet><T><A>x\r\ny\rz</A></T></DataSet>", (["A"], [("x\ny\nz",)]), "line ends are read as XML says"),
    ("<DataSet/>", ([], []), "an empty table"),
    ("<RequestData><Variables></Variables><Xml></Xml></RequestData>", ([], []), "no rows"),
    ('<string xmlns="urn:x"/>', ([], []), "an empty text"),
    ("", ([], []), "nothing"),
    (" \r\n", ([], []), "blanks"),
    (
        '\ufeff<?xml version="1.0" encoding="utf-16"?>' + f"<DataSet>{ROW}</DataSet>",
        ONE,
        "text with a mark and a declaration",
    ),
]


@pytest.mark.parametrize(("document", "meaning", "source"), ALSO_READ, ids=[case[2] for case in ALSO_READ])
def test_also_read(document, meaning, source):
    """What others write is read to the same rows, as text and as bytes."""
    assert decode_rows(document) == meaning, source
    assert decode_rows(document.encode()) == meaning, source


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1", "windows-1252"]
)
def test_encodings(encoding):
    """Byte order marks and declarations are followed; UTF-16 is known without either."""
    declared = "utf-8" if encoding == "utf-8-sig" else encoding.partition("-le")[0].partition("-be")[0]
    document = f'<?xml version="1.0" encoding="{declared}"?>\n<DataSet><T><Größe>Ü</Größe></T></DataSet>'
    assert decode_rows(document.encode(encoding)) == (["Größe"], [("Ü",)])


def test_declaration_in_utf16_over_utf8_bytes():
    """.NET's StringWriter says utf-16 in texts that are sent as UTF-8."""
    assert decode_rows(b'<?xml version="1.0" encoding="utf-16"?><DataSet><T><A>\xe2\x82\xac</A></T></DataSet>') == (
        ["A"],
        [("€",)],
    )


def test_diffgram_is_read_without_its_former_rows():
    document = (
        '<DataTable><diffgr:diffgram xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1"><DocumentElement>'
        '<T diffgr:id="T1" diffgr:hasChanges="modified"><A>new</A></T></DocumentElement>'
        '<diffgr:before><T diffgr:id="T1"><A>old</A></T></diffgr:before></diffgr:diffgram></DataTable>'
    )
    assert decode_rows(document) == (["A"], [("new",)])


VARIABLES = [
    ("<Key>GBL_A</Key><Value>1</Value>", {"GBL_A": "1"}),
    ("<Key>GBL_A</Key><Value/>", {"GBL_A": ""}),
    ("<Key>GBL_A</Key>", {"GBL_A": ""}),
]


@pytest.mark.parametrize(("pair", "variables"), VARIABLES)
@pytest.mark.parametrize("namespace", ["", ' xmlns="http://schemas.datacontract.org/2004/07/SmartConnect"'])
def test_variables_in_xml(pair, variables, namespace):
    inner = f"<VariableOfstringstring>{pair}</VariableOfstringstring>"
    array = f"<ArrayOfVariableOfstringstring{namespace}>{inner}</ArrayOfVariableOfstringstring>"
    request = decode_request(f"<RequestData><Variables>{array}</Variables><Xml>{ROW}</Xml></RequestData>")
    assert request.variables == variables
    assert request.rows == [("1",)]


def test_variables_as_json_text_in_xml():
    request = decode_request(
        f'<RequestData><Variables>[ {{ Key: "GBL_A", Value: "1" }} ]</Variables><Xml>{ROW}</Xml></RequestData>'
    )
    assert request.variables == {"GBL_A": "1"}


def test_variables_with_an_escaped_document():
    variables = "<Variables><V><Key>GBL_A</Key><Value>1</Value></V></Variables>"
    document = f"<RequestData>{variables}<Xml>&lt;DataSet>{ESCAPED_ROW}&lt;/DataSet></Xml></RequestData>"
    request = decode_request(document)
    assert (request.variables, request.columns, request.rows) == ({"GBL_A": "1"}, *ONE)


def test_variables_of_other_names_are_refused():
    with pytest.raises(MalformedText, match="'Department'"):
        decode_request(f"<RequestData><Variables><V><Key>Department</Key></V></Variables>{ROW}</RequestData>")


ERROR_TEXTS = [
    ("", ErrorTable()),
    ("<NewDataSet/>", ErrorTable()),
    (
        "<NewDataSet><ErrorTable><A>1</A><EONERUNIDENT>x</EONERUNIDENT>"
        "<EONERUNERRORS> Bad batch\r\n</EONERUNERRORS></ErrorTable></NewDataSet>",
        ErrorTable(("A",), [("1",)], ["Bad batch"]),
    ),
    ("<NewDataSet><ErrorTable><A>1</A></ErrorTable></NewDataSet>", ErrorTable(("A",), [("1",)], [""])),
]


@pytest.mark.parametrize(("text", "table"), ERROR_TEXTS)
def test_error_texts(text, table):
    """Messages are trimmed, the row's ident is dropped, a row without a message is still a wrong row."""
    assert decode_error_table(text) == table


def test_no_failed_rows_is_an_empty_text():
    assert encode_errors(["A"], [], []) == ""


def test_errors_of_errors_do_not_double_the_message_column():
    """Rows that come from an error table are sent again with its message column; the new message counts."""
    written = encode_errors(["A", "EONERUNERRORS"], [("1", "old")], ["new"])
    assert decode_error_table(written) == ErrorTable(("A",), [("1",)], ["new"])


def test_answers_go_out_even_with_characters_that_xml_cannot_hold():
    """The run has been made: a bad character must not swallow its answer."""
    assert decode_error_table(encode_errors(["A"], [("a\x01b",)], ["\ud800\uffff"])).rows == [("a\ufffdb",)]
    assert decode_rows(encode_data_set(["A"], [("\x0bx",)])) == (["A"], [("\ufffdx",)])


REFUSED_CELLS = [
    ("\x07", "U+0007"),
    ("ab\x00c", "U+0000"),
    ("\ud83d", "U+D83D"),
    ("\uffff", "U+FFFF"),
    ("€\ufffe", "U+FFFE"),
    ("\x1f", "U+001F"),
]


@pytest.mark.parametrize(("value", "code"), REFUSED_CELLS)
@pytest.mark.parametrize("other", ["x", None, ""])
def test_cell_that_xml_cannot_hold_is_named(value, code, other):
    """Never sent in silence with another text; the first such cell is named."""
    rows = [("x", "y"), (other, value), (value, value)]
    with pytest.raises(UsageError) as caught:
        encode_rows(["A", "B"], rows)
    assert code in caught.value.message
    assert "Row 2, column B" in caught.value.message
    with pytest.raises(UsageError, match="Cell B8 holds"):
        encode_rows(["A", "B"], rows, address=lambda row, column: f"Cell {'AB'[column]}{row + 7}")


def test_variable_that_xml_cannot_hold_is_named():
    with pytest.raises(UsageError, match=r"GBL_A.*U[+]0007"):
        encode_rows(["A"], [("1",)], {"GBL_A": "\x07"})


@pytest.mark.parametrize("columns", [["A", "B", "A"], [Column("A"), Column("A")]])
def test_column_twice_is_refused(columns):
    with pytest.raises(UsageError, match=r"'A'.*twice"):
        encode_rows(columns, [])


def test_columns_that_differ_in_case_are_two():
    assert decode_rows(encode_rows(["a", "A"], [("1", "2")])) == (["a", "A"], [("1", "2")])


@pytest.mark.parametrize("row", [(), ("1",), ("1", "2", "3")])
def test_row_of_another_width_is_refused(row):
    with pytest.raises(UsageError, match="Row 2 has"):
        encode_rows(["A", "B"], [("1", "2"), row])
    with pytest.raises(UsageError, match="Row 2 has"):
        encode_data_set(["A", "B"], [("1", "2"), row])
    with pytest.raises(UsageError, match="Row 2 has"):
        encode_errors(["A", "B"], [("1", "2"), row], ["", ""])


def test_no_columns_and_no_rows():
    assert encode_rows([], []).decode() == START + "<RequestData></RequestData>"


def test_rows_may_be_any_iterable_of_any_sequences():
    rows = (row for row in [["1", None], ("2", "3")])
    assert decode_rows(encode_rows(["A", "B"], rows)) == (["A", "B"], [("1", None), ("2", "3")])


def test_malformed_is_one_error():
    with pytest.raises(MalformedXml):
        decode_error_table("The batch does not exist")
