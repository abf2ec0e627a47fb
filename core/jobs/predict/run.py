"""A job that lets a run's model predict a file: `python -m core.jobs.predict.run FOLDER`.

spec.json   a `PredictSpec`
input/      of cells: rows.parquet, every column of the file, and set_aside.parquet (file, line, reason, content), what
            could not be read as a row; of files nothing, they are read where they lie
output/     predictions.parquet: every column, or the file's name, then predicted, confidence, reason, and up to
            `MOST_COLUMNS` classes' probabilities; of numbers predicted and the ends of its interval; of spans also
            these with their probabilities as JSON. Each row of the input has one; what cannot be predicted has a
            reason.
The result says how many rows were predicted as what. Memory holds one chunk of rows at a time.
"""

from __future__ import annotations

import time

from core.finetune.predictor import Predictor
from core.jobs import entry
from core.jobs.open_model import open_model
from core.jobs.predict.files import predict_files
from core.jobs.predict.results import ResultFile
from core.jobs.predict.rows import predict_rows
from core.jobs.predict.spec import PredictResult, PredictSpec
from core.queue import JobFolder, ProgressWriter


def main(folder: JobFolder, progress: ProgressWriter) -> PredictResult:
    """Predicts everything."""
    spec = folder.spec_as(PredictSpec)
    began = time.monotonic()
    progress.update("Loading the model", 0)
    model, modality = open_model(spec.model)
    results: ResultFile
    if modality.in_files:
        assert isinstance(model, Predictor)
        results = predict_files(folder, spec, model, progress)
    else:
        results = predict_rows(folder, spec, model, progress)
    return PredictResult(
        rows=results.rows,
        predicted=results.predicted,
        classes=dict(results.classes.most_common()),
        reason_column=results.reason_column,
        seconds=round(time.monotonic() - began, 3),
    )


if __name__ == "__main__":
    entry.run(main)
