"""Templates from text definitions: TOML files that a person can write, built into workbooks byte for byte alike."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

from xlsc.core.template import CHECKS, TYPES, Template, TemplateColumn
from xlsc.errors import UsageError
from xlsc.sheets.template_writer import write_template

_COLUMN_KEYS = {item.name for item in fields(TemplateColumn)}
_TOP_KEYS = {"process", "title", "steps", "version", "columns", "formulas", "blank_marker"}


def read_definition(path: Path) -> Template:
    """The template of a text definition.

    Raises:
        UsageError: The file is no TOML, or says something unknown; names the file and the key.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}.", "Correct the file.") from error
    _refuse_unknown(path, "", values, _TOP_KEYS)
    columns = tuple(_column(path, place, item) for place, item in enumerate(values.get("columns", []), start=1))
    if not columns or not values.get("process"):
        raise UsageError(f"{path.name} names no process or no columns.", "Add process = … and [[columns]].")
    return Template(
        process=str(values["process"]),
        title=str(values.get("title", values["process"])),
        columns=columns,
        steps=tuple(map(str, values.get("steps", ()))),
        version=int(values.get("version", 1)),
        formulas=tuple((str(item["header"]), str(item["formula"])) for item in values.get("formulas", ())),
        **({"blank_marker": str(values["blank_marker"])} if "blank_marker" in values else {}),
    )


def build_templates(definitions: Path, out: Path) -> list[Path]:
    """Build every definition of a folder; returns the workbooks.

    Raises:
        UsageError: A definition cannot be used, or there is none.
    """
    sources = sorted(definitions.glob("*.toml"))
    if not sources:
        raise UsageError(
            f"{definitions} holds no definitions (*.toml).",
            "Name the folder with --from.",
            in_excel="Name another folder.",
        )
    templates = [(source, read_definition(source)) for source in sources]
    out.mkdir(parents=True, exist_ok=True)
    made = []
    for source, template in templates:
        target = out / f"{source.stem}.xlsx"
        properties = {"xlsc.process_id": template.process, "xlsc.template_version": str(template.version)}
        write_template(target, template, properties)
        made.append(target)
    return made


def _column(path: Path, place: int, item: dict[str, Any]) -> TemplateColumn:
    where = f"columns[{place}]."
    _refuse_unknown(path, where, item, _COLUMN_KEYS)
    if "choices" in item:
        item = item | {"choices": tuple(map(str, item["choices"]))}
    column = TemplateColumn(**item)
    if not column.column or column.type.rstrip("?") not in TYPES or column.check not in CHECKS:
        raise UsageError(
            f"{path.name}: {where} has no column, an unknown type or an unknown check.",
            f"Types are {', '.join(TYPES)}; checks are {', '.join(filter(None, CHECKS))}.",
        )
    return column


def _refuse_unknown(path: Path, where: str, values: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(values.keys() - known)
    if unknown:
        raise UsageError(f"{path.name}: {where}{unknown[0]} is unknown.", f"Known are {', '.join(sorted(known))}.")
