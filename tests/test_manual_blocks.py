"""The manual's blocks do what the text around them says, line by line, as they are printed."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SERVICE = (ROOT / "docs" / "service.md").read_text(encoding="utf-8")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="the lines are run by sh")]


def block_below(text, heading):
    """Lines of the first block below a heading."""
    found = re.search(rf"^#+ {heading}$.*?^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found.group(1).splitlines()


@pytest.fixture
def environment(tmp_path):
    """An empty home, and xlsc on PATH."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XLSC_", "XDG_"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return kept | {"PATH": path, "HOME": str(tmp_path), "XLSC_HOME": str(tmp_path / "h"), "XLSC_TOKEN_STORE": "file"}


def run(line, folder, environment, typed=""):
    """One line as a person types it into a shell; (exit code, all that was shown)."""
    done = subprocess.run(
        ["sh", "-c", line], cwd=folder, env=environment, input=typed, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def served(tmp_path, environment):
    """The port of the service that the README's first line starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = block_below(README, "The same by hand")[0].replace("8123", str(port))
    with (tmp_path / "service.log").open("wb") as log:
        service = subprocess.Popen(["sh", "-c", f"exec {line}"], cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(600):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert service.poll() is None, (tmp_path / "service.log").read_text()
            time.sleep(0.1)
        yield port
    finally:
        service.terminate()
        service.wait(60)


def fill(path, terms):
    """Two customers, the second with these terms."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    names = [cell.value for cell in sheet[1]]
    rows = [("M001", "Maple Street Books", "NET30"), ("M002", "Northside Bakery", terms)]
    for number, row in enumerate(rows, start=2):
        for name, value in zip(("CustomerNumber", "CustomerName", "TermsCode"), row, strict=True):
            sheet.cell(number, names.index(name) + 1, value)
    book.save(path)


def test_the_same_by_hand(tmp_path, environment, served):
    """In the README's order: the send finds a wrong row, which is corrected before the second send."""
    path = tmp_path / "customers.xlsx"
    shown = {}
    for line in block_below(README, "The same by hand")[1:]:
        command = line.split("#")[0].strip().removeprefix("xlsc ")
        if "--failed-only" in command:
            fill(path, "NET30")
        code, shown[command] = run(line.replace("8123", str(served)), tmp_path, environment, typed="demo\n")
        sends_the_wrong_row = command.startswith("send") and "--failed-only" not in command
        assert code == (1 if sends_the_wrong_row else 0), (line, shown[command])
        if command.startswith("headers"):
            fill(path, "NET77")
    assert "CUSTOMERS" in shown["processes"]
    assert "TermsCode" in shown["columns CUSTOMERS"]
    assert "NET77" in shown["send customers.xlsx"]
    assert "SmartConnect" not in [cell.value for cell in openpyxl.load_workbook(path).active[1]]


def test_accounts_of_the_service(tmp_path, environment, served):
    """While it runs, in the folder it made."""
    (tmp_path / "password.txt").write_text("a long enough Passw0rd\n")
    lines = block_below(SERVICE, "Accounts")
    assert len(lines) >= 8
    outcomes = [
        (line, *run(line, tmp_path, environment, typed="another long Passw0rd\n" * 2)) for line in lines if line.strip()
    ]
    assert [(line, shown) for line, code, shown in outcomes if code] == []
