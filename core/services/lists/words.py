"""Filters and values of columns as a person reads them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from core.records import ColumnFilter, Dataset, ListColumn, split_said, value_said
from core.services.lists.columns import holds_labels
from core.services.lists.facts import fact_said
from core.words import later, say

_HOW_SAID = {
    ">=": "≥",
    "<=": "≤",
    "contains": later("contains"),
    "missing": later("is missing"),
    "present": later("is not missing"),
}


def in_words(one: ColumnFilter, column: ListColumn, dataset: Dataset, said: Callable[[str], str] | None = None) -> str:
    """A filter as a person reads it: `price ≥ 10`, `flagged: yes`, and classes by their names. `said` says a value
    otherwise than `value_in_words` does."""
    if column.kind == "fact":
        return _fact_in_words(one, column)
    whole = one.how in ("=", "!=")
    told = (said or partial(value_in_words, column=column, dataset=dataset)) if whole else str
    values = say(" or ").join(told(value) or say("(empty)") for value in one.values)
    if column.kind == "flag" and one.how == "=" and one.values in (("true",), ("false",)):
        answer = say("yes") if one.values == ("true",) else say("no")
        return say("{field}: {value}", field=column.title, value=answer)
    if one.how == "=":
        return say("{column} is {values}", column=column.title, values=values)
    if one.how == "!=":
        return say("{column} is not {values}", column=column.title, values=values)
    how = say(_HOW_SAID.get(one.how, one.how))
    return f"{column.title} {how} {values}".strip()


def _fact_in_words(one: ColumnFilter, column: ListColumn) -> str:
    values = say(" or ").join(map(fact_said(column), one.values))
    if one.how in ("=", "present"):
        return say("{field}: {value}", field=column.title, value=values or say("any"))
    return (
        say("{field}: not {value}", field=column.title, value=values)
        if values
        else say("{field}: none", field=column.title)
    )


def value_in_words(value: str, column: ListColumn, dataset: Dataset) -> str:
    """A value of a column as a person reads it."""
    if holds_labels(column):
        return dataset.called(value)
    if column.added:
        return value
    if column.column == "split":
        return split_said(value)
    attribute = next((each.name for each in dataset.attributes if each.column == column.column), None)
    return value if attribute is None else str(value_said(dataset, attribute, value))
