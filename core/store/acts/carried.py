"""The verdicts of a version that another dataset of the same rows takes over."""

from __future__ import annotations

from core.records import Decision, Version
from core.store.acts.decisions import in_force, read_decisions
from core.store.acts.in_force import standing_sql
from core.store.acts.mirror import ACTS
from core.store.database import Database


def applied(db: Database, version: Version) -> list[Decision]:
    """Of each row that a version has another label of than was loaded, the decision that gave it, with that label; and
    of the others the verdicts from earlier versions that still hold, in the order in which they were given."""
    return read_decisions(
        db,
        f"""SELECT d.* REPLACE ('relabel' AS action, o.label AS new_label) FROM overrides o
            JOIN {ACTS} d ON d.decision_id = o.decision_id
            WHERE o.version_id = '{version.version_id}' AND NOT o.excluded AND o.label IS NOT NULL
            UNION ALL
            SELECT s.* FROM {standing_sql(db, version.version_id, unsure=True)} s
            WHERE s.version_id <> '{version.version_id}' AND s.action IN ('keep', 'unsure') AND s.example_id NOT IN (
                SELECT example_id FROM overrides
                WHERE version_id = '{version.version_id}' AND (label IS NOT NULL OR excluded))""",
    )


def pending(db: Database, version: Version) -> list[Decision]:
    """Those that the next version takes in, by row."""
    return in_force(db, version.version_id)
