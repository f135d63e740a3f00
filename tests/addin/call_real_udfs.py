"""Run as a program: the bridge under xlwings' real UDF code over the stubs; reads calls as JSON, prints answers.

Standard input: a list of [name, arguments]. Standard output: {"answers": [...], "info": what xlwings knows of udf}.
"""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "win_stubs"))

import xlwings
import xlwings.udfs as udfs

# What xlwings sets on Windows: the real decorators, and its Windows engine's and server's modules.
xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
engine = types.ModuleType("xlwings._xlwindows")
engine.Range = lambda xl: types.SimpleNamespace(xl=xl)
engine.is_range_instance = lambda value: False
xlwings._xlwindows = sys.modules["xlwings._xlwindows"] = engine
server = types.ModuleType("xlwings.com_server")
server.loop = None
xlwings.com_server = sys.modules["xlwings.com_server"] = server

# Conversion asks for the engine of that name even where it then needs nothing from it.
xlwings.engines.add(xlwings.Engine(impl=types.SimpleNamespace(name="excel", type="desktop", apps=[])))

from xlsc.addin import bridge  # noqa: E402 - xlwings must look like Windows first


def to_tuples(value: object) -> object:
    """JSON's lists as COM's tuples."""
    return tuple(map(to_tuples, value)) if isinstance(value, list) else value


if __name__ == "__main__":
    calls = json.load(sys.stdin)
    answers = [udfs.call_udf("xlsc.addin.bridge", "udf", (name, to_tuples(given)), None, None) for name, given in calls]
    info = {key: bridge.udf.__xlfunc__[key] for key in ("name", "sub", "async_mode", "volatile")}
    print(json.dumps({"answers": answers, "info": info, "module": bridge.__name__}))
