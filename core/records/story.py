"""Records of a dataset's story: what became of it, how good it is, what is wrong with it and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.records.datasets import Dataset, Example, Version
from core.records.effects import CleaningEffect
from core.records.estimate import Estimate
from core.records.review import Action
from core.records.runs import Run


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is done or seen: a page, and what its URL names."""

    page: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The rows that a figure counts, by what finds them again; every field narrows."""

    pair: tuple[str, str] | None = None
    """Wrong rows of the first class; where the second is not empty, those that are taken for it. Of several classes per
    row, the first is missed and the second wrongly added, each unless it is empty."""
    suspect: bool = False
    """Errors of the model on rows whose label a scan flags."""
    wrong: bool = False
    """All errors of the model."""


@dataclass(frozen=True, slots=True)
class ScoreOf:
    """A run's score on rows that it has not learnt from."""

    run: Run
    split: str
    figure: str
    """`accuracy`, or `micro F1` where a row may have several classes; of numbers `MAE`, in their unit."""
    score: Estimate
    rows: int


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version: what is wrong in it, and how good the newest model is that learnt from it."""

    version: Version
    share_wrong: Estimate | None
    """None before a scan."""
    untold: str
    """Why the share cannot be told, where the scan cannot; else empty."""
    flagged: int | None
    score: ScoreOf | None
    """All versions' scores are by the labels of the newest version, so that they can be held against each other."""


@dataclass(frozen=True, slots=True)
class Tally:
    """One reviewer's acts of a kind on one version, those that count."""

    version: int
    reviewer: str
    action: Action
    rows: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a score is held against."""

    name: str
    meaning: str
    score: Estimate
    difference: Estimate | None = None
    """The model's less this one's, paired over the same rows; None where only the intervals can be held side by
    side."""
    run: int | None = None
    """Number of the run that it is, where it is one."""
    whose: Run | None = None

    def verdict(self, of: Estimate) -> str:
        """`better`, `worse` or `unclear`: what the intervals allow to say of a score against this one."""
        low, high = (
            self.difference.interval if self.difference else (of.low - self.score.high, of.high - self.score.low)
        )
        return "better" if low > 0 else "worse" if high < 0 else "unclear"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence with the rows that it counts."""

    sentence: str
    rows: int
    of: int
    """Rows among which they are counted."""
    behind: RowsBehind


@dataclass(frozen=True, slots=True)
class ClassMeaning:
    """What a class is, shown by its rows."""

    name: str
    guideline: str
    """What belongs into it, as somebody has written it down; empty where nobody has."""
    rows: int
    share: float
    """Of the version's rows, 0–1."""
    typical: tuple[Example, ...]
    """Up to three: those that the model is surest of, and right about."""


@dataclass(frozen=True, slots=True)
class CostCurve:
    """What errors cost by where the line is drawn, and where it is drawn best."""

    thresholds: NDArray[np.float64]
    """(t,) ascending; a row counts as yes from the threshold on."""
    costs: NDArray[np.float64]
    """(t,) per 1,000 rows, as counted on these rows."""
    best: Estimate
    """The threshold with the lowest cost."""
    cost: Estimate
    """There, per 1,000 new rows: what was counted, and by how much choosing on the same rows flatters it."""
    usual: float
    """What it costs where the line is at its usual place."""
    usual_at: float
    first: int
    """Rows with the first kind of error at the best threshold: wrong answers, or false alarms."""
    second: int
    """With the second kind: rows left to a person, or misses."""
    rows: int


@dataclass(frozen=True, slots=True)
class NextAct:
    """Something worth doing."""

    title: str
    why: str
    gain: int
    """About so many rows that are wrong now would be right: what acts are ranked by."""
    measured: str
    """Where the figure comes from."""
    place: Place
    at_most: bool = False
    """Whether the gain is an upper end: such acts are ranked after those whose gain is expected."""


@dataclass(frozen=True, slots=True)
class LastAct:
    """What was done last, by whom."""

    words: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """All that is told of a dataset."""

    dataset: Dataset
    newest: Version
    lines: tuple[VersionLine, ...]
    """Oldest first."""
    score: ScoreOf | None
    """Of the run that the story is about: the newest that is done, unless another was asked for."""
    errors: int
    """Rows that it gets wrong there."""
    trend: str
    """Whether it is better than it was, in words."""
    decided: tuple[Tally, ...]
    effect: str
    """Whether cleaning paid, or that nobody has measured it."""
    effect_verdict: str | None
    """`helped`, `harmed`, `chance` or `unclear`; None where nobody has measured."""
    effect_version: int | None
    """The version that was measured."""
    measured: CleaningEffect | None
    """What was measured."""
    baselines: tuple[Baseline, ...]
    worst: tuple[Told, ...]
    """The classes that it is worst at, worst first."""
    suspects: Told | None
    """How many of its errors are on labels that are probably wrong; None without a run or a scan."""
    suspects_missing: str
    """Why that cannot be said; else empty."""
    classes: tuple[ClassMeaning, ...]
    """Largest first."""
    limits: tuple[str, ...]
    """What the figures cannot tell."""
    next_acts: tuple[NextAct, ...]
    """At most three, the most gain first."""
