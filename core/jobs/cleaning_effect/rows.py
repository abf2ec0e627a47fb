"""The rows of a comparison: as loaded and as reviewed, to learn from and to test on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.jobs.rows import Rows
from core.targets import Labels


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """n rows with two sets of labels."""

    rows: Rows
    reviewed: Labels
    """Labels after review, in their array form; no label for rows that it excluded."""
    train: NDArray[np.int64]
    """Positions of the rows to learn from, ascending."""
    test: NDArray[np.int64]
    """Positions of the rows to score, ascending."""

    @property
    def given(self) -> Labels:
        """Labels as loaded."""
        return self.rows.labels
