"""Records of a load: what a source looks like, how it is read, and what is set aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.records.datasets import Attribute
from core.words import later

MISFIT = later("value does not fit its column's type: ")
"""How a reason begins to set a row aside for a value; the column's name, a colon and the value follow. Several are
joined by semicolons."""
MISFITS = later("value does not fit its column's type: {column}: {value}")
"""Such a reason whole."""

_SPLITS = {
    "train": (
        "train", "training", "训练", "训练集", "訓練", "訓練集", "訓練用", "学習", "学習用", "학습", "훈련",
        "trainingsdaten", "entraînement", "apprentissage", "entrenamiento", "treino", "treinamento", "addestramento",
        "обучение",
    ),
    "validation": (
        "dev", "val", "valid", "validation", "验证", "验证集", "开发集", "驗證", "驗證集", "検証", "検証用", "검증",
        "validierung", "validierungsdaten", "validación", "validação", "validazione", "валидация",
    ),
    "test": (
        "test", "testing", "测试", "测试集", "測試", "測試集", "テスト", "テスト用", "테스트", "testdaten", "prueba",
        "teste", "тест",
    ),
}  # fmt: skip
SPLIT_WORDS = {word: split for split, words in _SPLITS.items() for word in words}
"""How people write the names of splits, without case → what the split is called."""
USUAL_SPLITS = tuple(_SPLITS)
"""`train`, `validation`, `test`: the order in which splits are named."""


def splits_in_order(splits: Iterable[str | None]) -> list[str | None]:
    """The usual ones first, then any other by name, then None, which is rows in no split."""
    usual = {name: place for place, name in enumerate(USUAL_SPLITS)}
    return sorted(splits, key=lambda name: (name is None, usual.get(name or "", len(usual)), name or ""))


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


BadTags = Literal["mend", "set aside"]


@dataclass(frozen=True, slots=True)
class Schema:
    """Which column plays which role. Guessed by a source, overruled by the person."""

    task: str
    """A name in `core.tasks.TASKS`, or an alias of one."""
    payload: str
    """The column that holds the example: its text, or the image's path, bytes or URI; empty where it is several."""
    label: str | None
    """The one column that holds the label, where one does."""
    split: str | None = None
    id: str | None = None
    attributes: tuple[str, ...] = ()
    """All other columns, kept with their own types."""
    label_columns: tuple[str, ...] = ()
    """Where a label is several classes: columns of 0 and 1 that are a class each, by their names, in place of
    `label`."""
    label_delimiter: str = ""
    """Where a label is several classes: what stands between them in the texts of `label`; empty where it holds lists,
    or texts that are JSON arrays."""

    features: tuple[str, ...] = ()
    """Those of `attributes` that make up the example, where it is several columns."""
    bad_tags: BadTags = "mend"
    """Where labels are one tag for each token: what is done with rows whose tags are not as their scheme has them."""

    classes: tuple[str, ...] = ()
    """Classes that labels may have beside those that rows have: where nothing is labelled yet, all of them."""

    @property
    def labelled_by(self) -> tuple[str, ...]:
        """The columns that say the label; none where no label is chosen."""
        return self.label_columns or ((self.label,) if self.label is not None else ())

    @property
    def roles(self) -> frozenset[str]:
        """The columns that are no attributes."""
        return frozenset(filter(None, (self.payload, *self.labelled_by, self.split, self.id)))

    def in_order(self) -> tuple[str, ...]:
        """The features in the order of the attributes, which is the source's: equal rows make equal examples."""
        return tuple(name for name in self.attributes if name in set(self.features))


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
    escaped: bool = False
    """Whether it is an export of Winnow's, in which an apostrophe stands before what a spreadsheet would run; in other
    files an apostrophe is somebody's own."""


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
    """Bundled DuckDB extensions that it needs: `httpfs`."""
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
class Staged:
    """A source that was read: Parquet files of Winnow's own that the store takes in."""

    rows: str
    """Parquet file of the usable rows, in the source's order."""
    row_count: int
    types: Mapping[str, str]
    """Stored column → DuckDB type, in the order of an examples table without its `example_id`."""
    labels: tuple[str, ...]
    """The classes in the order of their indices."""
    attributes: tuple[Attribute, ...]
    rejected: str
    """Parquet file of the rows set aside: file, line, reason, content."""
    rejected_count: int
    layout: Mapping[str, str] = field(default_factory=dict)
    """See `Dataset.layout`."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was set aside while loading."""

    file: str
    line: int | None
    """1-based line, or the member's ordinal in an archive; None where the format has no lines."""
    reason: str
    content: str
    """The beginning of what stood there, up to 500 characters."""
