"""Wrong labels where a label is a number: how far each lies from what a model that has not seen it predicts.

A residual counts in units of how far labels usually lie from predictions of that size, and the score is how probably
the label is right (`core.targets.number.residuals`). By a method of cleanlab's the score is cleanlab's own (Zhou,
Mueller, Kumar, Wang & Lei, Detecting errors in numerical data via any regression model, 2023); it has no rule that
flags, so as many are flagged.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from cleanlab.regression.rank import get_label_quality_scores
from numpy.typing import NDArray

from core.errors import UsageError
from core.issues.contract import Found
from core.issues.evidence import neighbour_columns
from core.issues.label import NUMBERS_BY
from core.issues.label.flags import NO_CURVE, WrongRows, count_to_flag
from core.issues.label.tables import SHOWN, curve_of, known_notes, number, numbers
from core.issues.signals import Signals
from core.targets.number.residuals import Mixture
from core.typed import JsonObject
from core.words import stored

MOST_DIGITS = 15


def find(signals: Signals, flag_by: str = "winnow") -> Found:
    """What a scan takes down of wrong labels that are numbers. Raises UsageError for a way to flag that there is
    not."""
    if flag_by not in NUMBERS_BY:
        raise UsageError(f"Numbers cannot be flagged by {flag_by!r}.", f"Choose one of: {', '.join(NUMBERS_BY)}.")
    labels, predicted, judged = signals.labels, signals.predicted, signals.judged
    known, spread = signals.known & judged, np.maximum(signals.spread, 1e-12)
    scaled, loaded = np.abs(labels - predicted) / spread, np.abs(signals.before - predicted) / spread
    open_ = np.flatnonzero(judged & ~known)
    right = Mixture.fitted(loaded[judged & np.isfinite(loaded)]).right(scaled)
    score = right if flag_by == "winnow" else cleanlab_quality(labels, predicted, flag_by)
    worst_first = open_[np.lexsort((-scaled[open_], score[open_]))]
    count = count_to_list(right[open_])
    flagged = np.zeros(len(labels), bool)
    flagged[worst_first[:count]] = True
    if count:
        flagged |= known & (score <= score[worst_first[count - 1]])
    summary: JsonObject = {
        "untold": stored("How many labels that are numbers are wrong is not estimated: read the list from its top."),
        "curve": curve_of(NO_CURVE),
        "numbers": {
            "spread": number(float(np.median(signals.spread))),
            "half": number(float(np.median(signals.half))),
            "mae": number(float(np.abs(labels - predicted)[judged].mean()) if judged.any() else float("nan")),
        },
    }
    return Found(
        score,
        flagged,
        suggested(signals),
        _evidence(signals, right, flagged),
        summary,
        judged,
        known_notes(known),
        known if known.any() else None,
    )


def suggested(signals: Signals) -> NDArray[np.float64]:
    """(n,) the predicted numbers in as many digits as they are worth: one more than half of the interval has, and never
    more than the labels have."""
    half = np.maximum(signals.half, np.finfo(np.float64).tiny)
    worth = 1 - np.floor(np.log10(half)).astype(np.int64)
    digits = np.clip(np.minimum(worth, decimals(signals.labels)), -MOST_DIGITS, MOST_DIGITS)
    found = np.array([round(one, int(to)) for one, to in zip(signals.predicted.tolist(), digits.tolist(), strict=True)])
    return np.asarray(found + 0.0, np.float64)


def decimals(labels: NDArray[np.float64]) -> int:
    """How many decimals labels have at most; so many that nineteen of twenty have no more."""
    told = labels[np.isfinite(labels)]
    for places in range(MOST_DIGITS):
        if (np.isclose(told, np.round(told, places), rtol=1e-12, atol=0)).mean() >= 0.95:
            return places
    return MOST_DIGITS


def count_to_list(right: NDArray[np.float64]) -> int:
    """Of labels that are so probably right (n,): the length of the list with the best balance of hits and misses to be
    expected."""
    wrong = (1 - right)[None]
    return count_to_flag(WrongRows(wrong, wrong[0], wrong[0]), np.argsort(right, kind="stable")) if len(right) else 0


def cleanlab_quality(labels: NDArray[np.float64], predicted: NDArray[np.float64], method: str) -> NDArray[np.float64]:
    """(n,) cleanlab's score by one of its methods."""
    return np.asarray(get_label_quality_scores(labels, predicted, method=method), np.float64)


def _evidence(signals: Signals, right: NDArray[np.float64], flagged: NDArray[np.bool_]) -> pa.Table:
    rows, near = signals.neighbours.of(np.flatnonzero(flagged))
    return pa.table(
        {
            "predicted": pa.array(signals.predicted),
            "half": numbers(signals.half),
            "right": numbers(right),
            **neighbour_columns(len(right), rows, signals.example_ids, near.first(SHOWN)),
        }
    )
