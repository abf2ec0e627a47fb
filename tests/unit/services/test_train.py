"""Starting a fine-tune: which rows it gets, what is frozen, and how a run is named and made again."""

from __future__ import annotations

import json
import shlex
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from core.commands.models.train import train_command
from core.context import Context
from core.errors import UsageError
from core.finetune.settings import SETTINGS
from core.jobs.train.events import metrics_of, notes_of
from core.jobs.train.spec import SplitScores, TrainResult
from core.jobs.train.web import prepare_train
from core.jobs.training_rows import HELD_BACK, TEST_ONLY, WHOLE, plan
from core.queue import ProgressWriter
from core.queue.accelerate_config import config_path
from core.queue.table import JobTable
from core.records import Dataset, TrainSpec
from core.services import jobs
from core.services.collect import collect
from core.services.runs.listing import command_line, get_run, spec_of
from core.services.train import followed_by, own_config, preview_split, start_train
from core.typed import to_json
from tests.integration.job_support import wait_until
from tests.integration.load_support import loaded


@pytest.mark.parametrize(
    ("own", "strategy", "names", "shares"),
    [
        ({None: 40}, "head", {None: "train"}, TEST_ONLY),
        ({None: 40}, "last", {None: "train"}, WHOLE),
        ({"train": 40}, "full", {"train": "train"}, WHOLE),
        ({"train": 30, "test": 10}, "head", {"train": "train", "test": "test"}, {}),
        ({"train": 30, "test": 10}, "full", {"train": "train", "test": "test"}, HELD_BACK),
        ({"Training": 30, "dev": 5, "Test": 5}, "last", {"Training": "train", "dev": "validation", "Test": "test"}, {}),
        ({"train": 30, "test": 5, "2024": 3, None: 2}, "head",
         {"train": "train", "test": "test", "2024": "2024", None: "unassigned"}, {}),
    ],
)  # fmt: skip
def test_splits_get_their_usual_names_and_what_is_missing_is_dealt_out(own, strategy, names, shares) -> None:  # type: ignore[no-untyped-def]
    assert plan(own, strategy) == (names, shares)


def test_a_preview_says_what_the_job_will_read(context: Context, news: Dataset) -> None:
    rows = preview_split(context, news.latest_version_id, "head")
    assert list(rows.splits) == ["train", "test"]
    assert sum(rows.splits.values()) == 40 and rows.made and rows.classes == 2
    run = start_train(context, news.latest_version_id, TrainSpec(), "ada", rows)
    folder = context.queue.folder(run.run_id)
    wait_until((folder.input / "rows.parquet").exists, "the rows of the job")
    context.queue.cancel(run.run_id)
    written = pq.read_table(folder.input / "rows.parquet")["split"].to_pylist()
    assert {split: written.count(split) for split in rows.splits} == rows.splits


def test_a_run_is_listed_at_once_and_started_twice_it_is_one(context: Context, news: Dataset) -> None:
    first = start_train(context, news.latest_version_id, TrainSpec(), "ada")
    again = start_train(context, news.latest_version_id, TrainSpec(), "bob")
    context.queue.cancel(first.run_id)
    assert again == first == get_run(context, news.dataset_id, "1")[0]
    assert (first.number, first.title, first.labels) == (1, "Quick retrain of minilm, version 1", news.labels)
    assert context.ledger.runs.of(news.dataset_id) == [first]


def test_many_presses_of_start_at_once_make_one_run(context: Context, news: Dataset) -> None:
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(lambda _: start_train(context, news.latest_version_id, TrainSpec(), "ada"), range(8)))
    context.queue.cancel(runs[0].run_id)
    assert context.ledger.runs.of(news.dataset_id) == [runs[0]]
    assert runs == [runs[0]] * 8
    assert len(context.queue.of("train", news.dataset_id)) == 1


