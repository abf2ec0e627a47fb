"""The verdicts of a version that another dataset of the same rows takes over, in parts: a million of them at once would
take more than a gigabyte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.records import Decision, Version
from core.store.acts.decisions import read_decisions
from core.store.acts.in_force import (
    OF_LABEL,
    SAID_OF_ROW,
    asides_sql,
    in_force_sql,
    judged_sql,
    said_before_sql,
    standing_sql,
)
from core.store.acts.mirror import ACTS
from core.store.database import Database

Parts = Iterator[Sequence[Decision]]


def applied(db: Database, version: Version) -> Parts:
    """Of each row that a version has another label of than was loaded, the decision that gave it, with that label; of
    the others the verdicts from earlier versions that still hold; and what was said before in lists that ask about
    something else; in the order in which they were given."""
    return read_decisions(
        db,
        f"""SELECT d.* REPLACE ('relabel' AS action, o.label AS new_label) FROM overrides o
            JOIN {ACTS} d ON d.decision_id = o.decision_id
            WHERE o.version_id = '{version.version_id}' AND NOT o.excluded AND o.label IS NOT NULL
            UNION ALL
            SELECT s.* FROM {standing_sql(db, version.version_id, unsure=True)} s
            WHERE s.version_id <> '{version.version_id}' AND s.action IN ('keep', 'unsure') AND s.example_id NOT IN (
                {_overridden(version)})
            UNION ALL
            {_asides(db, version)} AND version_id <> '{version.version_id}'""",
    )


def said_before(db: Database, version: Version) -> Parts:
    """What people had said, on earlier versions, of the rows whose decision, applied or not, is part of a change of
    classes: their verdict, which is to be written before that decision."""
    before = said_before_sql(db, version.version_id)
    if before is None:
        return iter(())
    return read_decisions(
        db,
        f"""SELECT s.* FROM {before} s WHERE s.action <> 'exclude' AND s.example_id IN (
                SELECT o.example_id FROM overrides o JOIN {ACTS} d ON d.decision_id = o.decision_id
                WHERE o.version_id = '{version.version_id}' AND NOT o.excluded AND NOT ({SAID_OF_ROW})
                UNION ALL
                SELECT example_id FROM {_by_classes(db, version)} WHERE example_id NOT IN ({_overridden(version)}))""",
    )


def pending(db: Database, version: Version) -> Parts:
    """Those that the next version takes in."""
    return read_decisions(
        db,
        f"""SELECT * FROM {in_force_sql(db, version.version_id)} UNION ALL
            {_asides(db, version)} AND version_id = '{version.version_id}'""",
    )


def _asides(db: Database, version: Version) -> str:
    """What was said of rows in lists that ask about something else than the label, and of nothing else."""
    return f"SELECT * EXCLUDE (aside) FROM {asides_sql(db, version.version_id)} WHERE NOT ({OF_LABEL})"


def said_here(db: Database, version: Version) -> Parts:
    """As `said_before`, what people said on the version itself of the rows of `pending`."""
    return read_decisions(
        db,
        f"""SELECT * FROM {judged_sql(db, version.version_id)} WHERE example_id IN (
                SELECT example_id FROM {_by_classes(db, version)})""",
    )


def _by_classes(db: Database, version: Version) -> str:
    return f"(SELECT example_id FROM {in_force_sql(db, version.version_id)} WHERE NOT ({SAID_OF_ROW}))"


def _overridden(version: Version) -> str:
    return f"""SELECT example_id FROM overrides
               WHERE version_id = '{version.version_id}' AND (label IS NOT NULL OR excluded)"""
