"""What a scan takes down of wrong labels: the evidence of each row and the summary of the dataset, as plain values."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.issues.evidence import neighbour_columns
from core.issues.label.finding import Curve, Finding
from core.issues.signals import Signals
from core.typed import JsonObject
from core.words import stored

SHOWN = 5
"""Nearest rows that a reviewer sees."""


def evidence_of(finding: Finding, signals: Signals) -> pa.Table:
    """n rows of `LabelEvidence`; the nearest rows of all rows where that is cheap, else of the flagged ones."""
    order, given, suggested = np.arange(len(signals.labels)), signals.labels, finding.suggested
    rows, near = signals.neighbours.of(np.flatnonzero(finding.is_issue))
    return pa.table(
        {
            "given_probability": numbers(signals.probabilities[order, given]),
            "suggested_probability": numbers(signals.probabilities[order, suggested]),
            "given_threshold": numbers(finding.thresholds[given]),
            "suggested_threshold": numbers(finding.thresholds[suggested]),
            **neighbour_columns(len(order), rows, signals.example_ids, near.first(SHOWN)),
        }
    )


def summary_of(finding: Finding, signals: Signals) -> JsonObject:
    """Share of wrong labels, what lists of each length hold, noise per class and the joint of given and true label."""
    labels = signals.classes
    supports = np.bincount(signals.labels, minlength=len(labels))
    flagged = np.bincount(signals.labels[finding.is_issue], minlength=len(labels))
    given, true, rows = finding.joint
    return {
        "share_wrong": {name: number(value) for name, value in asdict(finding.share_wrong).items()},
        "untold": finding.untold,
        "curve": curve_of(finding.curve),
        "classes": [
            {
                "label": label,
                "support": int(supports[index]),
                "flagged": int(flagged[index]),
                "noise": number(finding.class_shares.estimates[index]),
                "noise_low": number(finding.class_shares.low[index]),
                "noise_high": number(finding.class_shares.high[index]),
                "threshold": number(finding.thresholds[index]),
            }
            for index, label in enumerate(labels)
        ],
        "joint": [
            [labels[one], labels[other], round(float(count), 2)]
            for one, other, count in zip(given, true, rows, strict=True)
        ],
    }


def curve_of(curve: Curve) -> list[list[float]]:
    """What lists of each length hold: length, wrong labels, their least and their most."""
    return [
        [int(length), round(float(wrong), 2), round(float(low), 2), round(float(high), 2)]
        for length, wrong, low, high in zip(curve.lengths, curve.wrong, curve.low, curve.high, strict=True)
    ]


def numbers(values: NDArray[np.floating[Any]]) -> pa.Array:
    """As float32, null where there is no number."""
    return pa.array(np.asarray(values, np.float32), from_pandas=True)


def number(value: float) -> float | None:
    """As JSON has it, null where there is none."""
    return None if math.isnan(value) else round(float(value), 6)


def known_notes(known: NDArray[np.bool_]) -> tuple[str, ...]:
    """What a scan says of the rows that people have confirmed, known (n,)."""
    count = int(known.sum())
    if not count:
        return ()
    if count == 1:
        return (stored("1 row with a label that people have confirmed count as right and are not asked for again."),)
    return (
        stored(f"{count:,} rows with a label that people have confirmed count as right and are not asked for again."),
    )
