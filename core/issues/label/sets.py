"""Wrong labels where a label is several classes: which are too many, which are missing, how much is wrong in all.

Whether an example has a class is a label of its own: a model of the noise per class says how probable it is that it is
right (see `noise`), and a whole label is right where all of its classes are and no other applies. By a filter of
cleanlab's, score and flags are cleanlab's own for several classes (Thyagarajan, Snorrason, Northcutt & Mueller,
Identifying incorrect annotations in multi-label classification data, 2023).
"""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
from cleanlab.multilabel_classification import filter as cleanlab_filter
from cleanlab.multilabel_classification import get_label_quality_scores
from numpy.typing import NDArray

from core.issues.contract import Found
from core.issues.evidence import Columns, neighbour_columns, texts_of
from core.issues.label.confident import calibrated_joint, chunks, confident_classes
from core.issues.label.disagreement import fit_disagreement
from core.issues.label.finding import Curve
from core.issues.label.flags import NO_CURVE, as_probable, count_to_flag, flag_curve
from core.issues.label.noise import expected_rates, fit_noise
from core.issues.label.share import ANYTHING, CHANCE_ERRORS, SeenErrors, why_untold, with_known
from core.issues.label.tables import SHOWN, curve_of, known_notes, number, numbers
from core.issues.signals import Probabilities, Signals
from core.records import Estimate
from core.targets import Labels
from core.targets.arrays import LIKELY, by_chance, of_truth, where
from core.typed import JsonObject

Cells = NDArray[np.bool_]
"""(n, k)"""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What is read from the probabilities in one go, of n rows."""

    sure: NDArray[np.float64]
    """(n,) probability that every class of the most probable label is right."""
    disagrees: NDArray[np.bool_]
    """(n,) whether that is another label than the given one."""
    gain: NDArray[np.float64]
    """(n,) how much more probable the model takes the classes to be right than classes drawn by their frequencies."""


@dataclass(frozen=True, slots=True)
class SetFinding:
    """What is found of n labels that are several of k classes each."""

    right: NDArray[np.float32]
    """(n, k) see `right_classes`."""
    whole: NDArray[np.float64]
    """(n,) how probable it is that all of them are right."""
    score: NDArray[np.float64]
    """(n,) by which rows are ranked: `whole`, or cleanlab's."""
    is_issue: NDArray[np.bool_]
    """(n,)"""
    share: Estimate
    """Of wrong labels among the judged rows that nobody has confirmed."""
    untold: str | None
    curve: Curve
    told: Estimate
    """The share of all rows."""


def find(signals: Signals, flag_by: str = "winnow") -> Found:
    """What a scan takes down of wrong labels that are several classes."""
    known, found = signals.known & signals.judged, find_set_issues(signals, flag_by)
    doubted = doubted_classes(found.right, found.is_issue)
    usual = usual_probabilities(signals)
    summary: JsonObject = {
        "share_wrong": {name: number(value) for name, value in asdict(found.told).items()},
        "untold": found.untold,
        "curve": curve_of(found.curve),
        "classes": _classes(signals, found.is_issue, doubted, usual),
    }
    return Found(
        found.score,
        found.is_issue,
        where(np.asarray(doubted.any(1)), np.where(doubted, 1 - signals.labels, signals.labels).astype(np.int8)),
        _evidence(signals, found.whole, found.is_issue, doubted, usual),
        summary,
        signals.judged,
        known_notes(known),
        known if known.any() else None,
    )


