"""The queue of a version that nothing has scanned: its rows without a label, in random order.

A random sample of the rows is what a first model should learn from; once it has, a scan hands out the others by what
their labels would teach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.context import Context
from core.issues.contract import DeskAction
from core.records import Issue, ReviewCounts
from core.review.records import ReviewItem
from core.services.review import queue as review_queue
from core.services.review.decisions import counts
from core.services.review.sources import Source
from core.store.acts import decisions
from core.store.acts.in_force import standing_sql
from core.store.filters import Condition
from core.store.relations import relation
from core.store.rows import get_rows
from core.words import say


@dataclass(frozen=True, slots=True)
class UnlabelledSource:
    """Rows without a label of a version, in an order drawn by their numbers."""

    version_id: str

    @property
    def key(self) -> str:
        return f"unlabelled {self.version_id}"

    @property
    def tier(self) -> str:
        return "by hand"

    @property
    def scan_id(self) -> str | None:
        return None

    @property
    def again(self) -> bool:
        return False

    @property
    def held_out(self) -> bool | None:
        return None

    @property
    def actions(self) -> tuple[DeskAction, ...]:
        """There is nothing to keep, and nothing is suggested."""
        return ("choose", "exclude", "unsure")

    def claim(self, context: Context, version_id: str, session: str, n: int) -> list[int]:
        return review_queue.claim_from(context, version_id, session, self.ranked(context, version_id), n)

    def ranked(self, context: Context, version_id: str) -> Condition:
        rows = relation(context.store, version_id)
        return f"SELECT example_id, hash(example_id) // 4 AS rank FROM {rows} WHERE label IS NULL", []

    def items(self, context: Context, version_id: str, example_ids: Sequence[int]) -> list[ReviewItem]:
        said = decisions.standing_of(context.store, version_id, list(example_ids), unsure=True)
        why = say("Nobody has given it a label yet.")
        return [
            review_queue.with_said(
                ReviewItem(example, Issue(example.example_id, 0.0, True, None, None, {}, place), (), (), why),
                said.get(example.example_id),
                version_id,
            )
            for place, example in enumerate(get_rows(context.store, version_id, list(example_ids)), 1)
        ]

    def undecided(self, context: Context, version_id: str) -> int:
        decided = standing_sql(context.store, version_id)
        return self._count(context, version_id, f"WHERE example_id NOT IN (SELECT example_id FROM {decided})")

    def counts(self, context: Context, version_id: str) -> ReviewCounts:
        queued, left = self._count(context, version_id), self.undecided(context, version_id)
        return replace(counts(context, version_id, None), flagged=queued, decided=queued - left, left=left)

    def betters(self, other: Source) -> bool:
        return False

    def _count(self, context: Context, version_id: str, condition: str = "") -> int:
        query, parameters = self.ranked(context, version_id)
        row = context.store.fetch_one(f"SELECT count(*) FROM ({query}) {condition}", parameters)
        return int(row[0]) if row else 0
