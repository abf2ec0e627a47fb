"""Which version took a decision in."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import Decision
from core.store.acts.mirror import ACTS
from core.store.database import Database
from core.store.ids import checked_id


def contained_in(db: Database, decisions: Sequence[Decision]) -> dict[str, int]:
    """Of each decision, by its id, the number of the first version that has it; those that none has are left out."""
    if not decisions:
        return {}
    db.newest_act()
    chosen = ", ".join(f"'{checked_id(one.decision_id, 'decision')}'" for one in decisions)
    found = db.fetch(
        f"""SELECT d.decision_id, min(v.number) FROM {ACTS} d
            JOIN versions v ON v.parent_id = d.version_id AND v.acts_up_to >= d.seq
            WHERE d.decision_id IN ({chosen}) GROUP BY 1"""
    )
    return {decision_id: int(number) for decision_id, number in found}
