"""Templates from text definitions: TOML files that a person can write, built into workbooks byte for byte alike."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from xlsc.core.markers import BLANK_MARKER, SKIP_MARKER
from xlsc.core.shapes import shape_pattern
from xlsc.core.template import (
    CHECKS,
    LAYOUT_VERSION,
    TYPES,
    Template,
    TemplateChart,
    TemplateColumn,
    TemplateVariable,
    in_order,
)
from xlsc.errors import UsageError
from xlsc.sheets.files import open_book
from xlsc.sheets.template_writer import write_template

_TOP_KEYS = {item.name for item in fields(Template)}
_CHART_KINDS = ("stacked", "line")


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
    if not columns or not (values.get("process") or values.get("charts")):
        raise UsageError(f"{path.name} names no process or no columns.", "Add process = … and [[columns]].")
    return Template(
        process=str(values.get("process", "")),
        title=str(values.get("title", values.get("process", ""))),
        columns=in_order(columns),
        steps=tuple(map(str, values.get("steps", ()))),
        version=int(values.get("version", LAYOUT_VERSION)),
        formulas=tuple((str(item["header"]), str(item["formula"])) for item in values.get("formulas", ())),
        blank_marker=str(values.get("blank_marker", BLANK_MARKER)),
        skip_marker=str(values.get("skip_marker", SKIP_MARKER)),
        lists=tuple((str(name), tuple(map(str, items))) for name, items in values.get("lists", {}).items()),
        variables=tuple(
            TemplateVariable(**_known(path, f"variables[{place}].", item, TemplateVariable))
            for place, item in enumerate(values.get("variables", ()), start=1)
        ),
        charts=tuple(_chart(path, place, item, columns) for place, item in enumerate(values.get("charts", ()), 1)),
    )


def shipped_folder() -> Path:
    """The folder of the templates that come with xlsc: beside the package's modules, or beside the package."""
    package = Path(__file__).parents[1]
    return package / "templates" if (package / "templates").is_dir() else package.parent / "templates"


def shipped_templates() -> dict[str, Path]:
    """The workbooks that come with xlsc, by name."""
    return {path.stem: path for path in sorted(shipped_folder().glob("*.xlsx"))}


def copy_shipped(name: str, target: Path) -> None:
    """Copy a template that comes with xlsc.

    Raises:
        UsageError: There is none of that name, or the file is there already.
    """
    found = shipped_templates()
    if name not in found:
        raise UsageError(f"No template {name!r} comes with xlsc.", f"There are: {', '.join(found)}.")
    if target.exists():
        raise UsageError(f"{target} is there already.", "Choose another name.")
    if target.suffix.casefold() != ".xlsx":
        raise UsageError(f"{target} does not end in .xlsx.", "Templates hold no macros: let the name end in .xlsx.")
    open_book(found[name]).save(target)


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
        write_template(target, template, {name: text for name, text in properties.items() if text})
        made.append(target)
    return made


def _column(path: Path, place: int, item: dict[str, Any]) -> TemplateColumn:
    where = f"columns[{place}]."
    item = _known(path, where, item, TemplateColumn)
    if "choices" in item:
        item = item | {"choices": tuple(map(str, item["choices"]))}
    column = TemplateColumn(**item)
    if not column.column or column.type.rstrip("?") not in TYPES or column.check not in CHECKS:
        raise UsageError(
            f"{path.name}: {where} has no column, an unknown type or an unknown check.",
            f"Types are {', '.join(TYPES)}; checks are {', '.join(filter(None, CHECKS))}.",
        )
    if column.pattern:
        shape_pattern(column.pattern, f"{path.name}: {where}pattern")
    return column


def _chart(path: Path, place: int, item: dict[str, Any], columns: Sequence[TemplateColumn]) -> TemplateChart:
    values = _known(path, f"charts[{place}].", item, TemplateChart)
    chart = TemplateChart(str(values["title"]), str(values["kind"]), tuple(map(str, values["columns"])))
    if chart.kind not in _CHART_KINDS or not {*chart.columns} <= {column.column for column in columns}:
        raise UsageError(
            f"{path.name}: charts[{place}] is of an unknown kind, or shows a column that there is not.",
            f"Kinds are {' and '.join(_CHART_KINDS)}; columns are named as in [[columns]].",
        )
    return chart


def _known(path: Path, where: str, item: dict[str, Any], kind: type) -> dict[str, Any]:
    """The item, when all its keys are fields of the kind and those without a default are there."""
    _refuse_unknown(path, where, item, {field.name for field in fields(kind)})
    missing = [field.name for field in fields(kind) if field.default is MISSING and field.name not in item]
    if missing:
        raise UsageError(f"{path.name}: {where}{missing[0]} is missing.", f"Add {missing[0]} = ….")
    return item


def _refuse_unknown(path: Path, where: str, values: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(values.keys() - known)
    if unknown:
        raise UsageError(f"{path.name}: {where}{unknown[0]} is unknown.", f"Known are {', '.join(sorted(known))}.")
