"""The parts of a workbook file: read within bounds, replaced one by one, all others kept byte for byte.

Knows zip containers and nothing of what the parts mean. Source: ECMA-376 part 2 (packages), office-files.md §3.6.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from xlsc.errors import WorkbookError

CHUNK_BYTES = 1 << 20
#: What a package may unpack to: a full sheet of 1,048,576 × 20 cells takes about 0.8 GB.
MAX_TOTAL_BYTES = 6 << 30
MAX_PARTS = 20_000
#: Largest part that is read in one piece (styles, relationships, notes); sheets and texts are streamed.
MAX_SMALL_PART_BYTES = 256 << 20
#: Deflate packs at most 1,032 to 1; a real sheet stays below 200 to 1.
_MAX_RATIO = 500
_RATIO_MATTERS_BYTES = 64 << 20
_ZIP64_BYTES = (1 << 31) - 1
_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_COMPOUND_FILE = bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_SAVE_AS = "Open it in Excel and save it as Excel Workbook (.xlsx)."
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


class PackedPart:
    """The content of a large part, kept deflated; iterating gives it back in chunks."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        deflate = zlib.compressobj(1)
        self.size = 0
        self._packed: list[bytes] = []
        for chunk in chunks:
            self.size += len(chunk)
            self._packed.append(deflate.compress(chunk))
        self._packed.append(deflate.flush())

    def __iter__(self) -> Iterator[bytes]:
        inflate = zlib.decompressobj()
        for packed in self._packed:
            while packed:
                yield inflate.decompress(packed, CHUNK_BYTES)
                packed = inflate.unconsumed_tail
        yield inflate.flush()


class Package:
    """One workbook file in memory: the parts as they were read, and those that replace them.

    Args:
        data: The whole file.
        name: File name for messages.

    Raises:
        WorkbookError: The data is no readable, unencrypted package within bounds.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise _not_a_package(data, name) from error
        self._infos: dict[str, zipfile.ZipInfo] = {}
        self._changed: dict[str, bytes | PackedPart | None] = {}
        self._check(self._zip.infolist())
        self._by_lower = {part.lower(): part for part in self._infos}

    def _check(self, infos: list[zipfile.ZipInfo]) -> None:
        for info in infos:
            if info.is_dir():
                continue
            if info.filename in self._infos:
                raise self.damaged(f"{info.filename} occurs twice")
            if info.flag_bits & 1:
                raise _encrypted(self.name)
            if info.file_size > max(_RATIO_MATTERS_BYTES, info.compress_size * _MAX_RATIO):
                raise self.damaged(f"{info.filename} would unpack to {info.file_size:,} bytes")
            self._infos[info.filename] = info
        if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
            raise self.damaged("it would unpack to more than any workbook holds")

    def damaged(self, what: str) -> WorkbookError:
        """The error to raise for a package that contradicts itself."""
        return WorkbookError(
            f"{self.name} is damaged: {what}.", "Open it in Excel, let Excel repair it, and save it under a new name."
        )

    def find(self, part: str) -> str | None:
        """The part as the package spells it, letter case aside; None where there is none."""
        if part in self._changed:
            return part if self._changed[part] is not None else None
        if part in self._infos:
            return part
        found = self._by_lower.get(part.lower())
        return found if found is not None and found in self else None

    def __contains__(self, part: str) -> bool:
        if part in self._changed:
            return self._changed[part] is not None
        return part in self._infos

    def names(self) -> list[str]:
        """All parts, those of the file first and in its order."""
        old = [part for part in self._infos if part in self]
        return old + [part for part, data in self._changed.items() if data is not None and part not in self._infos]

    def read(self, part: str) -> bytes:
        """A small part as a whole.

        Raises:
            WorkbookError: The part is missing, damaged or too large.
        """
        pieces: list[bytes] = []
        size = 0
        for chunk in self.chunks(part):
            size += len(chunk)
            if size > MAX_SMALL_PART_BYTES:
                raise self.damaged(f"{part} is larger than {MAX_SMALL_PART_BYTES:,} bytes")
            pieces.append(chunk)
        return b"".join(pieces)

    def chunks(self, part: str) -> Iterator[bytes]:
        """The part's content in chunks of about a megabyte.

        Raises:
            WorkbookError: The part is missing or damaged.
        """
        if part in self._changed:
            changed = self._changed[part]
            if changed is not None:
                yield from [changed] if isinstance(changed, bytes) else changed
                return
        info = self._infos.get(part)
        if info is None or part in self._changed:
            raise self.damaged(f"its part {part} is missing")
        try:
            with self._zip.open(info) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    yield chunk
        except _DAMAGE as error:
            raise self.damaged(f"its part {part} cannot be unpacked") from error

    def put(self, part: str, content: bytes | PackedPart) -> None:
        """Replace a part, or add one."""
        self._changed[part] = content
        self._by_lower[part.lower()] = part

    def remove(self, part: str) -> None:
        """Leave a part out from now on; one that is not there is no error."""
        if part in self._infos:
            self._changed[part] = None
        else:
            self._changed.pop(part, None)

    def new_name(self, pattern: str) -> str:
        """A part name that is free; ``{}`` in the pattern becomes a number from 1."""
        number = 1
        while self.find(pattern.format(number)) is not None:
            number += 1
        return pattern.format(number)

    def write_to(self, file: BinaryIO) -> None:
        """Write the package: parts in their old order, new ones behind them, dated 1980 so that bytes repeat."""
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
            for part in self.names():
                content = self._changed.get(part)
                size = self._infos[part].file_size if content is None else _size(content)
                with target.open(self._target_info(part), "w", force_zip64=size > _ZIP64_BYTES) as stream:
                    for chunk in self.chunks(part):
                        stream.write(chunk)

    def _target_info(self, part: str) -> zipfile.ZipInfo:
        old = self._infos.get(part)
        info = zipfile.ZipInfo(part, old.date_time if old else _FIRST_ZIP_DATE)
        info.compress_type = old.compress_type if old else zipfile.ZIP_DEFLATED
        info.external_attr = old.external_attr if old else 0
        info.create_system = old.create_system if old else 0
        return info


def _size(content: bytes | PackedPart) -> int:
    return len(content) if isinstance(content, bytes) else content.size


def _not_a_package(data: bytes, name: str) -> WorkbookError:
    if data.startswith(_COMPOUND_FILE):
        if _ENCRYPTED_STREAM in data:
            return _encrypted(name)
        return WorkbookError(f"{name} is a workbook of Excel 97-2003 (.xls).", _SAVE_AS)
    if data.startswith(b"PK"):
        return WorkbookError(f"{name} is damaged: its zip container cannot be read.", "Get a fresh copy of the file.")
    return WorkbookError(f"{name} is not an Excel workbook.", _SAVE_AS)


def _encrypted(name: str) -> WorkbookError:
    return WorkbookError(
        f"{name} is protected by a password to open it.",
        "Open it in Excel, take the password off under File > Info > Protect Workbook, save it, and try again.",
    )
