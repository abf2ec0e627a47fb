"""What a row is or is not by what stands elsewhere in the store, as a column to filter by: `issue = label`,
`decision missing`. One entry here and it works in every list, in acts on many rows, files, commands and saved views."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from core.records import ColumnFilter, RowFilter
from core.store.database import Database
from core.store.maps.points import state_of_maps
from core.store.row_facts.area import MAP
from core.store.row_facts.contract import RowFact
from core.store.row_facts.decision import DECISION
from core.store.row_facts.issue import ISSUE
from core.store.row_facts.match import WORDS_MATCH
from core.store.row_facts.rule import OF_RULES
from core.store.row_facts.similar import SIMILAR
from core.store.row_facts.slice import SLICE
from core.store.row_facts.sql import SQL
from core.store.row_facts.tag import TAG

ROW_FACTS: Mapping[str, RowFact] = {
    one.column: one for one in (ISSUE, DECISION, TAG, SLICE, *OF_RULES, MAP, SQL, WORDS_MATCH, SIMILAR)
}
"""By the column that a filter has."""


def fact_sql(db: Database, version_id: str, one: ColumnFilter) -> tuple[str, list[object]]:
    """A filter of a fact as a condition on `example_id`, with its parameters."""
    any_value = one.how in ("missing", "present")
    sql, parameters = ROW_FACTS[one.column].having(db, version_id, () if any_value else one.values)
    among = "IN" if one.how in ("=", "present") else "NOT IN"
    return f"example_id {among} ({sql})", parameters


def as_of(db: Database, where: RowFilter) -> Hashable:
    """Up to when what a filter lets through was asked for: none where a version alone says it, which never changes."""
    asked = {one.column for one in where.columns} & ROW_FACTS.keys()
    if not asked:
        return None
    made_of_others = {SLICE.column, *(one.column for one in OF_RULES)}
    maps = state_of_maps(db) if asked & {MAP.column, *made_of_others} else ()
    embeddings = db.alike.state() if asked & {SIMILAR.column, *made_of_others} else ()
    kept = db.slices.state(), db.rules.state()
    return (db.writes, db.newest_act(), db.newest_tag(), db.names.newest(), *kept, maps, embeddings)
