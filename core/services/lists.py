"""Lists of rows: which columns they have, and what narrows and sorts them, as links, commands and saved views write it.

A filter is written `price >= 10`, `label = sport`, `label = ["sport","tech"]`, `text contains good film`,
`region missing`; several as a JSON array of such texts. An order is `price` or `price desc`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, cast, get_args

from core.errors import UsageError
from core.modalities import MODALITIES, WORDS
from core.records import (
    EXAMPLE_ID,
    ColumnFilter,
    ColumnKind,
    Dataset,
    How,
    IssueFilter,
    ListColumn,
    RowFilter,
    RowOrder,
    split_said,
    value_said,
)
from core.store.filters import ISSUE_COLUMNS, ROW_COLUMNS, label_asked
from core.store.issues import BY_RANK
from core.store.predictions import PREDICTION_COLUMNS, SUREST
from core.store.rows import BY_ROW
from core.tasks import target_of, task_named
from core.words import later, say

# The parameters of a link to a list, which are a saved view's as well.
FILTERS, ORDER, COLUMNS = "where", "order", "columns"
LABEL, SEARCH, SPLIT, DUPLICATES = "label", "words", "split", "duplicates"
TYPE, SHOW, WORST = "type", "show", "worst"
GIVEN, SUGGESTED, MISSING, EXTRA = "given", "suggested", "missing", "extra"
FLAGGED, UNDECIDED = later("Flagged"), later("Undecided")
SETTLED, ALL = later("Settled before"), later("All rows")
"""What is shown of an issue type's list; the words are the link's as well."""
NO_CLASS = later("no class")
"""Among the classes that a label may have: that it has none of them. A class of that name goes before it."""
_EARLIER = ("attribute", "value", "at_least", "less_than", "split", "score_below")
"""How links of release 0.1 narrowed a scan's list by what is a filter of a column now."""

LABEL_COLUMNS = ("label", "given_label", "suggested_label", "predicted", "new_label", "from_label", "to_label")
"""Columns whose values are labels."""
DESCENDING = " desc"
_PLAIN_NAME = re.compile(r"[^\W\d][\w.-]*")
_HOW = re.compile(r"\s*(?P<how>>=|<=|!=|=|>|<|(?:contains|missing|present)\b)\s*(?P<value>.*)", re.DOTALL)
_HOW_SAID = {
    ">=": "≥",
    "<=": "≤",
    "contains": later("contains"),
    "missing": later("is missing"),
    "present": later("is not missing"),
}
_TITLES = {
    EXAMPLE_ID: later("row"),
    WORDS: later("example"),
    "label": later("label"),
    "given_label": later("given"),
    "split": later("split"),
}
_ISSUE_TITLES = {
    "rank": "#",
    "given_label": later("given"),
    "suggested_label": later("looks like"),
    "score": later("score"),
    "is_issue": later("flagged"),
}
_PREDICTED_TITLES = {"label": later("true"), "predicted": later("predicted"), "confidence": later("confidence")}
VERDICT = ListColumn("verdict", later("decided"), "verdict", "words", added=True)
"""What holds of a row; neither sorted nor narrowed by."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows: its filter beyond the named boxes, its order and its columns."""

    rows: tuple[ColumnFilter, ...]
    """Of the rows' own columns."""
    added: tuple[ColumnFilter, ...]
    """Of what the list adds to its rows."""
    order: RowOrder
    columns: tuple[ListColumn, ...]
    """In their order; never none."""


def row_columns(dataset: Dataset) -> tuple[ListColumn, ...]:
    """The columns of a list of a dataset's rows, with the names that its export has."""
    attributes = [one.column for one in dataset.attributes]
    own = _own_id(dataset, attributes)
    columns = [ListColumn(EXAMPLE_ID, "row", EXAMPLE_ID, "number")]
    columns += [
        ListColumn(name, _TITLES[name], name, _asked(dataset, name, ROW_COLUMNS[name]))
        for name in (WORDS, "label", "given_label")
    ]
    columns.append(ListColumn("split", "split", "split", "category"))
    if dataset.id_column:
        columns.append(ListColumn(own, later("id"), "source_id", "words"))
    taken = {one.title for one in columns} | MODALITIES.keys()
    columns += [
        ListColumn(
            one.column, f"{one.name} (attribute)" if one.name in taken else one.name, one.column, _kind(one.kind)
        )
        for one in dataset.attributes
    ]
    return tuple(columns)


