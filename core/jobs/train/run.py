"""A job that fine-tunes a model: `python -m core.jobs.train.run FOLDER`, several of them by `accelerate launch`.

spec.json   a `TrainSpec` with every default filled in, and dataset_id, version_id, task, labels, arrays, media, title
input/      rows.parquet: row_id, content_hash, label (class index), split (never NULL), text, media_id
output/     model/                 safetensors, config with the class names, tokenizer or image processor, winnow.json
            predictions.parquet    row_id, split, predicted (class index), confidence
            probabilities.npy      float32 (m, k) in Fortran order, row by row those of predictions.parquet
            features.npy, feature_rows.npy   float32 (t, d) what the last layer was given, and the row ids (t,)
            checkpoint/            what it goes on from when it is started again; gone once it is done
Events: `metrics` {step, epoch, split, values} and `note` {text}. The result says how it went and what it scored.
"""

from __future__ import annotations

import os
from typing import Any

from core.jobs.entry import run
from core.jobs.rows import read_rows
from core.queue import JobFolder, ProgressWriter


def main(folder: JobFolder, progress: ProgressWriter) -> dict[str, Any] | None:
    """Runs the strategy that the spec names; None in every process but the first."""
    spec = folder.spec()
    if spec["strategy"] != "head":
        from core.jobs.train.loop import fine_tune

        return fine_tune(folder, progress, spec, read_rows(folder, spec))
    if int(os.environ.get("RANK", "0")) > 0:
        return None
    from core.jobs.train.head import train_head

    return train_head(folder, progress, spec, read_rows(folder, spec))


if __name__ == "__main__":
    run(main)
