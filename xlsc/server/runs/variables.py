"""The variables of a run: defaults, what the caller gave, and what the engine knows (P §5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from xlsc.server.expressions import Value
from xlsc.server.processes import Definition
from xlsc.server.processes.bound_sql import fill_text
from xlsc.server.runs.problems import RunStopped


def given_variables(definition: Definition, given: Mapping[str, str]) -> dict[str, Value]:
    """The process's own variables by name in lower case; the caller's values take the place of defaults.

    Variables that the process does not have are left aside, as they reach nothing.

    Raises:
        RunStopped: One has neither a value nor a default.
    """
    folded = {name.lower(): value for name, value in given.items()}
    values: dict[str, Value] = {}
    for name, default in definition.variables.items():
        value = folded.get(name.lower(), default)
        if value is None:
            raise RunStopped(f"The variable {name} has no value; send one with the call.", failed=True)
        values[name.lower()] = value
    return values


class RunVariables:
    """All variables of a run; those of the engine change as it goes.

    Args:
        definition: The process.
        own: From ``given_variables``.
        user: Who runs.
        run_number: Of this run.
        began: Local time without a zone.
    """

    def __init__(
        self, definition: Definition, own: Mapping[str, Value], user: str, run_number: int, began: datetime
    ) -> None:
        self.began = began
        self.values: dict[str, Value] = {
            **own,
            "globalcompanyid": definition.company,
            "globalmapid": definition.map_id,
            "globalmapdescription": definition.description,
            "globalrundate": began,
            "globalrunnumber": Decimal(run_number),
            "globaluserid": user,
            "globalrollingcolumn": None,
        }
        self.count(0, 0, "")

    def count(self, done: int, failed: int, last_error: str) -> None:
        """Tell how far the run has come; counts are documents."""
        self.values["globalprocesscount"] = Decimal(done)
        self.values["globalsuccesscount"] = Decimal(done - failed)
        self.values["globalerrorcount"] = Decimal(failed)
        self.values["globallasterror"] = self.values["goballasterror"] = last_error

    def fill(self, text: str) -> str:
        """A text with its GBL_ names replaced; for names of files and values of variables."""
        return fill_text(text, lambda name: str(self.values.get(name) or ""))
