"""Installing on both systems' folder trees; no test touches the machine's own home."""

import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from xlsc.addin.doctor import examine, list_status
from xlsc.addin.install import (
    System,
    find_places,
    install,
    read_settings,
    remove,
    vba_version,
    write_settings,
)
from xlsc.errors import UsageError, WorkbookError

VERSION = metadata.version("xlwings")


@pytest.fixture
def windows(tmp_path: Path) -> System:
    home = tmp_path / "Users" / "Ana Li"
    python = home / "tools" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    for bits in (32, 64):
        (python.parent.parent / f"xlwings{bits}-{VERSION}.dll").write_bytes(b"")
    environment = {"APPDATA": str(home / "AppData" / "Roaming"), "USERPROFILE": str(home)}
    return System("Windows", home, environment, python, "cp1252")


@pytest.fixture
def mac(tmp_path: Path) -> System:
    return System("Darwin", tmp_path / "Users" / "ana", {}, Path(sys.executable))


def problems(system: System) -> list[str]:
    return [finding.topic for finding in examine(system) if finding.level == "problem"]


def test_windows_gets_add_in_and_settings_in_the_users_own_folders(windows: System) -> None:
    written = install(windows)
    assert [str(path.relative_to(windows.home)) for path in written] == [
        "AppData/Roaming/Microsoft/Excel/XLSTART/xlsc.xlam",
        ".xlsc/xlsc.conf",
    ]
    settings = written[1].read_bytes()
    assert settings.startswith(f'"INTERPRETER_WIN","{windows.interpreter}"\r\n'.encode())
    assert read_settings(written[1], "cp1252")["XLWINGS_VERSION"] == VERSION
    assert problems(windows) == []


def test_mac_gets_the_script_too(mac: System) -> None:
    written = install(mac)
    names = [str(path.relative_to(mac.home)) for path in written]
    assert names[0].startswith("Library/Group Containers/UBF8T346G9.Office/User Content.localized/")
    assert names[1:] == [
        "Library/Containers/com.microsoft.Excel/Data/xlsc.conf",
        f"Library/Application Scripts/com.microsoft.Excel/xlwings-{VERSION}.applescript",
    ]
    assert b"VbaHandler" in written[2].read_bytes()
    assert problems(mac) == []


def test_windows_without_appdata_uses_the_profile(windows: System) -> None:
    bare = replace(windows, environment={})
    assert find_places(bare).addin == find_places(windows).addin


def test_another_system_has_no_excel_and_says_what_to_do(tmp_path: Path) -> None:
    linux = System("Linux", tmp_path)
    with pytest.raises(UsageError, match="no Excel on Linux") as refused:
        install(linux)
    assert "addin build" in refused.value.hint
    assert refused.value.exit_code == 2
    assert [finding.level for finding in examine(linux)] == ["problem"]
    assert list(tmp_path.iterdir()) == []


def test_installing_again_renews_and_removing_takes_away_only_ours(windows: System) -> None:
    first = install(windows)
    other = first[0].with_name("other.xlam")
    other.write_bytes(b"theirs")
    first[0].write_bytes(b"damaged")
    assert install(windows)[0].read_bytes()[:2] == b"PK"
    assert remove(windows) == first
    assert remove(windows) == []
    assert other.read_bytes() == b"theirs"


def test_before_installing_everything_is_missing(windows: System) -> None:
    assert [finding.level for finding in list_status(windows)] == ["problem", "problem"]
    assert "Python" in problems(windows)


def test_doctor_misses_the_library_the_interpreter_and_the_version(windows: System) -> None:
    settings = install(windows)[1]
    for library in windows.interpreter.parent.parent.glob("xlwings64*"):
        library.unlink()
    assert problems(windows) == ["library"]
    windows.interpreter.unlink()
    assert problems(windows) == ["Python", "library"]
    settings.write_text(f'"INTERPRETER_WIN","{windows.interpreter}"\n"XLWINGS_VERSION","0.30.0"\n')
    assert problems(windows) == ["Python", "xlwings", "library"]


def test_doctor_sees_a_mark_of_the_web(windows: System) -> None:
    addin = install(windows)[0]
    Path(f"{addin}:Zone.Identifier").write_text("[ZoneTransfer]\nZoneId=3\n")
    assert problems(windows) == ["trust"]


def test_doctor_misses_the_script_of_this_version(mac: System) -> None:
    install(mac)[2].unlink()
    assert problems(mac) == ["script", "script version"]
    assert vba_version() == VERSION


def warnings(system: System) -> list[str]:
    return [finding.topic for finding in examine(system) if finding.level == "warning"]


