"""Records of datasets, their versions and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core.records.lists import ColumnFilter

AttributeKind = Literal["category", "number", "time", "text"]
DatasetState = Literal["loading", "ready", "trashed"]
VersionKind = Literal["load", "review", "split"]
EXAMPLE_ID = "example_id"
"""The column of a row's number in its source, by which tables, files and people name an example."""
EARLIER_EXAMPLE_ID = "row_id"
"""What release 0.1 called that column, so that people's files still do; DuckLake keeps this name for itself."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column that bias is measured on: the source's own, or derived from the payload."""

    name: str
    """As the person knows it."""
    column: str
    """As the examples table has it (differs from `name` where that collides with a column of Winnow's)."""
    kind: AttributeKind
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset as listed."""

    dataset_id: str
    name: str
    task: str
    source: str
    licence: str
    labels: tuple[str, ...]
    """Every class, sorted; positions in this tuple are the class indices used everywhere."""
    attributes: tuple[Attribute, ...]
    id_column: str | None
    """What the source calls its own row id (`source_id` in the examples table); None where it has none."""
    row_count: int
    rejected_count: int
    state: DatasetState
    created_at: datetime
    created_by: str
    latest_version_id: str
    derived_ready: bool
    """Whether the derived attributes have been computed."""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What people call classes, by class; one without goes by itself. Labels, files and models' rows never have it."""
    guidelines: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What belongs in a class, by class, where somebody has written it down."""
    layout: Mapping[str, str] = field(default_factory=dict, hash=False)
    """How labels that are spans were written in the source, to write them so again: `scheme` of tags, `example` and
    `label` (what the columns were called), `tokens` (the attribute with the bounds of its tokens), `mended` (rows),
    `overlap` where some spans do."""

    def called(self, code: str) -> str:
        """A class as people read it."""
        return self.names.get(code, code)

    def coded(self, said: str) -> str:
        """The class that is meant by its code or by its name; what is neither comes back as it is."""
        if said in self.labels:
            return said
        return next((code for code, name in self.names.items() if name == said), said)


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a dataset's labels, splits and exclusions. Immutable."""

    version_id: str
    dataset_id: str
    number: int
    """1 for the load, then counting up."""
    parent_id: str | None
    kind: VersionKind
    note: str
    fingerprint: str
    """Hex digest over (example_id, content_hash, label, split) of the rows it keeps: equal content, equal fingerprint.
    Empty for the moment after the version was made in which it is worked out."""
    row_count: int
    """Rows it keeps: exclusions are not counted."""
    created_at: datetime
    created_by: str
    acts_up_to: int | None = None
    """Number of the newest act when its decisions were taken; None where it took none, or in a release before 0.2."""


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """How a version came to be: with the load and the acts, all that it takes to make it again."""

    version: Version
    job_id: str | None
    """Of the job that made it, if one did."""
    splits: bytes | None
    """Parquet (example_id, split) of the rows that have a split of the version's own, where that is what it is for."""


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What one row of a version has that its parent's has not."""

    example_id: int
    given: str
    """The example as text, cut to a line, or the image's name."""
    from_label: str | None
    to_label: str | None
    """None when the row was excluded."""
    reviewer: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows of a version to show. Every field narrows; the empty filter is all rows."""

    label: str | None = None
    """A class: the row's label is it, or has it among others."""
    split: str | None = None
    attribute: str | None = None
    """An attribute's column; needs `value` or `low`/`high`."""
    value: str | None = None
    """The attribute's value as text; with `attribute` set and `value`, `low` and `high` all None: the missing ones."""
    low: float | None = None
    """Lower bound of a numeric attribute, inclusive."""
    high: float | None = None
    """Upper bound of a numeric attribute, exclusive."""
    text: str | None = None
    """Every word of it occurs in the text (or in the image's name), case ignored."""
    duplicates: Literal["exact", "conflicting"] | None = None
    """Rows whose content occurs more than once; or more than once with different labels."""
    example_ids: tuple[int, ...] | None = None
    also: str | None = None
    """A second class that the row's label has, where it may have several."""
    exactly: str | None = None
    """The text form of the row's whole label."""
    columns: tuple[ColumnFilter, ...] = ()
    """What else the rows have in common, column by column."""


@dataclass(frozen=True, slots=True)
class RowOrder:
    """How a list of rows is sorted; missing values come last either way, rows that are equal by their row id."""

    column: str = "example_id"
    """One of `example_id`, `text`, `label`, `given_label`, `split`, `source_id`, or an attribute's column."""
    descending: bool = False
    added: bool = False
    """Whether it is a column that the list adds to its rows: a rank, a score, a prediction."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row as it is drawn."""

    example_id: int
    text: str | None
    """The text; for images the original's file name."""
    media_id: str | None
    """For images: the content address, `Workspace.media`-relative path."""
    given_label: str | None
    """As loaded."""
    label: str | None
    """As this version has it."""
    split: str | None
    source_id: str | None
    attributes: Mapping[str, Any] = field(default_factory=dict)
