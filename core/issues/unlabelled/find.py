"""Rows without a label by what would be learnt from theirs: the margin between the two most probable classes.

Margin sampling: Scheffer, Decomain & Wrobel, Active hidden Markov models for information extraction, 2001. Where a row
may have several classes, its margin is that of the class of which the model is the least sure.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.issues.contract import Found
from core.issues.evidence import Columns, neighbour_columns, texts_of
from core.issues.label.words import spans_from
from core.issues.signals import Probabilities, Signals
from core.targets import Labels
from core.targets.arrays import most_probable, unlabelled
from core.targets.spans.form import written

SHOWN = 5


def find(signals: Signals) -> Found:
    """Lists every row without a label, with the most probable one."""
    about = unlabelled(signals.labels)
    if signals.has("predicted"):
        return _numbers(signals, about)
    rows, count = np.flatnonzero(about), len(about)
    probabilities = np.asarray(signals.probabilities[rows])
    suggested, confidence = most_probable(probabilities, signals.labels.ndim > 1)
    score = np.ones(count)
    score[rows], evidence = _margins(signals, probabilities, confidence)
    suggestion = _spans(signals) if signals.has("words") else _full(signals.labels, rows, suggested)
    whole = pa.table({"probability": pa.array(confidence.astype(np.float32)), **evidence})
    places = np.full(count, -1)
    places[rows] = np.arange(len(rows))
    found, near = signals.neighbours.of(rows)
    return Found(
        score,
        about,
        suggestion,
        pa.table(
            {
                **{
                    name: whole.column(name).combine_chunks().take(pa.array(places, mask=places < 0))
                    for name in whole.column_names
                },
                **neighbour_columns(count, found, signals.example_ids, near.first(SHOWN)),
            }
        ),
        {"expected_right": round(float(confidence.mean()), 4) if len(rows) else 0.0},
        about=about,
    )


def _numbers(signals: Signals, about: NDArray[np.bool_]) -> Found:
    """Where labels are numbers: those first of which the model is least sure, by how far labels usually lie from
    predictions of that size."""
    rows, count = np.flatnonzero(about), len(about)
    spread = signals.spread / max(float(signals.spread.max(initial=0.0)), 1e-12)
    score, suggestion = np.ones(count), np.full(count, np.nan)
    score[rows], suggestion[rows] = 1 - spread[rows], signals.predicted[rows]
    found, near = signals.neighbours.of(rows)
    evidence = {
        "predicted": pa.array(signals.predicted, mask=~about),
        "half": pa.array(signals.half.astype(np.float32), mask=~about),
        **neighbour_columns(count, found, signals.example_ids, near.first(SHOWN)),
    }
    return Found(score, about, suggestion, pa.table(evidence), {}, about=about)


def _margins(
    signals: Signals, probabilities: Probabilities, confidence: NDArray[np.floating[Any]]
) -> tuple[NDArray[np.float64], Columns]:
    """(m,) margins, and the next classes where a row has one."""
    if signals.labels.ndim > 1:
        return np.asarray(2 * confidence - 1, np.float64), {}
    rows, places = np.arange(len(probabilities)), np.argpartition(probabilities, -2, 1)[:, -2]
    second = probabilities[rows, places]
    return np.asarray(confidence - second, np.float64), {
        "second": texts_of(signals.classes, places),
        "second_probability": pa.array(second.astype(np.float32)),
    }


def _spans(signals: Signals) -> list[str | None]:
    """Of labels that are spans, those that the words of each text look most like."""
    words = signals.words
    most_like = np.asarray(words.probabilities.argmax(1), np.int64)
    return [written(one) for one in spans_from(most_like, words, signals.classes)]


def _full(labels: Labels, rows: NDArray[np.int64], suggested: Labels) -> Labels:
    """The suggestions among all rows, no label for the others."""
    full = np.full_like(labels, -1)
    full[rows] = suggested
    return full
