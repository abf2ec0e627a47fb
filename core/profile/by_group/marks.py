"""Rows whose label is replaced by marks, any number for each: so that what is counted of an attribute's groups may be
anything that SQL says of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.profile.records import Counts, GroupTable, Rows
from core.targets import Target
from core.targets.multi_label.facts import MULTI_LABEL

_MARKS = replace(MULTI_LABEL, classes_sql=lambda label: label)
"""Labels that are lists (VARCHAR[]) already."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Rows as the measures see them."""

    rows: Rows
    relation: str
    """A SQL subquery with the columns of the rows, and in `label` the marks (VARCHAR[])."""

    @property
    def target(self) -> Target:
        return _MARKS

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """As the rows do."""
        return self.rows.fetch(sql, params)


def marked_rows(table: GroupTable, mark: str) -> Counts:
    """(groups,) rows that have the mark."""
    if mark in table.labels:
        return table.counts[:, table.labels.index(mark)]
    return table.sizes * 0
