"""The process that holds a model: what it answers, and every way in which it comes to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.errors import ModelError, WinnowError
from core.jobs.resident.spec import Answer, Question, ResidentSpec
from core.jobs.resident.web import IDLE_SECONDS, OneResident, Resident
from core.queue.local.launcher import LocalLauncher
from core.records import Run
from core.services.prediction import playground
from tests.integration.job_support import lives, wait_until
from tests.integration.load_support import loaded
from tests.used_models import TEXTS, used_run, write_texts

PROJECT = Path(__file__).resolve().parents[2]
LAUNCHER = LocalLauncher()
OWNER = """
import sys, time
from pathlib import Path
from core.jobs.resident.spec import ResidentSpec
from core.jobs.resident.web import Resident
from core.queue.local.launcher import LocalLauncher
spec = ResidentSpec(Path(sys.argv[1]), Path(sys.argv[2]), 600.0)
resident = Resident(LocalLauncher(), spec, Path(sys.argv[3]))
print(resident.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def run(context: Context, tmp_path: Path) -> Run:
    return used_run(context, loaded(context, write_texts(tmp_path / "t.csv")), tmp_path)


@pytest.fixture
def output(context: Context, run: Run) -> Path:
    return context.queue.folder(run.run_id).output


@pytest.fixture
def residents() -> Iterator[list[OneResident]]:
    """Those that a test starts: let go at its end."""
    started: list[OneResident] = []
    yield started
    for one in started:
        one.end()


def test_questions_from_many_threads_get_the_models_own_answers_and_the_rows_nearest(
    output: Path, tmp_path: Path, residents: list[OneResident]
) -> None:
    from core.finetune.predictor import Predictor

    resident = OneResident()
    residents.append(resident)
    texts = [text for texts in TEXTS.values() for text in texts]

    def ask(text: str) -> Answer:
        return resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", Question(text, nearest=3))

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, texts))
    probabilities, _ = Predictor.open(output / "model").predict(texts)
    assert np.allclose([answer.probabilities for answer in answers], probabilities, atol=1e-6)
    for row, answer in enumerate(answers):
        similarities = dict(answer.nearest)
        assert len(similarities) == 3 and similarities[row] == pytest.approx(1, abs=1e-5)
    with pytest.raises(WinnowError, match="example"):
        resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", Question(7, 1))  # type: ignore[arg-type]
    assert resident.holds(output / "model")


def test_a_process_that_dies_over_a_question_is_named_and_the_next_question_starts_another(
    output: Path, tmp_path: Path, residents: list[OneResident]
) -> None:
    resident, question = OneResident(), Question("goal", nearest=1)
    residents.append(resident)
    first = resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", question)
    assert resident._current is not None
    pid = resident._current.pid
    os.kill(pid, signal.SIGSTOP)
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(ModelError, match="was killed") as told:
        resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", question)
    assert "Ask again" in told.value.hint
    assert resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", question) == first


def test_an_idle_process_ends_and_the_next_question_finds_a_new_one(
    output: Path, tmp_path: Path, residents: list[OneResident]
) -> None:
    resident, question = OneResident(idle_seconds=0.3), Question("goal", nearest=1)
    residents.append(resident)
    first = resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", question)
    assert resident._current is not None
    pid = resident._current.pid
    time.sleep(0.35)  # about when it ends: whichever comes first, the question is answered
    assert resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", question) == first
    assert resident._current.pid != pid
    last = resident._current.pid
    wait_until(lambda: not lives(last), "the end of an idle process")


def test_another_model_takes_the_place_of_the_first(
    context: Context, output: Path, run: Run, tmp_path: Path, residents: list[OneResident]
) -> None:
    import shutil

    resident = OneResident()
    residents.append(resident)
    other = Path(shutil.copytree(output / "model", tmp_path / "other"))
    resident.ask(LAUNCHER, output / "model", output, tmp_path / "log", Question("goal", nearest=1))
    assert resident._current is not None
    pid = resident._current.pid
    without_features = resident.ask(LAUNCHER, other, tmp_path, tmp_path / "log", Question("goal", nearest=1))
    assert without_features.nearest == ()
    assert resident.holds(other) and not resident.holds(output / "model") and not lives(pid)


def test_the_model_of_a_workspace_ends_with_it(context: Context, run: Run, output: Path) -> None:
    assert playground.ask(context, run, "goal").nearest
    assert playground.is_ready(context, run)
    resident = context.beside.kept("resident model", OneResident)
    assert resident._current is not None and resident._current.model == output / "model"
    pid = resident._current.pid
    context.beside.close()
    assert not lives(pid)


def test_it_ends_with_its_input_and_with_the_process_that_started_it(output: Path, tmp_path: Path) -> None:
    resident = Resident(LAUNCHER, ResidentSpec(output / "model", output, IDLE_SECONDS), tmp_path / "log")
    resident.end()
    assert not lives(resident.pid)
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(output / "model"), str(output), str(tmp_path / "log")],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    wait_until(lambda: not lives(pid), "the end of the process after its parent's")


def test_a_folder_that_is_no_model_is_told_in_its_own_words(tmp_path: Path) -> None:
    with pytest.raises(WinnowError, match=r"No model folder at .*nowhere"):
        OneResident().ask(LAUNCHER, tmp_path / "nowhere", tmp_path, tmp_path / "log", Question("goal", nearest=1))