def find_set_issues(signals: Signals, flag_by: str = "winnow") -> SetFinding:
    """Ranks and flags rows whose labels are several classes. A confirmed row is flagged as any other, and settled."""
    known = signals.known & signals.judged
    facts, judged = row_facts(signals.labels, signals.probabilities), np.flatnonzero(signals.judged & ~known)
    open_ = Signals.of(signals.labels, signals.probabilities, signals.judged & ~known)
    right = right_classes(signals)
    whole = right.prod(1, dtype=np.float64)
    seen, chance = _seen_errors(facts, judged), _no_better_than_chance(facts, judged)
    confirmed = int(known.sum())
    untold, share = why_untold(open_, seen, chance, confirmed), _share(seen, whole[judged])
    wrong = as_probable(whole[judged], share)
    score = whole if flag_by == "winnow" else cleanlab_quality(signals.labels, signals.probabilities)
    worst_first = np.argsort(score[judged], kind="stable")
    flagged = np.zeros(len(score), bool)
    if flag_by == "winnow":
        flagged[judged[worst_first[: 0 if chance else count_to_flag(wrong, worst_first)]]] = True
        if flagged.any():
            flagged |= known & (score <= score[flagged].max())
    else:
        flagged = _filtered(signals, flag_by)
    curve = NO_CURVE if chance else flag_curve(wrong, worst_first, int(flagged[judged].sum()))
    told = ANYTHING if chance else with_known(share, len(judged), confirmed)
    return SetFinding(right, whole, score, flagged, share, untold, curve, told)


def right_classes(signals: Signals) -> NDArray[np.float32]:
    """(n, k) how probable it is that each class is rightly given or rightly not given: the posterior of the noise model
    of that class alone, fitted to the labels as they were before anybody corrected them.
    A class that all judged rows have, or none, tells nothing of its noise."""
    labels, before, judged = signals.labels > 0, signals.before > 0, np.flatnonzero(signals.judged)
    right = np.empty(labels.shape, np.float32)
    for one in range(labels.shape[1]):
        given, applies = labels[:, one].astype(np.int64), np.asarray(signals.probabilities[:, one], np.float64)
        both = np.stack([1 - applies, applies], 1)
        right[:, one] = np.where(given > 0, applies, 1 - applies)
        loaded = before[:, one].astype(np.int64)
        if 0 < loaded[judged].sum() < len(judged):
            mine = Signals.of(loaded, both, signals.judged)
            own = [both[judged[loaded[judged] == side], side].mean() for side in (0, 1)]
            joint = calibrated_joint(mine, confident_classes(both, np.array(own)))
            model = fit_noise(loaded[judged], both[judged], expected_rates(joint))
            right[:, one] = model.posterior(given, both)
    return right


def row_facts(labels: Labels, probabilities: Probabilities) -> RowFacts:
    """Of labels (n, k) and probabilities (n, k)."""
    count, often = len(labels), labels.mean(0)
    facts = RowFacts(np.empty(count), np.empty(count, bool), np.empty(count))
    for rows in chunks(*probabilities.shape):
        part, given = np.asarray(probabilities[rows], np.float64), labels[rows]
        facts.disagrees[rows] = ((part >= LIKELY) != (given > 0)).any(1)
        facts.sure[rows] = np.maximum(part, 1 - part).prod(1)
        facts.gain[rows] = of_truth(part, given).mean(1) - by_chance(part, often, several=True)
    return facts


def doubted_classes(right: NDArray[np.float32], flagged: NDArray[np.bool_]) -> Cells:
    """The classes in which a label is rather wrong than right; of a flagged row the most doubtful one at least."""
    doubted = right < LIKELY
    rows = np.flatnonzero(flagged)
    doubted[rows, right[rows].argmin(1)] = True
    return doubted


def cleanlab_quality(labels: Labels, probabilities: Probabilities) -> NDArray[np.float64]:
    """(n,) the self-confidence of each class, drawn together by a moving average in which the most doubtful count
    most."""
    scores = [
        get_label_quality_scores(_listed(labels[rows]), np.asarray(probabilities[rows]))
        for rows in chunks(*probabilities.shape)
    ]
    return np.asarray(np.concatenate(scores), np.float64)


def _filtered(signals: Signals, flag_by: str) -> NDArray[np.bool_]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = cleanlab_filter.find_label_issues(
            _listed(signals.labels), np.asarray(signals.probabilities), filter_by=flag_by, n_jobs=1
        )
    return np.asarray(found, bool)


