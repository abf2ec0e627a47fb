"""Models that are fitted to examples as they are, all at once: neither heads on embeddings nor layers that learn by
steps. For jobs alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.progress import Report

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]
"""Positions of examples."""
Labels = NDArray[Any]
"""In their array form: (m,) class numbers, or (m, k) of 0 and 1 where an example may have several,
or (m,) numbers."""


class Fitted(Protocol):
    """What came of one fit."""

    @property
    def rounds(self) -> int:
        """How long it learnt."""

    @property
    def curves(self) -> Mapping[str, Sequence[float]]:
        """Split → loss after each round, as far as it was watched."""

    def probabilities(self, rows: Places) -> Matrix:
        """(m, k) of some of the learner's examples, rows of sum 1 where one has one class; 0 of a class that was not
        among what it learnt. (m, 1) numbers where it learnt these."""

    def best_rounds(self, rows: Places, labels: Labels) -> int:
        """After how many of its rounds examples that it has not seen were most probable, or numbers least far off."""

    def save(self, folder: Path, labels: Sequence[str], extra: Mapping[str, Any]) -> None:
        """Writes what `HeavyModality.opened` reads."""


class Learner(Protocol):
    """A job's examples, ready to be learnt from again and again."""

    @property
    def name(self) -> str:
        """As people name the model."""

    @property
    def features(self) -> Matrix:
        """(n, d) vectors by whose cosine examples are alike."""

    def fit(
        self,
        rows: Places,
        labels: Labels,
        rounds: int | None = None,
        *,
        weights: Matrix | None = None,
        watched: tuple[Places, Labels] | None = None,
    ) -> Fitted:
        """Learns the labels, (m,) or (m, k), of some rows (m,), each as much as its weight, for so many rounds; without
        them until `watched` rows with their labels, else rows kept back, are no more probable than before."""


class Opened(Protocol):
    """A saved model put to use."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names by index: the columns of the probabilities."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that make up an example; none where it is one cell."""

    def predict(self, payloads: Sequence[Any], tick: Report = ...) -> tuple[Matrix, Matrix]:
        """Probabilities (n, k), rows of sum 1 where one has one class, and features (n, d), in the order asked; `tick`
        is called between batches."""
