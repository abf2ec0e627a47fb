"""A review's queue of the rows of a version that a filter keeps, in their order: no scan and no run has ranked them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.context import Context
from core.issues.contract import DeskAction
from core.records import ColumnFilter, Issue, ReviewCounts, RowFilter
from core.review.records import ReviewItem
from core.services.review import queue as review_queue
from core.services.review.decisions import counts
from core.services.review.sources import Source
from core.store.acts import decisions
from core.store.acts.in_force import decided_sql
from core.store.datasets import get_dataset
from core.store.filters import Condition, where_sql
from core.store.relations import relation
from core.store.rows import get_rows
from core.store.versions import get_version

UNSCORED = math.nan
"""The score of a row that nothing has scored."""


@dataclass(frozen=True, slots=True)
class RowsSource:
    """Rows by their numbers, or in an order that is drawn by these."""

    where: RowFilter
    drawn: bool = False
    offered: tuple[DeskAction, ...] = ("keep", "exclude", "unsure")
    suggested: str | None = None
    """The label that is suggested for each of them."""
    by: str = ""
    """What suggests it, as it is kept beside decisions."""
    why: str = ""
    """The same in words, for whoever reads it at the desk."""

    @property
    def key(self) -> str:
        return f"rows {self.where!r} {self.drawn}" + (f" {self.suggested} {self.by}" if self.by else "")

    @property
    def tier(self) -> str:
        return self.by

    @property
    def scan_id(self) -> str | None:
        return None

    @property
    def issue_type(self) -> str:
        return "label"

    @property
    def actions(self) -> tuple[DeskAction, ...]:
        return self.offered

    @property
    def again(self) -> bool:
        return False

    @property
    def held_out(self) -> bool | None:
        return None

    def claim(self, context: Context, version_id: str, session: str, n: int) -> list[int]:
        return review_queue.claim_from(context, version_id, session, self.ranked(context, version_id), n)

    def ranked(self, context: Context, version_id: str) -> Condition:
        rows = relation(context.store, version_id)
        dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
        condition, parameters = where_sql(context.store, version_id, self.where, dataset, rows)
        rank = "hash(example_id) // 4" if self.drawn else "example_id"
        return f"SELECT example_id, {rank} AS rank FROM {rows} WHERE {condition}", parameters

    def items(self, context: Context, version_id: str, example_ids: Sequence[int]) -> list[ReviewItem]:
        said = decisions.standing_of(context.store, version_id, list(example_ids), unsure=True)
        made = []
        for example in get_rows(context.store, version_id, example_ids):
            issue = Issue(example.example_id, UNSCORED, False, example.label, self.suggested, {}, 0)
            item = ReviewItem(example, issue, (), (), self.why)
            made.append(review_queue.with_said(item, said.get(example.example_id), version_id))
        return made

    def undecided(self, context: Context, version_id: str) -> int:
        decided = decided_sql(context.store, version_id)
        return self._count(context, version_id, f"WHERE example_id NOT IN {decided}")

    def counts(self, context: Context, version_id: str) -> ReviewCounts:
        queued, left = self._count(context, version_id), self.undecided(context, version_id)
        return replace(counts(context, version_id, None), flagged=queued, decided=queued - left, left=left)

    def betters(self, other: Source) -> bool:
        return False

    def _count(self, context: Context, version_id: str, condition: str = "") -> int:
        query, parameters = self.ranked(context, version_id)
        row = context.store.fetch_one(f"SELECT count(*) FROM ({query}) {condition}", parameters)
        return int(row[0]) if row else 0


UNLABELLED = RowsSource(
    RowFilter(columns=(ColumnFilter("label", "missing", ()),)), drawn=True, offered=("choose", "exclude", "unsure")
)
"""Rows without a label, in random order: a sample of them is what a first model should learn from. There is nothing to
keep."""
