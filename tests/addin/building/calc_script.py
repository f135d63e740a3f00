"""Run by the system's Python, which knows UNO: opens a workbook in a private LibreOffice, prints what it shows as JSON.

Arguments: profile folder, workbook, macro to call or "", cells to read, for example "A1 C1". Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException


def main(profile: str, workbook: str, macro: str, cells: str) -> None:
    pipe = f"xlsc{os.getpid()}"
    command = ["soffice", "--headless", "--norestore", "--nodefault", "--nologo"]
    command += [f"-env:UserInstallation={Path(profile).as_uri()}", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    try:
        desktop = connect(pipe)
        print(json.dumps(visit(desktop, workbook, macro, cells.split())))
        # The connection ends while the call is under way.
        with contextlib.suppress(DisposedException):
            desktop.terminate()
        office.wait(timeout=30)
    finally:
        if office.poll() is None:
            os.killpg(office.pid, signal.SIGKILL)


def connect(pipe: str):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(600):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            time.sleep(0.05)
    raise SystemExit("LibreOffice did not start within 30 s")


def visit(desktop, workbook: str, macro: str, cells: list[str]) -> dict:
    always_run_macros = 4
    options = [PropertyValue("Hidden", 0, True, 0), PropertyValue("MacroExecutionMode", 0, always_run_macros, 0)]
    document = desktop.loadComponentFromURL(Path(workbook).as_uri(), "_blank", 0, tuple(options))
    if document is None:
        raise SystemExit("LibreOffice did not open the workbook")
    document.calculateAll()
    if macro:
        address = f"vnd.sun.star.script:xlsc.{macro}?language=Basic&location=document"
        document.getScriptProvider().getScript(address).invoke((), (), ())
    sheet = document.Sheets.getByIndex(0)
    shown = {cell: sheet.getCellRangeByName(cell).String for cell in cells}
    modules = sorted(document.BasicLibraries.getByName("xlsc").ElementNames)
    document.close(True)
    return {"cells": shown, "modules": modules}


if __name__ == "__main__":
    main(*sys.argv[1:])