def _listed(labels: Labels) -> list[list[int]]:
    """As cleanlab takes them."""
    return [np.flatnonzero(row > 0).tolist() for row in labels]


def _share(seen: SeenErrors, whole: NDArray[np.float64]) -> Estimate:
    """The share of wrong labels: by the noise models, which errors that fall at random bear out; with the interval of
    what the model's disagreement with whole labels leaves possible."""
    estimate = float(1 - whole.mean()) if len(whole) else 0.0
    return Estimate(estimate, min(seen.share.low, estimate), max(seen.share.high, estimate))


def usual_probabilities(signals: Signals) -> NDArray[np.float64]:
    """(k,) mean probability of each class over the judged rows that carry it; NaN for a class without any."""
    classes = signals.labels.shape[1]
    sums, counts = np.zeros(classes), np.zeros(classes)
    for rows in chunks(*signals.labels.shape):
        given = (signals.labels[rows] > 0) & signals.judged[rows, None]
        counts += given.sum(0)
        sums += np.where(given, signals.probabilities[rows], 0).sum(0, dtype=np.float64)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _seen_errors(facts: RowFacts, rows: NDArray[np.int64]) -> SeenErrors:
    if not len(rows):
        return SeenErrors(np.empty(0, bool), np.empty(0), Estimate(0.0, 0.0, 1.0))
    found = fit_disagreement(facts.disagrees[rows], facts.sure[rows])
    return SeenErrors(facts.disagrees[rows], np.maximum(found.expected, 1e-9), found.remaining)


def _no_better_than_chance(facts: RowFacts, rows: NDArray[np.int64]) -> bool:
    gain = facts.gain[rows]
    return len(gain) > 0 and bool(gain.mean() <= CHANCE_ERRORS * gain.std() / np.sqrt(len(gain)))


def _classes(
    signals: Signals, flagged: NDArray[np.bool_], doubted: Cells, usual: NDArray[np.float64]
) -> list[JsonObject]:
    """Of each class the rows that carry it, those of them that are flagged, and the flagged rows in which it is
    probably missing or too much."""
    given, wrong = signals.labels > 0, doubted & flagged[:, None]
    missing, extra = (wrong & ~given).sum(0), (wrong & given).sum(0)
    support, listed = given.sum(0), (given & flagged[:, None]).sum(0)
    return [
        {
            "label": label,
            "support": int(support[index]),
            "flagged": int(listed[index]),
            "missing": int(missing[index]),
            "extra": int(extra[index]),
            "threshold": number(usual[index]),
        }
        for index, label in enumerate(signals.classes)
    ]


def _evidence(
    signals: Signals,
    whole: NDArray[np.float64],
    flagged: NDArray[np.bool_],
    doubted: Cells,
    usual: NDArray[np.float64],
) -> pa.Table:
    """n rows of `LabelEvidence`."""
    given = signals.labels > 0
    rows, near = signals.neighbours.of(np.flatnonzero(flagged))
    return pa.table(
        {
            "whole_probability": numbers(whole),
            **_doubts("extra", doubted & given, signals, usual),
            **_doubts("missing", doubted & ~given, signals, usual),
            **neighbour_columns(len(given), rows, signals.example_ids, near.first(SHOWN)),
        }
    )


def _doubts(kind: str, cells: Cells, signals: Signals, usual: NDArray[np.float64]) -> Columns:
    """The classes of the cells (n, k), row by row, with their probability there and what is usual for them."""
    rows, classes = np.nonzero(cells)
    many = cells.sum(1)
    offsets, nothing = pa.array(np.r_[0, many.cumsum()].astype(np.int32)), pa.array(many == 0)
    values = {
        kind: texts_of(signals.classes, classes),
        f"{kind}_probabilities": numbers(np.asarray(signals.probabilities[rows, classes]).round(4)),
        f"{kind}_usual": numbers(usual[classes].round(4)),
    }
    return {name: pa.ListArray.from_arrays(offsets, column, mask=nothing) for name, column in values.items()}
