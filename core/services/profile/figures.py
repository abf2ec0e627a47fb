"""The profile of a version: reads the store, asks `core.profile`, keeps the answers.

Every function gives its answer or `Pending`: what takes longer than a page may wait is worked out beside it, once per
version. With `timeout=None` it waits to the end, as the command line does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import NotFoundError
from core.jobs.load.web import add_derived
from core.profile import balance as balances
from core.profile import bias, shares
from core.profile import columns as idle
from core.profile import duplicates as repeats
from core.profile import label_sets as together
from core.profile import missing as absences
from core.profile import wording as wordings
from core.profile.by_group.crossed import grouped
from core.profile.label_numbers import Band, LabelNumbers, in_bands, label_numbers
from core.profile.numbers import number_profile
from core.profile.records import (
    Association,
    Balance,
    Duplicates,
    GroupTable,
    IdleColumn,
    LabelSets,
    MissingValues,
    NumberProfile,
    Parity,
    SplitBalance,
)
from core.profile.records import Rows as ProfileRows
from core.profile.values import shown_apart, value_balance
from core.profile.wording import Wording
from core.progress import Report
from core.records import CROSS, Attribute, Dataset, RowFilter
from core.store.datasets import get_dataset
from core.store.rows import rows_of
from core.store.versions import get_version
from core.tasks import target_of, task_named
from core.words import stored

T = TypeVar("T")
_ANSWERS = "profile"
"""The name of what runs beside."""


@dataclass(frozen=True, slots=True)
class Values:
    """How the values of a category spread."""

    balance: Balance
    missing: int
    shown: Mapping[str, str] = field(default_factory=dict)
    """By value how it may be shown, where that is not as it is."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups against the labels, and how far apart they are."""

    table: GroupTable
    parity: tuple[Parity, ...]
    """Per label, widest difference first; empty with fewer than two groups that can be judged."""
    bands: tuple[Band, ...] = ()
    """What the labels stand for where these are numbers."""


