"""What is built holds what xlsc needs at run time, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

import xlsc

ROOT = Path(__file__).resolve().parents[1]


def tracked(*folders):
    done = subprocess.run(["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no git repository here")
    return {name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()}


def build(kind, folder, root=ROOT):
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl" if kind == "wheel" else "*.tar.gz"))


def content(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_package_and_the_templates(wheel):
    wanted = {name: (ROOT / name).read_bytes() for name in tracked("xlsc")}
    wanted |= {f"xlsc/{name}": (ROOT / name).read_bytes() for name in tracked("templates", "docs/*.md")}
    found = content(wheel)
    assert {name for name in wanted if name not in found} == set()
    assert {name for name in wanted if found[name] != wanted[name]} == set()


def test_the_wheel_holds_what_is_read_at_run_time(wheel):
    """Sample processes, the add-in's texts and the mark of types are there, whatever git says."""
    endings = {name.rpartition(".")[2] for name in content(wheel)}
    assert {"toml", "sql", "bas", "cls", "xml", "typed"} <= endings


def test_the_wheel_holds_nothing_but_the_package(wheel):
    tops = {name.split("/")[0] for name in content(wheel)}
    assert tops == {"xlsc", f"xlsc-{xlsc.__version__}.dist-info"}
    assert [name for name in content(wheel) if "__pycache__" in name or "test" in name] == []


def test_the_wheel_says_who_it_is(wheel):
    found = content(wheel)
    folder = f"xlsc-{xlsc.__version__}.dist-info"
    metadata = found[f"{folder}/METADATA"].decode()
    assert f"\nVersion: {xlsc.__version__}\n" in metadata
    assert "\nRequires-Dist: xlwings==" in metadata
    assert b"xlsc = xlsc.cli.main:main" in found[f"{folder}/entry_points.txt"]
    assert f"{folder}/licenses/LICENSE" in found


def test_a_wheel_from_the_source_archive_is_the_same(wheel, tmp_path):
    archive = build("sdist", tmp_path)
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    again = build("wheel", tmp_path, tmp_path / f"xlsc-{xlsc.__version__}")
    assert content(again) == content(wheel)
