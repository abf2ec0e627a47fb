"""How far predicted numbers are off in the groups of an attribute: mean absolute error and mean residual of each, and
whether groups differ in them by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.profile.by_group.marks import Instead
from core.profile.by_group.members import Integers, members
from core.profile.records import Group, Rows
from core.profile.shares import MIN_GROUP_ROWS
from core.records import CROSS, Attribute, Estimate
from core.sql import literal
from core.targets.one_class.facts import ONE_CLASS

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Off:
    """How far the predictions of some rows are off."""

    rows: int
    mae: Estimate | None
    """Mean absolute error."""
    bias: Estimate | None
    """Predicted less labelled, the mean. Both with their 95 % intervals by Student's t; None of no row."""

    @property
    def judged(self) -> bool:
        """Whether there are enough rows to be compared."""
        return self.rows >= MIN_GROUP_ROWS


@dataclass(frozen=True, slots=True)
class NumberOutcomes:
    """The groups of an attribute, or of several together."""

    attribute: str
    column: str
    groups: tuple[Group, ...]
    off: tuple[Off, ...]
    """Of each group."""
    p_value: float
    """That groups are off so differently far, or to one side, by chance; 1 with fewer than two to compare."""

    @property
    def ends(self) -> tuple[int, int] | None:
        """The groups with the lowest and the highest MAE; None with fewer than two to compare."""
        places = [place for place, one in enumerate(self.off) if one.judged and one.mae is not None]
        if len(places) < 2:
            return None
        mae = [one.mae.estimate for place in places if (one := self.off[place]).mae is not None]
        return places[int(np.argmin(mae))], places[int(np.argmax(mae))]

    @property
    def difference(self) -> float | None:
        """Highest MAE less lowest; None with fewer than two groups to compare."""
        if self.ends is None:
            return None
        low, high = (self.off[place].mae for place in self.ends)
        assert low is not None and high is not None, "groups that are compared have rows"
        return high.estimate - low.estimate


def off(residuals: Floats) -> Off:
    """Of predicted less labelled numbers (n,)."""
    if not len(residuals):
        return Off(0, None, None)
    mae, bias = _mean(np.abs(residuals)), _mean(residuals)
    return Off(len(residuals), replace(mae, low=max(0.0, mae.low)), bias)


def number_outcomes(
    rows: Rows,
    run_id: str,
    split: str,
    attributes: Sequence[Attribute],
    example_ids: Integers,
    residuals: Floats,
) -> NumberOutcomes:
    """The groups of the rows of a split that a run has predicted: `example_ids` (n,) ascending, and predicted less
    labelled of each."""
    groups, ids, positions = members(_predicted(rows, run_id, split), attributes)
    at = np.searchsorted(example_ids, ids)
    known = (at < len(example_ids)) & (example_ids[np.minimum(at, len(example_ids) - 1)] == ids)
    of, place = residuals[at[known]], positions[known]
    own = [of[place == one] for one in range(len(groups))]
    told = tuple(replace(group, count=len(one)) for group, one in zip(groups, own, strict=True))
    judged = [one for one in own if len(one) >= MIN_GROUP_ROWS]
    p_value = min(1.0, 2 * min(kruskal_wallis([np.abs(one) for one in judged]), kruskal_wallis(judged)))
    name, column = (CROSS.join(said) for said in ([one.name for one in attributes], [one.column for one in attributes]))
    return NumberOutcomes(name, column, told, tuple(off(one) for one in own), p_value)


def kruskal_wallis(groups: Sequence[Floats]) -> float:
    """That values of groups (m,) are ordered so by chance: the test by ranks of Kruskal and Wallis (1952), corrected
    for ties; 1 of fewer than two groups, or where all values are alike."""
    from scipy.special import chdtrc

    if len(groups) < 2:
        return 1.0
    values, n = np.concatenate(groups), sum(map(len, groups))
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[place]
    parts = np.split(ranks, np.cumsum([len(one) for one in groups])[:-1])
    spread = sum(len(one) * (float(one.mean()) - (n + 1) / 2) ** 2 for one in parts)
    ties = 1 - float((counts.astype(np.float64) ** 3 - counts).sum()) / (float(n) ** 3 - n)
    return float(chdtrc(len(groups) - 1, 12 / (n * (n + 1)) * spread / ties)) if ties > 0 else 1.0


def _mean(values: Floats) -> Estimate:
    from scipy.special import stdtrit

    mean, count = float(values.mean()), len(values)
    if count < 2:
        return Estimate(mean, -np.inf, np.inf)
    half = float(stdtrit(count - 1, 0.975)) * float(values.std(ddof=1)) / count**0.5
    return Estimate(mean, mean - half, mean + half)


def _predicted(rows: Rows, run_id: str, split: str) -> Instead:
    """The rows as the groups see them: all with one label, since there are as many numbers as rows."""
    relation = (
        f"(SELECT t.* REPLACE ('' AS label) FROM {rows.relation} t"
        f" JOIN predictions p ON p.example_id = t.example_id AND t.label IS NOT NULL"
        f" WHERE p.run_id = {literal(run_id)} AND p.split = {literal(split)})"
    )
    return Instead(rows, relation, ONE_CLASS)
