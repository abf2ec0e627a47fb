"""Fine-tunes as real jobs under accelerate: what interruptions, kills and a second process must not change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.jobs import Queue, RunFolder, read_events
from core.records import Job, TrainSpec
from core.settings import Workspace
from tests.integration.job_support import found_lost, kill, lives, wait_for_end, wait_until, wrapper_of
from tests.training_support import LABELS, SPEC, fill, tiny_bert, weights

MODULE = "core.worker.train"
LONG = replace(SPEC, epochs=40)
"""About ten seconds of steps."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def queue(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    queue = Queue(workspace)
    yield queue
    for job in queue.active():
        queue.cancel(job.job_id)


def _start(queue: Queue, model: Path, spec: TrainSpec, processes: int = 1) -> Job:
    job = queue.create("train", "A test", MODULE, {}, None, "ann", launch="accelerate", processes=processes)
    fill(queue.folder(job.job_id), model, spec)
    return queue.enqueue(job.job_id)


def _start_again(queue: Queue, job: Job) -> Job:
    return queue.enqueue(queue.restart(job.job_id).job_id)


def _finish(queue: Queue, job: Job) -> RunFolder:
    ended = wait_for_end(queue, job)
    assert ended.status == "done", queue.log_tail(job.job_id)
    return queue.folder(job.job_id)


def _wait_for_steps(queue: Queue, job: Job, steps: int) -> None:
    def learning() -> bool:
        progress = queue.get(job.job_id).progress
        return progress.stage == "training" and progress.done >= steps

    wait_until(learning, f"step {steps}: {queue.log_tail(job.job_id)[-500:]}")


def trainer_of(job: Job) -> int:
    """The pid of the process that trains: the one whose command line has the module but not accelerate's launcher."""
    from core.jobs.processes import PROC, identify

    for entry in PROC.iterdir():
        if entry.name.isdigit() and (found := identify(int(entry.name))):
            command = found.command.split()
            if MODULE in command and job.folder in command and "accelerate.commands.launch" not in command:
                return found.pid
    raise AssertionError(f"no trainer of {job.job_id}")


def _same(first: RunFolder, second: RunFolder) -> bool:
    one, other = weights(first), weights(second)
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_a_fine_tune_leaves_all_that_the_app_and_plain_transformers_need(queue: Queue, model: Path) -> None:
    folder = _finish(queue, _start(queue, model, replace(SPEC, epochs=6, learning_rate=5e-3)))
    predictions = pq.read_table(folder.output / "predictions.parquet")
    probabilities = np.load(folder.output / "probabilities.npy")
    assert predictions.column("row_id").to_pylist() == list(range(1000, 1120))
    assert probabilities.shape == (120, len(LABELS)) and probabilities.flags.f_contiguous
    assert np.array_equal(probabilities.argmax(1), predictions.column("predicted").to_numpy())
    assert np.allclose(probabilities.max(1), predictions.column("confidence").to_numpy())
    features, rows = (np.load(folder.output / f"{name}.npy") for name in ("features", "feature_rows"))
    assert features.shape == (80, 32) and rows.tolist() == list(range(1000, 1080))
    result = folder.result()
    assert result is not None and result["device"] == "cpu" and result["processes"] == 1
    assert result["splits"]["test"]["rows"] == 20 and result["splits"]["test"]["accuracy"] > 0.9
    assert not (folder.output / "checkpoint").exists()
    figures = {(event["split"], name) for event in read_events(folder) for name in event.get("values", {})}
    assert {("validation", "macro_f1"), ("validation", "loss")} <= figures

    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    loaded = AutoModelForSequenceClassification.from_pretrained(folder.output / "model").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder.output / "model")
    text = pq.read_table(folder.input / "rows.parquet").column("text")[119].as_py()
    logits = loaded(**tokenizer(text, return_tensors="pt")).logits.softmax(-1)[0].detach().numpy()
    assert np.allclose(logits, probabilities[119], atol=1e-5)
    assert loaded.config.id2label == dict(enumerate(LABELS))
    assert json.loads((folder.output / "model" / "winnow.json").read_text())["metrics"] == result["splits"]


def test_a_run_that_was_stopped_cancelled_and_killed_ends_with_the_weights_of_an_uninterrupted_one(
    queue: Queue, model: Path
) -> None:
    whole = _finish(queue, _start(queue, model, LONG))
    job = _start(queue, model, LONG)

    _wait_for_steps(queue, job, 35)
    queue.stop(job.job_id)
    assert wait_for_end(queue, job).status == "stopped"
    _start_again(queue, job)
    _wait_for_steps(queue, job, 95)
    trainer = trainer_of(job)
    queue.cancel(job.job_id)
    assert wait_for_end(queue, job).status == "cancelled"
    assert not lives(trainer)
    _start_again(queue, job)
    _wait_for_steps(queue, job, 165)
    kill(trainer_of(job))
    assert wait_for_end(queue, job).status == "failed"
    _start_again(queue, job)
    _wait_for_steps(queue, job, 235)
    kill(wrapper_of(job))
    assert found_lost(queue) == [job.job_id]
    assert queue.get(job.job_id).status == "lost"

    found = _finish(queue, _start_again(queue, job))
    went_on = [text for event in read_events(found) if "Went on from step" in (text := event.get("text", ""))]
    assert len(went_on) == 4
    assert _same(whole, found)


def test_two_processes_give_the_run_of_one(queue: Queue, model: Path) -> None:
    one = _finish(queue, _start(queue, model, replace(SPEC, accumulation=2)))
    two = _finish(queue, _start(queue, model, SPEC, processes=2))
    first, second = weights(one), weights(two)
    assert all(np.allclose(first[name], second[name], atol=1e-5) for name in first)
    results = one.result(), two.result()
    assert results[0] and results[1]
    assert [result["processes"] for result in results if result] == [1, 2]
    assert results[0]["steps"] == results[1]["steps"] == 15
    predictions = [pq.read_table(folder.output / "predictions.parquet") for folder in (one, two)]
    assert predictions[0].column("row_id").equals(predictions[1].column("row_id"))
    probabilities = [np.load(folder.output / "probabilities.npy") for folder in (one, two)]
    assert np.allclose(*probabilities, atol=1e-5) and np.allclose(probabilities[1].sum(1), 1, atol=1e-5)
    features = [np.load(folder.output / "features.npy") for folder in (one, two)]
    assert np.allclose(*features, atol=1e-4)


def test_two_processes_stop_together_and_go_on(queue: Queue, model: Path) -> None:
    whole = _finish(queue, _start(queue, model, replace(LONG, epochs=15), processes=2))
    job = _start(queue, model, replace(LONG, epochs=15), processes=2)
    _wait_for_steps(queue, job, 5)
    queue.stop(job.job_id)
    assert wait_for_end(queue, job).status == "stopped"
    assert _same(whole, _finish(queue, _start_again(queue, job)))
