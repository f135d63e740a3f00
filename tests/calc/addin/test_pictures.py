"""The manual's pictures of the add-in on a screen: made anew, they show what the kept ones show."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from docs.pictures import screens

pytestmark = [pytest.mark.office, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
NAMES = (screens.SHEET, screens.SIGN_IN, screens.ERRORS)
#: Pixels that a marked cell of the picture has at least; there are four.
MARKED_PIXELS = 1_000


@pytest.fixture(scope="module")
def made(office, tmp_path_factory):
    missing = [name for name in ("Xvfb", "xdotool", "import") if shutil.which(name) is None]
    if missing and os.environ.get("XLSC_REQUIRE_ALL") == "1":
        pytest.fail(f"{missing[0]} is not installed and XLSC_REQUIRE_ALL=1")
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    folder = tmp_path_factory.mktemp("pictures")
    before = dict(os.environ)
    try:
        screens.build(folder)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return folder


def colours(path):
    """(red, green, blue) and how many pixels have it."""
    command = ["convert", str(path), "-depth", "8", "-format", "%c", "histogram:info:"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.findall(r"(\d+): \(\s*(\d+),\s*(\d+),\s*(\d+)", text)
    return {tuple(map(int, rgb)): int(count) for count, *rgb in found}


def size(path):
    command = ["identify", "-format", "%w %h", str(path)]
    return tuple(map(int, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()))


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_small_and_stand_in_the_manual(name):
    path = screens.FOLDER / name
    assert 1_000 < path.stat().st_size < 100_000
    assert f"(pictures/addin/{name})" in (ROOT / "docs" / "addin.md").read_text(encoding="utf-8")


def test_marks_are_seen_in_a_real_window(made):
    for folder in (made, screens.FOLDER):
        found = colours(folder / screens.SHEET)
        pink = sum(count for (r, g, b), count in found.items() if r > 240 and 180 < g < 215 and 185 < b < 220)
        assert pink > 4 * MARKED_PIXELS, folder
        assert size(folder / screens.SHEET) == (screens.WIDTH, screens.HEIGHT)


@pytest.mark.parametrize("name", [screens.SIGN_IN, screens.ERRORS])
def test_windows_are_drawn_and_not_empty(made, name):
    for folder in (made, screens.FOLDER):
        width, height = size(folder / name)
        found = colours(folder / name)
        assert width > 400
        assert height > 100
        assert len(found) >= 8
        assert max(found.values()) < 0.95 * width * height
