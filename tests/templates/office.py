"""Workbooks opened and saved by LibreOffice."""

import os
import shutil
import subprocess

import pytest


def converted(path, folder):
    """The workbook as LibreOffice saves it; fails where LibreOffice is asked for and missing."""
    soffice = shutil.which("soffice")
    if soffice is None:
        if os.environ.get("XLSC_REQUIRE_ALL") == "1":
            pytest.fail("LibreOffice is not installed and XLSC_REQUIRE_ALL=1")
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation=file://{folder}/profile"
    out = folder / "converted"
    kind = "xlsx:Calc MS Excel 2007 XML"
    command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / path.name
