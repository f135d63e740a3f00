"""What is no table, or would cost too much, is refused with one sentence that says what is wrong."""

from __future__ import annotations

import pytest

from xlsc.wire.datatable import MalformedXml, decode_request, decode_rows
from xlsc.wire.malformed import MalformedText

GOOD = "<RequestData><Table><No>1</No></Table></RequestData>"

REFUSED = [
    ("no XML", "not well-formed"),
    ('{"No": 1}', "not well-formed"),
    (GOOD[:-5], "not well-formed"),
    (GOOD.replace("</No>", "</no>"), "not well-formed"),
    (GOOD + GOOD, "not well-formed"),
    (GOOD.replace("1", "a & b"), "not well-formed"),
    (GOOD.replace("1", "&#1;"), "not well-formed"),
    (GOOD.replace("1", "&#x110000;"), "not well-formed"),
    (GOOD.replace("1", "\x01"), "not well-formed"),
    (GOOD.replace("1", "a]]>b"), "not well-formed"),
    (GOOD.replace("1", "\x00"), "not well-formed"),
    (GOOD.replace("1", "&nbsp;"), "entity"),
    ('<?xml version="1.0"?>\n<!DOCTYPE RequestData>' + GOOD, "DOCTYPE"),
    ('<!DOCTYPE a [<!ENTITY x "y">]>' + GOOD.replace("1", "&x;"), "DOCTYPE"),
    ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + GOOD.replace("1", "&x;"), "DOCTYPE"),
    ('<!DOCTYPE a SYSTEM "http://example.com/a.dtd">' + GOOD, "DOCTYPE"),
    ("<!DOCTYPE html><html><body><p>Sign in</p></body></html>", "DOCTYPE"),
    ("<RequestData><Table><No>1</No><No>2</No></Table></RequestData>", "Row 1 holds the column No twice"),
    ("<RequestData><Table><No>1<b>2</b></No></Table></RequestData>", "Row 1 is not flat: its element No"),
    (f"<RequestData><Table><No>1</No></Table><Table>{GOOD}</Table></RequestData>", "Row 2 is not flat"),
    ("<RequestData><Table>text<No>1</No></Table></RequestData>", "Row 1 holds text"),
    ("<RequestData>text<Table><No>1</No></Table></RequestData>", "RequestData holds text instead of rows"),
    ("<RequestData><Table>JV001</Table></RequestData>", "Row 1 holds text"),
    ("<RequestData><Xml>no table</Xml></RequestData>", "Xml holds text instead of rows"),
    ("<RequestData><Table><No>1</No></Table><Xml>&lt;DataSet/></Xml></RequestData>", "beside them"),
    ("<RequestData><Xml>&lt;DataSet></Xml></RequestData>", "not well-formed"),
    (b"<RequestData><Table><No>\xff</No></Table></RequestData>", "not well-formed"),
    ('<?xml version="1.0" encoding="punycode"?>' + GOOD, "encoding punycode"),
    ('<?xml version="1.0" encoding="x-none"?>' + GOOD, "encoding x-none"),
    ('<?xml version="1.0" encoding="us-ascii"?>' + GOOD.replace("1", "€"), "not ascii"),
    ("<a:RequestData>" + GOOD[13:].replace("</R", "</a:R"), "not well-formed"),
    ("\ud800" + GOOD, "half a character"),
]


@pytest.mark.parametrize(("document", "reason"), REFUSED)
def test_refused(document, reason):
    """Also behind many good rows, where the quick reader is at work."""
    data = document if isinstance(document, bytes) else document.encode("utf-8", "surrogatepass")
    if reason != "half a character":
        with pytest.raises(MalformedXml) as caught:
            decode_rows(data)
        assert reason.lower() in str(caught.value).lower()
    if isinstance(document, str) and "encoding=" not in document:
        with pytest.raises(MalformedXml) as caught:
            decode_rows(document)
        assert reason.lower() in str(caught.value).lower()


ROWS = "<Table><A>1</A><B>2</B></Table>"
AFTER_MANY = [
    "<Table><A>&amp</A><B>2</B></Table>",
    "<Table><A>&no;</A><B>2</B></Table>",
    "<Table><A>1</A><A>1</A></Table>",
    "<Table><A>1</A><B>2</B>",
    "<Table><A>1</A>text<B>2</B></Table>",
    "text",
    "<Table><A>1</A><B><c/></B></Table>",
    "<Table><A>1</B><B>2</A></Table>",
    "<Table><A>]]></A></Table>",
    "<Table><A>\x02</A></Table>",
    "<Table><A>&#0;</A></Table>",
    "<Table><1>1</1></Table>",
    "<Table><A b>1</A></Table>",
    "<Table><A>1</A></Table",
    "<Table><A><![CDATA[1]></A></Table>",
    "</Table>",
    "<Table><A>1</A></Table><!-- -- -->",
]


