"""What a fine-tune leaves for the store to take in: predictions, probabilities, features, scores of each split."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.arrays.disk_backed import empty_npy
from core.files import remove, remove_parts, whole
from core.finetune.losses import row_losses
from core.finetune.scores import scores
from core.jobs.about import About
from core.jobs.label_column import label_column
from core.jobs.train.spec import TRAIN_ROWS, SplitScores
from core.targets import Labels
from core.targets.arrays import most_probable, unlabelled
from core.tasks import task_named

CHUNK = 1 << 16


def sample_of_train(splits: NDArray[np.object_], seed: int) -> NDArray[np.int64]:
    """Positions of the rows of `train`, of at most `TRAIN_ROWS` of them, ascending."""
    rows = np.flatnonzero(splits == "train")
    if len(rows) > TRAIN_ROWS:
        rows = np.sort(np.random.default_rng(seed).choice(rows, TRAIN_ROWS, replace=False))
    return rows


def create_matrix(path: Path, shape: tuple[int, int], fortran_order: bool) -> None:
    """An `.npy` file of zeros that several processes can fill. Raises OSError where its disk has no room for them."""
    empty_npy(path, shape, fortran_order=fortran_order).flush()


def open_matrix(path: Path) -> NDArray[np.float32]:
    """The matrix of `create_matrix`, to be written to."""
    matrix: NDArray[np.float32] = np.lib.format.open_memmap(path, "r+")
    return matrix


@contextmanager
def whole_model(output: Path) -> Iterator[Path]:
    """Where to write a run's model: it is named `model` once it is whole, and replaces the one that is there."""
    remove_parts(output)
    with whole(output / "model") as part:
        yield part
        remove(output / "model")


def write_predictions(
    output: Path, example_ids: NDArray[np.int64], splits: NDArray[np.object_], labels: Labels, about: About
) -> dict[str, SplitScores]:
    """Writes predictions.parquet from probabilities.npy, whose rows are those of `example_ids` (m,), and returns
    the scores of each split, over its rows with a label; of one without any none."""
    target = task_named(about.task).target
    probabilities = np.load(output / "probabilities.npy", mmap_mode="r")
    predicted, confidence = np.empty_like(labels), np.empty(len(example_ids), np.float32)
    loss = np.empty(len(example_ids))
    for start in range(0, len(example_ids), CHUNK):
        part = slice(start, start + CHUNK)
        block = np.asarray(probabilities[part])
        predicted[part], confidence[part] = most_probable(block, target.several)
        told = ~unlabelled(labels[part])
        loss[part][told] = row_losses(block[told], labels[part][told])
    said = label_column(target, predicted, about.labels)
    columns = {"example_id": example_ids, "split": pa.array(splits, pa.string()), "predicted": said}
    pq.write_table(pa.table(columns | {"confidence": confidence}), output / "predictions.parquet")
    found: dict[str, SplitScores] = {}
    told = ~unlabelled(labels)
    for split in dict.fromkeys(splits[told].tolist()):
        own = (splits == split) & told
        figures = scores(labels[own], predicted[own], loss[own])
        found[split] = SplitScores(int(own.sum()), **figures)
    return found
