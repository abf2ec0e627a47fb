"""Class balance: how many rows each class has, in all and per split, and whether splits differ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from core.profile.association import cramers_v, independence
from core.profile.records import MISSING, Balance, ClassCount, Rows, SplitBalance


def balance(rows: Rows, labels: Sequence[str]) -> Balance:
    """The balance of all rows; `labels` are the dataset's classes, so that emptied ones can be named."""
    counted = rows.fetch(f"SELECT label, count(*) FROM {rows.relation} GROUP BY label")
    return balance_of({str(label): int(count) for label, count in counted if label is not None}, labels)


def balance_of(counts: Mapping[str, int], labels: Sequence[str] = ()) -> Balance:
    """The balance of counted classes. `effective_classes` is Hill's number of order 1 (Hill 1973, Ecology 54:427)."""
    present = sorted(((label, count) for label, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    total = sum(count for _, count in present)
    classes = tuple(ClassCount(label, count, count / total) for label, count in present)
    entropy = -sum(one.share * math.log(one.share) for one in classes)
    return Balance(
        classes=classes,
        absent=tuple(label for label in labels if not counts.get(label)),
        total=total,
        imbalance_ratio=classes[0].count / classes[-1].count if classes else 1.0,
        effective_classes=math.exp(entropy) if classes else 0.0,
    )


def split_balance(rows: Rows, labels: Sequence[str]) -> SplitBalance:
    """The classes of each split side by side, with a chi-square test of whether their shares differ."""
    counted = rows.fetch(
        f"SELECT coalesce(split, ?), label, count(*) FROM {rows.relation} WHERE label IS NOT NULL GROUP BY 1, 2",
        [MISSING],
    )
    cells = {(str(split), str(label)): int(count) for split, label, count in counted}
    splits = _largest_first({split for split, _ in cells}, cells, 0)
    present = _largest_first({label for _, label in cells}, cells, 1)
    counts = np.array(
        [[cells.get((split, label), 0) for label in present] for split in splits], dtype=np.int64
    ).reshape(len(splits), len(present))
    balances = tuple(balance_of(dict(zip(present, row.tolist(), strict=True)), labels) for row in counts)
    return SplitBalance(splits, present, counts, balances, independence(counts), cramers_v(counts))


def _largest_first(names: set[str], cells: Mapping[tuple[str, str], int], side: int) -> tuple[str, ...]:
    sizes = dict.fromkeys(names, 0)
    for pair, count in cells.items():
        sizes[pair[side]] += count
    return tuple(sorted(names, key=lambda name: (-sizes[name], name)))
