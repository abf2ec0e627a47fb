"""Wrong labels: quality of each given label, which rows to flag, what to suggest, how much is wrong in all."""

from __future__ import annotations

import warnings

import numpy as np
from cleanlab import filter as cleanlab_filter
from cleanlab.experimental.label_issues_batched import find_label_issues_batched
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.errors import UsageError
from core.issues.contract import Found
from core.issues.label import FLAG_BY, sets
from core.issues.label.confident import (
    RowFacts,
    calibrated_joint,
    chunks,
    class_thresholds,
    confident_classes,
    row_facts,
)
from core.issues.label.finding import ClassShares, Finding
from core.issues.label.flags import NO_CURVE, WrongRows, count_to_flag, flag_curve, wrong_rows
from core.issues.label.noise import expected_rates, fit_noise
from core.issues.label.share import (
    ANYTHING,
    SeenErrors,
    no_better_than_chance,
    seen_errors,
    shares_of_classes,
    why_untold,
)
from core.issues.label.tables import evidence_of, summary_of
from core.issues.signals import Probabilities, Signals

MAX_JOINT_CLASSES = 6_000
"""A joint matrix of more classes does not fit in memory."""
USUAL_NOISE = 0.05
"""Share of wrong labels that is expected where there is no joint matrix to tell."""
Cells = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""Given class, true class and estimated rows of every cell that is not empty."""
NO_CELLS: Cells = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
FULL_FILTER_CELLS = 1 << 29
"""Above so many probabilities, cleanlab's batched filter runs instead of the one that copies them all."""


def find(signals: Signals) -> Found:
    """What a scan takes down of wrong labels, flagged as its settings say; of several classes see `sets`."""
    flag_by = str(signals.settings.get("flag_by", "winnow"))
    if signals.labels.ndim > 1:
        return sets.find(signals, flag_by)
    finding = find_label_issues(signals, flag_by)
    return Found(
        finding.score,
        finding.is_issue,
        finding.suggested,
        evidence_of(finding, signals),
        summary_of(finding, signals),
        signals.judged,
        finding.notes,
    )


def find_label_issues(signals: Signals, flag_by: str = "winnow") -> Finding:
    """Finds wrong labels. With a cleanlab filter, score and flags are cleanlab's own; see `FLAG_BY`.

    Raises UsageError for a way to flag that there is not.
    """
    if flag_by not in FLAG_BY:
        raise UsageError(f"Cannot flag by {flag_by!r}.", f"Choose one of: {', '.join(FLAG_BY)}.")
    classes = signals.probabilities.shape[1]
    facts, judged = row_facts(signals.labels, signals.probabilities), signals.judged
    thresholds = class_thresholds(signals.labels[judged], facts.own[judged], classes)
    confident = confident_classes(signals.probabilities, thresholds)
    joint = calibrated_joint(signals, confident) if classes <= MAX_JOINT_CLASSES else None
    posterior = _posterior(signals, facts, joint)
    seen = seen_errors(signals, facts)
    chance = no_better_than_chance(signals, facts)
    untold = why_untold(signals, seen, chance)
    rows = np.flatnonzero(judged)
    wrong = wrong_rows(posterior[rows], seen)
    score = posterior if flag_by == "winnow" else _self_confidence(signals)
    worst_first = np.argsort(score[rows], kind="stable")
    notes: tuple[str, ...] = ()
    if flag_by == "winnow":
        flagged = np.zeros(len(score), bool)
        flagged[rows[worst_first[: 0 if chance else count_to_flag(wrong, worst_first)]]] = True
    else:
        flagged, notes = _filtered(signals, flag_by)
    return Finding(
        score,
        flagged,
        np.where(flagged, facts.other, facts.top),
        thresholds,
        _class_shares(signals, wrong, seen, untold),
        _cells(signals, facts, wrong.likely) if joint is not None and not chance else NO_CELLS,
        ANYTHING if chance else seen.share,
        untold,
        NO_CURVE if chance else flag_curve(wrong, worst_first, int(flagged.sum())),
        (*notes, *_joint_notes(joint, classes)),
    )


def _posterior(signals: Signals, facts: RowFacts, joint: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Quality by the noise model; a row whose label its model never saw gets what the best other class leaves over."""
    judged = signals.judged
    if not judged.any():
        return 1 - facts.other_probability
    everything = bool(judged.all())
    rows = slice(None) if everything else np.flatnonzero(judged)
    classes = signals.probabilities.shape[1]
    expected = np.full(classes, USUAL_NOISE / (classes - 1)) if joint is None else expected_rates(joint)
    model = fit_noise(signals.labels[rows], signals.probabilities[rows], expected)
    posterior = model.posterior(signals.labels, signals.probabilities)
    return posterior if everything else np.where(judged, posterior, 1 - facts.other_probability)


def _self_confidence(signals: Signals) -> NDArray[np.float64]:
    scores = [
        get_label_quality_scores(
            signals.labels[rows], np.asarray(signals.probabilities[rows]), method="self_confidence"
        )
        for rows in chunks(*signals.probabilities.shape)
    ]
    return np.asarray(np.concatenate(scores), np.float64)


def _filtered(signals: Signals, flag_by: str) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if signals.probabilities.size <= FULL_FILTER_CELLS:
            probabilities = np.asarray(signals.probabilities)
            found = cleanlab_filter.find_label_issues(signals.labels, probabilities, filter_by=flag_by, n_jobs=1)
            return np.asarray(found, bool), ()
        found = find_label_issues_batched(signals.labels, signals.probabilities, verbose=False, return_mask=True)
    return np.asarray(found, bool), (f"Too large for {flag_by} in memory: flagged by cleanlab's batched filter.",)


def _class_shares(signals: Signals, wrong: WrongRows, seen: SeenErrors, untold: str | None) -> ClassShares:
    classes = signals.probabilities.shape[1]
    if untold:
        nothing = np.full(classes, np.nan)
        return ClassShares(nothing, nothing, nothing)
    return shares_of_classes(signals.labels[signals.judged], wrong.likely, seen, classes)


def _cells(signals: Signals, facts: RowFacts, likely: NDArray[np.float64]) -> Cells:
    """The joint of given and true label: each judged row's probability of being wrong (`likely`, (judged rows,)),
    shared out among the other classes as the model does. Rows of the matrix sum to the class's support."""
    classes = signals.probabilities.shape[1]
    share = np.zeros(len(signals.labels))
    share[signals.judged] = likely
    joint = np.zeros((classes, classes))
    for rows in chunks(*signals.probabilities.shape):
        given = signals.labels[rows]
        others: Probabilities = np.array(signals.probabilities[rows], np.float64)
        np.put_along_axis(others, given[:, None], 0, 1)
        others *= (share[rows] / np.maximum(others.sum(1), 1e-12))[:, None]
        joint += csr_array((np.ones(len(given)), given, np.arange(len(given) + 1)), (len(given), classes)).T @ others
    np.fill_diagonal(joint, np.bincount(signals.labels, minlength=classes) - joint.sum(1))
    found, true = np.nonzero(joint >= 0.005)
    return found, true, joint[found, true]


def _joint_notes(joint: NDArray[np.float64] | None, classes: int) -> tuple[str, ...]:
    if joint is not None:
        return ()
    return (f"With {classes:,} classes the given × true matrix is left out.",)
