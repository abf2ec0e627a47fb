"""The stages of a batch prediction, foreseen: by its rows where they are known, else by how many a look at it found."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.jobs.foresight import ENCODES, Foreseen, Work, loading, start
from core.jobs.predict.spec import PredictSpec
from core.modalities import Modality
from core.modalities.kept import text_costs
from core.settings import expanded

FILES = 100_000
"""Of a folder so many are counted."""
MAX_TOKENS = 512
"""Where texts are cut, as a rule."""
ROW = 1e-4
"""Seconds for a row of a table."""


def foresee_predict(modality: Modality, task: str, units: float) -> Foreseen:
    """`units`: images, rows of a table, or what `cost_of` says of texts."""
    name = modality.name
    usual = ROW if modality.features else ENCODES[modality.encoders[-1]]
    works = (
        start("predict"),
        loading(f"a model of {name}", "Loading the model"),
        Work("Predicting", f"{name}: predicting {task}", units, usual, heavy=True, warm=0.3),
    )
    return Foreseen(works)


def units_of(spec: PredictSpec, rows: Path) -> float:
    """Of a job whose input is written."""
    if spec.modality.in_files:
        return float(sum(_images(expanded(location)) for location in spec.locations))
    if spec.modality.features:
        return float(pq.ParquetFile(rows).metadata.num_rows)
    texts = pq.read_table(rows, columns=[spec.column]).column(0).cast("string")
    return float(text_costs(pc.fill_null(pc.binary_length(texts), 0).to_numpy(), MAX_TOKENS).sum())


def units_of_some(first: Sequence[Mapping[str, object]], column: str, count: int) -> float:
    """Of a table of so many rows, by the first of them; `column` has the texts, if texts they are."""
    if not column or not first:
        return float(count)
    sizes = np.array([len(str(row.get(column) or "").encode()) for row in first])
    return float(text_costs(sizes, MAX_TOKENS).mean() * count)


def _images(path: Path) -> int:
    if path.is_dir():
        return sum(1 for _, file in zip(range(FILES), path.rglob("*"), strict=False) if file.is_file())
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return len(archive.infolist())
    return 1
