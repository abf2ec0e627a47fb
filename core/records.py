"""The records that cross from one stage to the next. Frozen, plain, and free of behaviour that needs a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

AttributeKind = Literal["category", "number", "time", "text"]
DatasetState = Literal["loading", "ready", "trashed"]
VersionKind = Literal["load", "review", "split"]
Action = Literal["keep", "relabel", "exclude", "unsure", "undo"]
JobStatus = Literal["preparing", "queued", "running", "stopping", "done", "failed", "cancelled", "stopped", "lost"]

ENDED: tuple[JobStatus, ...] = ("done", "failed", "cancelled", "stopped", "lost")
"""The states that a job does not leave by itself."""
UNFINISHED: tuple[JobStatus, ...] = ("failed", "cancelled", "stopped", "lost")
"""Ended without a result: such a job may be started again."""


# --- load ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a source as it was found."""

    name: str
    type: str
    """The type that the reader found, as DuckDB names it: VARCHAR, BIGINT, DOUBLE, BLOB …"""
    distinct: int
    """Distinct values in the preview."""
    missing: int
    """Empty values in the preview."""


@dataclass(frozen=True, slots=True)
class Schema:
    """Which column plays which role. Guessed by a source, overruled by the person."""

    task: str
    """A name in `core.tasks.TASKS`: `text`, `image`."""
    payload: str
    """The column that holds the example: its text, or the image's path, bytes or URI."""
    label: str | None
    split: str | None = None
    id: str | None = None
    attributes: tuple[str, ...] = ()
    """All other columns, kept with their own types."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a source looks like before it is loaded."""

    source: str
    """The source's name in `core.sources.SOURCES`."""
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    """The first rows, up to 50; image payloads as paths or bytes."""
    guess: Schema
    notes: tuple[str, ...] = ()
    """What the person should know: delimiter and encoding found, files and the splits they become, warnings."""
    row_estimate: int | None = None
    """Rows expected, where the source can say so cheaply."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """How a CSV file is written: enough to walk it record by record."""

    path: str
    """As it stands in the relation's file column."""
    delimiter: str
    quote: str = '"'
    """Empty where the file quotes nothing."""
    escape: str = '"'
    encoding: str = "utf-8"
    """As Python names it."""
    lines_before: int = 1
    """Lines before the first data record: the header, and what is skipped above it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How the store reads a tabular source by itself, without a row passing through Python."""

    sql: str
    """A DuckDB relation, such as `read_csv('…', store_rejects=true)` or `read_parquet(['…'])`."""
    rejects: bool = False
    """Whether the relation fills DuckDB's `reject_errors`, which the store takes over as `RejectedRow`s."""
    total_bytes: int | None = None
    setup: tuple[str, ...] = ()
    """Statements to run before it."""
    extensions: tuple[str, ...] = ()
    """Bundled DuckDB extensions that it needs: `excel`, `httpfs`."""
    rejected_parquet: str | None = None
    """A Parquet file of further rejected rows (file, line, reason, content), written by a load job."""
    media: bool = False
    """Whether the relation has `content_hash` and `media_id` columns beside the payload, as an image load job writes
    them; else the content hash is taken over the payload."""
    row_estimate: int | None = None
    """Rows expected, for the progress shown."""
    file_column: str | None = None
    """A column of the relation with the file that a row came from; not stored, named in `RejectedRow`s."""
    line_column: str | None = None
    """A column of the relation with the row's 1-based line; not stored, named in `RejectedRow`s."""
    reason_column: str | None = None
    """A column of the relation that is not NULL where the source itself sets the row aside, and why; not stored."""
    types_may_give_way: bool = False
    """Whether the source can be read again with wider types: then many values that do not fit end the reading."""
    whole_columns: tuple[str, ...] = ()
    """Columns that the relation reads as DOUBLE though a sample had whole numbers only, since a reader of whole numbers
    rounds 1.5 to 2 without a word; the store makes them BIGINT where every value is whole."""
    csv_files: tuple[CsvFile, ...] = ()
    """The dialect of each CSV file, so that a row set aside for a missing value can be given its line."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was set aside while loading."""

    file: str
    line: int | None
    """1-based line, or the member's ordinal in an archive; None where the format has no lines."""
    reason: str
    content: str
    """The beginning of what stood there, up to 500 characters."""


