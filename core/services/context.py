"""What every workflow function works on: one open workspace, its store and its queue."""

from __future__ import annotations

from dataclasses import dataclass

from core.queue.queue import Queue
from core.services.trash import purge
from core.settings import Workspace
from core.store.database import Database
from core.store.schema import migrate


@dataclass(frozen=True, slots=True)
class Context:
    """An open workspace. One per process; safe to share between threads."""

    workspace: Workspace
    store: Database
    queue: Queue

    def close(self) -> None:
        """Gives the workspace free for another process. Jobs go on."""
        self.store.close()


def open_context(workspace: Workspace) -> Context:
    """Makes what is missing, brings the file up to date, finds lost jobs and empties the trash of what is due.

    Raises `WorkspaceLockedError` while another process has the workspace open, `StoreError` where a newer Winnow wrote
    it.
    """
    workspace.create()
    store = Database.open(workspace.database)
    try:
        migrate(store, workspace.backups)
        queue = Queue(workspace)
        queue.reconcile()
        purge(store, queue, workspace)
    except BaseException:
        store.close()
        raise
    return Context(workspace, store, queue)
