"""Past runs of the sample processes: one with errors that were kept, one with an output file, some without either.

They stand in the history only; what they would have posted is not in the sample databases.
"""

from __future__ import annotations

import csv
import io
import zipfile

from xlsc.core.results import ErrorTable
from xlsc.server.catalog import Processes
from xlsc.server.history import History, MadeFile, RunEnd, RunStart, TenantRows
from xlsc.server.processes import Definition
from xlsc.server.samples import SAMPLE_COMPANIES
from xlsc.server.store import Store, now_ms

_DAY_MS = 86_400_000
_USER, _ADDRESS = "clerk@example.com", "127.0.0.1"
_ERRORS, _FILES = "PURCHASE JOURNAL", "CUSTOMERS BY STATE"
_MESSAGE = "Vendor 'OLD-V' is on hold."
_ROW = ("7/31/2026 12:00:00 AM", "PJ-JULY", "PI-20733", "OLD-V", "6400", "Office supplies", "184.50")


def make_sample_history(store: Store, instance_id: str, processes: Processes) -> None:
    """Write the past runs; once, after the sample accounts were made."""
    definitions = {item.map_id: item for item in processes.of_company(SAMPLE_COMPANIES[0][0])}
    purchase, by_state = definitions.get(_ERRORS), definitions.get(_FILES)
    if purchase is not None:
        _remember(store, instance_id, purchase, 40, RunEnd(True, 6, 0, ""))
        _remember(store, instance_id, purchase, 12, _failed(purchase))
        _remember(store, instance_id, purchase, 11, RunEnd(True, 1, 0, ""))
    if by_state is not None:
        _remember(store, instance_id, by_state, 5, RunEnd(True, 2, 0, "", files=[_file(by_state)]))


def _remember(store: Store, instance_id: str, definition: Definition, days_ago: int, end: RunEnd) -> None:
    history = History(store, instance_id, lambda: now_ms() - days_ago * _DAY_MS)
    start = RunStart(definition.map_key, definition.company, _USER, _ADDRESS, "RunMapDataTableWithErrors")
    history.finish(history.start(start), end)


def _failed(definition: Definition) -> RunEnd:
    tenant = definition.tenants[0]
    table = ErrorTable(tuple(column.name for column in definition.columns), [_ROW], [_MESSAGE])
    return RunEnd(False, 4, 1, _MESSAGE, [TenantRows(tenant.server_name, tenant.technical_name, table)], saved=True)


def _file(definition: Definition) -> MadeFile:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([field.target for field in definition.destinations[0].fields])
    writer.writerow(["AARON01", "Aaron Fitz Electrical", "Seattle", "WA", "25000"])
    writer.writerow(["CEDAR03", "Cedar Point Supply", "Spokane", "WA", "15000"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Customers.csv", text.getvalue())
    return MadeFile(f"{definition.map_id}___1.zip", definition.description, packed.getvalue())