# --- datasets and versions ---------------------------------------------------------------------------------------


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
    """Hex digest over (row_id, content_hash, label, split) of the rows it keeps: equal content, equal fingerprint."""
    row_count: int
    """Rows it keeps: exclusions are not counted."""
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class VersionChange:
    """What one row of a version has that its parent's has not."""

    row_id: int
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
    row_ids: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """One row as it is drawn."""

    row_id: int
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


# --- scans and issues --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScanSpec:
    """What a scan is asked to do. Frozen into the run folder's `spec.json`."""

    encoders: tuple[str, ...]
    """Names in `core.signals.ENCODERS`, model folders or hub ids, quickest first; empty: the task's defaults."""
    folds: int = 5
    seed: int = 0
    probabilities: str | None = None
    """A file of the person's own out-of-sample probabilities; then no encoder runs but the one for neighbours."""
    flag_by: str = "winnow"
    """How rows are flagged: `winnow` (calibrated default) or a cleanlab `filter_by` name."""


@dataclass(frozen=True, slots=True)
class Scan:
    """One finished tier of a scan."""

    scan_id: str
    job_id: str
    dataset_id: str
    version_id: str
    tier: str
    """What the probabilities came from: `lexical`, `minilm`, `lexical + minilm`, `own probabilities` …"""
    tier_order: int
    """Position in its job: the highest is the best that the job has reached."""
    created_at: datetime
    created_by: str
    settings: Mapping[str, Any]
    summary: Mapping[str, Any]
    """`output/<tier>/summary.json`, see `core.worker.scan`."""
    final: bool
    """False while a better tier of the same job is still expected."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One row of the ranked list."""

    row_id: int
    score: float
    """Label quality in 0–1: low is worse."""
    is_issue: bool
    given_label: str
    suggested_label: str
    why: Mapping[str, Any]
    """`given_probability`, `suggested_probability`, `given_threshold`, `suggested_threshold`, `neighbours` (row ids,
    nearest first), `similarities` (cosine, same order)."""
    rank: int
    """1 is the worst row of the scan."""


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues to list: narrows the ranked list of one scan."""

    flagged_only: bool = True
    given_label: str | None = None
    suggested_label: str | None = None
    score_below: float | None = None
    undecided_only: bool = False
    rows: RowFilter = RowFilter()


# --- review ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """One reviewer's act. Appended, never edited; an undo is an act of its own."""

    decision_id: str
    client_key: str
    """Made once where the decision was made; a second write with the same key is the same decision."""
    dataset_id: str
    version_id: str
    """The version that was on the screen: its successor takes the decision in."""
    row_id: int
    action: Action
    new_label: str | None
    """Only with `relabel`."""
    reviewer: str
    decided_at: datetime
    scan_id: str | None
    shown: Mapping[str, Any]
    """What the reviewer saw: given label, suggested label, score, tier."""
    undoes: str | None = None
    """The decision that an `undo` takes back."""


@dataclass(frozen=True, slots=True)
class ReviewCounts:
    """Where a review stands."""

    flagged: int
    """Flagged rows of the scan."""
    decided: int
    """Rows of the version with a decision in force."""
    left: int
    """Flagged rows without one."""
    relabelled: int
    excluded: int
    kept: int
    unsure: int
    suggestion_taken: int
    """Relabelled to exactly the label that was suggested."""


# --- jobs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest line of a job's progress."""

    stage: str = ""
    done: float = 0
    total: float | None = None
    message: str = ""
    seconds_left: float | None = None
    """Of the whole job where it can tell, else of the stage."""

    @property
    def fraction(self) -> float | None:
        """Share done of the stage in 0–1, or None where the total is unknown."""
        return None if not self.total else min(1.0, self.done / self.total)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the queue knows it."""

    job_id: str
    kind: str
    """`load`, `scan`, `groups` …"""
    title: str
    dataset_id: str | None
    status: JobStatus
    created_at: datetime
    created_by: str
    started_at: datetime | None
    ended_at: datetime | None
    folder: str
    """Absolute path of its run folder."""
    progress: Progress
    error: str
    """Empty, or the cause of a failure in one sentence."""
    device: str
    """The device slot it holds or held: `cpu`, `cuda:0` …; empty before it starts."""
    collected: bool
    """Whether the store has taken its output in."""
    queue_position: int | None = None
    """1 is next; None when it does not wait."""
