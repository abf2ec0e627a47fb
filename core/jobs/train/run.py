"""A job that fine-tunes a model: `python -m core.jobs.train.run FOLDER`, several of them by `accelerate launch`.

spec.json   a `TrainJobSpec`
input/      rows.parquet: example_id, content_hash, label (class index, or a list), split (never NULL), text, media_id
output/     model/                 safetensors, config with the class names, tokenizer or image processor, winnow.json;
                                   of a model that is fitted at once what its modality saves
            predictions.parquet    example_id, split, predicted (class index, or a text of several), confidence
            probabilities.npy      float32 (m, k) in Fortran order, row by row those of predictions.parquet
            features.npy, feature_rows.npy   float32 (t, d) what the last layer was given, and the row ids (t,)
            checkpoint/            what it goes on from when it is started again; gone once it is done
Events: `metrics` (`Figures`) and `note` (`Note`). The result says how it went and what it scored.
"""

from __future__ import annotations

import os

from core.jobs.entry import run
from core.jobs.rows import Rows, read_rows
from core.jobs.train.spec import TrainJobSpec, TrainResult
from core.queue import JobFolder, ProgressWriter
from core.tasks import task_named


def main(folder: JobFolder, progress: ProgressWriter) -> TrainResult | None:
    """Runs the strategy that the spec names; None in every process but the first."""
    spec = folder.spec_as(TrainJobSpec)
    if task_named(spec.about.task).target.located:
        from core.jobs.train.spans import train_spans

        return train_spans(folder, progress, spec, _rows(folder, spec))
    if task_named(spec.about.task).target.numeric and spec.settings.strategy == "head":
        from core.jobs.train.numbers import train_numbers

        return None if int(os.environ.get("RANK", "0")) else train_numbers(folder, progress, spec, _rows(folder, spec))
    if spec.settings.strategy != "head":
        from core.jobs.train.loop import fine_tune

        return fine_tune(folder, progress, spec, _rows(folder, spec))
    if int(os.environ.get("RANK", "0")) > 0:
        return None
    if task_named(spec.about.task).modality.fine_tuning.at_once:
        from core.jobs.train.fitted import train_fitted

        return train_fitted(folder, progress, spec, _rows(folder, spec))
    from core.jobs.train.head import train_head

    return train_head(folder, progress, spec, _rows(folder, spec))


def _rows(folder: JobFolder, spec: TrainJobSpec) -> Rows:
    return read_rows(folder, spec.about.task, spec.about.media, len(spec.about.labels))


if __name__ == "__main__":
    run(main)
