"""The manual's pictures show what demo and templates make now; fonts may differ by machine, the sheets may not."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
PICTURES = sorted(path.stem for path in FOLDER.glob("*.png"))
#: Those of templates that nobody sends.
UNMARKED = ("template-process_data", "template-run_log")
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


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """All pictures, made anew."""
    missing = [name for name in ("soffice", "pdftoppm", "convert", "identify") if shutil.which(name) is None]
    if missing:
        reason = f"not installed: {', '.join(missing)}"
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("pictures")
    builder = ROOT / "docs" / "pictures" / "build.py"
    subprocess.run([sys.executable, str(builder), str(folder)], cwd=ROOT, check=True, timeout=1800)
    return folder


def test_there_is_one_picture_of_each_template(made):
    templates = {path.stem for path in (ROOT / "templates").glob("*.xlsx")}
    wanted = {"marked-customers", "template-guide", *(f"template-{name}" for name in templates)}
    assert {path.stem for path in made.glob("*.png")} == wanted
    assert set(PICTURES) == wanted


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_what_its_program_makes(made, name):
    now, before = described(made / f"{name}.png"), described(FOLDER / f"{name}.png")
    assert before[2] > 500 or name in UNMARKED  # marks are to be seen
    for is_now, was in zip(now, before, strict=True):
        assert abs(is_now - was) <= TOLERANCE * was, (now, before)
    assert (FOLDER / f"{name}.png").stat().st_size < 80_000
