"""Evaluation of a million predictions over a thousand classes: the first look, and every rerun of the page after it.

Run alone: `python -m bench evaluation`. The probabilities are a whole (rows, classes) file, 4 GB at full size, written
column by column beside the workspace. Beside ours stands scikit-learn on the same rows, already in memory.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn.metrics
from numpy.typing import NDArray

from bench.large import seconds, take_in
from bench.row import Row
from core.context import Context
from core.evaluation.bootstrap import RESAMPLES, score_intervals
from core.evaluation.confusion import Cells
from core.jobs.train.web import finish_run
from core.records import Dataset, Decision, Evaluation, PredictionFilter, Run, Schema
from core.services.context import open_context
from core.services.evaluation import measures as evaluation
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.times import now
from core.store.versions import make_review_version

ROWS = int(os.environ.get("WINNOW_BENCH_ROWS", "1000000"))
CLASSES = 1_000
RIGHT = 0.8
RELABELLED = 10_000
RERUNS = 60
PAGE = 25
SPLIT = "test"
LABELS = tuple(f"class {place:04}" for place in range(CLASSES))


def run() -> list[Row]:
    """The first look at a run, what a rerun of the page does, and one class's curve."""
    generator = np.random.default_rng(0)
    true = generator.integers(CLASSES, size=ROWS)
    confused = (true + generator.geometric(1 / 30, size=ROWS)) % CLASSES
    predicted = np.where(generator.random(ROWS) < RIGHT, true, confused)
    confidence = (0.3 + 0.7 * generator.random(ROWS)).astype(np.float32)
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        context = open_context(Workspace(Path(folder) / "workspace"))
        try:
            dataset = _reviewed(context, Path(folder), true, generator)
            made = _finished(context, dataset, predicted, confidence, generator)
            return [*_first(context, made, true, predicted), *_reruns(context, made)]
        finally:
            context.close()


def _first(context: Context, made: Run, true: NDArray[np.int64], predicted: NDArray[np.int64]) -> list[Row]:
    """Everything once, with nothing kept. scikit-learn is given class indices, which it counts faster than names."""
    ours = seconds(lambda: evaluation.evaluate(context, made, SPLIT, timeout=None))
    matrix = _cells(true, predicted)
    resample = seconds(lambda: score_intervals(matrix, lambda done, total: None)) / RESAMPLES
    chosen = np.random.default_rng(1).integers(ROWS, size=ROWS)
    theirs = statistics.median(seconds(lambda: _macro_f1(true[chosen], predicted[chosen])) for _ in range(3))
    curve = seconds(lambda: evaluation.curves(context, made, SPLIT, LABELS[0], "roc", timeout=None))
    column = np.load(context.queue.folder(made.run_id).output / "probabilities.npy", mmap_mode="r")[:, 1]
    their_curve = seconds(lambda: (_roc(true == 1, column), sklearn.metrics.roc_auc_score(true == 1, column)))
    return [
        Row("First evaluation: report, matrix, log loss, intervals from 1,000 resamples", ours, "s"),
        Row(
            "One bootstrap resample of macro F1", resample * 1000, "ms", theirs * 1000, "scikit-learn: f1_score of rows"
        ),
        Row("First curve of a class", curve, "s", their_curve, "scikit-learn: roc_curve, roc_auc_score"),
    ]


def _reruns(context: Context, made: Run) -> list[Row]:
    """What a rerun of the page asks for, in the script thread: each time another cell, page and class, so that nothing
    but the evaluation is kept from the time before."""
    whole: list[float] = []
    names = ("the evaluation, kept", "rows of a cell", "a page of all rows", "a new class's curve")
    parts: dict[str, list[float]] = {name: [] for name in names}
    for place in range(RERUNS):
        label, other = LABELS[place * 7], LABELS[(place * 7 + 5) % CLASSES]
        cell = PredictionFilter(SPLIT, true_label=label, predicted=other)
        steps: tuple[Callable[[], object], ...] = (
            partial(_kept, context, made),
            partial(_listed, context, made, cell),
            partial(evaluation.predicted_rows, context, made, PredictionFilter(SPLIT), "version", PAGE, place * PAGE),
            partial(evaluation.curves, context, made, SPLIT, label, "roc", timeout=None),
        )
        taken = [seconds(step) for step in steps]
        whole.append(sum(taken))
        for kept, one in zip(parts.values(), taken, strict=True):
            kept.append(one)
    rows = [
        Row("Rerun of the page: evaluation, a cell's rows, a page, a new curve, p50", _p50(whole), "ms"),
        Row("Rerun of the page, p95", _p95(whole), "ms", bound="≤ 500 ms"),
    ]
    rows += [Row(f"Rerun, of it {name}, p95", _p95(taken), "ms") for name, taken in parts.items()]
    by_class = [PredictionFilter(SPLIT, true_label=label, correct=False) for label in LABELS[:RERUNS]]
    wrong = [seconds(partial(_listed, context, made, where)) for where in by_class]
    every = PredictionFilter(SPLIT, correct=False)
    return [
        *rows,
        Row("Rows of a class that are wrong, a page, p95", _p95(wrong), "ms"),
        Row("All wrong rows, a page, once", seconds(lambda: _listed(context, made, every)) * 1000, "ms"),
    ]


