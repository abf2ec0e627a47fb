"""The proof of the detectors on planted errors: asking for it, and what its answer says beside what people decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from core.context import Context
from core.errors import JobError, NotFoundError, UsageError
from core.jobs.about import version_of
from core.jobs.proof.spec import SCAN, Found, OnDecided, ProofResult, ProofSpec, manners_of
from core.jobs.proof.web import PROOF, start_proof
from core.proportions import Z95, student_above, wilson
from core.records import Dataset, Estimate, Job, Scan, Version
from core.services.follow import follow
from core.store.acts.judged import judged_by_rank
from core.tasks import task_named

__all__ = [
    "BesideDecided",
    "Standing",
    "Winner",
    "beside_decided",
    "first_manner",
    "manner_named",
    "newest_job",
    "newest_proof",
    "run_proof",
    "standings",
    "start_proof",
    "winner",
]

FEWEST_DECIDED = 30
"""Judged rows from which on they are held against the planted ones."""
FEWEST_COPIES = 3
"""Copies from which on their spread says whether one detector is better than another."""
CHANCE = 0.05
"""How often at most one of detectors that are all as good as the scan's ranking is called clearly better."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One detector in the bake-off: means over the copies."""

    detector: str
    half: float
    most: float
    most_low: float
    most_high: float
    """Rows to be reviewed for half, and for four of five, of the planted errors; the least and the most of the
    copies."""
    average_precision: float
    average_least: float
    decided: OnDecided | None


@dataclass(frozen=True, slots=True)
class Winner:
    """Which detector needs the fewest reviews."""

    planted: str
    clear: bool
    """Whether it is better than the scan's own ranking by more than the best of so many is by chance."""
    decided: str | None
    """The one that is best on the rows that people judged; None before there are enough."""
    decided_clear: bool
    against: bool
    """Whether the winner on planted errors is worse than the scan's ranking on what people decided."""

    @property
    def best(self) -> str:
        """What to go by: decided rows win."""
        if self.decided_clear and self.decided is not None:
            return self.decided
        return self.planted if self.clear and not self.against else SCAN


@dataclass(frozen=True, slots=True)
class BesideDecided:
    """The precision of the scan's list on the rows that people judged, and on the same places of the planted copies."""

    judged: int
    ranks: int
    """The last place of them."""
    decided: Estimate
    planted: Estimate
    """The mean of the copies, and the least and the most of them."""

    @property
    def agree(self) -> bool:
        """Whether the two intervals have something in common."""
        return self.decided.low <= self.planted.high and self.planted.low <= self.decided.high


def manner_named(dataset: Dataset, name: str | None) -> str:
    """A manner of planting errors in labels of the dataset: that of the name, else the most lifelike. Raises UsageError
    for another name."""
    manners = tuple(manners_of(task_named(dataset.task)))
    if name and name not in manners:
        raise UsageError(f"Errors cannot be planted by {name!r} here.", f"Choose one of: {', '.join(manners)}.")
    return name or manners[0]


def newest_job(context: Context, version: Version) -> Job | None:
    """The proof of the version that was started last."""
    return next(_jobs(context, version), None)


def newest_proof(context: Context, version: Version) -> tuple[ProofSpec, ProofResult] | None:
    """The newest one that has come to its end, and whose folder has not been cleared since."""
    for job in _jobs(context, version):
        folder = context.queue.folder(job.job_id)
        with suppress(JobError, OSError):
            if job.status == "done" and (result := PROOF.result_of(folder)) is not None:
                return PROOF.spec_of(folder), result
    return None


def _jobs(context: Context, version: Version) -> Iterator[Job]:
    for job in context.queue.of(PROOF.name, version.dataset_id):
        with suppress(JobError, OSError):
            if version_of(context.queue.folder(job.job_id)) == version.version_id:
                yield job


def run_proof(
    context: Context,
    version_id: str,
    *,
    by: str,
    repeats: int,
    on_progress: Callable[[Job], None] = lambda job: None,
) -> ProofResult:
    """Proves in the foreground. Raises as `start_proof` does, and JobError."""
    job = follow(context, start_proof(context, version_id, by=by, repeats=repeats).job_id, on_progress)
    result = PROOF.result_of(context.queue.folder(job.job_id))
    if result is None:
        raise NotFoundError("The proof has left no result.", "Start it again.")
    return result


