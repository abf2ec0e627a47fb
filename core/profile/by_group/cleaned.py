"""Whether cleaning treats the groups of an attribute alike: how often their rows are flagged, how often such a flag
turned out right, how many rows got another label and how many were taken out.

Rows of a group may be flagged more often because more of their labels are wrong. Then about as many of its flags turn
out right as elsewhere; where fewer do, the scan suspects the group more than its errors explain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.profile.by_group.crossed import grouped
from core.profile.by_group.marks import marked, marked_rows
from core.profile.by_group.rates import Rates, rates_of
from core.profile.records import Group, Rows
from core.records import Attribute

_FLAGGED, _JUDGED, _WRONG, _RELABELLED, _EXCLUDED = "flagged", "judged", "wrong", "relabelled", "excluded"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a scan and its review do in the groups of an attribute, or of several together."""

    attribute: str
    column: str
    groups: tuple[Group, ...]
    """Categories largest first, bands in ascending order; missing and folded groups last."""
    flagged: Rates
    """Of all rows, those that the scan flags."""
    confirmed: Rates
    """Of the flagged rows that somebody judged, those that got another label or were taken out."""
    relabelled: Rates
    """Of all rows, those that got another label."""
    excluded: Rates
    """Of all rows, those that were taken out."""

    @property
    def rates(self) -> dict[str, Rates]:
        """All four, by name."""
        return {name: getattr(self, name) for name in ("flagged", "confirmed", "relabelled", "excluded")}


def cleaned(rows: Rows, flagged: str, verdicts: str, attributes: Sequence[Attribute]) -> Cleaned:
    """`flagged` is a SQL subquery of the `example_id`s that a scan flags, `verdicts` one of the verdicts in force with
    `example_id` and `action`. Rows without a label count nowhere."""
    marks = ", ".join(
        f"CASE WHEN {condition} THEN '{mark}' END"
        for mark, condition in (
            (_FLAGGED, "f.example_id IS NOT NULL"),
            (_JUDGED, "f.example_id IS NOT NULL AND d.action IN ('keep', 'relabel', 'exclude')"),
            (_WRONG, "f.example_id IS NOT NULL AND d.action IN ('relabel', 'exclude')"),
            (_RELABELLED, "d.action = 'relabel'"),
            (_EXCLUDED, "d.action = 'exclude'"),
        )
    )
    relation = (
        f"(SELECT r.* REPLACE (list_filter([{marks}], lambda x: x IS NOT NULL) AS label) FROM {rows.relation} r"
        f" LEFT JOIN {flagged} f ON f.example_id = r.example_id LEFT JOIN {verdicts} d ON d.example_id = r.example_id"
        " WHERE r.label IS NOT NULL)"
    )
    table = grouped(marked(rows, relation), attributes)
    of = {mark: marked_rows(table, mark) for mark in (_FLAGGED, _JUDGED, _WRONG, _RELABELLED, _EXCLUDED)}
    sizes, groups = table.sizes, table.groups
    return Cleaned(
        table.attribute,
        table.column,
        groups,
        rates_of(of[_FLAGGED], sizes, groups),
        rates_of(of[_WRONG], of[_JUDGED], groups),
        rates_of(of[_RELABELLED], sizes, groups),
        rates_of(of[_EXCLUDED], sizes, groups),
    )
