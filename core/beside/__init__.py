"""What runs beside the pages of one open workspace: threads, answers that are kept, turns that are taken,
processes and memories of its own.

The context of the workspace owns it and ends it: nothing of it outlives the store that it reads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from core.beside.answers import KEPT, Answers
from core.beside.gathered import Gathered

T = TypeVar("T")

LEAVE_SECONDS = 5.0
"""How long the end waits for work that was told to stop. A thread that the interpreter leaves inside DuckDB would abort
the process."""


class Beside:
    """Found by name: whoever asks for a name gets what the first one got. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, Answers] = {}
        self._turns: dict[str, threading.Lock] = {}
        self._threads: dict[threading.Thread, str] = {}
        self._kept: dict[str, object] = {}
        self._closing: list[Callable[[], None]] = []
        self._leaving = threading.Event()

    @property
    def leaving(self) -> bool:
        """Whether the workspace is about to be closed: work that takes long looks at it."""
        return self._leaving.is_set()

    def leave_within(self, seconds: float) -> bool:
        """Waits so long, or until the workspace is about to be closed; returns whether it is."""
        return self._leaving.wait(seconds)

    def answers(self, name: str, threads: int = 1, kept: int = KEPT) -> Answers:
        """The answers of that name."""
        with self._lock:
            if name not in self._answers:
                self._answers[name] = Answers(threads, kept)
            return self._answers[name]

    def forget_answers(self) -> None:
        """Has every question worked out anew: what answers may tell has changed."""
        with self._lock:
            kept = list(self._answers.values())
        for one in kept:
            one.forget_all()

    def turn(self, name: str) -> threading.Lock:
        """The lock of that name, for work that one does at a time."""
        with self._lock:
            return self._turns.setdefault(name, threading.Lock())

    def kept(self, name: str, make: Callable[[], T], close: Callable[[T], None] | None = None) -> T:
        """What `make` made for the first who asked for that name. `close` ends it with the workspace, once the threads
        that may use it have ended."""
        with self._lock:
            if name not in self._kept:
                made = make()
                self._kept[name] = made
                if close is not None:
                    self._closing.append(lambda: close(made))
            return cast(T, self._kept[name])

    def gathered(self, name: str) -> Gathered[Any, Any]:
        """Who waits for work of that name, which is done in the turn of that name."""
        turn = self.turn(name)
        return self.kept(f"gathered {name}", lambda: Gathered(turn))

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Runs work in a thread of its own, which `join` finds by the name."""

        def run() -> None:
            try:
                work()
            finally:
                with self._lock:
                    del self._threads[threading.current_thread()]

        with self._lock:
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads[thread] = name
            thread.start()

    def join(self, name: str) -> None:
        """Waits for the threads of that name, but for the one that asks."""
        for thread in self._running(name):
            thread.join()

    def close(self) -> None:
        """Tells work to stop and waits for it, at most `LEAVE_SECONDS`. A second call changes nothing."""
        self._leaving.set()
        with self._lock:
            answers = list(self._answers.values())
        for one in answers:
            one.close()
        deadline = time.monotonic() + LEAVE_SECONDS
        for thread in self._running():
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        with self._lock:
            closing, self._closing = self._closing, []
        for end in closing:
            end()

    def _running(self, name: str | None = None) -> list[threading.Thread]:
        with self._lock:
            found = [thread for thread, own in self._threads.items() if name in (None, own)]
        return [thread for thread in found if thread is not threading.current_thread()]
