"""Finished runs with a small model to use: what a fine-tune leaves, without the training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from core.context import Context
from core.records import Dataset, RowFilter, Run
from core.store.rows import page_rows
from core.tasks import task_named
from tests.images import png
from tests.runs import finished_run
from tests.unit.finetune.models import image_model, text_model

TEXTS = {
    "sport": ("goal match team", "the goal of a match", "team match"),
    "money": ("bank market shares", "the market of shares", "bank shares"),
    "film": ("actor scene film", "the scene of a film", "actor film"),
}


def write_texts(path: Path) -> Path:
    """Nine short texts of three classes."""
    rows = [f"{text},{label}" for label, texts in TEXTS.items() for text in texts]
    path.write_text("\n".join(["text,label", *rows]) + "\n")
    return path


def write_images(folder: Path) -> Path:
    """Six images in two class folders."""
    for seed in range(6):
        inner = folder / ("light", "dark")[seed % 2]
        inner.mkdir(parents=True, exist_ok=True)
        (inner / f"{seed}.png").write_bytes(png(seed, 32, 32))
    return folder


def used_run(context: Context, dataset: Dataset, folder: Path) -> Run:
    """A run that is done, with a model of random weights for the dataset's classes and the features of all rows."""
    from core.finetune.classifiers.classifier import load_classifier
    from core.finetune.predictor import Predictor

    kind = task_named(dataset.task).modality.name
    base = text_model(folder / "base") if kind == "text" else image_model(folder / "base", "resnet")
    rows = page_rows(context.store, dataset.latest_version_id, RowFilter(), 100)
    run = finished_run(
        context,
        dataset,
        np.full((len(rows), len(dataset.labels)), 1 / len(dataset.labels), np.float32),
        ["train"] * len(rows),
    )
    output = context.queue.folder(run.run_id).output
    load_classifier(str(base), dataset.task, run.labels, max_tokens=16, seed=1).save(output / "model", {"spec": {}})
    payloads = [
        row.text if row.media_id is None else Image.open(context.workspace.media / row.media_id).convert("RGB")
        for row in rows
    ]
    _, features = Predictor.open(output / "model").predict(payloads)
    np.save(output / "features.npy", features)
    np.save(output / "feature_rows.npy", np.array([row.example_id for row in rows], np.int64))
    return run
