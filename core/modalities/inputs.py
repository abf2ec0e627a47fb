"""What the model takes of examples, made in two parts: little on the host, the rest on the device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Given = dict[str, Tensor]


class Inputs(Protocol):
    """n examples by position."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) what padding depends on: tokens; 1 for an image, since all are of one size."""

    def tokens(self, rows: NDArray[np.int64]) -> int:
        """Tokens of these examples, without padding; 0 of what has none."""

    def host(self, rows: NDArray[np.int64], length: int) -> Given:
        """What is copied to the device of the examples `rows` (b,), which are not longer than `length`: tensors on the
        CPU whose first dimension is b."""

    def at_a_time(self, where: torch.device) -> int:
        """What fits into a batch without gradients, in units of `lengths`, padding included."""

    def words(self, rows: NDArray[np.int64]) -> NDArray[np.int64] | None:
        """The token ids that occur in batches of these examples, sorted; None of what has no tokens."""

    def take(self, rows: NDArray[np.int64]) -> Inputs:
        """Some of the examples, in the order asked."""

    def expand(self, given: Given, length: int) -> Given:
        """What `model(**inputs)` takes, out of `host`'s tensors once they are on the device. Waits for nothing."""


@dataclass(frozen=True, slots=True)
class LoadedInputs:
    """Examples that are loaded when they are due, such as images."""

    rows: NDArray[np.int64]
    """(n,) what `load` knows them by."""
    load: Callable[[NDArray[np.int64]], Given]
    """What is copied to the device of these."""
    prepare: Callable[[Given], Given] = lambda given: given
    """What the model takes, made on the device of it."""

    at_once: tuple[int, int] = (32, 256)
    """How many fit into a batch without gradients: on the CPU, and on an accelerator."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.ones(len(self.rows), np.int64)

    def at_a_time(self, where: torch.device) -> int:
        return self.at_once[where.type != "cpu"]

    def words(self, rows: NDArray[np.int64]) -> None:
        return None

    def take(self, rows: NDArray[np.int64]) -> LoadedInputs:
        """Some of the examples, in the order asked."""
        return replace(self, rows=self.rows[rows])

    def tokens(self, rows: NDArray[np.int64]) -> int:
        return 0

    def host(self, rows: NDArray[np.int64], length: int) -> Given:
        return self.load(self.rows[rows])

    def expand(self, given: Given, length: int) -> Given:
        return self.prepare(given)