def test_doctor_warns_of_another_interpreter(mac: System, windows: System) -> None:
    install(mac)
    other = mac.home / "python3"
    other.write_bytes(b"")
    assert warnings(replace(mac, interpreter=other)) == ["Python"]


def test_doctor_tries_another_interpreter(windows: System) -> None:
    """That of the settings is there, but is no Python with xlsc in it."""
    install(windows)
    other = windows.interpreter.with_name("python3.exe")
    other.write_bytes(b"")
    assert problems(replace(windows, interpreter=other)) == ["Python"]


def test_installing_again_takes_the_mark_of_the_web_off(windows: System) -> None:
    addin = install(windows)[0]
    mark = Path(f"{addin}:Zone.Identifier")
    mark.write_text("[ZoneTransfer]\nZoneId=3\n")
    install(windows)
    assert not mark.exists()
    assert problems(windows) == []


def test_a_file_that_cannot_be_put_in_place_leaves_the_old_one_and_no_rest(windows: System, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    addin = install(windows)[0]
    before = addin.read_bytes()

    def refuse(path: Path, target: Path) -> None:
        raise PermissionError(13, "Excel holds it", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(WorkbookError, match=r"Cannot write .*xlsc\.xlam") as refused:
        install(windows)
    assert refused.value.hint == "Close Excel and try again."
    assert addin.read_bytes() == before
    assert [path.name for path in addin.parent.iterdir()] == ["xlsc.xlam"]


def test_doctor_warns_of_excel_from_the_store(windows: System) -> None:
    install(windows)
    store = windows.home / "AppData" / "Local" / "Packages" / "Microsoft.Office.Desktop_8wekyb3d8bbwe"
    store.mkdir(parents=True)
    assert warnings(windows) == ["Excel"]


def test_doctor_warns_of_a_python_from_the_store(windows: System) -> None:
    python = windows.home / "AppData" / "Local" / "Microsoft" / "WindowsApps" / "python.exe"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"")
    system = replace(windows, interpreter=python)
    install(system)
    assert warnings(system) == ["Python"]
    assert problems(system) == ["library"]


def test_doctor_warns_of_a_long_path_of_folders(windows: System, mac: System) -> None:
    for system, between in ((windows, ";"), (mac, ":")):
        install(system)
        long = between.join(f"/folder/number/{number}" for number in range(300))
        found = [
            f
            for f in examine(replace(system, environment={**system.environment, "PYTHONPATH": long}))
            if f.level != "ok"
        ]
        assert [(finding.topic, finding.level) for finding in found] == [("path", "warning")]
        assert "names 300 folders" in found[0].text


def test_a_command_too_long_for_the_library_is_refused_and_found(windows: System) -> None:
    long = Path("/" + "/".join(["folder"] * 300)) / "python.exe"
    with pytest.raises(UsageError, match="too long for Excel"):
        install(replace(windows, interpreter=long))
    settings = install(windows)[1]
    settings.write_text(f'"INTERPRETER_WIN","{long}"\n')
    assert "command" in problems(windows)


def test_doctor_sees_an_add_in_of_another_version(windows: System) -> None:
    settings = install(windows)[1]
    settings.write_text(settings.read_text().replace('"XLSC_VERSION","', '"XLSC_VERSION","9'))
    assert problems(windows) == ["xlsc"]


def test_doctor_sees_a_script_that_is_not_xlwings_own(mac: System) -> None:
    install(mac)[2].write_text("display dialog 1")
    assert problems(mac) == ["script version"]


def test_each_finding_is_one_line(windows: System, mac: System, tmp_path: Path) -> None:
    for system in (windows, mac, System("Linux", tmp_path)):
        for finding in examine(system):
            assert "\n" not in finding.text
            assert finding.text.endswith((".", "install", "xlwings"))
            assert finding.level != "problem" or "Run: " in finding.text or "xlsc " in finding.text


@pytest.mark.parametrize("path", ["/opt/o'py/python", '/opt/"py"/python', "/opt/a|b/python", "/opt/%TEMP%/python"])
def test_an_interpreter_that_vba_would_misread_is_refused(windows: System, path: str) -> None:
    with pytest.raises(UsageError, match="cannot start"):
        write_settings(replace(windows, interpreter=Path(path)))


def test_an_interpreter_outside_the_code_page_is_refused_before_anything_is_written(windows: System) -> None:
    with pytest.raises(UsageError, match="cannot read the path"):
        install(replace(windows, interpreter=Path("/opt/東京/python.exe")))
    assert not find_places(windows).addin.exists()


def test_a_startup_folder_that_cannot_be_made_names_it(windows: System) -> None:
    (windows.home / "AppData").write_text("a file in the way")
    with pytest.raises(WorkbookError, match="Cannot write"):
        install(windows)
