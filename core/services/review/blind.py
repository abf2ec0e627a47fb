"""Test rows judged blind: without a suggestion, a score, a reason or an order that would give a model's answer away.

Who sees what a model says agrees with it more often, and labels that agree with a model raise its score, rightly or
not. Where the model's answer is out of sight, a verdict is evidence of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.context import Context
from core.issues.contract import DeskAction
from core.records import ReviewCounts, Version
from core.review.records import ReviewItem
from core.services.review import queue as review_queue
from core.services.review.sources import HELD_OUT, Source
from core.sql import literal
from core.store.filters import Condition
from core.store.relations import relation
from core.store.rows import values
from core.words import later

FLATTERS = later(
    "Test rows are judged here with the model's answer in sight: labels that follow it flatter the next score of that "
    "model."
)
_AFTER_ALL_RANKS = 1 << 62


@dataclass(frozen=True, slots=True)
class Blind:
    """Another queue, whose rows of the held-out splits are judged blind: after the others, in an order drawn by their
    numbers."""

    source: Source

    @property
    def key(self) -> str:
        return f"blind {self.source.key}"

    @property
    def tier(self) -> str:
        return self.source.tier

    @property
    def scan_id(self) -> str | None:
        return self.source.scan_id

    @property
    def issue_type(self) -> str:
        return self.source.issue_type

    @property
    def again(self) -> bool:
        return self.source.again

    @property
    def held_out(self) -> bool | None:
        return self.source.held_out

    @property
    def actions(self) -> tuple[DeskAction, ...]:
        """No suggestion to take where every row is judged blind."""
        return tuple(one for one in self.source.actions if one != "suggestion" or not self.source.held_out)

    def claim(self, context: Context, version_id: str, session: str, n: int) -> list[int]:
        ranked = self.ranked(context, version_id)
        return review_queue.claim_from(
            context, version_id, session, ranked, n, again=self.again, issue_type=self.issue_type
        )

    def ranked(self, context: Context, version_id: str) -> Condition:
        query, parameters = self.source.ranked(context, version_id)
        drawn = "hash(q.example_id) // 4"
        if self.source.held_out:
            return f"SELECT q.example_id, {drawn} AS rank FROM ({query}) q", parameters
        splits = ", ".join(map(literal, HELD_OUT))
        rank = f"CASE WHEN r.split IN ({splits}) THEN {_AFTER_ALL_RANKS} + {drawn} ELSE q.rank END"
        rows = relation(context.store, version_id)
        return f"SELECT q.example_id, {rank} AS rank FROM ({query}) q JOIN {rows} r USING (example_id)", parameters

    def items(self, context: Context, version_id: str, example_ids: Sequence[int]) -> list[ReviewItem]:
        found = self.source.items(context, version_id, example_ids)
        return [replace(item, blind=True) if self._is_blind(item) else item for item in found]

    def _is_blind(self, item: ReviewItem) -> bool:
        return bool(self.source.held_out) or item.example.split in HELD_OUT

    def undecided(self, context: Context, version_id: str) -> int:
        return self.source.undecided(context, version_id)

    def counts(self, context: Context, version_id: str) -> ReviewCounts:
        return self.source.counts(context, version_id)

    def betters(self, other: Source) -> bool:
        return isinstance(other, Blind) and self.source.betters(other.source)


def has_held_out(context: Context, version: Version) -> bool:
    """Whether a version has rows that models are measured on. Counts a million rows in a tenth of a second: kept."""
    store, version_id = context.store, version.version_id
    return store.remembered(
        ("held out", version_id), lambda: not set(HELD_OUT).isdisjoint(values(store, version_id, "split", 100))
    )
