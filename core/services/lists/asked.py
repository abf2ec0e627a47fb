"""What a link, a command or a saved view asks of a list of rows: what narrows it, how it is sorted, what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from core.modalities import WORDS
from core.records import EXAMPLE_ID, ColumnFilter, Dataset, How, IssueFilter, ListColumn, RowFilter, RowOrder
from core.services.lists.columns import holds_labels, issue_columns, prediction_columns, row_columns, unread
from core.services.lists.facts import fact_columns
from core.services.lists.written import (
    Width,
    filter_text,
    filter_texts,
    read_filters,
    read_names,
    read_order,
    width_of,
    write_filters,
)
from core.store.issues import BY_RANK
from core.store.predicted.columns import usual_order
from core.store.rows import BY_ROW
from core.store.search.rank import BEST
from core.tasks import target_of
from core.words import later

# The parameters of a link to a list, which are a saved view's as well.
FILTERS, ORDER, COLUMNS = "where", "order", "columns"
LABEL, SEARCH, SPLIT, DUPLICATES = "label", "words", "split", "duplicates"
MATCH_ORDER = "match"
"""The order of rows by how well they match the words that are looked for; a column of that name goes before it."""
LIKE = "like"
"""The row whose most similar rows are listed."""
TYPE, SHOW, WORST = "type", "show", "worst"
KIND = "kind"
"""Of a type whose rows have kinds, one of them."""
GIVEN, SUGGESTED, MISSING, EXTRA = "given", "suggested", "missing", "extra"
FLAGGED, UNDECIDED, DECIDED = later("Flagged"), later("Undecided"), later("Decided")
SETTLED, ALL = later("Settled before"), later("All rows")
"""What is shown of an issue type's list; the words are the link's as well."""
NO_CLASS = later("no class")
"""Among the classes that a label may have: that it has none of them. A class of that name goes before it."""
_EARLIER = ("attribute", "value", "at_least", "less_than", "split", "score_below")
"""How links of release 0.1 narrowed a scan's list by what is a filter of a column now."""


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
    widths: Mapping[str, Width] = field(default_factory=dict)
    """Of those that are not as wide as usual, by their names."""


def listed(
    dataset: Dataset,
    query: Mapping[str, str],
    columns: Sequence[ListColumn],
    usual: Sequence[str],
    order: RowOrder,
    facts: Sequence[ListColumn] = (),
) -> Listed:
    """What a link's parameters ask of a list with these columns; `usual` are the names of those that it shows and
    `order` how it is sorted where the link says nothing; `facts` can be filtered by too. A class may be
    named by its code or by its name. Raises `UsageError` for what the list has not."""
    found = [
        (_coded(one, column, dataset), column)
        for one, column in read_filters(query.get(FILTERS, ""), [*columns, *facts])
    ]
    rows, added = (tuple(one for one, column in found if column.added is kind) for kind in (False, True))
    asked = query.get(ORDER, "")
    shown, widths = [one for one in columns if one.name in usual], {}
    if query.get(COLUMNS):
        by_name = {one.name: one for one in columns}
        named = dict(width_of(name, by_name) for name in read_names(query[COLUMNS]))
        shown = [by_name[name] for name in named if name in by_name] or shown
        widths = {name: width for name, width in named.items() if width is not None}
    return Listed(rows, added, read_order(asked, columns) if asked else order, tuple(shown), widths)


def rows_listed(dataset: Dataset, query: Mapping[str, str]) -> Listed:
    """`listed` of a dataset's rows."""
    columns = row_columns(dataset)
    hidden = {"given_label", *unread(dataset)}
    usual = [one.name for one in columns if one.column not in hidden]
    best = query.get(ORDER) == MATCH_ORDER and all(one.name != MATCH_ORDER for one in columns)
    found = listed(dataset, {**query, ORDER: ""} if best else query, columns, usual, BY_ROW, fact_columns(columns))
    return replace(found, order=BEST) if best else found


def issues_listed(dataset: Dataset, query: Mapping[str, str]) -> Listed:
    """`listed` of a scan's rows."""
    usual = ["rank", EXAMPLE_ID, "given_label", "suggested_label", "kinds", "score", "verdict", WORDS, "split"]
    columns = issue_columns(dataset)
    return listed(dataset, query, columns, usual, BY_RANK, fact_columns(columns))


def predictions_listed(dataset: Dataset, query: Mapping[str, str]) -> Listed:
    """`listed` of what a run predicts."""
    own = ("half", "residual", "suspect") if target_of(dataset).numeric else ("confidence",)
    usual = [EXAMPLE_ID, "true_label", "predicted", *own, WORDS]
    columns = prediction_columns(dataset)
    return listed(dataset, query, columns, usual, usual_order(dataset), fact_columns(columns))


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
        decided_only=show == DECIDED,
        settled={ALL: None, SETTLED: True}.get(show, False),
        rows=RowFilter(text=query.get(SEARCH, "").strip() or None, columns=found.rows),
        worst=int(worst) if worst and worst.isdigit() else None,
        kind=query.get(KIND) or None,
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


def _coded(one: ColumnFilter, column: ListColumn, dataset: Dataset) -> ColumnFilter:
    """A filter with classes as labels have them."""
    of_classes = holds_labels(column) and one.how in ("=", "!=")
    return replace(one, values=tuple(map(dataset.coded, one.values))) if of_classes else one


def _class(dataset: Dataset, name: str | None) -> str | None:
    """A class that a link names; empty for no class, where a label may be several."""
    none = target_of(dataset).several and name == NO_CLASS and NO_CLASS not in dataset.labels
    return "" if none else dataset.coded(name) if name else None
