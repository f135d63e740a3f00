"""The warm Python server that VBA starts and calls in Calc, as xlwings' COM server does in Excel.

Its one object has the methods that XlscPython.bas calls: Module, SetAttr, Exec, CallUDF. UNO calls it late bound, and
while it is being called, what it asks of Calc runs in Calc's calling thread, so that nothing waits for itself.
Run as a program; XLSC_CALC_FOLDER, XLSC_CALC_PIPE and XLSC_CALC_OFFICE say where it speaks with whom.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import xlwings as xw

from tests.calc.addin.person import ScriptedDialogs
from tests.calc.engine import App, Book, Books, Engine
from tests.calc.host import CalcHost
from tests.calc.office import Attached, load_uno
from xlsc.addin import bridge
from xlsc.addin.desk import DESK

uno = load_uno()
unohelper = importlib.import_module("unohelper")
XInvocation = uno.getClass("com.sun.star.script.XInvocation")
XInstanceProvider = uno.getClass("com.sun.star.bridge.XInstanceProvider")
METHODS = ("Module", "SetAttr", "Exec", "CallUDF", "Quit")


class OpenBooks(Books):
    """The workbooks that are open in Calc now; the one that called stands in front."""

    caller = ""

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def books(self) -> list[Book]:
        found = []
        components = self.app.engine.office.desktop.getComponents().createEnumeration()
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                found.append(Book(self.app, document, _name(document)))
        return sorted(found, key=lambda book: (book.name != self.caller, int(book.api.RuntimeUID)))


class Server(unohelper.Base, XInvocation):  # type: ignore[misc]
    """What VBA calls XLPy."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.books: OpenBooks | None = None

    def getIntrospection(self) -> None:  # noqa: N802 - UNO's names
        return None

    def hasMethod(self, name: str) -> bool:  # noqa: N802
        return name in METHODS

    def hasProperty(self, name: str) -> bool:  # noqa: N802
        return False

    def getValue(self, name: str) -> None:  # noqa: N802
        return None

    def setValue(self, name: str, value: object) -> None:  # noqa: N802
        return None

    def invoke(self, name: str, arguments: tuple[Any, ...], _places: Any, _out: Any) -> tuple[Any, tuple[()], tuple[()]]:
        return getattr(self, f"_{name.lower()}")(*arguments), (), ()

    def _module(self, name: str) -> str:
        return name

    def _setattr(self, module: str, name: str, value: str) -> None:
        assert (module, name) == ("xlwings._xlwindows", "BOOK_CALLER")
        self._attach().caller = value

    def _exec(self, statement: str) -> None:
        self._attach()
        exec(statement, self.names)

    def _calludf(self, module: str, name: str, arguments: tuple[Any, ...], _book: None, _caller: None) -> Any:
        assert (module, name) == (bridge.__name__, "udf")
        return _as_sequences(bridge.udf(*arguments))

    def _quit(self) -> None:
        # The answer to this call leaves first.
        importlib.import_module("threading").Timer(0.2, os._exit, (0,)).start()

    def _attach(self) -> OpenBooks:
        """Calc as xlwings' engine, from the first call on."""
        if self.books is None:
            engine = Engine(Attached(os.environ["XLSC_CALC_OFFICE"]))
            app = engine.apps.apps[0]
            self.books = app.books = OpenBooks(app)
            xw.engines.add(xw.Engine(impl=engine))
            xw.engines["calc"].activate()
            DESK.host = CalcHost()
        return self.books


def _name(document: Any) -> str:
    """As VBA names the workbook: its file, or its title where it has none."""
    return unquote(document.getURL().rpartition("/")[2]) or str(document.Title)


def _as_sequences(value: Any) -> Any:
    return tuple(map(_as_sequences, value)) if isinstance(value, (list, tuple)) else value


class Provider(unohelper.Base, XInstanceProvider):  # type: ignore[misc]
    """Gives the one object to whoever connects."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def getInstance(self, name: str) -> Server:  # noqa: N802
        return self.server


def main() -> None:
    folder = Path(os.environ["XLSC_CALC_FOLDER"])
    DESK.dialogs = ScriptedDialogs(folder)
    context = uno.getComponentContext()
    make = context.ServiceManager.createInstanceWithContext
    acceptor = make("com.sun.star.connection.Acceptor", context)
    factory = make("com.sun.star.bridge.BridgeFactory", context)
    provider = Provider(Server())
    bridges = []
    (folder / "ready").write_text(str(os.getpid()))
    while True:
        connection = acceptor.accept(f"pipe,name={os.environ['XLSC_CALC_PIPE']}")
        bridges.append(factory.createBridge("", "urp", connection, provider))


if __name__ == "__main__":
    sys.exit(main())
