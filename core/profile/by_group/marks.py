"""Rows that have something else in place of their label, so that it is held against an attribute's groups, or against
words, as labels are: a split, a group, or marks, any number for each row, which say whatever SQL says of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.profile.records import Counts, GroupTable, Rows
from core.targets import Target
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS

_MARKS = replace(MULTI_LABEL, classes_sql=lambda label: label)
"""Labels that are lists (VARCHAR[]) already."""


@dataclass(frozen=True, slots=True)
class Instead:
    """Rows as the measures see them."""

    rows: Rows
    relation: str
    """A SQL subquery with the columns of the rows, and in `label` what stands in place of it."""
    target: Target
    """What that is."""

    def fetch(self, sql: str, params: Sequence[Any] = (), /) -> list[tuple[Any, ...]]:
        """As the rows do."""
        return self.rows.fetch(sql, params)

    def shown(self, column: str, value: str) -> str:
        """As the rows do."""
        return self.rows.shown(column, value)


def marked(rows: Rows, relation: str) -> Instead:
    """With marks (VARCHAR[]) in the `label` of the relation."""
    return Instead(rows, relation, _MARKS)


def labelled_by(rows: Rows, value: str, condition: str) -> Instead:
    """With a SQL expression in place of the label, of the rows that a condition keeps."""
    relation = f"(SELECT * REPLACE ({value} AS label) FROM {rows.relation} WHERE {condition})"
    return Instead(rows, relation, ONE_CLASS)


def marked_rows(table: GroupTable, mark: str) -> Counts:
    """(groups,) rows that have the mark."""
    if mark in table.labels:
        return table.counts[:, table.labels.index(mark)]
    return table.sizes * 0