def issue_columns(dataset: Dataset) -> tuple[ListColumn, ...]:
    """The columns of a scan's list: its own first, then its rows'."""
    added = tuple(
        ListColumn(name, _ISSUE_TITLES[name], name, _asked(dataset, name, ISSUE_COLUMNS[name][1]), added=True)
        for name in _ISSUE_TITLES
    )
    return _with(dataset, (*added, VERDICT), without=("label", "given_label"))


def prediction_columns(dataset: Dataset) -> tuple[ListColumn, ...]:
    """The columns of the list of what a run predicts: its own, then its rows'."""
    names = {"label": "true_label", "predicted": "predicted", "confidence": "confidence"}
    added = tuple(
        ListColumn(names[name], _PREDICTED_TITLES[name], name, _asked(dataset, name, kind), added=True)
        for name, (_, kind) in PREDICTION_COLUMNS.items()
    )
    return _with(dataset, added, without=("label",))


def listed(
    dataset: Dataset, query: Mapping[str, str], columns: Sequence[ListColumn], usual: Sequence[str], order: RowOrder
) -> Listed:
    """What a link's parameters ask of a list with these columns; `usual` are the names of those that it shows and
    `order` how it is sorted where the link says nothing. A class may be named by its code or by its name. Raises
    `UsageError` for what the list has not."""
    found = [(_coded(one, column, dataset), column) for one, column in read_filters(query.get(FILTERS, ""), columns)]
    rows, added = (tuple(one for one, column in found if column.added is kind) for kind in (False, True))
    asked = query.get(ORDER, "")
    shown = [one for one in columns if one.name in usual]
    if query.get(COLUMNS):
        by_name = {one.name: one for one in columns}
        shown = [by_name[name] for name in read_names(query[COLUMNS]) if name in by_name] or shown
    return Listed(rows, added, read_order(asked, columns) if asked else order, tuple(shown))


def rows_listed(dataset: Dataset, query: Mapping[str, str]) -> Listed:
    """`listed` of a dataset's rows."""
    columns = row_columns(dataset)
    hidden = {"given_label", *unread(dataset)}
    usual = [one.name for one in columns if one.column not in hidden]
    return listed(dataset, query, columns, usual, BY_ROW)


def unread(dataset: Dataset) -> tuple[str, ...]:
    """The attributes that say where tokens are, or what stood beside them: files have them, and nobody reads them."""
    if "tokens" not in dataset.layout:
        return ()
    beside = (one.column for one in dataset.attributes if one.column.startswith("column_"))
    return (dataset.layout["tokens"], *beside)


def issues_listed(dataset: Dataset, query: Mapping[str, str]) -> Listed:
    """`listed` of a scan's rows."""
    usual = ["rank", EXAMPLE_ID, "given_label", "suggested_label", "score", "verdict", WORDS, "split"]
    return listed(dataset, query, issue_columns(dataset), usual, BY_RANK)


def predictions_listed(dataset: Dataset, query: Mapping[str, str]) -> Listed:
    """`listed` of what a run predicts."""
    usual = [EXAMPLE_ID, "true_label", "predicted", "confidence", WORDS]
    return listed(dataset, query, prediction_columns(dataset), usual, SUREST)


def row_filter(dataset: Dataset, query: Mapping[str, str]) -> RowFilter:
    """What a link to the rows of a dataset lets through. Raises `UsageError` for what the dataset has not."""
    target = target_of(dataset)
    label, duplicates = query.get(LABEL), query.get(DUPLICATES)
    none = target.several and label == target.label_of(())
    kept = duplicates if duplicates in ("exact", "conflicting") else None
    return RowFilter(
        label=None if none or not label else dataset.coded(label),
        exactly=label if none else None,
        split=query.get(SPLIT) or None,
        text=query.get(SEARCH, "").strip() or None,
        duplicates=cast(Literal["exact", "conflicting"] | None, kept),
        columns=rows_listed(dataset, query).rows,
    )


