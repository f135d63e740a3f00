"""Settings: arguments > workbook binding > XLSC_* variables > user file > policy defaults > built-in defaults.

A policy file of the administrators can lock values; a locked value wins over everything. Passwords and tokens are
never settings: the files read and written here refuse such keys.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from filelock import FileLock

from xlsc.errors import UsageError

__all__ = ["REGISTRY", "Setting", "Settings", "home", "policy_files", "read_user_file", "resolve"]
__all__ += ["user_file", "write_user_settings"]

SettingValue = str | int | float | bool | tuple[str, ...] | None

_LINUX_POLICY = Path("/etc/xdg/xlsc/policy.toml")
_SECRET_WORDS = ("password", "passwd", "token", "secret", "credential", "apikey", "api_key")


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a person or an administrator can set.

    Attributes:
        name: Key in files and field of Settings; the variable is XLSC_ and the name in capitals.
        kind: "text", "number", "count", "switch" or "list".
        help: One sentence for people, with the unit where there is one.
        choices: The only values allowed; empty means any value of the kind.
    """

    name: str
    kind: str
    help: str
    choices: tuple[str, ...] = ()

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"XLSC_{self.name.upper()}"


REGISTRY: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting("service_url", "text", "Address of the SmartConnect web service, beginning with http:// or https://."),
        Setting("email", "text", "E-mail address used to sign in."),
        Setting("company_id", "text", "Identifier of the company whose processes are used."),
        Setting("company_name", "text", "Name of the company, shown to people."),
        Setting("connect_timeout_seconds", "number", "Seconds to wait for a connection to the service."),
        Setting("run_timeout_seconds", "number", "Seconds to wait for the answer of a run."),
        Setting("read_timeout_seconds", "number", "Seconds to wait for the answer of every call that is not a run."),
        Setting("dates", "text", "How dates are written: iso (2026-02-28) or us (2/28/2026).", ("iso", "us")),
        Setting("read", "text", "Send cell values as stored or as displayed.", ("stored", "displayed")),
        Setting("hidden_rows", "text", "Skip or include rows that are hidden or filtered away.", ("skip", "include")),
        Setting("allowed_services", "list", "Addresses of the services that may be used; empty allows every one."),
        Setting("max_rows", "count", "Most rows that one send may hold; a sheet ends at 1048576 rows."),
        Setting("allow_unchecked", "switch", "Whether rows may be sent without the local checks."),
        Setting("learn", "switch", "Whether sends teach guesses about columns, see templates.md."),
        Setting("outbox", "text", "Path of the outbox file; empty means outbox.sqlite in XLSC_HOME."),
        Setting(
            "outbox_journal",
            "text",
            "SQLite journal of the outbox: wal on a local disk, delete or truncate on a share.",
            ("wal", "delete", "truncate"),
        ),
    )
}


@dataclass(frozen=True)
class Settings:
    """The settings that hold for one action; help texts stand in REGISTRY.

    Attributes:
        origins: Where each value that is not built in came from, for people.

    >>> Settings().run_timeout_seconds
    600.0
    """

    service_url: str = ""
    email: str = ""
    company_id: str = ""
    company_name: str = ""
    connect_timeout_seconds: float = 10.0
    run_timeout_seconds: float = 600.0
    read_timeout_seconds: float = 60.0
    dates: str = "iso"
    read: str = "stored"
    hidden_rows: str = "skip"
    allowed_services: tuple[str, ...] = ()
    max_rows: int = 1_048_575
    allow_unchecked: bool = False
    learn: bool = True
    outbox: str = ""
    outbox_journal: str = "wal"
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def outbox_path(self, environ: Mapping[str, str] | None = None) -> Path:
        """The outbox file: the setting ``outbox``, or outbox.sqlite in XLSC_HOME.

        Raises:
            UsageError: XLSC_HOME cannot be made.
        """
        return Path(self.outbox).expanduser() if self.outbox else home(environ) / "outbox.sqlite"


def home(environ: Mapping[str, str] | None = None) -> Path:
    """The folder of this user's settings and outbox: XLSC_HOME, else the system's own place; made with mode 0700.

    Raises:
        UsageError: The folder cannot be made.
    """
    named = (os.environ if environ is None else environ).get("XLSC_HOME", "")
    folder = Path(named).expanduser() if named else platformdirs.user_config_path("xlsc", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder} cannot be made: {error.strerror}.",
            "Set XLSC_HOME to a folder that you may write to.",
        ) from error
    return folder


def user_file(environ: Mapping[str, str] | None = None) -> Path:
    """The user's settings file, whether it is there or not."""
    return home(environ) / "settings.toml"


