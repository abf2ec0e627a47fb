"""Predicts the rows of a table: an example is one of its columns, or the columns of a row together."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs.predict.results import Results, spread
from core.jobs.predict.spec import PredictSpec
from core.modalities.fitted import Opened
from core.queue import JobFolder, ProgressWriter
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN, REASON_COLUMN
from core.targets.number.residuals import Spread

CHUNK = 2048
"""Rows in memory at a time: the row group in which the input was written."""


def predict_rows(folder: JobFolder, spec: PredictSpec, predictor: Opened, progress: ProgressWriter) -> Results:
    """Every row in its order, then what could not be read as a row, named by its line."""
    aside = folder.input / "set_aside.parquet"
    with pq.ParquetFile(folder.input / "rows.parquet") as file:
        total = file.metadata.num_rows
        own = (FILE_COLUMN, LINE_COLUMN, REASON_COLUMN)
        kept = pa.schema([field for field in file.schema_arrow if field.name not in own])
        around = Spread.beside(spec.model) if spec.target.numeric else None
        with Results(folder.output / "predictions.parquet", kept, predictor.labels, spec.target, around) as results:
            for batch in file.iter_batches(CHUNK, columns=kept.names):
                before = results.rows

                def tick(done: float, _: float | None, before: int = before) -> None:
                    progress.update("Predicting", before + done, total, "rows")

                cells = _cells(batch, spec, predictor.columns)
                reasons = [None if cell and cell.strip() else f"missing {spec.modality.name}" for cell in cells]
                found, _ = predictor.predict([cell for cell, bad in zip(cells, reasons, strict=True) if not bad], tick)
                results.write(batch.columns, spread(found, reasons, len(predictor.labels)), reasons)
                tick(batch.num_rows, 0)
            for reasons in _aside(aside) if aside.exists() else ():
                empty = [pa.nulls(len(reasons), field.type) for field in kept]
                nothing = np.zeros((len(reasons), len(predictor.labels)), np.float32)
                results.write(empty, nothing, reasons)
    return results


def _cells(batch: pa.RecordBatch, spec: PredictSpec, columns: Sequence[str]) -> list[str | None]:
    """The examples as a job has them: a cell, or of a row a JSON object with the model's columns; None where there is
    nothing. A number that is none, or not finite, is missing, as it is when a table is loaded."""
    if spec.column:
        return [None if value is None else str(value) for value in batch.column(spec.column).to_pylist()]
    known = batch.select([name for name in columns if name in batch.schema.names])
    rows = ({name: None if _is_missing(value) else value for name, value in row.items()} for row in known.to_pylist())
    return [json.dumps(row, default=str) if any(value is not None for value in row.values()) else None for row in rows]


def _is_missing(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, float) and not math.isfinite(value))


def _aside(path: Any) -> Iterator[list[str | None]]:
    """Why each line was set aside, and how it began."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(CHUNK):
            yield [f"line {row['line'] or '?'}: {row['reason']}: {row['content']}" for row in batch.to_pylist()]
