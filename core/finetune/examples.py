"""Examples as the loop sees them: labels, and how to get what the model takes in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.modalities.inputs import Inputs
from core.targets import Labels


@dataclass(frozen=True, slots=True)
class Examples:
    """n examples by position."""

    labels: Labels
    """In their array form."""
    inputs: Inputs
    """What the model takes of them."""
    per_token: bool = False
    """Whether an example has a label for each of its tokens: (n, t), padded to the longest one."""

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(n,) what padding depends on."""
        return self.inputs.lengths

    def answers(self, rows: NDArray[np.int64], length: int) -> Labels:
        """The labels of examples that are padded to `length`."""
        return self.labels[rows][:, :length] if self.per_token else self.labels[rows]

    def __len__(self) -> int:
        return len(self.labels)
