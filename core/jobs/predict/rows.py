"""Predicts the rows of a table: an example is one of its columns, or the columns of a row together."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.finetune.tokens.predictor import TagPredictor
from core.jobs.predict.results import ResultFile, SpanResults, results_of, spread
from core.jobs.predict.spec import PredictSpec
from core.modalities.fitted import Opened
from core.progress import Report, unheard
from core.queue import JobFolder, ProgressWriter
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN, REASON_COLUMN
from core.targets.number.residuals import Spread

Columns = Sequence[pa.Array]
Reasons = Sequence[str | None]
Write = Callable[[Columns, Sequence[str], Reasons, Report], None]
"""Writes n rows: their own columns, the m examples that a model can say something of, why the others are none."""
CHUNK = 2048
"""Rows in memory at a time: the row group in which the input was written."""


def predict_rows(folder: JobFolder, spec: PredictSpec, predictor: Opened, progress: ProgressWriter) -> ResultFile:
    """Every row in its order, then what could not be read as a row, named by its line."""
    aside, path = folder.input / "set_aside.parquet", folder.output / "predictions.parquet"
    with pq.ParquetFile(folder.input / "rows.parquet") as file:
        total = file.metadata.num_rows
        own = (FILE_COLUMN, LINE_COLUMN, REASON_COLUMN)
        kept = pa.schema([field for field in file.schema_arrow if field.name not in own])
        results, write = _opened(predictor, spec, path, kept)
        with results:
            for batch in file.iter_batches(CHUNK, columns=kept.names):
                before = results.rows

                def tick(done: float, _: float | None, before: int = before) -> None:
                    progress.update("Predicting", before + done, total, "rows")

                cells = _cells(batch, spec, predictor.columns)
                reasons = [None if cell and cell.strip() else f"missing {spec.modality.name}" for cell in cells]
                good = [cell for cell, bad in zip(cells, reasons, strict=True) if cell is not None and not bad]
                write(batch.columns, good, reasons, tick)
                tick(batch.num_rows, 0)
            for reasons in _aside(aside) if aside.exists() else ():
                write([pa.nulls(len(reasons), field.type) for field in kept], (), reasons, unheard)
    return results


def _opened(predictor: Opened, spec: PredictSpec, path: Path, kept: pa.Schema) -> tuple[ResultFile, Write]:
    """The file of results in the form that fits a model, and how rows get there."""
    if isinstance(predictor, TagPredictor):
        of_spans = SpanResults(path, kept)
        return of_spans, lambda columns, good, reasons, tick: of_spans.write(
            columns, predictor.read(good, tick), reasons
        )
    around = Spread.beside(spec.model) if spec.target.numeric else None
    results = results_of(path, kept, predictor.labels, spec.target, around)
    classes = len(predictor.labels)

    def write(columns: Columns, good: Sequence[str], reasons: Reasons, tick: Report) -> None:
        found = predictor.predict(good, tick)[0] if good else np.zeros((0, classes), np.float32)
        results.write(columns, spread(found, reasons, classes), reasons)

    return results, write


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
