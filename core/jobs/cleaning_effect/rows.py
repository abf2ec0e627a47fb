"""The rows of a comparison: as loaded and as reviewed, to learn from and to test on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.jobs.rows import Rows


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """n rows with two sets of labels."""

    rows: Rows
    reviewed: NDArray[np.int64]
    """(n,) class after review; -1 for rows that it excluded."""
    train: NDArray[np.int64]
    """Positions of the rows to learn from, ascending."""
    test: NDArray[np.int64]
    """Positions of the rows to score, ascending."""

    @property
    def given(self) -> NDArray[np.int64]:
        """(n,) class as loaded."""
        return self.rows.labels.astype(np.int64, copy=False)
