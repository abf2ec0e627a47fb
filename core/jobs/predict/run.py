"""A job that lets a run's model predict a file: `python -m core.jobs.predict.run FOLDER`.

spec.json   {model: folder, task, column, locations, within, and what the page says of it}
input/      of cells: rows.parquet, every column of the file, and set_aside.parquet (file, line, reason, content), what
            could not be read as a row; of files nothing, they are read where they lie
output/     predictions.parquet: every column, or the file's name, then predicted, confidence, reason, and up to
            `MOST_COLUMNS` classes' probabilities. Each row of the input has one; what cannot be predicted has a reason.
The result says how many rows were predicted as what. Memory holds one chunk of rows at a time.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from core.finetune.predictor import Predictor
from core.jobs import entry
from core.jobs.predict.files import predict_files
from core.jobs.predict.rows import predict_rows
from core.queue import JobFolder, ProgressWriter
from core.tasks import task_named


def main(folder: JobFolder, progress: ProgressWriter) -> dict[str, Any]:
    """Returns {rows, predicted, classes: {label: rows}, reason_column, seconds}."""
    spec = folder.spec()
    began = time.monotonic()
    progress.update("Loading the model", 0)
    predictor = Predictor.open(Path(spec["model"]))
    predict = predict_files if task_named(spec.get("task") or spec["kind"]).modality.in_files else predict_rows
    results = predict(folder, spec, predictor, progress)
    return {
        "rows": results.rows,
        "predicted": sum(results.classes.values()),
        "classes": dict(results.classes.most_common()),
        "reason_column": results.reason_column,
        "seconds": round(time.monotonic() - began, 3),
    }


if __name__ == "__main__":
    entry.run(main)