def test_the_spec_on_disk_reproduces_the_run(context: Context, news: Dataset) -> None:
    run = start_train(context, news.latest_version_id, TrainSpec(seed=7, class_weights="balanced"), "ada")
    context.queue.cancel(run.run_id)
    spec = json.loads((context.queue.folder(run.run_id).path / "spec.json").read_text())
    assert spec == dict(run.spec)
    assert {"dataset_id", "version_id", "task", "labels", "arrays", "media", "title"} <= set(spec)
    assert spec_of(run) == TrainSpec(model="minilm", seed=7, class_weights="balanced")


def test_the_command_line_of_a_run_parses_back_into_its_settings(context: Context, news: Dataset) -> None:
    asked = TrainSpec(strategy="last", last_layers=3, learning_rate=2e-5, warmup=0.25, patience=2, metric="loss")
    run = _listed(context, news, asked)
    command = shlex.split(command_line(context, run))
    assert command[:5] == ["python", "-m", "core", "train", "news"]
    options = train_command.make_context("train", command[4:]).params
    assert (options["name"], options["version"]) == ("news", 1)
    said = {setting.name: options[setting.name] for setting in SETTINGS}
    assert TrainSpec(**{name: value for name, value in said.items() if value is not None}) == spec_of(run)


def test_a_run_from_before_a_setting_was_there_can_be_made_again(context: Context, news: Dataset) -> None:
    run = _listed(context, news, TrainSpec(strategy="full"))
    older = replace(run, spec={name: value for name, value in run.spec.items() if name != "gradient_checkpointing"})
    assert spec_of(older) == spec_of(run) and command_line(context, older) == command_line(context, run)


def test_preparing_again_leaves_the_rows_alone(context: Context, news: Dataset) -> None:
    run = _listed(context, news, TrainSpec())
    folder = context.queue.folder(run.run_id)
    prepare_train(context, folder)
    before = (folder.input / "rows.parquet").stat().st_mtime_ns
    prepare_train(context, folder)
    assert (folder.input / "rows.parquet").stat().st_mtime_ns == before


def _config(folder: Path, **said: object) -> Path:
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump({"distributed_type": "MULTI_CPU", "num_processes": 2, "use_cpu": True, **said}))
    return path