def policy_files(environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """The administrators' files, strongest first: the system-wide ones, then XLSC_POLICY.

    The system-wide ones come first so that no user's variable takes a lock away, XDG_CONFIG_DIRS on Linux included.
    """
    named = (os.environ if environ is None else environ).get("XLSC_POLICY", "")
    fixed = [_LINUX_POLICY] if sys.platform == "linux" else []
    system = [*fixed, platformdirs.site_config_path("xlsc", appauthor=False) / "policy.toml"]
    return tuple(dict.fromkeys([*system, *([Path(named).expanduser()] if named else [])]))


def read_user_file(environ: Mapping[str, str] | None = None) -> dict[str, SettingValue]:
    """The user file's settings; empty where there is no file.

    Raises:
        UsageError: The file is unreadable, or holds an unknown key, a secret or a value of the wrong type.
    """
    path = user_file(environ)
    return _checked(_load(path), str(path)) if path.exists() else {}


def write_user_settings(
    changes: Mapping[str, SettingValue], environ: Mapping[str, str] | None = None
) -> dict[str, SettingValue]:
    """The user file's settings after ``changes``, written as a whole or not at all; None takes a key out.

    Raises:
        UsageError: A key is unknown or secret, a value is wrong or at odds with another, or the file cannot be written.
    """
    path = user_file(environ)
    removed = {name for name, value in changes.items() if value is None}
    _checked(dict.fromkeys(removed), str(path), names_only=True)
    wanted = _checked({name: value for name, value in changes.items() if value is not None}, str(path))
    try:
        with FileLock(f"{path}.lock", timeout=30):
            kept = {name: value for name, value in read_user_file(environ).items() if name not in removed}
            merged = {**kept, **wanted}
            _refuse_foreign_service(Settings(**merged, origins=dict.fromkeys(merged, str(path))))  # type: ignore[arg-type]
            _replace_file(path, "".join(f"{name} = {_toml(value)}\n" for name, value in sorted(merged.items())))
    except OSError as error:
        raise UsageError(
            f"The settings file {path} cannot be written: {error}.", "Free some space or set XLSC_HOME elsewhere."
        ) from error
    return merged


def resolve(
    arguments: Mapping[str, object] | None = None,
    workbook: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
    policies: Sequence[Path] | None = None,
) -> Settings:
    """The settings of one action, each from the strongest place that names it.

    Args:
        arguments: From the command line or the dialog; None values are not given.
        workbook: What the workbook's binding says; None values are not given.
        environ: Environment variables; None means the process's own.
        policies: Administrators' files, strongest first; None means policy_files().

    Raises:
        UsageError: A value is wrong, is locked by a policy file to another, or the service is not allowed.
    """
    variables = os.environ if environ is None else environ
    files = policy_files(variables) if policies is None else policies
    is_named = bool(variables.get("XLSC_POLICY")) if policies is None else len(files) > 1
    defaults, locked, lock_files = _read_policies(files, files[-1] if is_named else None)
    layers = (
        ("the arguments", _checked(_given(arguments), "the arguments")),
        ("the workbook", _checked(_given(workbook), "the workbook")),
        ("the environment", _from_environment(variables)),
        (str(user_file(variables)), read_user_file(variables)),
    )
    _refuse_overrides(layers, locked, lock_files)
    values: dict[str, SettingValue] = {}
    origins: dict[str, str] = {}
    for origin, layer in (("policy defaults", defaults), *reversed(layers)):
        values.update(layer)
        origins.update(dict.fromkeys(layer, origin))
    values.update(locked)
    origins.update({name: str(path) for name, path in lock_files.items()})
    settings = Settings(**values, origins=origins)  # type: ignore[arg-type]  # _checked made every type right
    _refuse_foreign_service(settings)
    return settings


def _given(values: Mapping[str, object] | None) -> dict[str, object]:
    return {name: value for name, value in (values or {}).items() if value is not None}


def _load(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"The file {path} cannot be read as TOML: {error}.", "Correct it or move it away.") from error


def _read_policies(
    paths: Sequence[Path], needed: Path | None
) -> tuple[dict[str, SettingValue], dict[str, SettingValue], dict[str, Path]]:
    defaults: dict[str, SettingValue] = {}
    locked: dict[str, SettingValue] = {}
    lock_files: dict[str, Path] = {}
    for path in reversed(paths):
        if not path.exists():
            if path == needed:
                raise UsageError(f"The policy file {path} is not there.", "Correct XLSC_POLICY.")
            continue
        for table, content in _load(path).items():
            if table not in ("defaults", "locked") or not isinstance(content, dict):
                raise UsageError(f"{path}: {table!r} is unknown.", "Use the tables [defaults] and [locked].")
            checked = _checked(content, str(path))
            (defaults if table == "defaults" else locked).update(checked)
            lock_files.update(dict.fromkeys(checked, path) if table == "locked" else {})
    return defaults, locked, lock_files


def _refuse_overrides(
    layers: Sequence[tuple[str, Mapping[str, SettingValue]]],
    locked: Mapping[str, SettingValue],
    lock_files: Mapping[str, Path],
) -> None:
    for origin, layer in layers:
        for name in layer.keys() & locked.keys():
            if layer[name] != locked[name]:
                raise UsageError(
                    f"{name} is locked by {lock_files[name]}, and {origin} would change it.",
                    f"Take {name} out of {origin}, or ask your administrator.",
                )


def _refuse_foreign_service(settings: Settings) -> None:
    allowed = {_normal_url(url) for url in settings.allowed_services}
    if settings.service_url and allowed and _normal_url(settings.service_url) not in allowed:
        raise UsageError(
            f"The service {settings.service_url} is not among the allowed services"
            f" (set by {settings.origins.get('allowed_services', 'the defaults')}).",
            f"Use one of {', '.join(settings.allowed_services)}.",
        )


def _normal_url(url: str) -> str:
    parts = urlsplit(url.strip())
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def _from_environment(environ: Mapping[str, str]) -> dict[str, SettingValue]:
    texts = {name: environ[setting.variable] for name, setting in REGISTRY.items() if environ.get(setting.variable)}
    values = {name: _from_text(REGISTRY[name].kind, text) for name, text in texts.items()}
    return _checked(values, "the environment")


def _from_text(kind: str, text: str) -> object:
    """The value a variable's text stands for; the text itself where it stands for none, so that the check names it."""
    try:
        if kind in ("number", "count"):
            return float(text) if kind == "number" else int(text)
    except ValueError:
        return text
    if kind == "switch":
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(text.lower(), text)
    return tuple(part.strip() for part in text.split(",") if part.strip()) if kind == "list" else text


def _checked(values: Mapping[str, object], origin: str, names_only: bool = False) -> dict[str, SettingValue]:
    checked: dict[str, SettingValue] = {}
    for name, value in values.items():
        if any(word in name.lower() for word in _SECRET_WORDS):
            raise UsageError(
                f"{origin}: {name!r} looks like a secret.",
                "Passwords and tokens are never settings: take it out and sign in with xlsc login.",
                in_excel="Passwords and tokens are never settings: take it out, then press Sign in.",
            )
        if name not in REGISTRY:
            raise UsageError(f"{origin}: the setting {name!r} is unknown.", f"Known are {', '.join(sorted(REGISTRY))}.")
        if not names_only:
            checked[name] = _value(REGISTRY[name], value, origin)
    return checked


def _value(setting: Setting, value: object, origin: str) -> SettingValue:
    read, wanted = _KINDS[setting.kind]
    found = read(value)
    if found is None or (setting.choices and found not in setting.choices):
        raise UsageError(
            f"{origin}: {setting.name} has a value that cannot be used.",
            f"It must be {' or '.join(setting.choices) or wanted}.",
        )
    urls = found if isinstance(found, tuple) else (found,) if setting.name == "service_url" else ()
    for url in urls:
        _refuse_bad_url(str(url), setting.name, origin)
    return found


def _refuse_bad_url(url: str, name: str, origin: str) -> None:
    """The URL is not quoted: it may hold a password."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if url and (not usable or "@" in parts.netloc or parts.query or parts.fragment):
        raise UsageError(
            f"{origin}: {name} holds an address that cannot be used.",
            "It must look like https://service.example.com/path, without user name, password, ? or #.",
        )


def _text(value: object) -> SettingValue:
    return value if isinstance(value, str) else None


def _number(value: object) -> SettingValue:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 86_400
    return float(value) if usable and isinstance(value, int | float) else None


def _count(value: object) -> SettingValue:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _switch(value: object) -> SettingValue:
    return value if isinstance(value, bool) else None


def _list(value: object) -> SettingValue:
    texts = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    return tuple(value) if texts and isinstance(value, list | tuple) else None


_KINDS: Mapping[str, tuple[Callable[[object], SettingValue], str]] = {
    "text": (_text, "a text"),
    "number": (_number, "a number of seconds above 0, at most 86400"),
    "count": (_count, "a whole number above 0"),
    "switch": (_switch, "true or false"),
    "list": (_list, "a list of texts"),
}


def _toml(value: SettingValue) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    # JSON's texts, numbers and switches are TOML's, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _replace_file(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
