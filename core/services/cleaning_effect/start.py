"""Asks whether cleaning helped: starts the job that trains on labels as given, as reviewed and as changed at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, get_args

from core.errors import UsageError
from core.finetune.settings import resolve
from core.queue import JobFolder
from core.records import CleaningEffect, Dataset, EffectStrategy, Job, ReviewedRows, TrainSpec, Version
from core.services.context import Context
from core.services.follow import follow
from core.services.prepare import about, prepare_and_enqueue, write_once
from core.services.runs.devices import on_gpu
from core.services.train_rows import planned
from core.store.datasets import get_dataset
from core.store.training_rows import count_reviewed_rows, write_reviewed_rows
from core.store.versions import get_version

MODULE = "core.jobs.cleaning_effect.run"
KIND = "cleaning"
SPLITS = ("train", "test")
SEEDS, FEWEST_SEEDS, MOST_SEEDS = 5, 2, 100
"""By default, and the fewest from which their spread can be told."""
STRATEGIES: Mapping[EffectStrategy, tuple[str, str]] = {
    "head": ("Quick retrain", "The last layer alone, on cached embeddings. Takes seconds."),
    "full": ("Full fine-tune", "Every layer, three times per seed. Use a GPU where there is one."),
}
"""Title and help of each strategy."""


def preview_effect(context: Context, version_id: str) -> dict[str, ReviewedRows]:
    """What review has changed in each split of the version against the load, as the question would be asked.

    Reads every row: at a million of them, not for the script thread. Raises NotFoundError.
    """
    return count_reviewed_rows(context.store, version_id, *planned(context, version_id, "head"))


def check_rows(version: Version, rows: Mapping[str, ReviewedRows]) -> None:
    """Raises UsageError, which says what to do, where there is nothing to compare."""
    changed = sum(one.changed for one in rows.values())
    if not changed:
        raise UsageError(
            f"Version {version.number} has the labels of the load: nothing was cleaned.",
            "Change some labels in Review, make a version of that, and ask for that version.",
        )
    for split in SPLITS:
        if split not in rows:
            raise UsageError(
                f"The version has no split named {split}; it has: {', '.join(rows)}.",
                f"Make splits on the Data page, or name one of them {split}.",
            )
    if not rows["train"].changed:
        raise UsageError(
            f"None of the {changed:,} changes is in the split train, so all models would learn from the same labels.",
            "Review rows of the split train as well.",
        )
    if rows["test"].excluded == rows["test"].rows:
        raise UsageError(
            f"All {rows['test'].rows:,} test rows were excluded in review.", "Put some back, or make other splits."
        )


def start_cleaning_effect(
    context: Context,
    version_id: str,
    *,
    seeds: int = SEEDS,
    strategy: EffectStrategy = "head",
    by: str,
    rows: Mapping[str, ReviewedRows] | None = None,
) -> Job:
    """Starts the comparison for a reviewed version and returns its job at once, `preparing` until its rows are written.

    The same comparison that is under way already is returned instead of a second one. `rows` is `preview_effect` of
    the version where that is known already. Raises NotFoundError, and UsageError for what cannot be compared.
    """
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    _check_settings(seeds, strategy)
    rows = rows or preview_effect(context, version_id)
    check_rows(version, rows)
    frozen = _frozen(context, dataset, version, seeds, strategy, rows["train"].rows)
    if running := context.queue.under_way(KIND, frozen):
        return running
    job = context.queue.create(
        KIND,
        f"Did cleaning help? {dataset.name}, version {version.number}",
        MODULE,
        frozen,
        dataset.dataset_id,
        by,
        launch="python" if strategy == "head" else "accelerate",
    )
    prepare_and_enqueue(context, job, prepare_cleaning)
    return job


def run_cleaning_effect(
    context: Context,
    version_id: str,
    *,
    seeds: int = SEEDS,
    strategy: EffectStrategy = "head",
    by: str,
    on_progress: Callable[[Job], None] = lambda job: None,
) -> CleaningEffect:
    """Asks in the foreground and returns the answer. An interrupt (Ctrl-C) stops it, which keeps what it has so
    far. Raises as `start_cleaning_effect` does, and JobError."""
    job = start_cleaning_effect(context, version_id, seeds=seeds, strategy=strategy, by=by)
    follow(context, job.job_id, on_progress, interrupted=context.queue.stop)
    return next(effect for effect in effects(context, version_id) if effect.effect_id == job.job_id)


def prepare_cleaning(context: Context, folder: JobFolder) -> None:
    """Writes the rows that the job reads."""
    asked = folder.spec()
    version_id, labels = asked["version_id"], asked["labels"]
    splits = planned(context, version_id, "head")
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_reviewed_rows(context.store, version_id, path, labels, *splits, SPLITS),
    )


def effects(context: Context, version_id: str) -> list[CleaningEffect]:
    """What was found of a version so far, newest first."""
    return context.ledger.effects.of(version_id)


def newest_job(context: Context, version: Version) -> Job | None:
    """The comparison of the version that was started last."""
    for job in context.queue.of(KIND, version.dataset_id):
        if context.queue.folder(job.job_id).spec()["version_id"] == version.version_id:
            return job
    return None


def _check_settings(seeds: int, strategy: str) -> None:
    if not FEWEST_SEEDS <= seeds <= MOST_SEEDS:
        raise UsageError(
            f"Seeds cannot be {seeds}.",
            f"Take {FEWEST_SEEDS} to {MOST_SEEDS}: how far they spread makes the intervals.",
        )
    if strategy not in get_args(EffectStrategy):
        raise UsageError(f"Strategy cannot be {strategy!r}.", f"Choose one of: {', '.join(STRATEGIES)}.")


def _frozen(
    context: Context, dataset: Dataset, version: Version, seeds: int, strategy: EffectStrategy, rows: int
) -> dict[str, Any]:
    """The complete `spec.json`: what each model is trained with, and how many there are."""
    return asdict(resolve(TrainSpec(strategy=strategy), dataset.task, rows, on_gpu())) | {
        "seeds": seeds,
        **about(context, dataset, version),
    }
