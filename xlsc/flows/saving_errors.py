"""A run's error rows kept on the service, for others to see and correct (P §2.7)."""

from __future__ import annotations

from xlsc.client.client import Client
from xlsc.core.catalog import Process
from xlsc.errors import UsageError


def save_errors(client: Client, process: Process, run_number: int) -> bool:
    """Keep the error rows of a run for every tenant of its process; whether the service kept some.

    Raises:
        UsageError: The service names no tenant of the process.
        ServiceError: The service refuses.
    """
    tenants = [
        (tenant.server_name, tenant.technical_name)
        for connection in client.connections()
        for item in client.processes_by_connection(connection.id)
        if item.map_key.casefold() == process.map_key.casefold()
        for tenant in item.tenants
    ]
    if not tenants:
        raise UsageError(f"The service names no tenant of {process.map_id}.", "Ask an administrator to save them.")
    # Every tenant is asked, also after one that had none.
    kept = [client.save_process_errors(process.map_key, tenant, run_number) for tenant in dict.fromkeys(tenants)]
    return any(kept)
