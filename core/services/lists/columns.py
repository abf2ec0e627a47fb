"""The columns of lists of rows, as links, commands and exports name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast, get_args

from core.modalities import MODALITIES, WORDS
from core.records import EXAMPLE_ID, ColumnKind, Dataset, ListColumn
from core.store.filters import ISSUE_COLUMNS, ROW_COLUMNS, label_asked
from core.store.predicted.columns import added_columns
from core.tasks import task_named
from core.words import later

LABEL_COLUMNS = ("label", "given_label", "suggested_label", "predicted", "new_label", "from_label", "to_label")
"""Columns whose values are labels."""
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
    "kinds": later("what is wrong"),
}
_PREDICTED = {
    "label": ("true_label", later("true")),
    "predicted": ("predicted", later("predicted")),
    "confidence": ("confidence", later("confidence")),
}
_PREDICTED_NUMBER = {
    "label": ("true_label", later("labelled")),
    "predicted": ("predicted", later("predicted")),
    "confidence": ("half", "±"),
    "residual": ("residual", later("labelled less predicted")),
    "off_by": ("off_by", later("off by")),
    "suspect": ("suspect", later("probably wrong")),
}
"""What a run's list adds to its rows, by the store's column: its name and its title."""
SIMILARITY = ListColumn("similarity", later("similarity"), "similarity", "number", added=True)
"""How alike rows are to another one."""
VERDICT = ListColumn("verdict", later("decided"), "verdict", "words", added=True)
"""What holds of a row; neither sorted nor narrowed by."""

TAGS = ListColumn("tags", later("tags"), "tags", "words", added=True)
"""What people have put on a row, in any list that has such rows; neither sorted nor narrowed by, for which there is the
fact."""


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
        if name != "kinds" or task_named(dataset.task).modality.faults
    )
    return _with(dataset, (*added, VERDICT), without=("label", "given_label"))


def prediction_columns(dataset: Dataset) -> tuple[ListColumn, ...]:
    """The columns of the list of what a run predicts: its own, then its rows'."""
    target = task_named(dataset.task).target
    kinds, named = added_columns(target), _PREDICTED_NUMBER if target.numeric else _PREDICTED
    added = tuple(
        ListColumn(name, title, column, kinds[column][1], added=True) for column, (name, title) in named.items()
    )
    return _with(dataset, added, without=("label",))


def with_similarity(columns: Sequence[ListColumn]) -> tuple[ListColumn, ...]:
    """Columns of rows after how alike each is to another one; no two have the same name."""
    taken = any(one.name == SIMILARITY.name for one in columns)
    return (replace(SIMILARITY, name=f"{SIMILARITY.name} (cosine)") if taken else SIMILARITY, *columns)


def unread(dataset: Dataset) -> tuple[str, ...]:
    """The attributes that say where tokens are, or what stood beside them: files have them, and nobody reads them."""
    if "tokens" not in dataset.layout:
        return ()
    beside = (one.column for one in dataset.attributes if one.column.startswith("column_"))
    return (dataset.layout["tokens"], *beside)


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
