"""What errors are planted into, and what differs by what a label is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.duplicates.neighbours import Neighbours
from core.heads.combine import pool, pool_exponents
from core.heads.link import link_of
from core.heads.out_of_sample import OutOfSample, out_of_sample_probabilities
from core.heads.refitted import refitted_probabilities
from core.issues.signals import Probabilities
from core.modalities.fitted import Learner
from core.progress import Report
from core.targets import Labels
from core.targets.arrays import same

Scores = NDArray[np.float64]
"""(n,) of a ranking: low for what is to be reviewed first."""
Plant = Callable[[str, int, np.random.Generator], Labels]
"""In one manner so many errors: the labels with them."""
Judged = TypeVar("Judged")


@dataclass(frozen=True, slots=True)
class Bed:
    """n rows that all have a label."""

    labels: Labels
    """In their array form."""
    classes: int
    clusters: NDArray[np.int64]
    embeddings: Mapping[str, NDArray[np.float32]]
    """By encoder, the best one last."""
    nearest: Neighbours
    """By the last one's."""
    right: NDArray[np.bool_]
    """(n,) rows whose label people have confirmed."""
    wrong: NDArray[np.bool_]
    """(n,) rows whose label people have changed."""
    folds: int = 5
    seed: int = 0
    learner: Learner | None = None
    """The rows for a model of examples as they are, where their modality has one."""
    own: Probabilities | None = None
    scratch: Path | None = None

    @property
    def fits(self) -> int:
        """Of one copy."""
        return len(self.embeddings) + (self.learner is not None)


@dataclass(frozen=True, slots=True)
class Look:
    """What a scan makes of the labels as they are."""

    suspected: NDArray[np.bool_]
    """(n,) flagged and not confirmed, or found wrong: nothing is planted there."""
    chance: NDArray[np.float64]
    """(n,) how probable it is that each label is wrong: as the scan has it, and as people have said."""
    share: float
    """Of wrong labels, NaN where it cannot be told."""
    free: NDArray[np.bool_]
    """(n,) rows whose label is taken to be right: only there errors are planted."""
    plant: Plant


class Kind(Protocol[Judged]):
    """What a label is: how copies are judged, what is planted, which rankings are compared."""

    manners: Mapping[str, tuple[str, str]]

    def judge(self, labels: Labels, steps: Steps) -> Judged:
        """Fits every model to the labels; each row is judged by models that have not seen it."""

    def look(self, judged: Judged) -> Look:
        """At the bed's own labels."""

    def changed(self, labels: Labels) -> NDArray[np.bool_]:
        """(n,) rows whose label is another than the bed's own."""

    def rankings(self, labels: Labels, judged: Judged) -> dict[str, Scores]:
        """By the detector's name."""


def chance_wrong(
    bed: Bed, judged: NDArray[np.bool_], likely: Callable[[NDArray[np.int64]], Scores]
) -> NDArray[np.float64]:
    """See `Look.chance`; `likely` says it of the rows (m,) that were judged and that nobody has confirmed."""
    rows = np.flatnonzero(judged & ~bed.right)
    chance = np.zeros(len(bed.labels))
    chance[rows] = likely(rows)
    chance[bed.wrong] = 1.0
    return chance


@dataclass(frozen=True, slots=True)
class OfClasses:
    """What a `Kind` is where labels are classes, one or several."""

    bed: Bed

    def judge(self, labels: Labels, steps: Steps) -> dict[str, OutOfSample]:
        """By the name of the encoder or of the model."""
        bed, found = self.bed, {}
        settings: dict[str, Any] = {"folds": bed.folds, "seed": bed.seed, "scratch": bed.scratch}
        heads = {name: partial(out_of_sample_probabilities, one) for name, one in bed.embeddings.items()}
        if bed.learner is not None:
            heads[bed.learner.name] = partial(refitted_probabilities, bed.learner)
        for name, fit in heads.items():
            found[name] = steps.of(partial(fit, labels, bed.clusters, bed.classes, **settings))
        return found

    def changed(self, labels: Labels) -> NDArray[np.bool_]:
        """See `Kind`."""
        return ~same(labels, self.bed.labels)


def pooled(judged: Mapping[str, OutOfSample], labels: Labels) -> NDArray[np.float32]:
    """The encoders' probabilities, combined as a scan does."""
    parts = [one.probabilities for one in judged.values()]
    return parts[0] if len(parts) == 1 else pool(parts, pool_exponents(parts, labels), link=link_of(labels))


def seen_by(judged: Mapping[str, OutOfSample]) -> NDArray[np.bool_]:
    """(n,) as the newest says."""
    return list(judged.values())[-1].judged


Found = TypeVar("Found")


@dataclass(slots=True)
class Steps:
    """Counts fits for whoever waits, and the parts of the one that is under way."""

    tick: Report
    total: int
    done: int = 0

    def of(self, fit: Callable[..., Found]) -> Found:
        """Makes one fit, which takes a `tick`."""
        found = fit(tick=self._within)
        self.done += 1
        self.tick(self.done, self.total)
        return found

    def _within(self, part: float, whole: float | None) -> None:
        self.tick(self.done + part / (whole or 1.0), self.total)
