"""Which decisions count: of each row, the newest that nobody has taken back."""

from __future__ import annotations

from core.store.ids import checked_id


def in_force_sql(version_id: str, row_ids: str = "") -> str:
    """The decisions in force on a version as an SQL subquery; `row_ids` narrows it (`'1, 2, 3'`)."""
    version = f"version_id = '{checked_id(version_id, 'version')}'" + (f" AND row_id IN ({row_ids})" if row_ids else "")
    return f"""(
        SELECT * FROM decisions
        WHERE {version} AND action <> 'undo' AND decision_id NOT IN (
            SELECT undoes FROM decisions WHERE {version} AND action = 'undo' AND undoes IS NOT NULL)
        QUALIFY row_number() OVER (PARTITION BY row_id ORDER BY decided_at DESC, decision_id DESC) = 1)"""
