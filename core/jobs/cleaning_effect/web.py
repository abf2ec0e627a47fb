"""Asks whether cleaning helped: starts the job that trains on labels as given, as reviewed and as changed at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.context import Context
from core.errors import UsageError
from core.finetune.settings import resolve
from core.jobs.cleaning_effect.plan import foresee_effect
from core.jobs.cleaning_effect.spec import CleaningEffectResult, CleaningEffectSpec
from core.jobs.foresight import Foreseen
from core.jobs.kind import JobKind
from core.jobs.submit import about, submit, write_once
from core.jobs.training_rows import planned
from core.queue import JobFolder, Resources
from core.records import Dataset, EffectStrategy, Job, ReviewedRows, TrainSpec, Version
from core.store.datasets import get_dataset
from core.store.job_files.training_rows import count_reviewed_rows, write_reviewed_rows
from core.store.versions import get_version
from core.tasks import Task, task_named
from core.typed import to_json
from core.words import later, stored

SPLITS = ("train", "test")
SEEDS, FEWEST_SEEDS, MOST_SEEDS = 5, 2, 100
"""By default, and the fewest from which their spread can be told."""
STRATEGIES: Mapping[EffectStrategy, tuple[str, str]] = {
    "head": (later("Quick retrain"), later("The last layer alone, on cached embeddings. Takes seconds.")),
    "full": (later("Full fine-tune"), later("Every layer, three times per seed. Use a GPU where there is one.")),
}
"""Title and help of each strategy."""


def strategies_of(task: Task) -> tuple[EffectStrategy, ...]:
    """Those that a comparison of its labels can be made with."""
    known: tuple[EffectStrategy, ...] = ("head",) if task.target.numeric or task.target.located else tuple(STRATEGIES)
    return tuple(one for one in known if one in task.modality.fine_tuning.strategies)


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
    task = task_named(dataset.task)
    _check_settings(seeds, strategy, task)
    rows = rows or preview_effect(context, version_id)
    check_rows(version, rows)
    settings = _settings(context, dataset, strategy, rows)
    spec = CleaningEffectSpec(seeds, settings, replace(about(context, dataset, version), labels=dataset.labels))
    title = stored(f"Did cleaning help? {dataset.name}, version {version.number}")
    return submit(context, CLEANING_EFFECT, spec, title=title, dataset_id=dataset.dataset_id, by=by)


def foresee_comparison(
    context: Context, version_id: str, seeds: int, strategy: EffectStrategy, rows: Mapping[str, ReviewedRows]
) -> Foreseen:
    """What a comparison that is not started yet has before it. Raises as `start_cleaning_effect` does."""
    version = get_version(context.store, version_id)
    check_rows(version, rows)
    settings = _settings(context, get_dataset(context.store, version.dataset_id), strategy, rows)
    train, test = (rows[split].rows for split in SPLITS)
    return foresee_effect(context, version_id, settings, seeds, train=train, test=test)


def _settings(
    context: Context, dataset: Dataset, strategy: EffectStrategy, rows: Mapping[str, ReviewedRows]
) -> TrainSpec:
    on_gpu = context.queue.launcher.slots()[0].name != "cpu"
    return resolve(TrainSpec(strategy=strategy), dataset.task, rows["train"].rows, on_gpu)


def _prepare(context: Context, folder: JobFolder) -> None:
    """Writes the rows that the job reads."""
    asked = CLEANING_EFFECT.spec_of(folder).about
    version_id, labels = asked.version_id, asked.labels
    splits = planned(context, version_id, "head")
    write_once(
        folder.input / "rows.parquet",
        lambda path: write_reviewed_rows(context.store, version_id, path, labels, *splits, SPLITS),
    )


def _check_settings(seeds: int, strategy: str, task: Task) -> None:
    if not FEWEST_SEEDS <= seeds <= MOST_SEEDS:
        raise UsageError(
            f"Seeds cannot be {seeds}.",
            f"Take {FEWEST_SEEDS} to {MOST_SEEDS}: how far they spread makes the intervals.",
        )
    if strategy not in get_args(EffectStrategy):
        raise UsageError(f"Strategy cannot be {strategy!r}.", f"Choose one of: {', '.join(STRATEGIES)}.")
    if task.target.located and strategy != "head":
        raise UsageError(
            f"Strategy cannot be {strategy!r} where labels are spans.",
            "Take head, or train on two versions and compare their runs.",
        )
    if task.target.numeric and strategy != "head":
        raise UsageError(
            f"Strategy cannot be {strategy!r} where labels are numbers.",
            "Take head, or train on two versions and compare their runs.",
        )


def collect_cleaning_effect(context: Context, job: Job) -> None:
    """Takes in what a comparison that is done has found; a second call changes nothing."""
    folder = context.queue.folder(job.job_id)
    result = CLEANING_EFFECT.result_of(folder)
    if job.status != "done" or result is None:
        return
    spec = CLEANING_EFFECT.spec_of(folder)
    context.ledger.effects.add(
        effect_id=job.job_id,
        dataset_id=spec.about.dataset_id,
        version_id=spec.about.version_id,
        settings=to_json(spec),
        summary=to_json(result),
        by=job.created_by,
        at=datetime.now(UTC),
    )


def _foresee(context: Context, folder: JobFolder) -> Foreseen:
    spec = CLEANING_EFFECT.spec_of(folder)
    splits = pq.read_table(folder.input / "rows.parquet", columns=["split"]).column("split")
    train, test = (pc.sum(pc.equal(splits, split)).as_py() or 0 for split in SPLITS)
    return foresee_effect(context, spec.about.version_id, spec.settings, spec.seeds, train=train, test=test)


CLEANING_EFFECT = JobKind(
    "cleaning_effect",
    CleaningEffectSpec,
    CleaningEffectResult,
    "core.jobs.cleaning_effect.run",
    _prepare,
    collect_cleaning_effect,
    lambda spec: Resources(launch="python" if spec.settings.strategy == "head" else "accelerate"),
    _foresee,
)
