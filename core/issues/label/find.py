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
from core.issues.evidence import spread
from core.issues.label import FLAG_BY, numbers, sets, spans
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
    with_known,
)
from core.issues.label.tables import evidence_of, known_notes, summary_of
from core.issues.signals import Probabilities, Signals
from core.targets import Labels
from core.targets.arrays import unlabelled
from core.words import stored

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
    """What a scan takes down of wrong labels, flagged as its settings say; of several classes see `sets`, of spans
    `spans`, of numbers `numbers`. Rows without a label have none that could be wrong."""
    none = unlabelled(signals.labels)
    return spread(_find(signals.among(np.flatnonzero(~none))), ~none) if none.any() else _find(signals)


def _find(signals: Signals) -> Found:
    flag_by = str(signals.settings.get("flag_by", "winnow"))
    if signals.has("predicted"):
        return numbers.find(signals, flag_by)
    if signals.has("words"):
        return spans.find(signals, flag_by)
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
        finding.settled,
    )


def find_label_issues(signals: Signals, flag_by: str = "winnow") -> Finding:
    """Finds wrong labels. With a cleanlab filter, score and flags are cleanlab's own; see `FLAG_BY`.

    What people have said is evidence: rows whose label they have confirmed are right, so that how much is wrong, and
    how many to flag, is estimated over the others; and how often each class is given wrongly is learnt from the labels
    as they were before anybody corrected them (see `_posterior`). A confirmed row is flagged as any other, and settled.

    Raises UsageError for a way to flag that there is not.
    """
    if flag_by not in FLAG_BY:
        raise UsageError(f"Cannot flag by {flag_by!r}.", f"Choose one of: {', '.join(FLAG_BY)}.")
    classes = signals.probabilities.shape[1]
    facts, judged, known = row_facts(signals.labels, signals.probabilities), signals.judged, signals.known
    open_ = Signals.of(signals.labels, signals.probabilities, judged & ~known)
    thresholds = class_thresholds(signals.labels[judged], facts.own[judged], classes)
    joint = _joint(signals, facts) if classes <= MAX_JOINT_CLASSES else None
    posterior = _posterior(signals, facts, joint)
    seen = seen_errors(open_, facts)
    chance = no_better_than_chance(open_, facts)
    confirmed = int((known & judged).sum())
    untold = why_untold(open_, seen, chance, confirmed)
    rows = np.flatnonzero(open_.judged)
    wrong = wrong_rows(posterior[rows], seen)
    score = posterior if flag_by == "winnow" else _self_confidence(signals)
    worst_first = np.argsort(score[rows], kind="stable")
    notes: tuple[str, ...] = ()
    if flag_by == "winnow":
        flagged = np.zeros(len(score), bool)
        flagged[rows[worst_first[: 0 if chance else count_to_flag(wrong, worst_first)]]] = True
        if flagged.any():
            flagged |= known & judged & (score <= score[flagged].max())
    else:
        flagged, notes = _filtered(signals, flag_by)
    return Finding(
        score,
        flagged,
        np.where(flagged, facts.other, facts.top),
        thresholds,
        _class_shares(open_, wrong, seen, untold, signals.labels[known & judged]),
        _cells(open_, facts, wrong.likely) if joint is not None and not chance else NO_CELLS,
        ANYTHING if chance else with_known(seen.share, len(rows), confirmed),
        untold,
        NO_CURVE if chance else flag_curve(wrong, worst_first, int(flagged[rows].sum())),
        (*notes, *_joint_notes(joint, classes), *known_notes(known)),
        known if known.any() else None,
    )


def _joint(signals: Signals, facts: RowFacts) -> NDArray[np.float64]:
    """The calibrated confident joint (k, k) of the labels as they were before anybody corrected them."""
    before, judged, classes = signals.before, signals.judged, signals.probabilities.shape[1]
    corrected = np.flatnonzero(before != signals.labels)
    own = facts.own.copy()
    own[corrected] = signals.probabilities[corrected, before[corrected]]
    thresholds = class_thresholds(before[judged], own[judged], classes)
    confident = confident_classes(signals.probabilities, thresholds)
    return calibrated_joint(Signals.of(before, signals.probabilities, judged), confident)


def _posterior(signals: Signals, facts: RowFacts, joint: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """Quality by the noise model; a row whose label its model never saw gets what the best other class leaves over.

    The model is of how labels come about, so it is fitted to them as they were given: corrected ones would say that the
    annotators err less. On what was left to find after a review of half of what was flagged, and of all of it, average
    precision was .40 so and .32 with the corrected labels (822 tweets), .45 and .41 (1,000 products, five votes each),
    .72 and .68 (news, errors planted), .86 and .86 (digits, errors planted).
    """
    judged = signals.judged
    if not judged.any():
        return 1 - facts.other_probability
    everything = bool(judged.all())
    rows = slice(None) if everything else np.flatnonzero(judged)
    classes = signals.probabilities.shape[1]
    expected = np.full(classes, USUAL_NOISE / (classes - 1)) if joint is None else expected_rates(joint)
    model = fit_noise(signals.before[rows], signals.probabilities[rows], expected)
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
    return np.asarray(found, bool), (
        stored(f"Too large for {flag_by} in memory: flagged by cleanlab's batched filter."),
    )


def _class_shares(
    signals: Signals, wrong: WrongRows, seen: SeenErrors, untold: str | None, known: Labels
) -> ClassShares:
    classes = signals.probabilities.shape[1]
    if untold:
        nothing = np.full(classes, np.nan)
        return ClassShares(nothing, nothing, nothing)
    return shares_of_classes(signals.labels[signals.judged], wrong.likely, seen, classes, known)


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
    return (stored(f"With {classes:,} classes the given × true matrix is left out."),)
