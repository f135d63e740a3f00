"""xlwings' own tests, which its source archive holds and its wheel does not; they are not kept here."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tarfile
from pathlib import Path

#: pip asks the archive's build tool for the name and version before it keeps the file; this one answers without
#: building anything.
_BUILD_TOOL = """
import pathlib

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = pathlib.Path(metadata_directory) / "xlwings-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\\nName: xlwings\\nVersion: {version}\\n")
    return folder.name
"""


def fetch(folder: Path) -> Path | str:
    """The folder of the tests, as a package of another name than this repository's; or why it cannot be had."""
    version = importlib.metadata.version("xlwings")
    tool = folder / "tool"
    tool.mkdir()
    (tool / "maturin.py").write_text(_BUILD_TOOL.format(version=version), encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-build-isolation", "--no-binary", "xlwings"]
    command += ["--no-deps", "--disable-pip-version-check", "--retries", "1", f"xlwings=={version}", "-d", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(tool)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    archives = list(folder.glob("xlwings-*.tar.gz"))
    if done.returncode or not archives:
        return f"pip cannot download the source archive of xlwings {version}"
    with tarfile.open(archives[0]) as archive:
        archive.extractall(folder, filter="data")
    source = folder / f"xlwings-{version}" / "tests"
    if not source.is_dir():
        return f"the source archive of xlwings {version} has no tests"
    return source.rename(folder / "xlwings_tests")
