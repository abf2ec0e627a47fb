"""What lists can be narrowed by that no column of theirs says: facts of rows, as filters and people name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from core.issues import ISSUE_TYPES
from core.records import ListColumn
from core.services.similar.kept import example_said
from core.store.row_facts import ROW_FACTS
from core.words import later, say

_VERDICTS = {
    "keep": later("kept"),
    "relabel": later("relabelled"),
    "exclude": later("excluded"),
    "unsure": later("unsure"),
}
_TITLES: Mapping[str, str] = {
    "issue": later("issue"),
    "decision": later("decision"),
    "tag": later("tag"),
    "slice": later("slice"),
    "rule": later("rule"),
    "rule_conflict": later("rule conflict"),
    "rule_right": later("rule right by verdict"),
    "rule_wrong": later("rule wrong by verdict"),
    "map": later("map"),
    "sql": "SQL",
    "match": later("matches"),
    "similar": later("similar"),
}
_SAID: Mapping[str, Callable[[str], str]] = {
    "issue": lambda value: say(ISSUE_TYPES[value].title) if value in ISSUE_TYPES else value,
    "decision": lambda value: say(_VERDICTS.get(value, value)),
    "sql": str,
    "match": str,
    "similar": example_said,
    "tag": str,
    "slice": str,
    **dict.fromkeys(("rule", "rule_conflict", "rule_right", "rule_wrong"), str),
    "map": lambda value: say("in the drawn area"),
}


def fact_columns(columns: Iterable[ListColumn]) -> tuple[ListColumn, ...]:
    """Every fact, by a name that none of a list's columns has."""
    taken = {one.name for one in columns}
    return tuple(
        ListColumn(f"{one.name} (fact)" if one.name in taken else one.name, _TITLES[one.name], one.column, "fact")
        for one in ROW_FACTS.values()
    )


def fact_said(column: ListColumn) -> Callable[[str], str]:
    """Says a value of a fact."""
    return _SAID[ROW_FACTS[column.column].name]
