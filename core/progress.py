"""The one way in which work says how far it is, and learns that it should stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Report = Callable[[float, float | None], None]
"""Called with what is done and of how much, in any unit (None: nobody knows), as often as work likes. It may raise, and
that ends the work: so somebody who waits no longer stops it."""
StageReport = Callable[[str, float, float | None, str], None]
"""The same of work with several stages, the name of the one that it is in before and the unit behind."""


def unheard(done: float, total: float | None) -> None:
    """The report of work whose progress nobody wants to know."""


def part(report: Report, first: float, last: float) -> Report:
    """The report of a part of the work, from the share `first` of the whole to the share `last`."""
    return lambda done, total: report(first + (last - first) * (done / total if total else 0.0), 1.0)


def further(report: Report, start: float, whole: float) -> Report:
    """The report of a part that begins after `start` of `whole` units."""
    return lambda done, _: report(start + done, whole)


_LOOK: ContextVar[Callable[[], None] | None] = ContextVar("look", default=None)


@contextmanager
def watched(look: Callable[[], None]) -> Iterator[None]:
    """In the block `look_up` calls `look` where this thread waits."""
    before = _LOOK.set(look)
    try:
        yield
    finally:
        _LOOK.reset(before)


def look_up() -> None:
    """Called where a command waits, some times a second: raises KeyboardInterrupt where whoever asked for it has
    pressed Ctrl-C in another process, or is gone. In one's own process the system raises it."""
    look = _LOOK.get()
    if look is not None:
        look()
