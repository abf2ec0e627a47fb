"""What every workflow function works on: one open workspace, its store, its ledger and its queue."""

from __future__ import annotations

from dataclasses import dataclass

from core.ledger.contract import Ledger
from core.ledger.sqlite import SqliteLedger
from core.queue.queue import Queue
from core.services.trash import purge
from core.services.upgrade import move_acts
from core.settings import Workspace
from core.store.database import Database
from core.store.schema import migrate


@dataclass(frozen=True, slots=True)
class Context:
    """An open workspace. One per process; safe to share between threads."""

    workspace: Workspace
    store: Database
    queue: Queue
    ledger: Ledger

    def close(self) -> None:
        """Gives the workspace free for another process. Jobs go on."""
        self.store.close()
        self.ledger.close()


def open_context(workspace: Workspace) -> Context:
    """Makes what is missing, brings the file up to date, finds lost jobs and empties the trash of what is due.

    Raises `WorkspaceLockedError` while another process has the workspace open, `StoreError` where a newer Winnow wrote
    it.
    """
    workspace.create()
    ledger = SqliteLedger(workspace.ledger)
    try:
        store = Database.open(workspace.database, ledger.decisions)
    except BaseException:
        ledger.close()
        raise
    try:
        migrate(store, workspace.backups)
        move_acts(store, ledger)
        queue = Queue(workspace)
        queue.reconcile()
        purge(store, ledger, queue, workspace)
    except BaseException:
        store.close()
        ledger.close()
        raise
    return Context(workspace, store, queue, ledger)
