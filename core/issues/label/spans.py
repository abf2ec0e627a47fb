"""Wrong labels where a label is spans of a text: which words, which spans and which texts are probably wrong.

A text is flagged where a word is doubted (see `words`) and something else is suggested for its span. By a filter of
cleanlab's, score and flags are cleanlab's own for tokens (Wang & Mueller, Detecting label errors in token
classification data, 2022).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
from cleanlab import filter as cleanlab_filter
from cleanlab.token_classification.rank import get_label_quality_scores
from numpy.typing import NDArray

from core.issues.contract import Found
from core.issues.evidence import Columns, neighbour_columns, texts_of
from core.issues.label import OUTSIDE
from core.issues.label.entities import EntityRows, entity_rows
from core.issues.label.finding import Curve
from core.issues.label.flags import NO_CURVE, flag_curve, wrong_rows
from core.issues.label.span_share import WrongTexts, wrong_texts
from core.issues.label.tables import SHOWN, curve_of, known_notes, number
from core.issues.label.words import Spans, WordQuality, spans_from, suggested_labels, text_quality, word_quality
from core.issues.signals import LabelledWords, Signals
from core.targets.spans.form import written
from core.typed import JsonObject


@dataclass(frozen=True, slots=True, eq=False)
class SpanFinding:
    """What is found of n texts whose labels are spans."""

    quality: WordQuality
    suggested: Sequence[Spans]
    rows: EntityRows
    score: NDArray[np.float64]
    """(n,)"""
    is_issue: NDArray[np.bool_]
    """(n,)"""


def find(signals: Signals, flag_by: str = "winnow") -> Found:
    """What a scan takes down of wrong labels that are spans."""
    words, types = signals.words, signals.classes
    found = find_span_issues(words, types, flag_by)
    rows, score, flagged = found.rows, found.score, found.is_issue
    known = signals.known & signals.judged
    wrong = wrong_texts(signals)
    summary: JsonObject = {
        "share_wrong": {name: number(value) for name, value in asdict(wrong.share).items()},
        "untold": wrong.untold,
        "curve": curve_of(_curve(wrong, score, flagged)),
        "classes": _types(rows, types, flagged, found.quality.usual),
        "spans": {"given": int((rows.given > 0).sum()), "changed": int(rows.changed.sum())},
    }
    return Found(
        score,
        flagged,
        [
            written(one) if flag else written(given)
            for one, given, flag in zip(found.suggested, words.spans, flagged, strict=True)
        ],
        _evidence(signals, words, rows, flagged),
        summary,
        signals.judged,
        known_notes(known),
        known if known.any() else None,
    )


def find_span_issues(words: LabelledWords, types: Sequence[str], flag_by: str = "winnow") -> SpanFinding:
    """Ranks and flags texts. A confirmed one is flagged as any other."""
    quality = word_quality(words)
    suggested = spans_from(suggested_labels(words, quality), words, types)
    rows = entity_rows(words, suggested, quality.quality, types)
    if flag_by != "winnow":
        return SpanFinding(quality, suggested, rows, *_by_cleanlab(words, flag_by))
    score = text_quality(quality.quality, words.offsets)
    flagged = np.zeros(len(score), bool)
    flagged[rows.row[rows.changed]] = True
    return SpanFinding(quality, suggested, rows, score, flagged)


def _curve(wrong: WrongTexts, score: NDArray[np.float64], flagged: NDArray[np.bool_]) -> Curve:
    """What lists of each length hold, where it can be told how much is wrong in all."""
    if wrong.untold or not len(wrong.rows):
        return NO_CURVE
    own = score[wrong.rows]
    rows = wrong_rows(own, wrong.seen)
    return flag_curve(rows, np.argsort(own, kind="stable"), int(flagged[wrong.rows].sum()))


def _by_cleanlab(words: LabelledWords, flag_by: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A text without words is as good as can be."""
    counts = np.diff(words.offsets)
    some, probabilities = np.flatnonzero(counts), np.asarray(words.probabilities)
    score, flagged = np.ones(len(counts)), np.zeros(len(counts), bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cuts = words.offsets[some[1:]]
        labels = [one.tolist() for one in np.split(words.labels, cuts)]
        score[some], _ = get_label_quality_scores(labels, np.split(probabilities, cuts), sentence_score_method="min")
        wrong = cleanlab_filter.find_label_issues(words.labels, probabilities, filter_by=flag_by, n_jobs=1)
    flagged[np.repeat(np.arange(len(counts)), counts)[np.asarray(wrong, bool)]] = True
    return score, flagged


def _types(
    rows: EntityRows, types: Sequence[str], flagged: NDArray[np.bool_], usual: NDArray[np.float64]
) -> list[JsonObject]:
    """Of each type the spans that have it, those of them in flagged texts, and in these the spans of the type that are
    probably missing or too much."""
    size, listed = len(types) + 1, flagged[rows.row]
    other = listed & (rows.given != rows.suggested)
    support, in_flagged = np.bincount(rows.given, minlength=size), np.bincount(rows.given[listed], minlength=size)
    missing, extra = np.bincount(rows.suggested[other], minlength=size), np.bincount(rows.given[other], minlength=size)
    return [
        {
            "label": name,
            "support": int(support[place]),
            "flagged": int(in_flagged[place]),
            "missing": int(missing[place]),
            "extra": int(extra[place]),
            "threshold": number(usual[place]),
        }
        for place, name in enumerate(types, 1)
    ]


def _evidence(signals: Signals, words: LabelledWords, rows: EntityRows, flagged: NDArray[np.bool_]) -> pa.Table:
    """n rows of `LabelEvidence`."""
    count = len(words.spans)
    many = np.bincount(rows.row, minlength=count)
    offsets, nothing = pa.array(np.r_[0, many.cumsum()].astype(np.int32)), pa.array(many == 0)
    names = (OUTSIDE, *signals.classes)
    covered = [
        words.texts[row][start:stop]
        for row, start, stop in zip(rows.row.tolist(), rows.start.tolist(), rows.stop.tolist(), strict=True)
    ]
    values: Columns = {
        "span_start": pa.array(rows.start),
        "span_stop": pa.array(rows.stop),
        "span_text": pa.array(covered, pa.string()).dictionary_encode(),
        "span_given": texts_of(names, rows.given),
        "span_suggested": texts_of(names, rows.suggested),
        "span_suggested_start": pa.array(rows.suggested_start),
        "span_suggested_stop": pa.array(rows.suggested_stop),
        "span_score": pa.array(rows.score.round(6).astype(np.float32)),
    }
    listed, near = signals.neighbours.of(np.flatnonzero(flagged))
    return pa.table(
        {
            **{name: pa.ListArray.from_arrays(offsets, column, mask=nothing) for name, column in values.items()},
            **neighbour_columns(count, listed, signals.example_ids, near.first(SHOWN)),
        }
    )
