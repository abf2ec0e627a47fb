"""Starts fine-tunes: freezes what was asked for, writes the rows for the job, lists the run, and lets it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from core.finetune.settings import BUNDLED, check, resolve
from core.queue import JobFolder
from core.queue.accelerate_config import config_path, slots_of
from core.queue.local.slots import find_slots
from core.records import Dataset, Job, Run, TrainSpec, Version
from core.services.context import Context
from core.services.follow import follow
from core.services.prepare import about, prepare_and_enqueue, write_once
from core.services.runs.own_config import TEXT, OwnConfig, own_config
from core.services.train_rows import TrainRows, check_rows, planned, preview_split
from core.store.datasets import get_dataset
from core.store.training_rows import write_training_rows
from core.store.versions import get_version

__all__ = ["TrainRows", "follow_train", "prepare_train", "preview_split", "start_train", "title_of"]

MODULE = "core.jobs.train.run"


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
    slots = slots_of(own.config, find_slots()) if own else find_slots()
    spec = resolve(spec, dataset.task, rows.splits["train"], on_gpu=slots[0].name != "cpu")
    frozen = _frozen(context, dataset, version, spec, own)
    if running := context.queue.under_way("train", frozen):
        return context.ledger.runs.by_id(running.job_id)
    job = context.queue.create(
        "train",
        f"{frozen['title']} of {dataset.name}",
        MODULE,
        frozen,
        dataset.dataset_id,
        by,
        launch="python" if spec.strategy == "head" else "accelerate",
        processes=1 if spec.strategy == "head" else own.config.here if own else spec.processes,
    )
    run = context.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=version_id,
        title=frozen["title"],
        spec=frozen,
        labels=dataset.labels,
        by=by,
    )
    prepare_and_enqueue(context, job, prepare_train)
    return run


def follow_train(context: Context, run: Run, on_progress: Callable[[Job], None] = lambda job: None) -> tuple[Run, Job]:
    """Waits for a run that was started. An interrupt (Ctrl-C) stops it, which saves a checkpoint: the job then is
    `stopped`. Raises JobError where it failed."""
    try:
        job = follow(context, run.run_id, on_progress, interrupted=context.queue.stop)
    except KeyboardInterrupt:
        job = context.queue.get(run.run_id)
    return context.ledger.runs.by_id(run.run_id), job


def prepare_train(context: Context, folder: JobFolder) -> None:
    """Writes the rows that the job reads, and the accelerate config that it follows, if it follows one."""
    asked = folder.spec()
    if text := asked.get(TEXT):
        write_once(config_path(folder), lambda path: path.write_text(text, encoding="utf-8"))
    version_id = asked["version_id"]
    splits = planned(context, version_id, asked["strategy"])
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_training_rows(context.store, version_id, path, asked["labels"], *splits),
    )


def title_of(spec: TrainSpec, version: Version) -> str:
    """`Quick retrain of minilm, version 2`."""
    model = spec.model if spec.model in BUNDLED else spec.model.rstrip("/").rsplit("/", 1)[-1]
    last = "Last layer" if spec.last_layers == 1 else f"Last {spec.last_layers} layers"
    how = {"head": "Quick retrain", "last": last, "full": "Full fine-tune"}
    return f"{how[spec.strategy]} of {model}, version {version.number}"


def _frozen(
    context: Context, dataset: Dataset, version: Version, spec: TrainSpec, own: OwnConfig | None
) -> dict[str, Any]:
    """The complete `spec.json` of a training job."""
    followed = {"accelerate_config": own.path, TEXT: own.text} if own else {}
    return asdict(spec) | {
        **followed,
        **about(context, dataset, version),
        "title": title_of(spec, version),
    }