def standings(result: ProofResult, manner: str) -> tuple[Standing, ...]:
    """Of one manner of planting, whoever needs the fewest reviews first."""
    decided = {one.detector: one for one in result.decided}
    found = [_standing(one, decided.get(one.detector)) for one in _of(result, manner)]
    return tuple(sorted(found, key=lambda one: (one.most, one.half)))


def first_manner(result: ProofResult, wanted: str | None = None) -> str:
    """The most lifelike one; the one that is wanted, where errors were planted in it."""
    return wanted if wanted and _of(result, wanted) else result.found[0].manner


def winner(result: ProofResult, manner: str | None = None) -> Winner:
    """By rows to review for four of five planted errors; and by average precision on decided rows."""
    manner = first_manner(result, manner)
    by_name = {one.detector: one for one in _of(result, manner)}
    first = standings(result, manner)[0].detector
    saved = np.array(by_name[SCAN].most) - np.array(by_name[first].most)
    clear = first != SCAN and _saves(saved, others=len(by_name) - 1)
    on_decided = {one.detector: one for one in result.decided}
    if not on_decided:
        return Winner(first, clear, None, False, False)
    best = max(result.decided, key=lambda one: one.average_precision)
    planted = on_decided.get(first)
    against = planted is not None and planted.above_high < 0
    return Winner(
        first, clear, best.detector, best.detector != SCAN and _is_above(best, others=len(on_decided) - 1), against
    )


def _saves(saved: NDArray[np.float64], others: int) -> bool:
    """Whether the reviews that the best of so many others saves in each copy are more than none: by Student's t over
    the copies, which are paired, corrected for the choice (Bonferroni)."""
    if len(saved) < FEWEST_COPIES or saved.mean() <= 0:
        return False
    error = float(saved.std(ddof=1)) / len(saved) ** 0.5
    return error == 0 or student_above(float(saved.mean()) / error, len(saved) - 1) < CHANCE / others


def _is_above(best: OnDecided, others: int) -> bool:
    """Whether the best of so many others is above the scan's ranking: the lower end of its 95 % interval, drawn out to
    where it holds for the best of them (Bonferroni)."""
    wide = NormalDist().inv_cdf(1 - CHANCE / others) / Z95
    return best.above_low > 0 and best.above - wide * (best.above - best.above_low) > 0


def beside_decided(context: Context, scan: Scan, result: ProofResult) -> BesideDecided | None:
    """None before enough rows of the list are judged, one by one and since it was made."""
    judged = judged_by_rank(context.store, scan, "label")
    told = [(one.rank, one.action == "relabel") for one in judged if one.evidence and one.action in ("keep", "relabel")]
    told = [one for one in told if one[0] <= result.reviewed[-1]]
    if len(told) < FEWEST_DECIDED:
        return None
    found = next(one for one in _of(result, first_manner(result)) if one.detector == SCAN)
    ranks = np.array([rank for rank, _ in told], np.float64)
    wrong = sum(one for _, one in told)
    low, high = wilson(np.array([wrong]), np.array([len(told)]))
    planted = [
        _at(result.reviewed, precision, ranks)
        for precision in (found.precision, found.precision_low, found.precision_high)
    ]
    return BesideDecided(
        len(told),
        int(ranks.max()),
        Estimate(wrong / len(told), float(low[0]), float(high[0])),
        Estimate(planted[0], min(planted), max(planted)),
    )


def _at(reviewed: tuple[int, ...], precision: tuple[float, ...], ranks: NDArray[np.float64]) -> float:
    """The share of planted errors at these places of the list."""
    places = np.r_[0, reviewed]
    hits = np.r_[0.0, np.asarray(precision) * np.asarray(reviewed)]
    return float((np.interp(ranks, places, hits) - np.interp(ranks - 1, places, hits)).mean())


def _of(result: ProofResult, manner: str) -> list[Found]:
    return [one for one in result.found if one.manner == manner]


def _standing(found: Found, decided: OnDecided | None) -> Standing:
    return Standing(
        found.detector,
        float(np.mean(found.half)),
        float(np.mean(found.most)),
        min(found.most),
        max(found.most),
        found.average_precision,
        found.average_least,
        decided,
    )
