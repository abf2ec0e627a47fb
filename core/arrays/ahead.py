"""Work whose input a thread makes ready meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Part = TypeVar("Part")
Loaded = TypeVar("Loaded")


def ahead(parts: Iterable[Part], load: Callable[[Part], Loaded]) -> Iterator[tuple[Part, Loaded]]:
    """Each part with what `load` makes of it, loaded by a thread while the part before is worked on."""
    with ThreadPoolExecutor(1) as pool:
        waiting: tuple[Part, Any] | None = None
        for part in parts:
            following = part, pool.submit(load, part)
            if waiting is not None:
                yield waiting[0], waiting[1].result()
            waiting = following
        if waiting is not None:
            yield waiting[0], waiting[1].result()