def issue_filter(dataset: Dataset, issue_type: str | None, query: Mapping[str, str]) -> IssueFilter:
    """What a link to a scan's list lets through. Raises `UsageError` for what the list has not."""
    show, found = query.get(SHOW, FLAGGED), issues_listed(dataset, query)
    worst = query.get(WORST)
    return IssueFilter(
        issue_type or query.get(TYPE),
        flagged_only=show != ALL,
        given_label=_class(dataset, query.get(GIVEN)),
        suggested_label=_class(dataset, query.get(SUGGESTED)),
        added=_class(dataset, query.get(MISSING)),
        removed=_class(dataset, query.get(EXTRA)),
        undecided_only=show == UNDECIDED,
        settled={ALL: None, SETTLED: True}.get(show, False),
        rows=RowFilter(text=query.get(SEARCH, "").strip() or None, columns=found.rows),
        worst=int(worst) if worst and worst.isdigit() else None,
        columns=found.added,
    )


def with_earlier(query: Mapping[str, str], dataset: Dataset) -> dict[str, str]:
    """The parameters of a link of release 0.1 to a scan's list as they are written now."""
    now = {key: value for key, value in query.items() if key not in _EARLIER}
    columns = {(one.added, one.column): one for one in issue_columns(dataset)}
    named = next((one.column for one in dataset.attributes if one.name == query.get("attribute")), "")
    asked: tuple[tuple[str, tuple[bool, str], How], ...] = (
        ("split", (False, "split"), "="),
        ("score_below", (True, "score"), "<"),
        ("value", (False, named), "="),
        ("at_least", (False, named), ">="),
        ("less_than", (False, named), "<"),
    )
    found = [filter_text(columns[of], how, (query[key],)) for key, of, how in asked if query.get(key) and of in columns]
    return now | {FILTERS: write_filters([*filter_texts(query.get(FILTERS, "")), *found])} if found else now


def read_filters(text: str, columns: Sequence[ListColumn]) -> list[tuple[ColumnFilter, ListColumn]]:
    """The filters of a link's parameter, with their columns. Raises `UsageError` for what cannot be read."""
    return [_filter(one, columns) for one in filter_texts(text)]


def filter_text(column: ListColumn, how: How, values: Sequence[str] = ()) -> str:
    """A filter of a column as it is written."""
    name = column.name if _PLAIN_NAME.fullmatch(column.name) else json.dumps(column.name, ensure_ascii=False)
    if how in ("missing", "present"):
        return f"{name} {how}"
    if how == "contains":
        return f"{name} contains {' '.join(' '.join(values).split())}"
    [first, *others] = values
    bare = not others and first and first.strip() == first and not first.startswith(("[", '"'))
    return f"{name} {how} {first if bare else json.dumps(list(values), ensure_ascii=False)}"


def read_order(text: str, columns: Sequence[ListColumn]) -> RowOrder:
    """`price` or `price desc`. Raises `UsageError` for a column that the list has not."""
    names = {one.name: one for one in columns if one is not VERDICT}
    descending = text not in names and text.endswith(DESCENDING)
    name = text.removesuffix(DESCENDING) if descending else text
    if name not in names:
        raise _no_column(name, names)
    return RowOrder(names[name].column, descending, names[name].added)


def write_order(order: RowOrder, columns: Sequence[ListColumn]) -> str:
    """An order as it is written."""
    column = next(one for one in columns if (one.column, one.added) == (order.column, order.added))
    return f"{column.name}{DESCENDING if order.descending else ''}"


def read_names(text: str) -> list[str]:
    """Names of columns: with commas between them, or as a JSON array where one has a comma itself."""
    if text.startswith("["):
        found = _json(text)
        return [str(one) for one in found] if isinstance(found, list) else [text]
    return [name for name in text.split(",") if name]


def write_names(names: Sequence[str]) -> str:
    """Names as `read_names` reads them."""
    if any("," in name for name in names) or (names[:1] and names[0].startswith("[")):
        return json.dumps(list(names), ensure_ascii=False)
    return ",".join(names)


def in_words(one: ColumnFilter, column: ListColumn, dataset: Dataset, said: Callable[[str], str] | None = None) -> str:
    """A filter as a person reads it: `price ≥ 10`, and classes by their names. `said` says a value otherwise than
    `value_in_words` does."""
    whole = one.how in ("=", "!=")
    told = (said or partial(value_in_words, column=column, dataset=dataset)) if whole else str
    values = say(" or ").join(told(value) or say("(empty)") for value in one.values)
    if one.how == "=":
        return say("{column} is {values}", column=column.title, values=values)
    if one.how == "!=":
        return say("{column} is not {values}", column=column.title, values=values)
    how = say(_HOW_SAID.get(one.how, one.how))
    return f"{column.title} {how} {values}".strip()


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


