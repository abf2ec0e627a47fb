"""Examples as the loop sees them: labels, lengths, and how to get what the model takes in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Part = TypeVar("Part")
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Examples:
    """n examples by position."""

    labels: NDArray[np.int64]
    """(n,) class indices."""
    lengths: NDArray[np.int64]
    """(n,) tokens; 1 for an image, since all are of one size."""
    load: Callable[[NDArray[np.int64]], list[Any]]
    """What `Classifier.encode` makes of the examples at these positions: token ids or pixels."""

    def __len__(self) -> int:
        return len(self.labels)


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
