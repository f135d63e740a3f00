"""vbaProject.bin from modules: [MS-OVBA] with source text only, no compiled code.

The project has version 0xFFFF, so every Excel compiles it afresh from the text. No clock, no random number.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence

from xlsc.addin.build.cfb import write_compound_file
from xlsc.addin.build.compression import compress
from xlsc.addin.build.sources import Kind, Module
from xlsc.errors import UsageError

#: Western European, the code page every Windows has; sources are ASCII, so none is ever needed.
CODE_PAGE = 1252
_TYPE_LIBRARIES = (
    ("stdole", r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"),
    (
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)
_NAMESPACE = uuid.UUID("7a1c3d0e-55a4-5c1b-9a0e-2f6d1d3b8c41")
#: Seeds of the three "encrypted" project fields; any byte will do, fixed ones give equal builds.
_SEEDS = {"CMG": (0x2C, b"\0\0\0\0"), "DPB": (0x58, b"\0"), "GC": (0x84, b"\xff")}


def write_project(name: str, modules: Sequence[Module]) -> bytes:
    """The bytes of vbaProject.bin.

    Args:
        name: The project's name; differs from every module's.
        modules: In the order in which the editor lists them; the workbook's document module first.

    Raises:
        UsageError: Two modules of one name (case does not count), or one named like the project.
    """
    names = [module.name.lower() for module in modules]
    if len({*names, name.lower()}) <= len(names):
        raise UsageError("Two VBA modules, or a module and the project, have the same name.", "Rename one of them.")
    streams = {module.name: compress(_encode(module.text)) for module in modules}
    vba = {"dir": compress(write_dir(name, modules)), "_VBA_PROJECT": bytes.fromhex("CC61FFFF000000"), **streams}
    return write_compound_file(
        {"VBA": vba, "PROJECT": _encode(_write_project_stream(name, modules)), "PROJECTwm": _write_name_map(modules)}
    )


def _encode(text: str) -> bytes:
    return text.encode("cp1252")


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _both(number: int, wide_number: int, text: str) -> bytes:
    """A text in the code page and again as UTF-16."""
    return _record(number, _encode(text)) + _record(wide_number, text.encode("utf-16-le"))


def write_dir(name: str, modules: Sequence[Module]) -> bytes:
    """The ``dir`` stream before compression: [MS-OVBA] 2.3.4.2."""
    short, long = struct.Struct("<H").pack, struct.Struct("<I").pack
    head = [
        *(_record(0x01, long(3)), _record(0x02, long(0x409)), _record(0x14, long(0x409))),
        *(_record(0x03, short(CODE_PAGE)), _record(0x04, _encode(name)), _both(0x05, 0x40, ""), _both(0x06, 0x3D, "")),
        *(_record(0x07, long(0)), _record(0x08, long(0))),
        # This record's size field says 4 although 6 bytes follow: the format's own oddity.
        struct.pack("<HIIH", 0x09, 4, 1, 1),
        _both(0x0C, 0x3C, ""),
    ]
    references = [_write_reference(*library) for library in _TYPE_LIBRARIES]
    count = [_record(0x0F, short(len(modules))), _record(0x13, short(0xFFFF))]
    return b"".join([*head, *references, *count, *map(_write_module_records, modules), _record(0x10)])


def _write_reference(name: str, library: str) -> bytes:
    encoded = _encode(library)
    return _both(0x16, 0x3E, name) + _record(0x0D, struct.pack("<I", len(encoded)) + encoded + bytes(6))


def _write_module_records(module: Module) -> bytes:
    procedural = module.kind is Kind.MODULE
    return b"".join(
        [
            *(_both(0x19, 0x47, module.name), _both(0x1A, 0x32, module.name), _both(0x1C, 0x48, "")),
            *(_record(0x31, bytes(4)), _record(0x1E, bytes(4)), _record(0x2C, b"\xff\xff")),
            *(_record(0x21 if procedural else 0x22), _record(0x2B)),
        ]
    )


def _write_project_stream(name: str, modules: Sequence[Module]) -> str:
    identity = "{" + str(uuid.uuid5(_NAMESPACE, name)).upper() + "}"
    key = sum(map(ord, identity)) & 0xFF
    fields = {field: encrypt(data, key, seed).hex().upper() for field, (seed, data) in _SEEDS.items()}
    lines = [
        f'ID="{identity}"',
        *map(_project_line, modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        *(f'{field}="{value}"' for field, value in fields.items()),
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "\r\n".join(lines) + "\r\n"


def _project_line(module: Module) -> str:
    if module.kind.is_document:
        return f"Document={module.name}/&H00000000"
    return f"{module.kind.value}={module.name}"


def encrypt(data: bytes, key: int, seed: int) -> bytes:
    """The obfuscated form of a project field: [MS-OVBA] 2.4.3.2.

    Args:
        data: The field's plain bytes.
        key: Sum of the project identity's character codes, modulo 256.
        seed: Any byte; it decides the number of filler bytes.
    """
    version = 2
    written = [seed, seed ^ version, seed ^ key]
    before, one_back, two_back = key, written[2], written[1]
    for plain in bytes((seed & 6) // 2) + struct.pack("<I", len(data)) + data:
        value = plain ^ ((two_back + before) & 0xFF)
        written.append(value)
        two_back, one_back, before = one_back, value, plain
    return bytes(written)


def _write_name_map(modules: Sequence[Module]) -> bytes:
    pairs = (_encode(m.name) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(pairs) + b"\0\0"
