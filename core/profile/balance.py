"""Class balance: how many rows each class has, in all and per split, and whether splits differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.profile.association import cramers_v, independence
from core.profile.records import MISSING, Balance, ClassCount, Rows, SplitBalance
from core.profile.sql import labelled


def balance(rows: Rows, labels: Sequence[str]) -> Balance:
    """The balance of all rows; `labels` are the dataset's classes, so that emptied ones can be named."""
    counted = rows.fetch(f"SELECT label, count(*) FROM {labelled(rows, 'split')} GROUP BY label")
    counts = {str(label): int(count) for label, count in counted if label is not None}
    found = balance_of(counts, labels, next((int(count) for label, count in counted if label is None), None))
    ((unlabelled,),) = rows.fetch(f"SELECT count(*) FROM {rows.relation} WHERE label IS NULL")
    return replace(found, unlabelled=int(unlabelled))


def balance_of(counts: Mapping[str, int], labels: Sequence[str] = (), total: int | None = None) -> Balance:
    """The balance of counted classes; `total` rows, where these are not what the counts sum to. `effective_classes` is
    Hill's number of order 1 (Hill 1973, Ecology 54:427)."""
    present = sorted(((label, count) for label, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    counted = sum(count for _, count in present)
    total = counted if total is None else total
    classes = tuple(ClassCount(label, count, count / total) for label, count in present)
    entropy = -sum(one.count / counted * math.log(one.count / counted) for one in classes)
    return Balance(
        classes=classes,
        absent=tuple(label for label in labels if not counts.get(label)),
        total=total,
        imbalance_ratio=classes[0].count / classes[-1].count if classes else 1.0,
        effective_classes=math.exp(entropy) if classes else 0.0,
    )


def split_balance(rows: Rows, labels: Sequence[str]) -> SplitBalance:
    """The classes of each split side by side, with a chi-square test of whether their shares differ."""
    part = "coalesce(split, ?) AS part"
    counted = rows.fetch(f"SELECT part, label, count(*) FROM {labelled(rows, part)} GROUP BY 1, 2", [MISSING])
    cells = {(str(split), str(label)): int(count) for split, label, count in counted if label is not None}
    held = {str(split): int(count) for split, label, count in counted if label is None}
    by_split = held or _sizes(cells, 0)
    splits = tuple(sorted(by_split, key=lambda name: (-by_split[name], name)))
    by_label = _sizes(cells, 1)
    present = tuple(sorted(by_label, key=lambda name: (-by_label[name], name)))
    counts = np.array(
        [[cells.get((split, label), 0) for label in present] for split in splits], dtype=np.int64
    ).reshape(len(splits), len(present))
    sizes = tuple(by_split[split] for split in splits)
    balances = tuple(
        balance_of(dict(zip(present, row.tolist(), strict=True)), labels, size)
        for row, size in zip(counts, sizes, strict=True)
    )
    if rows.target.several:
        return SplitBalance(splits, present, counts, sizes, balances, None, None)
    return SplitBalance(splits, present, counts, sizes, balances, independence(counts), cramers_v(counts))


def _sizes(cells: Mapping[tuple[str, str], int], side: int) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for pair, count in cells.items():
        sizes[pair[side]] = sizes.get(pair[side], 0) + count
    return sizes
