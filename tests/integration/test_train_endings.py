"""Fine-tunes as real jobs that meet a stop, kill -9, too little memory, or the death of the app beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.queue import JobFolder, Queue, Resources, read_events
from core.records import Job, TrainSpec
from core.services.collect import collect
from core.services.context import open_context
from core.services.evaluation.measures import splits_of
from core.services.runs.listing import list_runs
from core.settings import Workspace
from tests.integration.job_support import created, kill, wait_for_end, wait_until
from tests.integration.test_fine_tune import trainer_of
from tests.training_support import SPEC, fill, tiny_bert, weights

PROJECT = Path(__file__).resolve().parents[2]
HEAD = TrainSpec(strategy="head", model="minilm")
ROWS = 3000
"""About two seconds of encoding."""
APP = """
import sys, time
from pathlib import Path
from core.records import TrainSpec
from core.ui.shell.context import app_context
from core.services.train import start_train
from tests.integration.job_support import load_stories
app = app_context()
stories = load_stories(app, Path(sys.argv[1]), rows=120)
spec = TrainSpec(model=sys.argv[2], strategy="full", epochs=60, batch=8, max_tokens=16)
print(start_train(app, stories.latest_version_id, spec, "ann").run_id, flush=True)
time.sleep(120)
"""


@pytest.fixture
def queue(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    queue = Queue(workspace)
    yield queue
    for job in queue.active():
        queue.cancel(job.job_id)


def _start_head(queue: Queue) -> Job:
    job = created(queue, "train", "A test", "core.jobs.train.run", {}, None, "ann")
    fill(queue.folder(job.job_id), Path("minilm"), HEAD, ROWS)
    return queue.enqueue(job.job_id)


def _finished(queue: Queue, job: Job) -> JobFolder:
    ended = wait_for_end(queue, job)
    assert ended.status == "done", queue.log_tail(job.job_id)
    return queue.folder(job.job_id)


def _said(queue: Queue, job: Job, stage: str) -> list[dict[str, Any]]:
    """All that the job has said of a stage, over all of its starts."""
    path = queue.folder(job.job_id).progress_path
    said = [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []
    return [line for line in said if line.get("stage") == stage]


def _wait_for(queue: Queue, job: Job, stage: str, done: float) -> None:
    """Until it says that it is so far, in what it has not said yet."""
    before = len(_said(queue, job, stage))
    wait_until(
        lambda: any(line["done"] >= done for line in _said(queue, job, stage)[before:]),
        f"{stage} {done}: {queue.log_tail(job.job_id)[-500:]}",
    )


def test_a_quick_retrain_that_was_stopped_or_killed_ends_with_the_weights_of_one_that_was_not(queue: Queue) -> None:
    whole = weights(_finished(queue, _start_head(queue)))

    job = _start_head(queue)
    _wait_for(queue, job, "encoding", ROWS // 8)
    queue.stop(job.job_id)
    assert wait_for_end(queue, job).status == "stopped"
    queue.enqueue(queue.restart(job.job_id, "core.jobs.train.run").job_id)
    _wait_for(queue, job, "encoding", 1)
    kill(trainer_of(job))
    assert wait_for_end(queue, job).status == "failed"
    folder = _finished(queue, queue.enqueue(queue.restart(job.job_id, "core.jobs.train.run").job_id))

    encoded = [line["total"] for line in _said(queue, job, "encoding")]
    assert encoded[0] > encoded[-1] > 0
    found = weights(folder)
    assert whole.keys() == found.keys() and all(np.array_equal(whole[name], found[name]) for name in whole)


def test_a_fine_tune_whose_memory_runs_out_halves_its_batch_and_says_so(queue: Queue, tmp_path: Path) -> None:
    job = created(
        queue,
        "train",
        "A test",
        "tests.integration.train_in_little_memory",
        {},
        None,
        "ann",
        Resources(launch="accelerate"),
    )
    fill(queue.folder(job.job_id), tiny_bert(tmp_path / "tiny"), SPEC)
    folder = _finished(queue, queue.enqueue(job.job_id))
    result = folder.result()
    assert result is not None
    assert (result["batch"], result["accumulation"], result["steps"]) == (2, 4, 30)
    notes = [event["text"] for event in read_events(folder) if event["event"] == "note"]
    assert len(notes) == 2 and "2 examples at a time" in notes[1]
    assert result["notes"] == notes


def test_killing_the_app_beside_a_fine_tune_loses_nothing_and_the_next_one_takes_it_in(
    workspace: Workspace, tmp_path: Path, queue: Queue
) -> None:
    app = subprocess.Popen(
        [sys.executable, "-c", APP, str(tmp_path), str(tiny_bert(tmp_path / "tiny"))],
        cwd=PROJECT,
        env=os.environ | {"WINNOW_WORKSPACE": str(workspace.root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert app.stdout is not None
    job = queue.get(app.stdout.readline().strip())
    _wait_for(queue, job, "training", 5)
    app.kill()
    app.communicate()
    context = open_context(workspace)
    assert queue.get(job.job_id).status == "running"
    ((run, _),) = list_runs(context, str(job.dataset_id))
    assert not run.summary
    _finished(queue, job)
    collect(context)
    ((run, ended),) = list_runs(context, str(job.dataset_id))
    assert ended.collected
    assert dict(splits_of(context, run)) == {name: one["rows"] for name, one in run.summary["splits"].items()}
    context.close()
