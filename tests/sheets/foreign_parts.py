"""Parts of workbooks as other programs write them, put into workbooks of our own."""

import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def replace_parts(path, parts):
    """Put parts into a workbook; bytes or text as content, a function changes what is there."""
    with zipfile.ZipFile(path) as source:
        content = {name: source.read(name) for name in source.namelist()}
    for name, part in parts.items():
        data = part(content[name].decode()) if callable(part) else part
        content[name] = data.encode() if isinstance(data, str) else data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in content.items():
            target.writestr(name, data)
    return path


def read_part(path, name):
    with zipfile.ZipFile(path) as source:
        return source.read(name)


def part_names(path):
    with zipfile.ZipFile(path) as source:
        return source.namelist()


def declare(part, content_type):
    """A change of [Content_Types].xml that declares a part."""
    override = f'<Override PartName="/{part}" ContentType="{content_type}"/>'
    return lambda text: text.replace("</Types>", f"{override}</Types>")


def relate(kind, target):
    """A change of a relationships part that adds one."""
    relation = f'<Relationship Id="rId9" Type="{OFFICE}/{kind}" Target="{target}"/>'
    return lambda text: text.replace("</Relationships>", f"{relation}</Relationships>")


def sheet_xml(rows, around=""):
    start = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">'
    return f"{start}<sheetData>{rows}</sheetData>{around}</worksheet>"
