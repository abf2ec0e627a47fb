"""Drift: whether the rows of one split are of another kind than those of the others, attribute by attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.profile.association import cramers_v, independence
from core.profile.by_group.marks import Instead, labelled_by
from core.profile.by_group.rates import holm
from core.profile.groups import group_table
from core.profile.records import CHANCE, GroupTable, Rows
from core.progress import Report, unheard
from core.records import Attribute, Estimate


@dataclass(frozen=True, slots=True)
class Drift:
    """How differently an attribute is spread in the splits."""

    table: GroupTable
    """Its groups against the splits."""
    size: Estimate
    """Bias-corrected Cramér's V: 0 not at all, 1 entirely."""
    p_value: float
    """That splits differ so much by chance, corrected for all attributes (Holm 1979)."""

    @property
    def chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.p_value >= CHANCE


def by_split(rows: Rows) -> Instead:
    """The rows with their split in place of the label; those without one are left out."""
    return labelled_by(rows, "split", "split IS NOT NULL")


def drift(rows: Rows, attributes: Sequence[Attribute], on_progress: Report = unheard) -> tuple[Drift, ...]:
    """Every attribute that has two groups which are large enough to judge, those first that differ most and by more
    than chance; none with fewer than two splits."""
    found: list[tuple[GroupTable, Estimate, float]] = []
    for place, attribute in enumerate(attributes):
        on_progress(place, len(attributes))
        table = group_table(by_split(rows), attribute)
        size, test = cramers_v(table.counts), independence(table.counts)
        if size is not None and test is not None and sum(group.judged for group in table.groups) > 1:
            found.append((table, size, test.p_value))
    on_progress(len(attributes), len(attributes))
    corrected = holm([p_value for *_, p_value in found])
    drifts = [Drift(table, size, p_value) for (table, size, _), p_value in zip(found, corrected, strict=True)]
    return tuple(sorted(drifts, key=lambda one: (one.chance, -one.size.estimate, one.table.attribute)))
