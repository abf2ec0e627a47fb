"""Which decisions count on a version, and where its review stands. What is decided is the ledger's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from core.records import Decision, ReviewCounts
from core.sql import literal
from core.store.acts.in_force import (
    OF_LABEL,
    asides_sql,
    in_force_sql,
    in_list_sql,
    judged_sql,
    said_at_all_sql,
    standing_sql,
)
from core.store.acts.mirror import ACTS
from core.store.acts.of_lists import ListCounts, of_lists
from core.store.database import Database
from core.store.ids import checked_id
from core.store.scans import get_scan
from core.store.times import loaded

_COLUMNS = """decision_id, client_key, dataset_id, version_id, example_id, action, new_label, reviewer, decided_at,
              scan_id, shown, undoes, note"""
AT_ONCE = 20_000
"""Decisions that are read together."""


def in_force(db: Database, version_id: str) -> list[Decision]:
    """Of each row the decision on its label that counts, by row."""
    return _decisions(db, f"SELECT {_COLUMNS} FROM {in_force_sql(db, version_id)} ORDER BY example_id")


def judged(db: Database, version_id: str) -> list[Decision]:
    """Of each row what somebody said of it last, by row, whatever a change of classes made of it since."""
    return _decisions(db, f"SELECT {_COLUMNS} FROM {judged_sql(db, version_id)} ORDER BY example_id")


def decision_of(db: Database, version_id: str, example_ids: Sequence[int]) -> dict[int, Decision]:
    """The decisions on labels in force on these rows; rows without one are absent."""
    if not example_ids:
        return {}
    chosen = ", ".join(str(int(example_id)) for example_id in example_ids)
    found = _decisions(db, f"SELECT {_COLUMNS} FROM {in_force_sql(db, version_id, chosen)}")
    return {decision.example_id: decision for decision in found}


def ids_in_force(db: Database, version_id: str, example_ids: Sequence[int]) -> list[str]:
    """The ids of the decisions in force on these rows: on their labels, and in lists that ask about something else."""
    chosen = ", ".join(str(int(example_id)) for example_id in example_ids) or "NULL"
    found = db.fetch(
        f"""SELECT decision_id FROM {in_force_sql(db, version_id, chosen)} UNION ALL
            SELECT decision_id FROM {asides_sql(db, version_id, chosen)} WHERE version_id = ? AND action <> 'ask'
                AND NOT ({OF_LABEL})""",
        [version_id],
    )
    return [str(decision_id) for (decision_id,) in found]


def standing_of(db: Database, version_id: str, example_ids: Sequence[int], unsure: bool = False) -> dict[int, Decision]:
    """As `decision_of`, with the verdicts from earlier versions that still hold on these rows; `unsure`: also where
    somebody was unsure of a label that has not changed since, which settles nothing."""
    if not example_ids:
        return {}
    chosen = ", ".join(str(int(example_id)) for example_id in example_ids)
    found = _decisions(db, f"SELECT {_COLUMNS} FROM {standing_sql(db, version_id, chosen, unsure)}")
    return {decision.example_id: decision for decision in found}


def decided_in_list(
    db: Database,
    version_id: str,
    issue_type: str,
    example_ids: Sequence[int],
    *,
    unsure: bool = False,
    here: bool = False,
) -> dict[int, Decision]:
    """The verdicts that settle a list of issues and hold on these rows, as `in_list_sql` has them."""
    if not example_ids:
        return {}
    chosen = ", ".join(str(int(example_id)) for example_id in example_ids)
    of_list = in_list_sql(db, version_id, literal(issue_type), chosen, unsure=unsure, here=here)
    return {one.example_id: one for one in _decisions(db, f"SELECT {_COLUMNS} FROM {of_list}")}


def decisions_with(db: Database, decision_ids: Sequence[str]) -> list[Decision]:
    """The decisions with these ids, in the order asked."""
    chosen = ", ".join(f"'{checked_id(one, 'decision')}'" for one in decision_ids)
    found = _decisions(db, f"SELECT {_COLUMNS} FROM {ACTS} WHERE decision_id IN ({chosen or 'NULL'})")
    by_id = {one.decision_id: one for one in found}
    return [by_id[one] for one in decision_ids]


def counts(db: Database, version_id: str, scan_id: str | None, issue_type: str = "label") -> ReviewCounts:
    """Where the review of a version stands, measured against one list of a scan of it: see `of_lists`."""
    row = db.fetch_one(
        f"""WITH on_label AS MATERIALIZED (SELECT * FROM {in_force_sql(db, version_id)}),
                 aside AS MATERIALIZED (SELECT * EXCLUDE (aside) FROM {asides_sql(db, version_id)}
                                        WHERE version_id = ? AND action <> 'ask' AND NOT ({OF_LABEL})),
                 rows AS (SELECT * FROM on_label UNION ALL
                          SELECT * FROM aside WHERE example_id NOT IN (SELECT example_id FROM on_label)
                          QUALIFY row_number() OVER (PARTITION BY example_id ORDER BY seq DESC) = 1)
            SELECT count(DISTINCT example_id), count(*) FILTER (action = 'relabel'),
                   count(*) FILTER (action = 'exclude'), count(*) FILTER (action = 'keep'),
                   count(*) FILTER (action = 'unsure'),
                   count(*) FILTER (action = 'relabel' AND new_label = (shown->>'suggested_label')),
                   (SELECT count(DISTINCT example_id) FROM (
                       SELECT example_id FROM {judged_sql(db, version_id)} UNION ALL SELECT example_id FROM aside))
            FROM rows""",
        [version_id],
    )
    decided, relabelled, excluded, kept, unsure, taken, verdicts = row or (0,) * 7
    lists = {} if scan_id is None else of_lists(db, get_scan(db, scan_id))
    of = lists.get(issue_type, ListCounts())
    return ReviewCounts(
        flagged=of.flagged,
        decided=decided,
        left=of.left,
        relabelled=relabelled,
        excluded=excluded,
        kept=kept,
        unsure=unsure,
        suggestion_taken=taken,
        settled_before=of.settled_before,
        verdicts=verdicts,
    )


def reviewed_rows(db: Database, version_ids: Sequence[str]) -> int:
    """Rows of which somebody has said something on any of these versions of a dataset."""
    row = db.fetch_one(f"SELECT count(DISTINCT example_id) FROM {said_at_all_sql(version_ids, db.newest_act())}")
    return int(row[0]) if row else 0


def read_decisions(db: Database, acts: str) -> Iterator[list[Decision]]:
    """Acts that a query gives with the columns of `ACTS`, in the order in which they were written, so many at a time.
    They are as they were at the first: what is written meanwhile is not among them."""
    with db.cursor() as cursor:
        found = cursor.execute(f"SELECT {_COLUMNS} FROM ({acts}) ORDER BY seq")
        names = [name for name, *_ in found.description]
        while rows := found.fetchmany(AT_ONCE):
            yield [_decision(dict(zip(names, row, strict=True))) for row in rows]


def _decisions(db: Database, sql: str) -> list[Decision]:
    return [_decision(row) for row in db.fetch_named(sql)]


def _decision(row: dict[str, Any]) -> Decision:
    return Decision(**row | {"decided_at": loaded(row["decided_at"]), "shown": json.loads(row["shown"])})
