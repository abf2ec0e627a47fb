"""Fits that can be stopped although they ask nobody whether to go on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Thread

from core.modalities.fitted import Fitted

LOOK_SECONDS = 0.5
"""Between two looks whether to go on."""


def watched(fit: Callable[[], Fitted], look: Callable[[], None]) -> Fitted:
    """What the fit gives or raises. Meanwhile `look` is called every so often and may raise, which ends the wait: the
    fit runs in a thread that ends with the process, so that a stop need not wait for it, and nothing is cut into parts
    whose sum would have to be the whole."""
    done: Future[Fitted] = Future()

    def run() -> None:
        try:
            done.set_result(fit())
        except BaseException as error:
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    while not wait([done], LOOK_SECONDS).done:
        look()
    return done.result()
