"""What reviewing a ranking from the top would find of errors that were planted.

A copy has wrong labels of its own, which a detector finds as well. Counted as false alarms they make precision a lower
bound. So each row that nothing was planted in counts as a false alarm as far as it is expected to be right; the rest of
it is neither found nor reviewed. The bound is kept beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.jobs.proof.spec import Found, OnDecided

HALF, MOST = 0.5, 0.8
POINTS = 40
RESAMPLES = 500
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Course:
    """One ranking of one copy, from the top down."""

    planted: NDArray[np.bool_]
    """(n,)"""
    alarm: Floats
    """(n,) how far each row that nothing was planted in is a false alarm; 0 of planted ones."""

    @classmethod
    def of(cls, score: Floats, planted: NDArray[np.bool_], wrong: Floats) -> Course:
        """`wrong` (n,): how probable it is that each label is wrong of itself."""
        order = np.argsort(score, kind="stable")
        return cls(planted[order], np.where(planted, 0.0, 1 - wrong)[order])

    def curve(self, reviewed: Sequence[int]) -> tuple[Floats, Floats, Floats]:
        """Precision, recall, and precision at least, after so many reviewed rows."""
        hits = np.cumsum(self.planted)
        rows = hits + np.cumsum(self.alarm)
        found = np.interp(reviewed, rows, hits)
        at = np.asarray(reviewed, np.float64)
        places = np.minimum(np.asarray(reviewed) - 1, len(hits) - 1)
        return found / at, found / max(1, hits[-1]), hits[places] / (places + 1)

    def rows_to(self, share: float) -> float:
        """Rows to be reviewed until this share of the planted errors is found."""
        hits = np.cumsum(self.planted)
        place = int(np.searchsorted(hits, np.ceil(share * hits[-1])))
        return float(hits[place] + self.alarm[: place + 1].sum())

    def average_precision(self, least: bool = False) -> float:
        """Mean of the precision at each planted error; `least`: all other rows are false alarms."""
        hits = np.cumsum(self.planted)
        rows = np.arange(1, len(hits) + 1) if least else hits + np.cumsum(self.alarm)
        return float((hits[self.planted] / rows[self.planted]).mean())


def lengths(rows: int, planted: int) -> tuple[int, ...]:
    """Numbers of reviewed rows at which curves are kept: to ten times the planted errors, round on a log scale."""
    most = min(rows, max(10 * planted, 20))
    return tuple(int(one) for one in np.unique(np.geomspace(5, most, POINTS).round()))


def found_by(manner: str, detector: str, courses: Sequence[Course], reviewed: Sequence[int]) -> Found:
    """Over the copies."""
    precision, recall, least = (np.stack(part) for part in zip(*(one.curve(reviewed) for one in courses), strict=True))
    return Found(
        manner=manner,
        detector=detector,
        precision=_rounded(precision.mean(0)),
        precision_low=_rounded(precision.min(0)),
        precision_high=_rounded(precision.max(0)),
        recall=_rounded(recall.mean(0)),
        recall_low=_rounded(recall.min(0)),
        recall_high=_rounded(recall.max(0)),
        least=_rounded(least.mean(0)),
        half=tuple(round(one.rows_to(HALF), 1) for one in courses),
        most=tuple(round(one.rows_to(MOST), 1) for one in courses),
        average_precision=round(float(np.mean([one.average_precision() for one in courses])), 4),
        average_least=round(float(np.mean([one.average_precision(least=True) for one in courses])), 4),
        planted=max(int(one.planted.sum()) for one in courses),
    )


def on_decided(scores: dict[str, Floats], wrong: NDArray[np.bool_], first: str, seed: int) -> tuple[OnDecided, ...]:
    """Of rows that people have judged: scores (m,) by detector, wrong (m,); `first` is what all are compared with.
    Nothing where all or none are wrong."""
    if wrong.all() or not wrong.any():
        return ()
    generator = np.random.default_rng(seed)
    draws = [rows for rows in generator.integers(len(wrong), size=(RESAMPLES, len(wrong))) if wrong[rows].any()]
    drawn = {name: np.array([_precision(score[rows], wrong[rows]) for rows in draws]) for name, score in scores.items()}
    found = []
    for name, score in scores.items():
        own, base = _precision(score, wrong), _precision(scores[first], wrong)
        low, high = np.quantile(drawn[name], (0.025, 0.975))
        least, most = np.quantile(drawn[name] - drawn[first], (0.025, 0.975))
        figures = (own, low, high, own - base, least, most)
        found.append(OnDecided(name, *(round(float(one), 4) for one in figures)))
    return tuple(found)


def _precision(score: Floats, wrong: NDArray[np.bool_]) -> float:
    return Course.of(score, wrong, np.zeros(len(wrong))).average_precision(least=True)


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(one), 4) for one in values)
