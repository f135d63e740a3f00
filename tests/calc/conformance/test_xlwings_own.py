"""xlwings' own tests on the engine: what passes there says that the engine answers as Excel's does.

Each file that is run, and each test of it that is left out, is named below. Of the rest of their tests nothing is run:
charts, pictures, shapes, pivots, tables, names, validation, conversion to frames and the engines of other hosts are
nothing that xlsc asks a spreadsheet for.
"""

from pathlib import Path

import pytest

pytestmark = [pytest.mark.office, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[3]
FILES = ("test_active", "test_chunking", "test_ndim", "test_range")
