"""The manual's picture shows what the demo makes now; fonts may differ from machine to machine, the sheet may not."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "marked-customers.png"
#: How far sizes and coloured areas may be apart, as a share; other fonts are a little wider.
TOLERANCE = 0.15
pytestmark = [pytest.mark.office, pytest.mark.slow]


def described(path):
    """(width and height, pixels of the marks' colour)."""
    size = subprocess.run(["identify", "-format", "%w %h", str(path)], capture_output=True, text=True, check=True)
    colours = subprocess.run(
        ["convert", str(path), "-depth", "8", "-format", "%c", "histogram:info:"],
        capture_output=True,
        text=True,
        check=True,
    )
    marks = 0
    for count, red, green, blue in re.findall(r"(\d+): \((\d+),(\d+),(\d+)", colours.stdout):
        near = max(abs(int(red) - 0xFF), abs(int(green) - 0xC7), abs(int(blue) - 0xCE))
        marks += int(count) if near <= 3 else 0
    return [*map(int, size.stdout.split()), marks]


def test_the_picture_is_what_the_demo_makes(tmp_path):
    missing = [name for name in ("soffice", "pdftoppm", "convert", "identify") if shutil.which(name) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    builder = ROOT / "docs" / "pictures" / "build.py"
    subprocess.run([sys.executable, str(builder), str(tmp_path)], cwd=ROOT, check=True, timeout=300)
    made, shown = described(tmp_path / PICTURE.name), described(PICTURE)
    assert shown[2] > 1000  # marks are to be seen
    for now, before in zip(made, shown, strict=True):
        assert abs(now - before) <= TOLERANCE * before, (made, shown)
