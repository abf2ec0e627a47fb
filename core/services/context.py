"""Opens a workspace, which is what every function of this room works on."""

from __future__ import annotations

from core.context import Context
from core.queue.queue import Queue
from core.services.trash import purge
from core.settings import Workspace
from core.store.database import Database
from core.store.schema import migrate

__all__ = ["Context", "open_context"]


def open_context(workspace: Workspace) -> Context:
    """Makes what is missing, brings the file up to date, finds lost jobs and empties the trash of what is due.

    Raises `WorkspaceLockedError` while another process has the workspace open.
    """
    workspace.create()
    store = Database.open(workspace.database)
    try:
        migrate(store)
        queue = Queue(workspace)
        queue.reconcile()
        purge(store, queue, workspace)
    except BaseException:
        store.close()
        raise
    return Context(workspace, store, queue)
