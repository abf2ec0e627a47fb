"""Fine-tunes as real jobs under accelerate: what interruptions, kills and a second process must not change."""

from __future__ import annotations

import json
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from core.queue import JobFolder, Queue, Resources, read_events
from core.queue.accelerate_config import config_path
from core.records import Job, TrainSpec
from core.settings import Workspace
from tests.integration.job_support import created, found_lost, kill, kill_wrapper, lives, wait_for_end, wait_until
from tests.training_support import LABELS, SPEC, fill, tiny_bert, weights

MODULE = "core.jobs.train.run"
LONG = replace(SPEC, epochs=40)
"""About ten seconds of steps."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_bert(tmp_path_factory.mktemp("models") / "tiny")


@contextmanager
def _opened(workspace: Workspace) -> Iterator[Queue]:
    """Its queue, on one thread of the CPU; whatever runs at the end is cancelled."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUDA_VISIBLE_DEVICES", "")
        patch.setenv("OMP_NUM_THREADS", "1")
        queue = Queue(workspace)
        yield queue
        for job in queue.active():
            queue.cancel(job.job_id)


@pytest.fixture
def queue(workspace: Workspace) -> Iterator[Queue]:
    with _opened(workspace) as queue:
        yield queue


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, model: Path) -> JobFolder:
    """The run of `SPEC` in two processes, which others must give again: nothing that it made is changed."""
    with _opened(Workspace(tmp_path_factory.mktemp("two") / "workspace").create()) as queue:
        return _finish(queue, _start(queue, model, SPEC, processes=2))


def _start(queue: Queue, model: Path, spec: TrainSpec, processes: int = 1) -> Job:
    job = created(
        queue, "train", "A test", MODULE, {}, None, "ann", Resources(launch="accelerate", processes=processes)
    )
    fill(queue.folder(job.job_id), model, spec)
    return queue.enqueue(job.job_id)


def _start_again(queue: Queue, job: Job) -> Job:
    return queue.enqueue(queue.restart(job.job_id, MODULE).job_id)


def _finish(queue: Queue, job: Job) -> JobFolder:
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
    from core.identity import PROC, identify

    for entry in PROC.iterdir():
        if entry.name.isdigit() and (found := identify(int(entry.name))):
            command = found.command.split()
            if MODULE in command and job.folder in command and "accelerate.commands.launch" not in command:
                return found.pid
    raise AssertionError(f"no trainer of {job.job_id}")


def _same(first: JobFolder, second: JobFolder) -> bool:
    one, other = weights(first), weights(second)
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


def test_a_fine_tune_leaves_all_that_the_app_and_plain_transformers_need(queue: Queue, model: Path) -> None:
    folder = _finish(queue, _start(queue, model, replace(SPEC, epochs=6, learning_rate=5e-3)))
    predictions = pq.read_table(folder.output / "predictions.parquet")
    probabilities = np.load(folder.output / "probabilities.npy")
    assert predictions.column("example_id").to_pylist() == list(range(1000, 1120))
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
    kill_wrapper(job)
    assert found_lost(queue) == [job.job_id]
    assert queue.get(job.job_id).status == "lost"

    found = _finish(queue, _start_again(queue, job))
    went_on = [text for event in read_events(found) if "Went on from step" in (text := event.get("text", ""))]
    assert len(went_on) == 4
    assert _same(whole, found)


def test_two_processes_give_the_run_of_one(queue: Queue, model: Path, two: JobFolder) -> None:
    one = _finish(queue, _start(queue, model, replace(SPEC, accumulation=2)))
    first, second = weights(one), weights(two)
    assert all(np.allclose(first[name], second[name], atol=1e-5) for name in first)
    results = one.result(), two.result()
    assert results[0] and results[1]
    assert [result["processes"] for result in results if result] == [1, 2]
    assert results[0]["steps"] == results[1]["steps"] == 15
    predictions = [pq.read_table(folder.output / "predictions.parquet") for folder in (one, two)]
    assert predictions[0].column("example_id").equals(predictions[1].column("example_id"))
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


def _follow(queue: Queue, model: Path, config: dict[str, object]) -> Job:
    """Starts the fine-tune of `SPEC` as a person's own accelerate config says."""
    here = int(str(config["num_processes"])) // int(str(config.get("num_machines", 1)))
    job = created(queue, "train", "A test", MODULE, {}, None, "ann", Resources(launch="accelerate", processes=here))
    folder = fill(queue.folder(job.job_id), model, SPEC)
    config_path(folder).write_text(yaml.safe_dump(config))
    return queue.enqueue(job.job_id)


def test_a_config_for_two_processes_gives_the_run_of_two_and_its_script_gives_it_again(
    queue: Queue, model: Path, two: JobFolder, tmp_path: Path
) -> None:
    config = {"distributed_type": "MULTI_CPU", "num_processes": 2, "use_cpu": True, "mixed_precision": "bf16"}
    followed = _finish(queue, _follow(queue, model, config))
    assert _same(two, followed)
    results = two.result(), followed.result()
    assert results[0] and results[1]
    assert results[1]["processes"] == 2 and results[0]["splits"] == results[1]["splits"]
    assert results[1]["notes"] == ["Trained in full precision: bf16 needs a GPU that supports it."]
    line = shlex.split(followed.script_path.read_text().splitlines()[-1])
    assert line[line.index("--config_file") + 1] == str(config_path(followed))
    ran = subprocess.run(["sh", followed.script_path], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert _same(followed, JobFolder(followed.again))
    assert config_path(JobFolder(followed.again)).read_text() == config_path(followed).read_text()


def test_a_config_for_two_machines_waits_for_the_other_one_and_gives_the_run_of_two(
    queue: Queue, model: Path, two: JobFolder, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    machines = {"num_machines": 2, "main_process_ip": "127.0.0.1", "main_process_port": port, "same_network": True}
    config = {"distributed_type": "MULTI_CPU", "num_processes": 2, "use_cpu": True}
    job = _follow(queue, model, config | machines)
    folder = queue.folder(job.job_id)
    wait_until(folder.join_path.exists, "the script for the other machine")
    alone = subprocess.run(["sh", folder.join_path], capture_output=True, text=True)
    assert alone.returncode != 0 and "RANK of this machine" in alone.stderr
    other = subprocess.run(["sh", folder.join_path, "1"], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert other.returncode == 0, other.stderr
    assert _same(two, _finish(queue, job))


@pytest.mark.parametrize("processes", [1, 2])
def test_the_script_beside_a_runs_spec_makes_the_same_weights_in_a_folder_of_its_own(
    queue: Queue, model: Path, two: JobFolder, tmp_path: Path, processes: int
) -> None:
    folder = two if processes == 2 else _finish(queue, _start(queue, model, SPEC))
    made = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    nothing = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    ran = [
        subprocess.run(["sh", folder.script_path], env=nothing, cwd=tmp_path, capture_output=True, text=True)
        for _ in range(2)
    ]
    assert ran[0].returncode == 0, ran[0].stderr
    assert _same(folder, JobFolder(folder.again))
    assert all(path.read_bytes() == content for path, content in made.items())
    assert ran[1].returncode != 0 and f"{folder.again} is there already." in ran[1].stderr