@pytest.mark.parametrize("bad", AFTER_MANY)
@pytest.mark.parametrize("place", [0, 7, 50])
def test_one_bad_row_among_many_is_not_passed_over(bad, place):
    rows = [ROWS] * 50
    rows.insert(place, bad)
    with pytest.raises(MalformedXml):
        decode_rows(f"<RequestData>{''.join(rows)}</RequestData>")


@pytest.mark.parametrize("levels", [50, 100_000])
def test_depth_is_bounded(levels):
    with pytest.raises(MalformedXml, match=r"more than 32 levels|not flat"):
        decode_rows("<DataSet>" * levels + "</DataSet>" * levels)


def test_width_is_bounded():
    """An Excel sheet's width and no more, in the quick reader and in the other one."""
    cells = "".join(f"<c{index}>1</c{index}>" for index in range(16_385))
    with pytest.raises(MalformedXml, match="more than 16384 columns"):
        decode_rows(f"<RequestData><Table>{cells}</Table></RequestData>")


@pytest.mark.parametrize("row", ["<T/>", "<T></T>", "<T><c1>1</c1></T>"])
def test_emptiness_is_bounded(row):
    """A few megabytes of XML never become a table of a hundred million empty places."""
    cells = "".join(f"<c{index}>1</c{index}>" for index in range(1000))
    document = f"<RequestData><T>{cells}</T>{row * 25_000}</RequestData>"
    with pytest.raises(MalformedXml, match="hardly any"):
        decode_rows(document)


def test_every_row_with_a_column_of_its_own_is_bounded():
    many = "".join(f"<Table><c{index}>1</c{index}></Table>" for index in range(9_000))
    with pytest.raises(MalformedXml, match="hardly any"):
        decode_rows(f"<RequestData>{many}</RequestData>")


def test_widest_sheet_is_read():
    cells = "".join(f"<c{index}>{index}</c{index}>" for index in range(16_384))
    columns, rows = decode_rows(f"<RequestData><Table>{cells}</Table></RequestData>")
    assert len(columns) == 16_384
    assert rows == [tuple(str(index) for index in range(16_384))]


@pytest.mark.parametrize(
    "token",
    ["<!--{}-->", "<?p {}?>", '<T a="{}"/>', "<T{}/>", "<!--{}"],
    ids=["comment", "instruction", "attribute", "name", "open comment"],
)
def test_tags_and_comments_are_bounded(token):
    """A parser that begins them anew with every step would take minutes for one of half a gigabyte."""
    with pytest.raises(MalformedXml, match="more than 8 MiB"):
        decode_rows(f"<RequestData>{token.format('x' * 20_000_000)}</RequestData>")


@pytest.mark.parametrize("value", ["{}", "<![CDATA[{}]]>"])
def test_long_values_are_no_long_tags(value):
    text = "x" * 20_000_000
    assert decode_rows(f"<RequestData><T><A>{value.format(text)}</A></T></RequestData>") == (["A"], [(text,)])


@pytest.mark.parametrize("row", ["<T><A>1</A></T>", "<T><A b='1'>1</A></T>", "<T/>"])
@pytest.mark.parametrize("form", ["{}", "<Xml>{}</Xml>", "<Xml><![CDATA[<DataSet>{}</DataSet>]]></Xml>"])
def test_rows_are_counted_where_they_are_bounded(row, form):
    def document(count):
        return f"<RequestData>{form.format(row * count)}</RequestData>"

    assert len(decode_request(document(200), max_rows=200).rows) == 200
    with pytest.raises(MalformedXml, match="more than 200 rows"):
        decode_request(document(201), max_rows=200)


def test_variables_are_counted():
    pairs = "".join(f"<V><Key>GBL_{number}</Key><Value>1</Value></V>" for number in range(1001))
    with pytest.raises(MalformedText, match="more than 1,000 variables"):
        decode_request(f"<RequestData><Variables><A>{pairs}</A></Variables><Xml/></RequestData>")


def test_escaped_documents_end_somewhere():
    document = "<DataSet/>"
    for _ in range(6):
        document = f"<RequestData><Xml>{document.replace('&', '&amp;').replace('<', '&lt;')}</Xml></RequestData>"
    with pytest.raises(MalformedXml, match="3 deep"):
        decode_rows(document)


def test_expansion_never_happens():
    """The names of entities alone are enough to be refused, however they would grow."""
    bombs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    with pytest.raises(MalformedXml, match="DOCTYPE"):
        decode_rows(f'<!DOCTYPE x [<!ENTITY e0 "ha">{bombs}]><DataSet><T><A>&e9;</A></T></DataSet>')
