"""Shares of a label within groups: their intervals, and how far apart the groups are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.profile.by_group.rates import holm, rates_of
from core.profile.records import GroupTable, Parity
from core.proportions import wilson
from core.records import Estimate

MIN_GROUP_ROWS = 30
"""A group below this is shown but not judged: the 95 % interval of an even share is then wider than ±17 points."""

Floats = NDArray[np.float64]


def shares_of(table: GroupTable) -> tuple[Floats, Floats, Floats]:
    """The share of each label in each group with its Wilson interval: three (groups, labels) float64 arrays."""
    sizes = table.sizes[:, None]
    low, high = wilson(table.counts, sizes)
    return table.counts / np.maximum(sizes, 1), low, high


def parity(table: GroupTable) -> tuple[Parity, ...]:
    """Demographic parity per label over the groups large enough to judge, widest difference first.

    The definitions are Fairlearn's: difference = max − min, ratio = min / max of P(label | group). Empty with fewer
    than two such groups. Folded groups are no group of people or things and are left out.
    """
    judged = [position for position, group in enumerate(table.groups) if group.judged]
    if len(judged) < 2:
        return ()
    share, low, high = (part[judged] for part in shares_of(table))
    overall = table.overall
    names = [table.groups[position].name for position in judged]
    p_values = holm([rates_of(of_label, table.sizes, table.groups).p_value for of_label in table.counts.T])
    rows = []
    for column, label in enumerate(table.labels):
        top, bottom = int(share[:, column].argmax()), int(share[:, column].argmin())
        highest, lowest = float(share[top, column]), float(share[bottom, column])
        rows.append(
            Parity(
                label=label,
                overall=float(overall[column]),
                highest=names[top],
                highest_share=Estimate(highest, float(low[top, column]), float(high[top, column])),
                lowest=names[bottom],
                lowest_share=Estimate(lowest, float(low[bottom, column]), float(high[bottom, column])),
                difference=highest - lowest,
                ratio=lowest / highest if highest else 1.0,
                p_value=p_values[column],
            )
        )
    return tuple(sorted(rows, key=lambda row: -row.difference))
