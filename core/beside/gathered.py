"""Work that many ask for at the same time, done for all who wait together: once per moment, not once per asker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Waiting(Generic[Asked, Answer]):
    """What one asks for, and what it gets."""

    asked: Asked
    answers: tuple[Answer, ...] = ()
    """The one answer, once it is there."""
    error: BaseException | None = None


class Gathered(Generic[Asked, Answer]):
    """Whoever gets the turn does the work for all who wait for it by then."""

    def __init__(self, turn: threading.Lock) -> None:
        self._turn = turn
        self._lock = threading.Lock()
        self._waiting: list[_Waiting[Asked, Answer]] = []

    def ask(self, asked: Asked, work: Callable[[Sequence[Asked]], Sequence[Answer]]) -> Answer:
        """The answer of `work`, which gets what all who wait have asked, in the order of their asking, and gives as
        many answers. What it raises, all of them get."""
        own: _Waiting[Asked, Answer] = _Waiting(asked)
        with self._lock:
            self._waiting.append(own)
        with self._turn:
            if not own.answers and own.error is None:
                self._work(work)
        if own.error is not None:
            raise own.error
        return own.answers[0]

    def _work(self, work: Callable[[Sequence[Asked]], Sequence[Answer]]) -> None:
        with self._lock:
            together, self._waiting = self._waiting, []
        try:
            answers = work([one.asked for one in together])
        except BaseException as error:
            for one in together:
                one.error = error
            return
        for one, answer in zip(together, answers, strict=True):
            one.answers = (answer,)
