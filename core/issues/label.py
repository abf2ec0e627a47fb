"""Wrong labels: quality of each given label, which rows to flag, what to suggest, how much is wrong in all."""

from __future__ import annotations

import warnings

import numpy as np
from cleanlab import filter as cleanlab_filter
from cleanlab.experimental.label_issues_batched import find_label_issues_batched
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray

from core.errors import UsageError
from core.issues.confident import (
    RowFacts,
    calibrated_joint,
    chunks,
    class_thresholds,
    confident_classes,
    row_facts,
)
from core.issues.finding import Finding, Signals
from core.issues.noise import expected_rates, fit_noise
from core.issues.share import count_wrong, share_wrong

CLEANLAB_FILTERS = (
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_normalized_margin",
    "low_self_confidence",
)
FLAG_BY = ("winnow", *CLEANLAB_FILTERS)
"""Ways to flag. `winnow`: the rows of lowest quality, as many as `count_wrong` says; the others are cleanlab's."""
MAX_JOINT_CLASSES = 6_000
"""A joint matrix of more classes does not fit in memory."""
USUAL_NOISE = 0.05
"""Share of wrong labels that is expected where there is no joint matrix to tell."""
FULL_FILTER_CELLS = 1 << 29
"""Above so many probabilities, cleanlab's batched filter runs instead of the one that copies them all."""


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
    count = count_wrong(signals, facts, confident, posterior)
    notes: tuple[str, ...] = ()
    if flag_by == "winnow":
        score, flagged = posterior, _worst(posterior, judged, count)
    else:
        score = _self_confidence(signals)
        flagged, notes = _filtered(signals, flag_by)
    return Finding(
        score,
        flagged,
        np.where(flagged, facts.other, facts.top),
        thresholds,
        _noise(signals, joint, classes),
        _cells(joint),
        share_wrong(signals, confident, posterior, count),
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


def _worst(quality: NDArray[np.float64], judged: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    flagged = np.zeros(len(quality), bool)
    candidates = np.flatnonzero(judged)
    flagged[candidates[np.argsort(quality[candidates], kind="stable")[:count]]] = True
    return flagged


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


def _noise(signals: Signals, joint: NDArray[np.float64] | None, classes: int) -> NDArray[np.float64]:
    judged = np.bincount(signals.labels[signals.judged], minlength=classes)
    if joint is None:
        return np.full(classes, np.nan)
    share = 1 - joint.diagonal() / np.maximum(joint.sum(1), 1e-12)
    return np.where(judged > 0, share, np.nan)


def _cells(joint: NDArray[np.float64] | None) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    if joint is None:
        return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
    given, true = np.nonzero(joint >= 0.005)
    return given, true, joint[given, true]


def _joint_notes(joint: NDArray[np.float64] | None, classes: int) -> tuple[str, ...]:
    if joint is not None:
        return ()
    return (f"With {classes:,} classes the given × true matrix and the noise per class are left out.",)
