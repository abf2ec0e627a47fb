"""What every workflow function works on: one open workspace, its store and its queue."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field

from core.queue.queue import Queue
from core.services.beside import Beside
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
    beside: Beside = field(default_factory=Beside)
    """What runs beside the pages."""

    def close(self) -> None:
        """Ends what runs beside and gives the workspace free for another process. Jobs go on."""
        atexit.unregister(self.beside.close)
        self.beside.close()
        self.store.close()


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
    context = Context(workspace, store, queue)
    atexit.register(context.beside.close)
    return context
