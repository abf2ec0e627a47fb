"""The proof itself, on arrays: copies with planted errors, every detector on each, and what a review would find."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.duplicates.neighbours import Neighbours
from core.heads.out_of_sample import OutOfSample, out_of_sample_probabilities
from core.heads.refitted import refitted_probabilities
from core.issues.label.confident import row_facts
from core.issues.label.find import find_label_issues
from core.issues.label.flags import wrong_rows
from core.issues.label.share import seen_errors
from core.issues.signals import Probabilities, Signals
from core.jobs.proof.detectors import pooled, rankings
from core.jobs.proof.plant import Soil, plant
from core.jobs.proof.score import Course, found_by, lengths, on_decided
from core.jobs.proof.spec import MANNERS, SCAN, Found, OnDecided
from core.modalities.fitted import Learner
from core.progress import Report, unheard
from core.targets import Labels

LEAST_SHARE, MOST_SHARE, USUAL_SHARE = 0.02, 0.2, 0.05
FEWEST, FEWEST_DECIDED = 10, 30


@dataclass(frozen=True, slots=True)
class Bed:
    """n rows that all have a label."""

    labels: Labels
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


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it."""

    planted: int
    left_out: int
    own_errors: float
    reviewed: tuple[int, ...]
    found: tuple[Found, ...]
    decided: tuple[OnDecided, ...]


def prove(bed: Bed, repeats: int, tick: Report = unheard) -> Proof:
    """`repeats` copies for each manner; raises whatever `tick` raises, which is called between fits."""
    fits = (len(bed.embeddings) + (bed.learner is not None)) * (1 + len(MANNERS) * repeats)
    steps = _Steps(tick, fits)
    judged = _judged(bed, bed.labels, steps)
    together, seen = pooled(judged, bed.labels), list(judged.values())[-1].judged
    signals = Signals.of(bed.labels, together, seen, known=bed.right)
    finding = find_label_issues(signals)
    suspected = (finding.is_issue & ~bed.right) | bed.wrong
    chance = _chance_wrong(bed, signals, finding.score)
    free = ~suspected & seen
    share = finding.share_wrong.estimate
    share = USUAL_SHARE if np.isnan(share) else float(np.clip(share, LEAST_SHARE, MOST_SHARE))
    count = int(min(max(FEWEST, round(share * len(bed.labels))), free.sum() // 3))
    soil = Soil(bed.labels, together, free, finding.class_shares.estimates)
    reviewed = lengths(len(bed.labels), count)
    found = []
    for place, manner in enumerate(MANNERS):
        courses: dict[str, list[Course]] = {}
        for repeat in range(repeats):
            generator = np.random.default_rng([bed.seed, place, repeat])
            labels = plant(manner, soil, count, generator)
            planted = labels != bed.labels
            scores = rankings(labels, _judged(bed, labels, steps), bed.nearest.rows, bed.own)
            for name, score in scores.items():
                courses.setdefault(name, []).append(Course.of(score, planted, chance))
        found += [found_by(manner, name, each, reviewed) for name, each in courses.items()]
    told = np.flatnonzero(bed.right | bed.wrong)
    decided: tuple[OnDecided, ...] = ()
    if len(told) >= FEWEST_DECIDED:
        as_they_are = rankings(bed.labels, judged, bed.nearest.rows, bed.own)
        decided = on_decided({name: one[told] for name, one in as_they_are.items()}, bed.wrong[told], SCAN, bed.seed)
    tick(1, 1)
    return Proof(count, int(suspected.sum()), round(float(chance.sum()), 1), reviewed, tuple(found), decided)


def _chance_wrong(bed: Bed, signals: Signals, right: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how probable it is that each label is wrong as it is: as the scan has it, and as people have said."""
    facts = row_facts(bed.labels, signals.probabilities)
    rows = np.flatnonzero(signals.judged & ~bed.right)
    open_ = Signals.of(bed.labels, signals.probabilities, signals.judged & ~bed.right)
    chance = np.zeros(len(bed.labels))
    chance[rows] = wrong_rows(right[rows], seen_errors(open_, facts)).likely
    chance[bed.wrong] = 1.0
    return chance


def _judged(bed: Bed, labels: Labels, steps: _Steps) -> dict[str, OutOfSample]:
    found = {}
    for name, embeddings in bed.embeddings.items():
        found[name] = out_of_sample_probabilities(
            embeddings,
            labels,
            bed.clusters,
            bed.classes,
            folds=bed.folds,
            seed=bed.seed,
            scratch=bed.scratch,
            tick=steps.within,
        )
        steps.next()
    if bed.learner is not None:
        found[bed.learner.name] = refitted_probabilities(
            bed.learner,
            labels,
            bed.clusters,
            bed.classes,
            folds=bed.folds,
            seed=bed.seed,
            scratch=bed.scratch,
            tick=steps.within,
        )
        steps.next()
    return found


@dataclass(slots=True)
class _Steps:
    """Counts fits for whoever waits, and the parts of the one that is under way."""

    tick: Report
    total: int
    done: int = 0

    def within(self, part: float, whole: float | None) -> None:
        self.tick(self.done + part / (whole or 1.0), self.total)

    def next(self) -> None:
        self.done += 1
        self.tick(self.done, self.total)
