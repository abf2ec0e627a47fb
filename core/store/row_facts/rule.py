"""Which rules cover a row, on which rows they say different classes, and on which people found them right or wrong."""

from __future__ import annotations

from collections.abc import Sequence

from core.store.database import Database
from core.store.relations import relation
from core.store.row_facts.contract import Having, RowFact
from core.store.rules.covered import Ready, against_sql, all_ready, conflict_sql, covered_sql, judged_labels_sql, ready
from core.store.versions import get_version

_NONE = "SELECT NULL::BIGINT AS example_id WHERE false"


def _of(db: Database, version_id: str, names: Sequence[str]) -> list[Ready]:
    """The rules of these names, or all that hold and can be looked up."""
    return [ready(db, version_id, name) for name in names] if names else all_ready(db, version_id)[0]


def _covered(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    query, parameters = covered_sql(db, version_id, _of(db, version_id, values))
    return f"SELECT example_id FROM ({query})", parameters


def _in_conflict(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
    known, _ = all_ready(db, version_id)
    if not values:
        query, parameters = covered_sql(db, version_id, known)
        return f"SELECT example_id FROM ({query}) WHERE {conflict_sql(known)}", parameters
    asked = [against_sql(db, version_id, one, known) for one in _of(db, version_id, values)]
    return " UNION ".join(query for query, _ in asked), [value for _, own in asked for value in own]


def _judged(right: bool) -> Having:
    """The rows of which a person said the class that a rule says, or another one."""
    which = "" if right else "NOT "

    def having(db: Database, version_id: str, values: Sequence[str]) -> tuple[str, list[object]]:
        parts, parameters = [], list[object]()
        for one in _of(db, version_id, values):
            condition, own = one.condition
            parts.append(
                f"""SELECT example_id FROM {judged_labels_sql(db, version_id)}
                    WHERE {which}(said = ? OR coalesce(became = ?, false))
                    AND example_id IN (SELECT example_id FROM {relation(db, version_id)} WHERE {condition})"""
            )
            parameters += [one.label, one.label, *own]
        return " UNION ".join(parts) or _NONE, parameters

    return having


def _values(db: Database, version_id: str) -> Sequence[str]:
    return db.rules.names(get_version(db, version_id).dataset_id)


RULE = RowFact("rule", _covered, _values)
RULE_CONFLICT = RowFact("rule_conflict", _in_conflict, _values)
RULE_RIGHT = RowFact("rule_right", _judged(right=True), _values)
RULE_WRONG = RowFact("rule_wrong", _judged(right=False), _values)
OF_RULES = (RULE, RULE_CONFLICT, RULE_RIGHT, RULE_WRONG)
