"""What is kept in the repository: only sources, and they speak of the project alone."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
#: Absolute folders of some machine; ann is invented. A path in a URL, as in http://host/home/x, is none.
MACHINE_PATH = re.compile(r"(?<![\w.\-/~])/(?:work|root|farm|mnt|opt/(?:dev|venv)|(?:home|Users)/(?!ann\b)\w+)/\w")
#: Where packages come from is pip's and npm's configuration.
REGISTRY_HOST = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|registry\.yarnpkg\.com|index[-_]url", re.I
)
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
#: Addresses in texts and samples are those reserved for examples, or of public standards and projects.
MAIL = re.compile(r"[A-Za-z0-9._+\-]+@([A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,})\b")
EXAMPLE_HOST = re.compile(r"(^|\.)(example\.(com|org|net)|[\w\-]*\.?(example|test|invalid|localhost))$", re.I)


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no git repository here")
    return done.stdout


def tracked_texts():
    for name in filter(None, git("ls-files", "-z").split("\0")):
        data = (ROOT / name).read_bytes() if (ROOT / name).is_file() else b""
        if b"\0" not in data[:8000]:
            yield name, data.decode("utf-8", errors="replace")


def lines_with(pattern):
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in tracked_texts()
        if name != "tests/test_repository.py"
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_patterns_find_what_they_are_for():
    assert MACHINE_PATH.search('open("/' + 'work/main/x.py")')
    assert MACHINE_PATH.search("at /home/bob/project/file")
    assert not MACHINE_PATH.search("/home/ann/templates")
    assert not MACHINE_PATH.search("http://127.0.0.1/root/x")
    assert REGISTRY_HOST.search("https://pypi.org/simple/click")
    assert PRIVATE_KEY.search("-----BEGIN PRIVATE KEY-----\n" + "A" * 64)


def test_nothing_is_kept_that_git_is_told_to_ignore():
    assert git("ls-files", "-z", "--cached", "--ignored", "--exclude-standard").split("\0")[:-1] == []


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["machine path", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern):
    assert lines_with(pattern) == []


def test_no_file_holds_a_private_key():
    assert [name for name, text in tracked_texts() if PRIVATE_KEY.search(text)] == []


def test_addresses_of_people_are_invented():
    found = {
        f"{name}: {match.group()}"
        for name, text in tracked_texts()
        if name.endswith((".py", ".md", ".toml", ".sql", ".json"))
        for match in MAIL.finditer(text)
        if not EXAMPLE_HOST.search(match.group(1))
    }
    assert found == set()


def test_texts_are_utf_8_with_plain_line_ends():
    names = [name for name, _ in tracked_texts() if name.endswith((".py", ".md", ".toml", ".sql"))]
    assert [name for name in names if b"\r" in (ROOT / name).read_bytes()] == []
    for name in names:
        (ROOT / name).read_bytes().decode("utf-8")


def test_binaries_are_pictures_only():
    """No binary in the repository is a source (workbooks and add-ins are built)."""
    texts = {name for name, _ in tracked_texts()}
    binaries = {name for name in filter(None, git("ls-files", "-z").split("\0")) if name not in texts}
    assert {name for name in binaries if not re.fullmatch(r"(docs/.*\.png|templates/.*\.xl[a-z]{2})", name)} == set()
