"""A run in a process of its own, to be killed: ``slow_run.py FOLDER FIRST COUNT``; says when it begins."""

from __future__ import annotations

import sys
from pathlib import Path

from xlsc.server.processes import load_processes
from xlsc.server.runs import RunCall, RunPorts, run_process


def main() -> None:
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    catalog = load_processes(folder)
    rows = [(f"J{first + i // 4}", f"6{i % 4}", str((-1) ** i)) for i in range(count * 4)]
    ports = RunPorts(catalog.connections, folder.parent / "out", lambda *_: None, lambda: 0)  # type: ignore[arg-type,return-value]
    call = RunCall((("Doc", "Account", "Amount"), rows), {}, True, "ann@example.com", 1)
    print("begins", flush=True)
    result = run_process(catalog.definitions[0], call, ports).result
    print(result.record_count, result.error_count, " / ".join(dict.fromkeys(result.errors.messages)), flush=True)


if __name__ == "__main__":
    main()