def _with(dataset: Dataset, added: Sequence[ListColumn], without: Iterable[str]) -> tuple[ListColumn, ...]:
    """Added columns, then those of the rows that are not named alike."""
    rows = [one for one in row_columns(dataset) if one.column not in set(without)]
    names, titles = {one.name for one in added}, {one.title for one in added}
    return (
        *added,
        *(
            replace(
                one,
                name=f"{one.name} (attribute)" if one.name in names else one.name,
                title=f"{one.title} (attribute)" if one.title in titles else one.title,
            )
            for one in rows
        ),
    )


def _asked(dataset: Dataset, name: str, kind: ColumnKind) -> ColumnKind:
    """How a column is asked for: labels that are numbers as such."""
    return cast(ColumnKind, label_asked(name, "", kind, task_named(dataset.task).target)[1])


def _kind(kind: str) -> ColumnKind:
    """How an attribute is asked for: one that is neither number, time nor category by its words."""
    return cast(ColumnKind, kind) if kind in get_args(ColumnKind) else "words"


def _own_id(dataset: Dataset, others: Sequence[str]) -> str:
    """As exports name the source's own id."""
    own = dataset.id_column or "source_id"
    taken = {name.lower() for name in (*ROW_COLUMNS, *others)}
    return "source_id" if own.lower() in taken else own


def holds_labels(column: ListColumn) -> bool:
    """Whether a column's values are labels; one of the source's own never is, whatever its name."""
    return column.column in LABEL_COLUMNS and (column.added or column.column in ("label", "given_label"))


def _coded(one: ColumnFilter, column: ListColumn, dataset: Dataset) -> ColumnFilter:
    """A filter with classes as labels have them."""
    of_classes = holds_labels(column) and one.how in ("=", "!=")
    return replace(one, values=tuple(map(dataset.coded, one.values))) if of_classes else one


def _class(dataset: Dataset, name: str | None) -> str | None:
    """A class that a link names; empty for no class, where a label may be several."""
    none = target_of(dataset).several and name == NO_CLASS and NO_CLASS not in dataset.labels
    return "" if none else dataset.coded(name) if name else None


def _filter(text: str, columns: Sequence[ListColumn]) -> tuple[ColumnFilter, ListColumn]:
    known = {one.name: one for one in columns if one is not VERDICT}
    name, rest = _name_of(text, known)
    if name not in known:
        raise _no_column(name, known)
    found, column = _HOW.fullmatch(rest), known[name]
    if found is None:
        raise UsageError(
            f"{text!r} is no filter.", f"Write it as “{name} = value”, with one of {', '.join(get_args(How))}."
        )
    how = cast(How, found["how"])
    values = () if how in ("missing", "present") else _values(found["value"])
    if how not in ("missing", "present") and not any(value or how in ("=", "!=") for value in values):
        raise UsageError(f"{text!r} says nothing to compare with.", f"Write it as “{name} {how} value”.")
    return ColumnFilter(column.column, how, values), column


def _name_of(text: str, known: Mapping[str, Any]) -> tuple[str, str]:
    """The column that a filter begins with, and what follows."""
    text = text.strip()
    if text.startswith('"'):
        try:
            name, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError:
            return text, ""
        return str(name), text[end:]
    for name in sorted(known, key=len, reverse=True):
        rest = text.removeprefix(name)
        if rest != text and _HOW.fullmatch(rest) and not (rest[:1].isalnum() or rest[:1] == "_"):
            return name, rest
    word = _PLAIN_NAME.match(text)
    return (word[0], text[word.end() :]) if word else (text, "")


def _values(text: str) -> tuple[str, ...]:
    found = _json(text) if text.startswith("[") else None
    return tuple(str(one) for one in found) if isinstance(found, list) and found else (text.strip(),)


def filter_texts(text: str) -> list[str]:
    """The filters of a link's parameter, each as it is written."""
    text = text.strip()
    found = _json(text) if text.startswith("[") else None
    return [str(one) for one in found] if isinstance(found, list) else [text] if text else []


def write_filters(texts: Sequence[str]) -> str:
    """Filters, each as it is written, as one parameter."""
    few = len(texts) == 1 and not texts[0].startswith("[")
    return texts[0] if few else json.dumps(list(texts), ensure_ascii=False) if texts else ""


def _json(text: str) -> object:
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError:
        return None
    return found


def _no_column(name: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"The list has no column {name!r}.", f"It has: {', '.join(known)}.")
