"""How long a job or an export will take on this machine, said before it starts: of this dataset, with what has to be
embedded first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.context import Context
from core.errors import UsageError
from core.finetune.settings import resolve
from core.jobs.cleaning_effect.web import foresee_comparison
from core.jobs.export.plan import foresee_export
from core.jobs.foresight import Foreseen, Like, Work, seconds_of, staged
from core.jobs.load.plan import foresee_files, units_of
from core.jobs.mitigation.plan import foresee_mitigation
from core.jobs.mitigation.web import encoder_of
from core.jobs.predict.plan import foresee_predict, units_of_some
from core.jobs.proof.plan import foresee_proof
from core.jobs.proof.web import encoders_of
from core.jobs.scan.plan import foresee_scan, settings_of_folds
from core.jobs.train.web import foresee_rows
from core.jobs.training_rows import preview_split
from core.records import (
    Dataset,
    EffectStrategy,
    Preview,
    ReviewedRows,
    Run,
    Scan,
    ScanSpec,
    Schema,
    Strategy,
    TrainSpec,
)
from core.services.prediction.predict import Batch
from core.services.runs.models import task_of_run
from core.sources.images.kinds import kind_of
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.tasks import task_named


@dataclass(frozen=True, slots=True)
class Folds:
    """The fine-tunes of a scan."""

    number: int
    epochs: int
    """Of each."""


@dataclass(frozen=True, slots=True)
class TimeForecast:
    """What something will take, in seconds."""

    seconds: float
    encoding: float
    """Of these, to embed what is not embedded yet."""
    first: float | None = None
    """Until the first result of a scan; None where there is one result only."""
    learnt: bool = True
    """Whether such work has been done on this machine before; else it is what is usual elsewhere."""
    guess: Like | None = None
    """Of the model that takes longest among those of whose pace nothing is known: what it is guessed from."""
    folds: Folds | None = None
    """Of a scan that fine-tunes a model without each fold."""


def time_of_scan(context: Context, version_id: str, spec: ScanSpec) -> TimeForecast:
    """Reads every row: at a million of them, not for the script thread. Raises NotFoundError, and UsageError for a
    model that cannot be fine-tuned."""
    foreseen = foresee_scan(context, version_id, spec)
    first = seconds_of(staged(context, foreseen.works)[: len(foreseen.first)]) if foreseen.first else None
    found = _forecast(context, foreseen.works, first)
    if not spec.fine_tune:
        return found
    version = get_version(context.store, version_id)
    task = get_dataset(context.store, version.dataset_id).task
    epochs = settings_of_folds(context, task, version.row_count, spec).epochs or 1
    return replace(found, folds=Folds(spec.folds, epochs))


def time_of_train(context: Context, version_id: str, spec: TrainSpec) -> TimeForecast:
    """The same of a fine-tune. Raises UsageError for settings that cannot be, too."""
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    rows = preview_split(context, version_id, spec.strategy)
    on_gpu = context.queue.launcher.slots()[0].name != "cpu"
    asked = resolve(spec, dataset.task, rows.splits.get("train", 0), on_gpu)
    foreseen: Foreseen = foresee_rows(context, version_id, asked, rows.splits)
    return _forecast(context, foreseen.works)


def time_of_effect(
    context: Context, version_id: str, seeds: int, strategy: EffectStrategy, rows: Mapping[str, ReviewedRows]
) -> TimeForecast:
    """The same of a comparison, whose rows are `preview_effect` of the version. Raises UsageError for what cannot be
    compared, too."""
    foreseen = foresee_comparison(context, version_id, seeds, strategy, rows)
    return _forecast(context, foreseen.works)


def time_of_proof(context: Context, dataset: Dataset, scan: Scan, repeats: int) -> TimeForecast:
    """The same of a proof of the detectors beside a scan."""
    encoders = encoders_of(dataset, scan)
    return _forecast(context, foresee_proof(context, scan.version_id, encoders, repeats).works)


def time_of_mitigation(context: Context, dataset: Dataset, version_id: str) -> TimeForecast:
    """The same of a comparison of what reweighting would change."""
    foreseen = foresee_mitigation(context, version_id, encoder_of(context, dataset, version_id))
    return _forecast(context, foreseen.works)


def time_of_predict(context: Context, run: Run, batch: Batch) -> TimeForecast | None:
    """The same of what a look at a file has found; None where it does not tell how many rows there are."""
    task = task_of_run(context, run)
    if batch.found is None:
        units = float(batch.images)
    elif (count := batch.found.row_estimate) is None:
        return None
    else:
        units = units_of_some(batch.found.rows, batch.column, count)
    foreseen = foresee_predict(task.modality, task.name, units)
    return _forecast(context, foreseen.works)


def time_of_load(context: Context, locations: Sequence[str], schema: Schema, found: Preview) -> TimeForecast | None:
    """The same of images or sounds that are loaded; None of tables, which are read at once, and of the hub."""
    modality = task_named(schema.task).modality
    if not modality.in_files or found.row_estimate is None:
        return None
    foreseen = foresee_files(modality, kind_of(modality).source, units_of(locations, found.row_estimate))
    return _forecast(context, foreseen.works)


def time_of_export(context: Context, version_id: str, format: str) -> TimeForecast:  # noqa: A002
    """The same of a version that is written whole, in a format that its task has."""
    return _forecast(context, [foresee_export(context, version_id, format)])


def times_of_strategies(context: Context, version_id: str, model: str) -> Mapping[Strategy, TimeForecast]:
    """Of each strategy with its usual settings; those that the model cannot be trained by are left out."""
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    found: dict[Strategy, TimeForecast] = {}
    for strategy in task_named(dataset.task).modality.fine_tuning.strategies:
        try:
            found[strategy] = time_of_train(context, version_id, TrainSpec(model=model, strategy=strategy))
        except UsageError:
            continue
    return found


def _forecast(context: Context, works: Sequence[Work], first: float | None = None) -> TimeForecast:
    stages = staged(context, works)
    longest = max(stages, key=lambda stage: stage.seconds)
    guesses = [
        (stage.seconds, work.like)
        for work, stage in zip(works, stages, strict=True)
        if work.like is not None and work.units and context.queue.pace(stage.key) is None
    ]
    return TimeForecast(
        seconds=sum(stage.seconds for stage in stages),
        encoding=sum(stage.seconds for stage in stages if stage.name.endswith("encoding")),
        first=first,
        learnt=context.queue.pace(longest.key) is not None,
        guess=max(guesses, key=lambda one: one[0])[1] if guesses else None,
    )
