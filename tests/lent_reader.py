"""One warm reader process for the tests of this process, which outlives their workspaces."""

from __future__ import annotations

from core.reading.ask import Nursery


class _Lent(Nursery):
    def close(self) -> None:
        """Ends with this process."""


_warm: list[_Lent] = []


def lent() -> Nursery:
    """The one that is there, or a new one where it has ended."""
    if not _warm or not _warm[-1].alive:
        _warm.append(_Lent())
    return _warm[-1]
