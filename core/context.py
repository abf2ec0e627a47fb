"""What everything in the web process works on: one open workspace, its store, its ledger and its queue."""

from __future__ import annotations

import atexit
from dataclasses import dataclass, field

from core.beside import Beside
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
    beside: Beside = field(default_factory=Beside)
    """What runs beside the pages."""

    def close(self) -> None:
        """Ends what runs beside and gives the workspace free for another process. Jobs go on."""
        atexit.unregister(self.beside.close)
        self.beside.close()
        self.store.close()
        self.ledger.close()
