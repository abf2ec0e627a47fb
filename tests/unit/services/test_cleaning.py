"""Asking whether cleaning helped: what can be asked, what is frozen, and what is refused with a next step."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.jobs import submit
from core.jobs.about import About
from core.jobs.cleaning_effect.spec import CleaningEffectSpec
from core.jobs.cleaning_effect.web import CLEANING_EFFECT
from core.queue import JobFolder
from core.records import Action, Dataset, Decision, Job, ReviewedRows, TrainSpec
from core.services.cleaning_effect import effects, newest_job, preview_effect, start_cleaning_effect
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.times import now
from core.store.versions import get_version, make_review_version
from core.typed import to_json
from tests.unit.store.test_effects import summary


def review(context: Context, dataset: Dataset, *acts: tuple[int, Action, str | None]) -> str:
    """The id of the version that these decisions make."""
    ids = (dataset.dataset_id, dataset.latest_version_id)
    context.ledger.decisions.append(
        [
            Decision(new_id(), new_id(), *ids, example_id, action, label, "bob", now(), None, {})
            for example_id, action, label in acts
        ],
    )
    return make_review_version(context.store, dataset.latest_version_id, "", "bob").version_id


@pytest.fixture
def reviewed(context: Context, news: Dataset) -> str:
    """Nine rows relabelled and one excluded."""
    return review(context, news, *((row, "relabel", "yx"[row % 2]) for row in range(9)), (9, "exclude", None))


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are prepared here and now and then wait."""
    monkeypatch.setattr(
        submit, "prepare_and_enqueue", lambda context, job, prepare, _: prepare(context, folder_of(context, job))
    )


def folder_of(context: Context, job: Job) -> JobFolder:
    return context.queue.folder(job.job_id)


def test_what_review_changed_is_counted_by_split(context: Context, reviewed: str) -> None:
    counts = preview_effect(context, reviewed)
    assert set(counts) == {"train", "test"}
    assert sum(one.rows for one in counts.values()) == 40
    assert sum(one.relabelled for one in counts.values()) == 9
    assert sum(one.excluded for one in counts.values()) == 1


def test_a_started_comparison_has_its_rows_and_a_complete_spec(context: Context, reviewed: str) -> None:
    job = start_cleaning_effect(context, reviewed, seeds=3, by="ada")
    spec = context.queue.folder(job.job_id).spec()
    assert (job.kind, job.title) == ("cleaning_effect", "Did cleaning help? news, version 2")
    assert (spec["seeds"], spec["strategy"], spec["model"], spec["labels"]) == (3, "head", "minilm", ["x", "y"])
    assert spec["version_id"] == reviewed
    rows = pq.read_table(context.queue.folder(job.job_id).input / "rows.parquet")
    assert set(rows["split"].to_pylist()) == {"train", "test"}
    assert newest_job(context, get_version(context.store, reviewed)) == job


def test_the_same_comparison_is_not_started_twice(context: Context, reviewed: str) -> None:
    first = start_cleaning_effect(context, reviewed, by="ada")
    assert start_cleaning_effect(context, reviewed, by="bob").job_id == first.job_id
    assert start_cleaning_effect(context, reviewed, seeds=6, by="bob").job_id != first.job_id


def test_a_full_fine_tune_has_every_default_filled_in(context: Context, reviewed: str) -> None:
    job = start_cleaning_effect(context, reviewed, strategy="full", by="ada")
    spec = context.queue.folder(job.job_id).spec()
    assert (spec["strategy"], spec["epochs"], spec["batch"]) == ("full", 10, 32)


def test_a_result_is_taken_in_once(context: Context, reviewed: str) -> None:
    dataset_id = get_version(context.store, reviewed).dataset_id
    workspace = context.workspace
    about = About(dataset_id, reviewed, "text", ("x", "y"), workspace.arrays, workspace.media)
    spec = to_json(CleaningEffectSpec(5, TrainSpec(), about))
    job = context.queue.start_local("cleaning_effect", "asked", spec, dataset_id, "ada")
    CLEANING_EFFECT.collect(context, job)
    assert not effects(context, reviewed)
    context.queue.folder(job.job_id).write_result(summary())
    done = context.queue.finish_local(job.job_id, "done")
    for _ in range(2):
        CLEANING_EFFECT.collect(context, done)
    (effect,) = effects(context, reviewed)
    assert (effect.effect_id, effect.created_by, effect.train) == (job.job_id, "ada", ReviewedRows(140, 7, 2))


def test_a_load_was_not_cleaned(context: Context, news: Dataset) -> None:
    with pytest.raises(UsageError, match="Version 1 has the labels of the load") as raised:
        start_cleaning_effect(context, news.latest_version_id, by="ada")
    assert "Review" in raised.value.hint


@pytest.mark.parametrize(("seeds", "strategy", "named"), [(1, "head", "Seeds cannot be 1"), (5, "last", "'last'")])
def test_settings_that_cannot_be_are_named(
    context: Context, reviewed: str, seeds: int, strategy: str, named: str
) -> None:
    with pytest.raises(UsageError, match=named):
        start_cleaning_effect(context, reviewed, seeds=seeds, strategy=strategy, by="ada")  # type: ignore[arg-type]


def test_a_version_that_does_not_exist_is_not_found(context: Context) -> None:
    with pytest.raises(NotFoundError):
        start_cleaning_effect(context, "0" * 32, by="ada")


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        ({"train": ReviewedRows(30, 3, 0), "dev": ReviewedRows(10, 0, 0)}, "no split named test"),
        ({"test": ReviewedRows(30, 3, 0), "other": ReviewedRows(9, 0, 0)}, "no split named train"),
        (
            {"train": ReviewedRows(30, 0, 0), "test": ReviewedRows(10, 2, 1)},
            "None of the 3 changes is in the split train",
        ),
        ({"train": ReviewedRows(30, 1, 0), "test": ReviewedRows(10, 0, 10)}, "All 10 test rows were excluded"),
    ],
)
def test_rows_that_cannot_be_compared_are_refused_with_a_next_step(
    context: Context, news: Dataset, rows: dict[str, ReviewedRows], named: str
) -> None:
    version_id = get_dataset(context.store, news.dataset_id).latest_version_id
    with pytest.raises(UsageError, match=named) as raised:
        start_cleaning_effect(context, version_id, by="ada", rows=rows)
    assert raised.value.hint
