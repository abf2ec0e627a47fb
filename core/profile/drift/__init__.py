"""Drift: whether the rows of one side are of another kind than those of the others, attribute by attribute."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.profile.association import cramers_v, independence
from core.profile.by_group.rates import holm
from core.profile.drift.sides import OWN_LABEL, Sides, label_where
from core.profile.groups import group_table
from core.profile.records import CHANCE, GroupTable
from core.progress import Report, unheard
from core.records import Estimate


@dataclass(frozen=True, slots=True)
class Drift:
    """How differently an attribute is spread in the sides."""

    table: GroupTable
    """Its groups against the sides, in their order."""
    size: Estimate
    """Bias-corrected Cramér's V: 0 not at all, 1 entirely."""
    p_value: float
    """That the sides differ so much by chance, corrected for all attributes (Holm 1979)."""

    @property
    def chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.p_value >= CHANCE


def drift(sides: Sides, on_progress: Report = unheard) -> tuple[Drift, ...]:
    """Every attribute that has two groups which are large enough to judge, those first that differ most and by more
    than chance; none with fewer than two sides."""
    found: list[tuple[GroupTable, Estimate, float]] = []
    for place, attribute in enumerate(sides.attributes):
        on_progress(place, len(sides.attributes))
        table = _in_order(group_table(sides.among, attribute), sides)
        size, test = cramers_v(table.counts), independence(table.counts)
        if size is not None and test is not None and sum(group.judged for group in table.groups) > 1:
            found.append((table, size, test.p_value))
    on_progress(len(sides.attributes), len(sides.attributes))
    corrected = holm([p_value for *_, p_value in found])
    drifts = [Drift(table, size, p_value) for (table, size, _), p_value in zip(found, corrected, strict=True)]
    return tuple(sorted(drifts, key=lambda one: (one.chance, -one.size.estimate, one.table.attribute)))


def _in_order(table: GroupTable, sides: Sides) -> GroupTable:
    """With the sides in their order, and groups of labels opened as labels are."""
    names = [one.name for one in sides.sides if one.name in table.labels]
    places = [table.labels.index(name) for name in names]
    groups = table.groups
    if table.column == OWN_LABEL:
        opened = label_where(sides.among.rows)
        groups = tuple(replace(one, where=None if one.where is None else opened(one.where)) for one in groups)
    return replace(table, groups=groups, labels=tuple(names), counts=table.counts[:, places])
