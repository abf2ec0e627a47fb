"""What everything in the web process works on: one open workspace, its store, its ledger and its queue."""

from __future__ import annotations

from dataclasses import dataclass

from core.ledger.contract import Ledger
from core.queue.queue import Queue
from core.settings import Workspace
from core.store.database import Database


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