def test_a_run_keeps_the_accelerate_config_that_it_began_with(
    context: Context, news: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _config(tmp_path, mixed_precision="fp16")
    said = path.read_text()
    monkeypatch.chdir(tmp_path)
    run = _listed(context, news, TrainSpec(strategy="full", accelerate_config="mine.yaml"))
    path.write_text("distributed_type: FSDP")
    folder = context.queue.folder(run.run_id)
    config_path(folder).unlink(missing_ok=True)
    prepare_train(context, folder)
    assert config_path(folder).read_text() == said
    assert run.spec["accelerate_config"] == str(path)
    own = followed_by(run)
    assert own and own.in_words(spec_of(run)) == (
        f"Follows {path}: MULTI_CPU, 2 processes on the CPU of this machine, mixed precision 'fp16'."
    )
    command = shlex.split(command_line(context, run))
    assert command[command.index("--accelerate-config") + 1] == str(config_path(folder))
    assert "--accelerate-config" not in command_line(context, _listed(context, news, TrainSpec(strategy="full")))


def test_a_runs_own_precision_counts_before_that_of_its_config(tmp_path: Path) -> None:
    asked = TrainSpec(strategy="full", accelerate_config=str(_config(tmp_path, mixed_precision="fp16")))
    own = own_config(asked)
    assert own and own.over(asked) == TrainSpec(strategy="full", processes=2, precision="fp16")
    assert own.over(replace(asked, precision="bf16")).precision == "bf16"
    assert own.in_words(replace(asked, precision="no")).endswith("'fp16'; the run's own precision, no, counts.")


@pytest.mark.parametrize(
    ("spec", "said", "named"),
    [
        ({"processes": 4}, {}, r"Processes: 4 cannot be said beside an accelerate config.*\(2\)"),
        ({"strategy": "head"}, {}, "Accelerate config: .*mine.yaml' has no effect with the strategy 'head'"),
        ({}, {"distributed_type": "FSDP"}, "mine.yaml: distributed_type cannot be 'FSDP'"),
        ({}, {"distributed_type": "MULTI_GPU", "use_cpu": False}, "2 of its processes want a GPU .* there is none"),
    ],
)
def test_a_config_that_cannot_be_followed_is_refused_before_anything_starts(
    context: Context, news: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec, said, named
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    asked = TrainSpec(strategy="full", accelerate_config=str(_config(tmp_path, **said)))
    with pytest.raises(UsageError, match=named):
        start_train(context, news.latest_version_id, replace(asked, **spec), "ada")
    assert not context.queue.active() and not context.ledger.runs.of(news.dataset_id)


def test_rows_of_one_class_are_refused_before_anything_starts(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    lines = [f"text {row},{'x' if row < 30 else 'y'},{'train' if row < 30 else 'test'}" for row in range(40)]
    path.write_text("text,label,split\n" + "\n".join(lines) + "\n")
    one = loaded(context, path, name="one", split="split")
    with pytest.raises(UsageError, match="of 1 class"):
        start_train(context, one.latest_version_id, TrainSpec(), "ada")
    assert not context.queue.active() and not context.ledger.runs.of(one.dataset_id)


def test_splits_without_train_are_refused_with_their_names(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("text,label,split\n" + "".join(f"text {row},{'xy'[row % 2]},part{row % 2}\n" for row in range(40)))
    odd = loaded(context, path, name="odd", split="split")
    with pytest.raises(UsageError, match="no split named train; it has: part0, part1"):
        start_train(context, odd.latest_version_id, TrainSpec(), "ada")


def test_of_a_step_done_twice_the_later_figures_count(context: Context, news: Dataset) -> None:
    run = _listed(context, news, TrainSpec())
    progress = ProgressWriter(context.queue.folder(run.run_id))
    for loss in (0.9, 0.8):
        for step in (1, 2):
            progress.event("metrics", step=step, epoch=step / 2, split="train", values={"loss": loss / step})
        progress.event("note", text="Memory ran out.")
    figures = metrics_of(context, run.run_id)
    assert [(one.step, one.name, one.value) for one in figures] == [(1, "loss", 0.8), (2, "loss", 0.4)]
    assert notes_of(context, run.run_id) == ["Memory ran out."]


def _listed(context: Context, dataset: Dataset, spec: TrainSpec):  # type: ignore[no-untyped-def]
    """A run that is listed and never started, once its rows are written."""
    run = start_train(context, dataset.latest_version_id, spec, "ada")
    context.queue.cancel(run.run_id)
    for thread in threading.enumerate():
        if thread.name == f"prepare-{run.run_id}":
            thread.join()
    return run


def test_a_training_whose_result_could_not_be_taken_in_is_not_trained_anew(context: Context, news: Dataset) -> None:
    run = _listed(context, news, TrainSpec())
    folder = context.queue.folder(run.run_id)
    scores = SplitScores(rows=2, loss=0.1, accuracy=1.0, macro_f1=1.0)
    folder.write_result(to_json(TrainResult({"test": scores}, 1, 1, 1, {}, "cpu", 1, "float32", 1.0, None, 1, 1)))
    JobTable(context.workspace.jobs_database).update(run.run_id, status="done", collected=0)
    collect(context)  # there are no predictions to take in
    failed = context.queue.get(run.run_id)
    assert failed.status == "failed" and "could not be taken in" in failed.error
    predicted = {"example_id": [0, 1], "split": ["test"] * 2, "predicted": pa.array([0, 1], pa.int32())}
    pq.write_table(
        pa.table({**predicted, "confidence": pa.array([0.9, 0.9], pa.float32())}), folder.output / "predictions.parquet"
    )
    done = jobs.restart(context, run.run_id)
    assert (done.status, done.collected) == ("done", True)
    assert get_run(context, news.dataset_id, "1")[0].summary["splits"]["test"]["accuracy"] == 1.0
    assert not folder.script_path.exists()
