"""The proof itself, on arrays: copies with planted errors, every detector on each, and what a review would find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import UsageError
from core.jobs.proof.bed import Bed, Kind, Steps
from core.jobs.proof.numbers import OfNumbers
from core.jobs.proof.one_class import OneClass
from core.jobs.proof.score import Course, found_by, lengths, on_decided
from core.jobs.proof.sets import Sets
from core.jobs.proof.spans import OfSpans, SpanBed
from core.jobs.proof.spec import SCAN, Found, OnDecided
from core.progress import Report, unheard
from core.targets.arrays import numeric

LEAST_SHARE, MOST_SHARE, USUAL_SHARE = 0.02, 0.2, 0.05
FEWEST, FEWEST_DECIDED = 10, 30


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it."""

    planted: int
    left_out: int
    own_errors: float
    reviewed: tuple[int, ...]
    found: tuple[Found, ...]
    decided: tuple[OnDecided, ...]


def kind_of(bed: Bed | SpanBed) -> Kind[Any]:
    """By the array form of the labels."""
    if isinstance(bed, SpanBed):
        return OfSpans(bed)
    if numeric(bed.labels):
        return OfNumbers(bed)
    return OneClass(bed) if bed.labels.ndim == 1 else Sets(bed)


def prove(bed: Bed | SpanBed, repeats: int, tick: Report = unheard) -> Proof:
    """`repeats` copies for each manner, but for one in which these labels leave nothing to plant. Raises UsageError
    where that is so of all, and whatever `tick` raises, which is called between fits."""
    kind = kind_of(bed)
    steps = Steps(tick, bed.fits * (1 + len(kind.manners) * repeats))
    judged = kind.judge(bed.labels, steps)
    look = kind.look(judged)
    rows, apt = len(bed.right), int((look.free | look.suspected).sum())
    share = USUAL_SHARE if np.isnan(look.share) else float(np.clip(look.share, LEAST_SHARE, MOST_SHARE))
    count = int(min(max(FEWEST, round(share * apt)), look.free.sum() // 3))
    if not count:
        raise _nowhere()
    reviewed = lengths(rows, count)
    found: list[Found] = []
    for place, manner in enumerate(kind.manners):
        courses: dict[str, list[Course]] = {}
        for repeat in range(repeats):
            generator = np.random.default_rng([bed.seed, place, repeat])
            labels = look.plant(manner, count, generator)
            planted = kind.changed(labels)
            if not planted.any():
                break
            for name, score in kind.rankings(labels, kind.judge(labels, steps)).items():
                courses.setdefault(name, []).append(Course.of(score, planted, look.chance))
        found += [found_by(manner, name, each, reviewed) for name, each in courses.items()]
    if not found:
        raise _nowhere()
    told = np.flatnonzero(bed.right | bed.wrong)
    decided: tuple[OnDecided, ...] = ()
    if len(told) >= FEWEST_DECIDED:
        as_they_are = kind.rankings(bed.labels, judged)
        decided = on_decided({name: one[told] for name, one in as_they_are.items()}, bed.wrong[told], SCAN, bed.seed)
    tick(1, 1)
    left_out, own = int((~look.free).sum()), round(float(look.chance.sum()), 1)
    planted_at_most = max(one.planted or 0 for one in found)
    return Proof(planted_at_most, left_out, own, reviewed, tuple(found), decided)


def _nowhere() -> UsageError:
    return UsageError(
        "There is nowhere to plant errors: hardly any label is taken to be right.",
        "Review some of what the scan has flagged, scan again, and test again.",
    )
