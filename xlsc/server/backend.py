"""Everything a call needs, put together once per service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlsc.server.accounts import Accounts
from xlsc.server.catalog import Processes
from xlsc.server.first_history import make_sample_history
from xlsc.server.first_start import make_sample_accounts, write_sample_processes
from xlsc.server.history import History
from xlsc.server.instances import Instances
from xlsc.server.journal import Journal
from xlsc.server.options import ServiceOptions
from xlsc.server.outputs import Outputs
from xlsc.server.runs.databases import prepare_databases
from xlsc.server.sign_in import SignIn
from xlsc.server.store import Store, now_ms, open_store
from xlsc.server.throttle import Throttle
from xlsc.server.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Backend:
    """The service without HTTP: accounts, processes, runs, all on one store."""

    options: ServiceOptions
    store: Store
    accounts: Accounts
    sign_in: SignIn
    tokens: Tokens
    processes: Processes
    history: History
    outputs: Outputs
    journal: Journal
    instances: Instances
    clock: Callable[[], int]

    def close(self) -> None:
        """Leave the list of instances and give the store back."""
        self.instances.leave()
        self.store.close()


def open_backend(options: ServiceOptions, clock: Callable[[], int] = now_ms) -> Backend:
    """Open the store, make samples on a first start, read the process files.

    Raises:
        UsageError: The store or a process file cannot be used.
    """
    store = open_store(options.database_url, options.data)
    try:
        return _assemble(options, store, clock)
    except BaseException:
        store.close()
        raise


def _assemble(options: ServiceOptions, store: Store, clock: Callable[[], int]) -> Backend:
    accounts = Accounts(store)
    instances = Instances(store, clock)
    history = History(store, instances.id, clock)
    write_sample_processes(options)
    processes = Processes(options, prepare_databases)
    if options.samples and make_sample_accounts(store, processes):
        make_sample_history(store, instances.id, processes)
    options.output_folder.mkdir(parents=True, exist_ok=True)
    sign_in = SignIn(store, accounts, Throttle(store, clock))
    instances.enter()
    return Backend(
        options=options,
        store=store,
        accounts=accounts,
        sign_in=sign_in,
        tokens=Tokens(store, clock),
        processes=processes,
        history=history,
        outputs=Outputs(store),
        journal=Journal(store, clock),
        instances=instances,
        clock=clock,
    )
