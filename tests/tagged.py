"""A dataset whose labels are several classes each, and runs that have predicted it: for tests of what comes after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.sql import literal
from core.store.datasets import get_dataset
from tests.staged import taken_in

TASK = "multi-label-text"
CLASSES = ("corn", "grain", "ship", "wheat")


def text_form(classes: Sequence[str]) -> str:
    return json.dumps(sorted(classes), ensure_ascii=False, separators=(",", ":"))


def texts_of(indicators: NDArray[np.integer], classes: Sequence[str] = CLASSES) -> list[str]:
    """The text form of each row of (n, k) 0 and 1."""
    return [text_form([classes[place] for place in np.flatnonzero(row)]) for row in indicators]


def tagged(
    context: Context,
    folder: Path,
    indicators: NDArray[np.integer],
    *,
    classes: Sequence[str] = CLASSES,
    name: str = "cables",
) -> Dataset:
    """Row i is a text of the classes of row i of the indicators (n, k), from a Parquet file with a column of lists."""
    labels = [[classes[place] for place in np.flatnonzero(row)] for row in indicators]
    texts = [f"Cable {row}: {' and '.join(own) or 'nothing of note'}" for row, own in enumerate(labels)]
    file = folder / f"{name}.parquet"
    pq.write_table(pa.table({"text": texts, "tags": pa.array(labels, pa.list_(pa.string()))}), file)
    schema = Schema(task=TASK, payload="text", label="tags", attributes=())
    made = taken_in(
        context.store, Reader(sql=f"read_parquet({literal(str(file))})"), schema, name, source="test", by="ann"
    )
    return get_dataset(context.store, made.dataset_id)
