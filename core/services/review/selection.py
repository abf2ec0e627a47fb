"""Acts on rows that were selected in a list, each with a client key of its own: which of them are one act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.context import Context
from core.records import BulkAct, BulkAction, Version
from core.review.records import Act

_ID = 32


def together(context: Context, version: Version, reviewer: str, acts: Sequence[Act], words: str) -> None:
    """Writes down that acts whose client keys begin with one id and a colon are one act, before they are recorded."""
    groups: dict[str, list[Act]] = {}
    for one in acts:
        head, colon, _ = one.client_key.partition(":")
        if colon and len(head) == _ID:
            groups.setdefault(head, []).append(one)
    for act_id, members in groups.items():
        action, label = _in_common(members)
        undone = {(one.undoes_key or "").partition(":")[0] for one in members} if action == "undo" else set()
        undoes = undone.pop() if len(undone) == 1 else None
        known = undoes is not None and context.ledger.bulk.by_id(undoes) is not None
        context.ledger.bulk.add(
            BulkAct(
                *(act_id, version.dataset_id, version.version_id, action, label, words, reviewer, datetime.now(UTC)),
                undoes if known else None,
            )
        )


def _in_common(acts: Sequence[Act]) -> tuple[BulkAction, str | None]:
    """What is done to all of these rows; where that differs, each was given the label that suits it."""
    made: set[tuple[BulkAction, str | None]] = {(one.action, one.new_label) for one in acts if one.action != "ask"}
    return made.pop() if len(made) == 1 else ("suggestion", None)
