"""The rows of one version as a job reads them: `input/rows.parquet`, written by the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.modalities.contract import DERIVED
from core.modalities.payloads import Measures, Payloads
from core.queue import JobFolder
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID
from core.targets import Labels
from core.targets.spans.form import Span, spans_of
from core.targets.spans.tokens import bounds_of, of_tokens
from core.tasks import task_named


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows, by row id."""

    example_ids: NDArray[np.int64]
    """(n,)"""
    labels: Labels
    """In their array form: positions in the dataset's labels, a column for each of them where a row has several, or
    numbers."""
    payloads: Payloads
    measures: Measures = field(default_factory=dict)
    """(n,) what a load has measured of each file, NaN where it is not known, and what is derived of each row, by the
    modality's names; without those that the file of rows has not."""

    def __len__(self) -> int:
        return len(self.example_ids)


def read_rows(folder: JobFolder, task: str, media: Path, classes: int = 0) -> Rows:
    """What the task needs of the rows, in the file's order; the workspace's files lie in `media`. `classes`: how many
    the dataset has, for jobs that look at labels."""
    modality = task_named(task).modality
    path = folder.input / "rows.parquet"
    known = pq.read_schema(path).names
    ids = EXAMPLE_ID if EXAMPLE_ID in known else EARLIER_EXAMPLE_ID  # a job of release 0.1 that is started again
    measures = [name for name in modality.measures if name in known]
    asked = [name for name in modality.asked if f"{DERIVED}{name}" in known]
    columns = [ids, "content_hash", "label", modality.payload, *measures, *(f"{DERIVED}{name}" for name in asked)]
    table = pq.read_table(path, columns=columns)
    payloads = Payloads.of(
        table.column(modality.payload), table.column("content_hash"), media if modality.in_files else None
    )
    example_ids = table.column(ids).to_numpy().astype(np.int64)
    measured: dict[str, NDArray[Any]] = {name: table.column(name).cast("float64").to_numpy() for name in measures}
    measured |= {name: np.array(table.column(f"{DERIVED}{name}").to_pylist(), object) for name in asked}
    return Rows(example_ids, array_form(table.column("label").combine_chunks(), classes), payloads, measured)


def array_form(labels: pa.Array, classes: int) -> Labels:
    """Labels as the store writes them, positions, lists of positions or numbers, in their array form: null is no label.
    Of lists at least `classes` columns."""
    if pa.types.is_floating(labels.type):
        return np.asarray(labels.fill_null(np.nan).to_numpy(zero_copy_only=False), np.float64)
    if not pa.types.is_list(labels.type):
        return np.asarray(labels.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)
    counts = labels.value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
    positions = labels.flatten().to_numpy()
    found = np.zeros((len(labels), max(classes, int(positions.max(initial=-1)) + 1)), np.int8)
    found[np.repeat(np.arange(len(labels)), counts), positions] = 1
    found[labels.is_null().to_numpy(zero_copy_only=False)] = -1
    return found


def read_kept(folder: JobFolder, names: Mapping[str, str]) -> dict[str, pa.ChunkedArray]:
    """The columns that are kept with the rows, by their names: each (n,) strings. `names`: of the file → known."""
    table = pq.read_table(folder.input / "rows.parquet", columns=list(names))
    return {name: table.column(column) for column, name in names.items()}


def read_splits(folder: JobFolder) -> NDArray[np.object_]:
    """The split of each row, shape (n,), in the file's order."""
    column = pq.read_table(folder.input / "rows.parquet", columns=["split"]).column("split")
    return np.asarray(column.to_pylist(), dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class SpanRows:
    """The labels of n rows, and the words that they are made of. A row without a label has no spans here: `told` says
    which ones have one."""

    spans: list[tuple[Span, ...]]
    told: NDArray[np.bool_]
    """(n,)"""
    bounds: list[NDArray[np.int64]]
    """(w, 2) of each row: start and stop of its words, in characters; none is cut by a span."""

    @property
    def offsets(self) -> NDArray[np.int64]:
        """(n + 1,) where the words of each row begin, and the last ones end."""
        return np.concatenate([[0], np.cumsum([len(one) for one in self.bounds])]).astype(np.int64)

    def labels(self, types: Sequence[str]) -> list[NDArray[np.int64]]:
        """Of each row the type of each word, 0 outside of all spans, from 1 on by `types`; -1 where a row has no
        label."""
        index = {name: place for place, name in enumerate(types, 1)}
        found = []
        for spans, bounds, told in zip(self.spans, self.bounds, self.told, strict=True):
            own = np.full(len(bounds), 0 if told else -1)
            if spans:
                for first, behind, name in of_tokens(spans, tuple((start, stop) for start, stop in bounds.tolist())):
                    own[first:behind] = index[name]
            found.append(own)
        return found


def read_spans(folder: JobFolder, texts: Sequence[str]) -> SpanRows:
    """What `input/rows.parquet` has in `spans` and `tokens`, of rows in its order, whose texts these are."""
    table = pq.read_table(folder.input / "rows.parquet", columns=["spans", "tokens"])
    labels = table.column("spans").to_pylist()
    spans = [spans_of(one or "[]") for one in labels]
    tokens = table.column("tokens").to_pylist()
    bounds = [bounds_of(*one) for one in zip(tokens, texts, spans, strict=True)]
    told = np.array([one is not None for one in labels], bool)
    return SpanRows(spans, told, [np.array(one, np.int64).reshape(-1, 2) for one in bounds])