def _kept(context: Context, made: Run) -> None:
    found = evaluation.evaluate(context, made, SPLIT)
    assert isinstance(found, Evaluation), "it was evaluated before"


def _listed(context: Context, made: Run, where: PredictionFilter) -> None:
    evaluation.predicted_rows(context, made, where, "version", PAGE)


def _reviewed(context: Context, folder: Path, true: NDArray[np.int64], generator: np.random.Generator) -> Dataset:
    """The rows, and a version in which ten thousand of them were relabelled: its labels count as true."""
    path = folder / "rows.parquet"
    labels = pa.DictionaryArray.from_arrays(pa.array(true, pa.int32()), pa.array(LABELS)).cast(pa.string())
    texts = pa.array([f"The story of {row} and what it is for you" for row in range(ROWS)])
    pq.write_table(pa.table({"text": texts, "label": labels}), path)
    dataset = take_in(context, path, Schema("text", "text", "label", None, None, ()))
    ids, chosen = (dataset.dataset_id, dataset.latest_version_id), generator.choice(ROWS, RELABELLED, replace=False)
    context.ledger.decisions.append(
        [
            Decision(
                new_id(), new_id(), *ids, int(row), "relabel", LABELS[(true[row] + 1) % CLASSES], "b", now(), None, {}
            )
            for row in chosen
        ],
    )
    make_review_version(context.store, dataset.latest_version_id, "", "bench")
    return get_dataset(context.store, dataset.dataset_id)


def _finished(
    context: Context,
    dataset: Dataset,
    predicted: NDArray[np.int64],
    confidence: NDArray[np.float32],
    generator: np.random.Generator,
) -> Run:
    job = context.queue.start_local("train", "bench", {}, dataset.dataset_id, "bench")
    output = context.queue.folder(job.job_id).output
    table = {"example_id": np.arange(ROWS), "split": [SPLIT] * ROWS, "predicted": predicted, "confidence": confidence}
    pq.write_table(pa.table(table), output / "predictions.parquet")
    shape = (ROWS, CLASSES)
    array = np.lib.format.open_memmap(output / "probabilities.npy", "w+", np.float32, shape, fortran_order=True)
    rest = 2 * (1 - confidence) / (CLASSES - 1)
    for place in range(CLASSES):
        of_class = predicted == place
        column = generator.random(ROWS, np.float32) * rest
        column[of_class] = confidence[of_class]
        array[:, place] = column
    array.flush()
    context.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title="bench",
        spec={},
        labels=LABELS,
        by="bench",
    )
    finish_run(context, job.job_id, {"splits": {}}, [], output / "predictions.parquet", LABELS)
    context.queue.finish_local(job.job_id, "done")
    return context.ledger.runs.get(dataset.dataset_id, job.job_id)


def _cells(true: NDArray[np.int64], predicted: NDArray[np.int64]) -> Cells:
    """The confusion matrix of rows."""
    pair, count = np.unique(true * CLASSES + predicted, return_counts=True)
    return Cells(pair // CLASSES, pair % CLASSES, count, CLASSES)


def _macro_f1(true: NDArray[np.int64], predicted: NDArray[np.int64]) -> object:
    return sklearn.metrics.f1_score(true, predicted, average="macro")


def _roc(of_class: NDArray[np.bool_], column: NDArray[np.float32]) -> object:
    return sklearn.metrics.roc_curve(of_class, column)


def _p50(taken: list[float]) -> float:
    return statistics.median(taken) * 1000


def _p95(taken: list[float]) -> float:
    return float(np.quantile(taken, 0.95)) * 1000
