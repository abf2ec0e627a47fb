"""Wrong labels where a label is several classes: which are too many, which are missing, how much is wrong in all.

The quality of a label is cleanlab's for several classes (Thyagarajan, Snorrason, Northcutt & Mueller, Identifying
incorrect annotations in multi-label classification data, 2023): the self-confidence of each class, drawn together by a
moving average in which the most doubtful ones count most. How many rows to flag and how much is wrong is told as for
one class, of whole labels: a label is right where all of its classes are.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.issues.contract import Found
from core.issues.evidence import Columns, neighbour_columns, texts_of
from core.issues.label.confident import chunks
from core.issues.label.disagreement import fit_disagreement
from core.issues.label.flags import NO_CURVE, count_to_flag, flag_curve, wrong_rows
from core.issues.label.share import ANYTHING, CHANCE_ERRORS, SeenErrors, why_untold
from core.issues.label.tables import SHOWN, curve_of, number, numbers
from core.issues.signals import Probabilities, Signals
from core.records import Estimate
from core.targets import Labels
from core.targets.arrays import LIKELY, by_chance, of_truth
from core.typed import JsonObject

FORGETTING = 0.8
"""Weight of the most doubtful class against all others together, as in cleanlab."""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What is read from the probabilities in one go, of n rows."""

    quality: NDArray[np.float64]
    """(n,) in 0–1: low is worse."""
    whole: NDArray[np.float64]
    """(n,) probability that every class of the label is right, the absent ones too."""
    sure: NDArray[np.float64]
    """(n,) the same of the most probable label."""
    disagrees: NDArray[np.bool_]
    """(n,) whether that is another label."""
    gain: NDArray[np.float64]
    """(n,) how much more probable the model takes the classes to be right than classes drawn by their frequencies."""


def find(signals: Signals) -> Found:
    """What a scan takes down of wrong labels that are several classes."""
    facts, judged = row_facts(signals.labels, signals.probabilities), signals.judged
    rows = np.flatnonzero(judged)
    seen, chance = _seen_errors(facts, rows), _no_better_than_chance(facts, rows)
    untold = why_untold(signals, seen, chance)
    wrong = wrong_rows(facts.whole[rows], seen)
    worst_first = np.argsort(facts.quality[rows], kind="stable")
    flagged = np.zeros(len(judged), bool)
    flagged[rows[worst_first[: 0 if chance else count_to_flag(wrong, worst_first)]]] = True
    doubted = doubted_classes(signals.labels, signals.probabilities, flagged)
    curve = NO_CURVE if chance else flag_curve(wrong, worst_first, int(flagged.sum()))
    share = ANYTHING if chance else seen.share
    usual = usual_probabilities(signals)
    summary: JsonObject = {
        "share_wrong": {name: number(value) for name, value in asdict(share).items()},
        "untold": untold,
        "curve": curve_of(curve),
        "classes": _classes(signals, flagged, doubted, usual),
    }
    return Found(
        facts.quality,
        flagged,
        np.where(doubted, 1 - signals.labels, signals.labels).astype(np.int8),
        _evidence(signals, facts, flagged, doubted, usual),
        summary,
        judged,
    )


def row_facts(labels: Labels, probabilities: Probabilities) -> RowFacts:
    """Of labels (n, k) and probabilities (n, k)."""
    count, often = len(labels), labels.mean(0)
    facts = RowFacts(np.empty(count), np.empty(count), np.empty(count), np.empty(count, bool), np.empty(count))
    for rows in chunks(*probabilities.shape):
        part, given = np.asarray(probabilities[rows], np.float64), labels[rows] > 0
        own = of_truth(part, labels[rows])
        facts.disagrees[rows] = ((part >= LIKELY) != given).any(1)
        facts.whole[rows] = own.prod(1)
        facts.sure[rows] = np.maximum(part, 1 - part).prod(1)
        facts.gain[rows] = own.mean(1) - by_chance(part, often, several=True)
        facts.quality[rows] = _drawn_together(own)
    return facts


def doubted_classes(labels: Labels, probabilities: Probabilities, flagged: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n, k) the classes in which the model takes a label to be wrong; of a flagged row the least sure one at least."""
    doubted = np.empty(labels.shape, bool)
    for rows in chunks(*labels.shape):
        part, given = np.asarray(probabilities[rows]), labels[rows] > 0
        doubted[rows] = (part >= LIKELY) != given
        own = of_truth(part, labels[rows])
        mine = np.flatnonzero(flagged[rows])
        doubted[rows.start + mine, own[mine].argmin(1)] = True
    return doubted


def usual_probabilities(signals: Signals) -> NDArray[np.float64]:
    """(k,) mean probability of each class over the judged rows that carry it; NaN for a class without any."""
    classes = signals.labels.shape[1]
    sums, counts = np.zeros(classes), np.zeros(classes)
    for rows in chunks(*signals.labels.shape):
        given = (signals.labels[rows] > 0) & signals.judged[rows, None]
        counts += given.sum(0)
        sums += np.where(given, signals.probabilities[rows], 0).sum(0, dtype=np.float64)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _drawn_together(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) the exponential moving average of self-confidences (n, k), the most doubtful last."""
    ordered = -np.sort(-own, axis=1)
    average = ordered[:, 0]
    for column in ordered.T[1:]:
        average = FORGETTING * column + (1 - FORGETTING) * average
    return average


def _seen_errors(facts: RowFacts, rows: NDArray[np.int64]) -> SeenErrors:
    if not len(rows):
        return SeenErrors(np.empty(0, bool), np.empty(0), Estimate(0.0, 0.0, 1.0))
    found = fit_disagreement(facts.disagrees[rows], facts.sure[rows])
    return SeenErrors(facts.disagrees[rows], np.maximum(found.expected, 1e-9), found.remaining)


def _no_better_than_chance(facts: RowFacts, rows: NDArray[np.int64]) -> bool:
    gain = facts.gain[rows]
    return len(gain) > 0 and bool(gain.mean() <= CHANCE_ERRORS * gain.std() / np.sqrt(len(gain)))


def _classes(
    signals: Signals, flagged: NDArray[np.bool_], doubted: NDArray[np.bool_], usual: NDArray[np.float64]
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
    facts: RowFacts,
    flagged: NDArray[np.bool_],
    doubted: NDArray[np.bool_],
    usual: NDArray[np.float64],
) -> pa.Table:
    """n rows of `LabelEvidence`."""
    given = signals.labels > 0
    rows, near = signals.neighbours.of(np.flatnonzero(flagged))
    return pa.table(
        {
            "whole_probability": numbers(facts.whole),
            **_doubts("extra", doubted & given, signals, usual),
            **_doubts("missing", doubted & ~given, signals, usual),
            **neighbour_columns(len(given), rows, signals.row_ids, near.first(SHOWN)),
        }
    )


def _doubts(kind: str, cells: NDArray[np.bool_], signals: Signals, usual: NDArray[np.float64]) -> Columns:
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
