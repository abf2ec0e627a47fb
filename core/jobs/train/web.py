"""Fine-tunes: freezes what is asked for, lists the run, writes the rows for its job, and takes in what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.context import Context
from core.errors import UsageError
from core.finetune.settings import BUNDLED, check, resolve
from core.jobs.foresight import Foreseen
from core.jobs.kind import JobKind
from core.jobs.submit import about, submit, write_once
from core.jobs.train.events import metrics_of
from core.jobs.train.own_config import own_config
from core.jobs.train.plan import foresee_train
from core.jobs.train.spec import TRAIN_ROWS, TrainJobSpec, TrainResult
from core.jobs.training_rows import TrainRows, check_rows, planned, preview_split
from core.queue import JobFolder, Resources
from core.queue.accelerate_config import config_path, parse_config, slots_of
from core.records import Job, Metric, Run, StopMetric, TrainSpec, Version
from core.store.datasets import get_dataset
from core.store.job_files.training_rows import write_training_rows
from core.store.predictions import add_predictions
from core.store.versions import get_version
from core.tasks import task_named
from core.typed import JsonObject, to_json
from core.words import stored


def start_train(context: Context, version_id: str, spec: TrainSpec, by: str, rows: TrainRows | None = None) -> Run:
    """Starts a fine-tune of a version and returns its run at once; its job is `preparing` until the rows are written.

    The same fine-tune of the same version that is under way already is returned instead of a second one. `rows` is
    `preview_split` of it where that is known already: counting a million rows takes seconds. Raises NotFoundError for
    the version, UsageError for settings, rows or an accelerate config that cannot be.
    """
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    rows = rows or preview_split(context, version_id, spec.strategy)
    check_rows(rows)
    check(spec)
    own = own_config(spec)
    found = context.queue.launcher.slots()
    slots = slots_of(own.config, found) if own else found
    spec = resolve(spec, dataset.task, rows.splits["train"], on_gpu=slots[0].name != "cpu")
    spec = replace(spec, metric=metric_of(spec, task_named(dataset.task).target.numeric))
    title = title_of(spec, version)
    if own:
        spec = replace(spec, accelerate_config=own.path)
    frozen = TrainJobSpec(title, spec, about(context, dataset, version), own.text if own else None)

    def listed(job: Job) -> None:
        context.ledger.runs.add(
            run_id=job.job_id,
            dataset_id=dataset.dataset_id,
            version_id=version_id,
            title=title,
            spec=to_json(frozen),
            labels=frozen.about.labels,
            by=by,
        )

    named = f"{title} of {dataset.name}"
    job = submit(context, TRAIN, frozen, title=named, dataset_id=dataset.dataset_id, by=by, created=listed)
    return context.ledger.runs.by_id(job.job_id)


def metric_of(spec: TrainSpec, numeric: bool) -> StopMetric:
    """What chooses the best epoch: of numbers the MAE, where a metric of classes is asked for. Raises UsageError where
    one of numbers is asked for of classes."""
    of_numbers, of_classes = ("mae", "rmse"), ("accuracy", "macro_f1")
    if numeric:
        return "mae" if spec.metric in of_classes else spec.metric
    if spec.metric in of_numbers:
        raise UsageError(
            f"Metric: {spec.metric!r} is for labels that are numbers.", f"Use one of: loss, {', '.join(of_classes)}."
        )
    return spec.metric


def prepare_train(context: Context, folder: JobFolder) -> None:
    """Writes the rows that the job reads, and the accelerate config that it follows, if it follows one."""
    asked = TRAIN.spec_of(folder)
    if text := asked.accelerate_yaml:
        write_once(config_path(folder), lambda path: path.write_text(text, encoding="utf-8"))
    version_id = asked.about.version_id
    splits = planned(context, version_id, asked.settings.strategy)
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_training_rows(context.store, version_id, path, asked.about.labels, *splits),
    )


OF_DATASET = (
    stored("{model}, version {number} of {name}"),
    stored("Quick retrain of {model}, version {number} of {name}"),
    stored("Full fine-tune of {model}, version {number} of {name}"),
    stored("Last layer of {model}, version {number} of {name}"),
    stored("Last {last_layers} layers of {model}, version {number} of {name}"),
)
"""What `title_of` becomes as a job's title."""


def title_of(spec: TrainSpec, version: Version) -> str:
    """`Quick retrain of minilm, version 2`."""
    model = spec.model if spec.model in BUNDLED else spec.model.rstrip("/").rsplit("/", 1)[-1]
    if spec.model in BUNDLED and BUNDLED[spec.model].fine_tuning.at_once:
        return stored(f"{model.capitalize()}, version {version.number}")
    if spec.strategy == "head":
        return stored(f"Quick retrain of {model}, version {version.number}")
    if spec.strategy == "full":
        return stored(f"Full fine-tune of {model}, version {version.number}")
    if spec.last_layers == 1:
        return stored(f"Last layer of {model}, version {version.number}")
    return stored(f"Last {spec.last_layers} layers of {model}, version {version.number}")


def collect_train(context: Context, job: Job) -> None:
    """Takes in a finished run's summary, metrics and predictions; a second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    result = TRAIN.result_of(folder)
    if job.status != "done" or result is None:
        return
    labels = TRAIN.spec_of(folder).about.labels
    predictions = folder.output / "predictions.parquet"
    finish_run(context, job.job_id, to_json(result), metrics_of(context, job.job_id), predictions, labels)


def finish_run(
    context: Context,
    run_id: str,
    summary: JsonObject,
    metrics: Sequence[Metric],
    predictions_parquet: Path,
    labels: Sequence[str],
) -> None:
    """Takes in what a run has come to; a second call changes nothing, but for predictions that the store has lost. Its
    summary, which says that it is done, goes last. Raises `NotFoundError` for a run that was never added."""
    context.ledger.runs.by_id(run_id)
    add_predictions(context.store, run_id, predictions_parquet, labels)
    context.ledger.runs.finish(run_id, summary, metrics)


def _resources(spec: TrainJobSpec) -> Resources:
    """The last layer alone is solved in one process; the others run as their own accelerate config says, if any."""
    settings = spec.settings
    if settings.strategy == "head":
        return Resources()
    if spec.accelerate_yaml is None:
        return Resources(launch="accelerate", processes=settings.processes)
    config = parse_config(spec.accelerate_yaml, settings.accelerate_config)
    return Resources(launch="accelerate", processes=config.here)


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = TRAIN.spec_of(folder)
    splits = pq.read_table(folder.input / "rows.parquet", columns=["split"]).column("split")
    rows = {str(one["values"]): int(one["counts"]) for one in pc.value_counts(splits).to_pylist()}
    return foresee_rows(context, spec.about.version_id, spec.settings, rows)


def foresee_rows(context: Context, version_id: str, spec: TrainSpec, rows: Mapping[str, int]) -> Foreseen:
    """Of a spec with every default filled in, by how many rows each split has."""
    train, predicted = rows.get("train", 0), sum(rows.values())
    if spec.strategy != "head":
        predicted -= max(0, train - TRAIN_ROWS)
    validation = rows.get("validation", 0)
    return foresee_train(context, version_id, spec, train=train, validation=validation, predicted=predicted)


TRAIN = JobKind(
    "train", TrainJobSpec, TrainResult, "core.jobs.train.run", prepare_train, collect_train, _resources, _foresee
)
