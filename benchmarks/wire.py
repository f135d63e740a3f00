"""How fast tables become XML and back, next to what others need for the same table, all in one run.

encode_rows   against pandas.DataFrame.to_xml, and against joining texts that need no check and no escape
decode_rows   against lxml's bare parse of the same document, which yields no rows yet

Aims: at least 20 times as fast as pandas, at most 1.5 times the bare parse. Every figure is the best of several
turns, taken in turns with its counterpart, so that a busy machine is busy for both.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

if __name__ == "__main__":  # also as a file: python benchmarks/wire.py
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import pandas
from lxml import etree

from xlsc.wire.datatable import decode_rows, encode_rows

Rows = Sequence[tuple[str | None, ...]]

AIM_ENCODE = 20.0
AIM_DECODE = 1.5
_WORDS = ("Contoso Ltd", "Smith & Sons", "Seattle", "WA", "98101", "Net 30", "Acme Freight", "", "2024-01-31")


@dataclass(frozen=True)
class Pair:
    """Best seconds of a piece of work and of its counterpart."""

    seconds: float
    other_seconds: float


def make_table(rows: int, columns: int, blanks: float) -> tuple[list[str], Rows]:
    """An invented table.

    Args:
        rows: Number of rows.
        columns: Number of columns.
        blanks: Share of cells without a value, from 0 to 1.
    """
    source = random.Random(7)
    names = [f"Column{number}" for number in range(1, columns + 1)]
    return names, [tuple(_make_value(source, row, blanks) for _ in names) for row in range(rows)]


def measure_pair(work: Callable[[], object], other: Callable[[], object], turns: int) -> Pair:
    """Run both in turns."""
    seconds = [(_measure(work), _measure(other)) for _ in range(turns)]
    return Pair(min(first for first, _ in seconds), min(second for _, second in seconds))


def report(rows: int, columns: int, turns: int) -> None:
    """Measure and print."""
    print(f"{rows} rows x {columns} columns, best of {turns} turns, Python {sys.version.split()[0]}")
    for blanks in (0.0, 0.1):
        names, table = make_table(rows, columns, blanks)
        frame = pandas.DataFrame(table, columns=names)
        document = encode_rows(names, table)
        print(f"\n{blanks:.0%} of the cells without a value, {len(document) / 1e6:.1f} MB of XML")
        _print_encoding(names, table, frame, turns)
        decoded = measure_pair(partial(decode_rows, document), partial(etree.fromstring, document), turns)
        _print_line("decode_rows", decoded.seconds, "")
        ratio = decoded.seconds / decoded.other_seconds
        _print_line("lxml bare parse", decoded.other_seconds, f"decode_rows takes {ratio:.2f} x (aim: <= {AIM_DECODE})")


def _print_encoding(names: list[str], table: Rows, frame: pandas.DataFrame, turns: int) -> None:
    encoded = measure_pair(lambda: encode_rows(names, table), lambda: frame.to_xml(index=False), turns)
    joined = measure_pair(lambda: encode_rows(names, table), lambda: join_ready(names, table), turns)
    ratio = encoded.other_seconds / encoded.seconds
    _print_line("encode_rows", encoded.seconds, "")
    _print_line("pandas to_xml", encoded.other_seconds, f"encode_rows is {ratio:.1f} x as fast (aim: >= {AIM_ENCODE})")
    ratio = joined.seconds / joined.other_seconds
    _print_line("joining ready texts", joined.other_seconds, f"encode_rows takes {ratio:.2f} x")


def join_ready(names: Sequence[str], table: Rows) -> bytes:
    """The same document as if no text had to be checked or escaped and none were missing."""
    template = "<Table>" + "".join(f"<{name}>%s</{name}>" for name in names) + "</Table>"
    return f"<RequestData>{''.join([template % row for row in table])}</RequestData>".encode()


def _make_value(source: random.Random, row: int, blanks: float) -> str | None:
    if source.random() < blanks:
        return None
    return source.choice(_WORDS) or f"C{row:06}"


def _measure(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    del result  # outside of the measured time, for both sides
    return seconds


def _print_line(name: str, seconds: float, remark: str) -> None:
    print(f"  {name:20} {seconds:8.3f} s  {remark}".rstrip())


def main() -> None:
    """Read the arguments and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Tables to XML and back, in ratios.")
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--columns", type=int, default=20)
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    report(arguments.rows, arguments.columns, arguments.turns)


if __name__ == "__main__":
    main()
