"""The rows of a version with what was decided on them already taken in: what its next version would be."""

from __future__ import annotations

from core.store.acts.in_force import standing_sql
from core.store.database import Database
from core.store.relations import relation


def as_decided(db: Database, version_id: str) -> str:
    """The rows as an SQL subquery: every column of `relation`, with the labels that verdicts give, without the rows
    that they exclude."""
    return f"""(
        SELECT r.* REPLACE (CASE WHEN d.action = 'relabel' THEN d.new_label ELSE r.label END AS label)
        FROM {relation(db, version_id)} r
        LEFT JOIN {standing_sql(db, version_id)} d ON d.example_id = r.example_id
        WHERE d.action IS DISTINCT FROM 'exclude')"""
