"""Opens a workspace, which is what every function of this room works on."""

from __future__ import annotations

import atexit

from core.context import Context
from core.ledger.sqlite import SqliteLedger
from core.queue.queue import Queue
from core.room import full_disk_told, keep_reserve
from core.services.trash import purge
from core.services.upgrade import move_acts
from core.settings import Workspace
from core.store.database import Database
from core.store.schema import migrate


def open_context(workspace: Workspace) -> Context:
    """Makes what is missing, brings the file up to date, finds lost jobs and empties the trash of what is due.

    Raises `WorkspaceLockedError` while another process has the workspace open, `StoreError` where a newer Winnow wrote
    it, `NoRoomError` where its disk is full.
    """
    with full_disk_told(workspace.root):
        return _opened(workspace)


def _opened(workspace: Workspace) -> Context:
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
    keep_reserve(workspace.root)
    context = Context(workspace, store, queue, ledger)
    atexit.register(context.beside.close)
    return context
