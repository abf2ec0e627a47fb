"""What a model is trained with that a scan fine-tunes without each fold: every layer, by the usual settings of so many
rows. Light: the plan reads it too."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.errors import UsageError
from core.finetune.settings import BUNDLED, resolve
from core.records import ScanSpec, TrainSpec
from core.tasks import task_named

KEPT = "folds"
"""In a job's output, until all of it is done: what each model said of its fold."""


def forget_folds(output: Path) -> None:
    """Deletes what a scan's models have said, where it has asked some."""
    shutil.rmtree(output / KEPT, ignore_errors=True)


def name_of(model: str) -> str:
    """`minilm fine-tuned`: how the tier calls it."""
    return f"{model if model in BUNDLED else model.rstrip('/').rsplit('/', 1)[-1]} fine-tuned"


def stage_of(model: str, fold: int, folds: int) -> str:
    """`minilm fine-tuned: fold 2 of 5`: as the job says it, the first fold being 0."""
    return f"{name_of(model)}: fold {fold + 1} of {folds}"


def fold_settings(asked: ScanSpec, task: str, rows: int, on_gpu: bool = False) -> TrainSpec:
    """Of a scan of `rows` rows. Raises UsageError where the model that it names cannot be fine-tuned, or would have no
    effect."""
    modality = task_named(task).modality
    if modality.fine_tuning.at_once:
        raise UsageError(
            f"There is no model for {modality.many} that is fine-tuned by steps.",
            f"Leave it out: a scan of them fits {modality.fine_tuning.models[0]} without each fold in any case.",
        )
    if asked.probabilities is not None:
        raise UsageError(
            "Probabilities of your own are scanned instead of a model's: a fine-tuned one would have no effect.",
            "Leave out either your own probabilities or the model to fine-tune.",
        )
    spec = TrainSpec(model=asked.fine_tune, strategy="full", seed=asked.seed)
    return resolve(spec, task, max(1, rows - rows // max(2, asked.folds)), on_gpu)
