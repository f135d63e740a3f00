"""A private, headless LibreOffice and the way to it from this Python; never anybody's own office."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: Without an activated environment, which would kill the office's own Python.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
#: Where a system keeps the two modules of UNO.
BINDINGS = (Path("/usr/lib/python3/dist-packages"), Path("/usr/lib/libreoffice/program"))
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="UseDocumentOOoLockFile" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc">
<prop oor:name="FirstRun" oor:op="fuse"><value>false</value></prop></item>
<item oor:path="/org.openoffice.Setup/Product">
<prop oor:name="ooSetupLastVersion" oor:op="fuse"><value>99.0</value></prop></item>
<item oor:path="/org.openoffice.Office.Recovery/AutoSave">
<prop oor:name="Enabled" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""
_numbers = itertools.count(1)


def missing() -> str:
    """Why Calc cannot be driven from here; "" when it can."""
    if shutil.which("soffice", path=SYSTEM_PATH) is None:
        return f"LibreOffice is not installed: no soffice on {SYSTEM_PATH}."
    if _bindings() is None:
        return "UNO for Python is not installed (Debian and Ubuntu: python3-uno)."
    tried = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False, timeout=60)
    return "" if tried.returncode == 0 else f"This Python cannot load UNO: {tried.stderr.strip()[-300:]}"


def _bindings() -> Path | None:
    return next((folder for folder in BINDINGS if (folder / "uno.py").exists()), None)


def load_uno() -> Any:
    """The module ``uno``, without the rest of its folder on the path and without its own import statement."""
    if "uno" in sys.modules:
        return sys.modules["uno"]
    source = _bindings()
    assert source is not None
    own_import = builtins.__import__
    with tempfile.TemporaryDirectory(prefix="xlsc-uno-") as folder:
        for name in ("uno.py", "unohelper.py"):
            if (source / name).exists():
                (Path(folder) / name).symlink_to(source / name)
        sys.path.append(folder)
        try:
            import uno
            import unohelper  # noqa: F401 - so that whoever needs it finds it loaded
        finally:
            sys.path.remove(folder)
            builtins.__import__ = own_import
    return uno


def struct(name: str, *values: Any) -> Any:
    """A struct of ``com.sun.star.``, filled in the order of its members."""
    return load_uno().getClass(f"com.sun.star.{name}")(*values)


def prop(name: str, value: Any) -> Any:
    return struct("beans.PropertyValue", name, 0, value, 0)


def connect(address: str, tries: int = 1200) -> Any:
    """The context of the office that listens there; waits until it does, about a minute unless told otherwise."""
    local = load_uno().getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    not_yet = load_uno().getClass("com.sun.star.connection.NoConnectException")
    for _ in range(tries):
        try:
            return resolver.resolve(f"uno:{address}")
        except not_yet:
            time.sleep(0.05)
    raise RuntimeError("LibreOffice did not start within a minute")


def create(context: Any, service: str) -> Any:
    """One of the office's own objects."""
    return context.ServiceManager.createInstanceWithContext(service, context)


class Office:
    """One process with a profile of its own; ``start`` again after its death.

    Args:
        display: An X display to show its windows on; without one it has none.
    """

    def __init__(self, display: str = "") -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._display = display
        self.process: subprocess.Popen[bytes] | None = None
        self.desktop: Any = None
        self._context: Any = None
        self.starts = 0
        #: Where it listens, as UNO writes it.
        self.address = ""

    @property
    def home(self) -> Path:
        """Its HOME; gone when it stops."""
        assert self._folder is not None
        return Path(self._folder.name)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        self.stop()
        self._folder = tempfile.TemporaryDirectory(prefix="xlsc-office-")
        home = Path(self._folder.name)
        (home / "user").mkdir()
        (home / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        pipe = f"xlsc{os.getpid()}n{next(_numbers)}"
        self.address = f"pipe,name={pipe};urp;StarOffice.ComponentContext"
        command = ["soffice", f"-env:UserInstallation={home.as_uri()}", f"--accept={self.address}"]
        command += ["--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
        command += [] if self._display else ["--headless"]
        environment = {"PATH": SYSTEM_PATH, "HOME": str(home), "TMPDIR": str(home)}
        if self._display:
            environment |= {"DISPLAY": self._display, "SAL_USE_VCLPLUGIN": "gen"}
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command, env=environment, start_new_session=True, stdout=quiet, stderr=quiet, stdin=quiet
        )
        atexit.register(self.stop)
        self._context = connect(self.address)
        self.desktop = self.create("com.sun.star.frame.Desktop")
        self.starts += 1

    def create(self, service: str) -> Any:
        """One of its own objects."""
        return create(self._context, service)

    def is_alive(self) -> bool:
        """Whether it still answers."""
        if self.process is None or self.process.poll() is not None:
            return False
        with contextlib.suppress(Exception):
            return bool(self.desktop.getComponents() is not None)
        return False

    @property
    def has_died(self) -> bool:
        """Whether it was started, and ended by itself."""
        return self.process is not None and not self.is_alive()

    def stop(self) -> None:
        atexit.unregister(self.stop)
        process, self.process = self.process, None
        if process is not None:
            # The connection ends while the call is under way.
            with contextlib.suppress(Exception):
                self.desktop.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.desktop = self._context = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


class Attached:
    """Somebody else's office, as the Python that a macro started meets it."""

    def __init__(self, address: str) -> None:
        self.desktop = create(connect(address, tries=20), "com.sun.star.frame.Desktop")
        self.pid = os.getpid()


if __name__ == "__main__":
    load_uno().getComponentContext()
