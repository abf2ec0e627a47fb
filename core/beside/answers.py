"""Answers that take longer than a page may wait: worked out by threads beside, kept per question.

A question's key names all that its answer depends on (a version never changes), so an answer is never out of date.
Owns the threads and the cache; must not know what is asked.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from core.progress import Report, look_up
from core.records import Progress

T = TypeVar("T")

KEPT = 64
LOOK_SECONDS = 0.1
TIMEOUT = 0.15
"""Seconds that `ask` waits: most answers are there by then, and the page needs no second run."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An answer that is still being worked out."""

    what: str
    progress: Progress


@dataclass(slots=True)
class _Work:
    what: str
    future: Future[Any]
    progress: Progress


class Answers:
    """A cache of the `kept` answers asked for last, filled by `threads` threads. Safe to share between threads.

    However many there are, work under one key is done once, and one after the other where it is asked for anew.
    """

    def __init__(self, threads: int = 1, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._work: OrderedDict[Hashable, _Work] = OrderedDict()
        self._let_go: dict[Hashable, Future[Any]] = {}
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="answers")

    def ask(
        self, key: Hashable, what: str, work: Callable[[Report], T], timeout: float | None = TIMEOUT
    ) -> T | Pending:
        """The answer, or `Pending` after `timeout` seconds; None waits to the end. `what` says it in words.

        Raises what `work` raised; the next call tries again.
        """
        asked = self._started(key, what, work)
        try:
            return cast(T, _result(asked.future, timeout))
        except NotYet:
            if asked.future.done():
                self.forget(key)
                raise
            return Pending(asked.what, asked.progress)
        except BaseException:
            self.forget(key)
            raise

    def ready(self, key: Hashable) -> bool:
        """Whether `ask` would answer, or raise, at once."""
        with self._lock:
            return key not in self._work or self._work[key].future.done()

    def close(self) -> None:
        """Starts nothing more. Work that is under way goes on to its end, for which nobody waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def forget(self, key: Hashable) -> None:
        """Lets an answer go. Work that is under way goes on to its end, and what is asked for next waits for that."""
        with self._lock:
            known = self._work.pop(key, None)
            if known is not None:
                self._let_go = {old: future for old, future in self._let_go.items() if not future.done()}
                self._let_go[key] = known.future

    def forget_all(self) -> None:
        """`forget` for every answer."""
        with self._lock:
            keys = list(self._work)
        for key in keys:
            self.forget(key)

    def _started(self, key: Hashable, what: str, work: Callable[[Report], T]) -> _Work:
        with self._lock:
            known = self._work.get(key)
            if known is not None:
                self._work.move_to_end(key)
                return known
            started = _Work(what, Future(), Progress(what))
            before = self._let_go.pop(key, None)

            def report(done: float, total: float | None) -> None:
                started.progress = Progress(what, done, total)

            def after_the_last() -> T:
                wait([before] if before else [])
                return work(report)

            started.future = self._threads.submit(after_the_last)
            self._work[key] = started
            finished = [old for old, entry in self._work.items() if entry.future.done()]
            for old in finished[: max(0, len(self._work) - self._kept)]:
                del self._work[old]
            return started


def _result(future: Future[Any], timeout: float | None) -> Any:
    """What a future gives; without a timeout it is waited for, and Ctrl-C ends the wait."""
    while timeout is None and not wait([future], LOOK_SECONDS).done:
        look_up()
    return future.result(timeout)
