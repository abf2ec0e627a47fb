"""Copies within groups of near-duplicates: those that folds keep together, see `core.duplicates.near`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.issues.contract import Found
from core.issues.evidence import Columns, pair_columns
from core.issues.members import cosines, grouped
from core.issues.signals import Probabilities, Signals
from core.targets import Labels
from core.targets.arrays import numbered, numeric, unlabelled, where

SHOWN = 5
"""Others of a group that a reviewer sees."""


def find(signals: Signals) -> Found:
    """Flags every row of a group but the one that is kept; a copy whose label differs, or that has none, gets that
    one's suggested. Numbers differ where they lie farther apart than labels usually lie from predictions."""
    labels, groups = numbered(signals.labels), signals.groups
    count, told = len(labels), ~unlabelled(signals.labels)
    members = grouped(groups)
    kept, conflicting = np.arange(count), np.zeros(count, bool)
    for rows in members:
        known = rows[told[rows]] if told[rows].any() else rows
        if numeric(signals.labels):
            kept[rows] = known[_middle(signals.labels[known])]
            conflicting[rows] = np.ptp(signals.labels[known]) > signals.half[kept[rows[0]]]
        else:
            kept[rows] = known[_standing(labels[known], signals.labels[known], signals.probabilities[known])]
            conflicting[rows] = len(np.unique(labels[known])) > 1
    size = np.bincount(groups, minlength=count)[groups]
    copies = kept != np.arange(count)
    alike = np.ones(count)
    alike[copies] = cosines(signals.embeddings, np.flatnonzero(copies), kept[copies])
    exact = signals.contents == signals.contents[kept]
    alike[exact] = 1
    same_label = labels == labels[kept]
    if numeric(signals.labels):
        same_label = np.abs(signals.labels - signals.labels[kept]) <= signals.half[kept]
    agrees = same_label | ~told
    score = np.where(copies, (1 - alike) / 2 + agrees / 2, 1.0)
    inside = size > 1
    evidence = {
        "group": pa.array(signals.example_ids[groups], mask=~inside),
        "size": pa.array(size, mask=~inside),
        "kept": pa.array(signals.example_ids[kept], mask=~inside),
        "exact": pa.array(exact, mask=~copies),
        "conflicting": pa.array(conflicting, mask=~inside),
        **_others(signals, members, kept),
    }
    return Found(
        score,
        copies,
        where(copies & ~same_label, signals.labels[kept]),
        pa.table(evidence),
        {
            "groups": len(members),
            "exact": int((exact & copies).sum()),
            "conflicting": sum(bool(conflicting[rows[0]]) for rows in members),
        },
    )


def _middle(labels: Labels) -> int:
    """Which of a group's rows stands for it where labels are numbers: the first with the middle one."""
    return int(np.argsort(labels, kind="stable")[(len(labels) - 1) // 2])


def _standing(numbers: NDArray[np.int64], labels: Labels, probabilities: Probabilities) -> int:
    """Which of a group's rows stands for it: the first with its most frequent label, which `numbers` (m,) tell apart;
    of several such labels the one that is the most probable over the group."""
    _, first, counts = np.unique(numbers, return_index=True, return_counts=True)
    most = np.flatnonzero(counts == counts.max())
    probable = [_of_label(labels[first[one]], probabilities).sum() for one in most] if len(most) > 1 else [1.0]
    return int(first[most[int(np.argmax(probable))]])


def _of_label(label: Labels, probabilities: Probabilities) -> NDArray[np.floating[Any]]:
    """(m,) how probable (m, k) probabilities make a label: its class, or all of its classes and no other."""
    part = np.asarray(probabilities)
    return part[:, label] if label.ndim == 0 else np.where(label > 0, part, 1 - part).prod(1)


def _others(signals: Signals, members: list[NDArray[np.int64]], kept: NDArray[np.int64]) -> Columns:
    """Others of each row's group, the kept one first, with their cosines."""
    pairs = [(row, other) for rows in members for row in rows for other in _beside(row, rows, kept[row])]
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    order = np.argsort(left, kind="stable")
    left, right = left[order], right[order]
    alike = cosines(signals.embeddings, left, right)
    alike[signals.contents[left] == signals.contents[right]] = 1
    return pair_columns(len(kept), left, signals.example_ids[right], alike)


def _beside(row: int, rows: NDArray[np.int64], kept: int) -> list[int]:
    first = [kept] if kept != row else []
    return [*first, *(other for other in rows[: SHOWN + 2] if other not in (row, kept))][:SHOWN]