def class_balance(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> Balance | Pending:
    """How evenly the rows of a version spread over its classes."""
    return _ask(context, version_id, stored("Counting classes"), _balance, timeout)


def label_sets(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> LabelSets | Pending | None:
    """Which classes go together; None where a label is one."""
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    if not target_of(dataset).several or target_of(dataset).located:
        return None
    return _ask(context, version_id, stored("Counting labels"), _label_sets, timeout)


def numbers_of_labels(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> LabelNumbers | Pending:
    """How labels that are numbers are spread, in all and per split."""
    return _ask(context, version_id, stored("Counting labels"), _numbers, timeout, "numbers")


def split_balance(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> SplitBalance | Pending:
    """The classes of each split side by side, and whether they differ."""
    return _ask(context, version_id, stored("Comparing splits"), _splits, timeout)


def duplicates(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> Duplicates | Pending:
    """Exact duplicates, those with conflicting labels, those that straddle splits."""
    return _ask(context, version_id, stored("Looking for duplicates"), _duplicates, timeout)


def missing_values(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> MissingValues | Pending:
    """Rows without a value, per attribute."""
    return _ask(context, version_id, stored("Counting missing values"), _missing, timeout)


def columns_of_source(dataset: Dataset) -> list[Attribute]:
    """Its attributes without what is derived from examples, or measured of files."""
    measured = task_named(dataset.task).modality.measures
    return [one for one in dataset.attributes if not one.derived and one.name not in measured]


def idle_columns(
    context: Context, version_id: str, timeout: float | None = TIMEOUT
) -> tuple[IdleColumn, ...] | Pending:
    """Columns that say nothing, or nothing that another does not say."""

    def work(rows: ProfileRows, dataset: Dataset, report: Report) -> tuple[IdleColumn, ...]:
        own = columns_of_source(dataset)
        return idle.idle_columns(rows, [replace(one, derived=one not in own) for one in dataset.attributes])

    return _ask(context, version_id, stored("Comparing columns"), work, timeout)


def distribution(
    context: Context, version_id: str, attribute: Attribute, timeout: float | None = TIMEOUT
) -> NumberProfile | Values | Pending | None:
    """How an attribute spreads: a number or a time as a histogram, anything else by its values; None without values."""

    def work(rows: ProfileRows, dataset: Dataset, report: Report) -> NumberProfile | Values | None:
        if attribute.kind in ("number", "time"):
            return number_profile(rows, attribute)
        balance, missing = value_balance(rows, attribute)
        return Values(balance, missing, shown_apart(rows, attribute, [one.label for one in balance.classes]))

    return _ask(context, version_id, stored(f"Counting {attribute.name}"), work, timeout, attribute.column)


def associations(
    context: Context, version_id: str, timeout: float | None = TIMEOUT
) -> tuple[Association, ...] | Pending:
    """Every attribute's association with the label, strongest first."""
    return _ask(context, version_id, stored("Measuring every attribute against the label"), _associations, timeout)


def group_shares(
    context: Context, version_id: str, attributes: Sequence[Attribute], timeout: float | None = TIMEOUT
) -> Groups | Pending:
    """The share of each label in each group of an attribute, or of several together."""

    def work(rows: ProfileRows, dataset: Dataset, report: Report) -> Groups:
        if rows.target.numeric:
            fifths = in_bands(rows)
            table = fifths.named(grouped(fifths, attributes))
            return Groups(table, shares.parity(table), fifths.bands)
        table = grouped(rows, attributes)
        return Groups(table, shares.parity(table))

    name, columns = CROSS.join(one.name for one in attributes), tuple(one.column for one in attributes)
    return _ask(context, version_id, stored(f"Counting the groups of {name}"), work, timeout, columns)


def repeated_rows(
    context: Context,
    version_id: str,
    kind: repeats.Kind,
    pair: tuple[str, str] | None = None,
    timeout: float | None = TIMEOUT,
) -> RowFilter | Pending:
    """Opens the first `OPENED_ROWS` repeated rows: exact copies, those in conflict, those in conflict over `pair`,
    those in several splits."""

    def work(rows: ProfileRows, dataset: Dataset, report: Report) -> RowFilter:
        return RowFilter(example_ids=repeats.repeated_rows(rows, kind, pair))

    return _ask(context, version_id, stored("Finding the repeated rows"), work, timeout, (kind, pair))


def words_tied(
    context: Context, version_id: str, attribute: Attribute | None = None, timeout: float | None = TIMEOUT
) -> Wording | Pending:
    """The words that a label follows, of examples that are written and labels that are classes; with a category, which
    of its groups they mark too."""

    def work(rows: ProfileRows, dataset: Dataset, report: Report) -> Wording:
        return wordings.wording(rows, attribute)

    return _ask(context, version_id, stored("Counting words"), work, timeout, attribute and attribute.column)


def rows_with_word(
    context: Context, version_id: str, word: str, label: str | None, timeout: float | None = TIMEOUT
) -> RowFilter | Pending:
    """Opens the first `OPENED_ROWS` rows that have the word, and the class."""

    def work(rows: ProfileRows, dataset: Dataset, report: Report) -> RowFilter:
        return wordings.word_rows(rows, word, label)

    return _ask(context, version_id, stored("Looking for the word"), work, timeout, (word, label))


def derived(context: Context, dataset_id: str, timeout: float | None = TIMEOUT) -> Dataset | Pending:
    """The dataset with its derived attributes, which are made on the first call."""
    dataset = get_dataset(context.store, dataset_id)
    if dataset.derived_ready:
        return dataset

    def work(report: Report) -> Dataset:
        derive(context, dataset_id, report, lambda: context.beside.leaving)
        return get_dataset(context.store, dataset_id)

    return context.beside.answers(_ANSWERS).ask(
        (dataset_id, "derived"), stored("Reading lengths, languages and shapes"), work, timeout
    )


def derive(context: Context, dataset_id: str, on_progress: Report, stopped: Callable[[], bool]) -> None:
    """Makes the derived attributes of a dataset, once, whoever asks first. Raises `StoppedError`."""
    add_derived(context, get_dataset(context.store, dataset_id), on_progress, stopped)


def attribute_of(dataset: Dataset, column: str) -> Attribute:
    """The attribute of that column. Raises `NotFoundError` with those that exist."""
    for attribute in dataset.attributes:
        if attribute.column == column:
            return attribute
    known = ", ".join(attribute.column for attribute in dataset.attributes) or "none"
    raise NotFoundError(f"Attribute {column!r} not found.", f"This dataset has: {known}.")


def _ask(
    context: Context,
    version_id: str,
    what: str,
    work: Callable[[ProfileRows, Dataset, Report], T],
    timeout: float | None,
    about: Hashable = "",
) -> T | Pending:
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    key = (version_id, len(dataset.attributes), what, about, context.store.masked())
    answers = context.beside.answers(_ANSWERS)
    return answers.ask(key, what, lambda report: work(rows_of(context.store, version_id), dataset, report), timeout)


def _balance(rows: ProfileRows, dataset: Dataset, report: Report) -> Balance:
    return balances.balance(rows, dataset.labels)


def _label_sets(rows: ProfileRows, dataset: Dataset, report: Report) -> LabelSets:
    return together.label_sets(rows)


def _numbers(rows: ProfileRows, dataset: Dataset, report: Report) -> LabelNumbers:
    return label_numbers(rows)


def _splits(rows: ProfileRows, dataset: Dataset, report: Report) -> SplitBalance:
    return balances.split_balance(rows, dataset.labels)


def _duplicates(rows: ProfileRows, dataset: Dataset, report: Report) -> Duplicates:
    return repeats.duplicates(rows)


def _missing(rows: ProfileRows, dataset: Dataset, report: Report) -> MissingValues:
    return absences.missing_values(rows, dataset.attributes)


def _associations(rows: ProfileRows, dataset: Dataset, report: Report) -> tuple[Association, ...]:
    return bias.associations(in_bands(rows) if rows.target.numeric else rows, dataset.attributes, report)
