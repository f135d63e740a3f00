"""The worksheet functions: names, helps, arguments. All of them only read; none can run a process."""

from __future__ import annotations

from typing import Final

from xlsc.addin.entries import Argument, Function

_FORMULAS = "xlsc.addin.formulas:"
_PROCESS = Argument("process", "Name or key of the process, as SC_PROCESSES lists it.")
_RUN = Argument("run_number", "Number of the run; left out: the process's last run.", optional=True)

FUNCTIONS: Final[tuple[Function, ...]] = (
    Function(
        "SC_PROCESSES",
        "The processes you may use, one row each: name, description.",
        (Argument("search", "Only processes whose name or description holds this text.", optional=True),),
        _FORMULAS + "list_processes",
    ),
    Function(
        "SC_COLUMNS",
        "The source columns of a process, one row each: name, whether it is a key, whether it is mapped.",
        (_PROCESS,),
        _FORMULAS + "list_columns",
    ),
    Function(
        "SC_MAPPED_COLUMNS",
        "The columns of a process that its mapping uses, one row each: name, whether it is a key.",
        (_PROCESS,),
        _FORMULAS + "list_mapped_columns",
    ),
    Function(
        "SC_DATA",
        "The rows which a process's source gives, with a header row.",
        (
            _PROCESS,
            Argument(
                "variables", "Pairs of a variable's name and its value, or a block of two columns.", repeating=True
            ),
        ),
        _FORMULAS + "read_data",
    ),
    Function(
        "SC_HISTORY",
        "The latest runs of a process, one row each: process, run, date, documents, accepted, rejected.",
        (
            Argument("process", "Name or key of the process; left out: all of them.", optional=True),
            Argument("count", "How many runs, 10 when left out; the service keeps 10 of each process.", optional=True),
        ),
        _FORMULAS + "list_history",
    ),
    Function(
        "SC_ERRORS",
        "The error rows that the service kept of a run: message, and the values that were refused.",
        (_PROCESS, _RUN),
        _FORMULAS + "list_errors",
    ),
    Function(
        "SC_OUTPUTS",
        "The output files of a process or of one run, one row each: run, created, file, description.",
        (_PROCESS, Argument("run_number", "Number of the run; left out: the files of all runs.", optional=True)),
        _FORMULAS + "list_outputs",
    ),
    Function(
        "SC_CHECK",
        "What is wrong with a block of rows before it is sent: one row for each finding, or OK.",
        (_PROCESS, Argument("rows", "The rows to check, with their header row.")),
        _FORMULAS + "check_rows",
    ),
    Function(
        "SC_STATUS",
        "Whether you are signed in, as whom and where.",
        (),
        _FORMULAS + "read_status",
    ),
    Function(
        "SC_COMPANY",
        "The company you are signed in to.",
        (),
        _FORMULAS + "read_company",
    ),
    Function(
        "SC_LAST_RUN",
        "The last run of a process in one row: run, date, documents, accepted, rejected.",
        (_PROCESS,),
        _FORMULAS + "read_last_run",
    ),
)
