"""The Jobs page: what it says of each job, and what its buttons do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.arrays.embeddings import EmbeddingCache
from core.context import Context
from core.queue import ProgressWriter
from core.records import Job
from core.services.datasets import delete
from core.store.datasets import list_datasets
from core.ui.jobs.list import PAGE_JOBS
from tests.integration.job_support import created, load_stories

Open = Callable[..., AppTest]


@pytest.fixture
def running(app: Context) -> Job:
    """A job of this process, half done."""
    job = app.queue.start_local("load", "Load *news*", {}, None, "ada")
    ProgressWriter(app.queue.folder(job.job_id)).update("Loading", 50, 100)
    return job


def _words(shown: AppTest) -> str:
    assert not shown.exception
    return "\n".join(str(element.value) for element in [*shown.markdown, *shown.caption])


def _scan(app: Context, title: str = "Scan of news") -> Job:
    return created(
        app.queue, "scan", title, "core.jobs.scan.run", {"probabilities": None, "seed": app.queue.count()}, None, "ada"
    )


def test_a_workspace_in_which_nothing_ran_says_so(open_at: Open) -> None:
    assert "Nothing has run yet" in _words(open_at("jobs"))


def test_a_running_job_shows_its_share_and_what_can_be_done(running: Job, open_at: Open) -> None:
    shown = open_at("jobs")
    assert "Load \\*news\\*" in _words(shown)
    assert "50%" in _words(shown)
    assert "1 under way" in _words(shown)
    assert [button.label for button in shown.button if running.job_id in str(button.key)] == ["Stop", "Cancel", "Log"]


@pytest.mark.parametrize(("press", "cancelled"), [("stop", False), ("cancel", True)])
def test_a_button_asks_the_job_to_end(app: Context, running: Job, open_at: Open, press: str, cancelled: bool) -> None:
    shown = open_at("jobs").button(key=f"{press}-{running.job_id}").click().run()
    assert "stopping" in _words(shown).replace("\\", "")
    folder = app.queue.folder(running.job_id)
    assert folder.stop_requested() and folder.cancel_requested() == cancelled


def test_a_failed_job_says_why(app: Context, running: Job, open_at: Open) -> None:
    app.queue.finish_local(running.job_id, "failed", "The file is empty.")
    shown = open_at("jobs")
    assert "The file is empty" in _words(shown)
    assert not [button for button in shown.button if button.label == "Start again"]


def test_a_scan_without_a_result_can_be_started_again(app: Context, open_at: Open) -> None:
    job = _scan(app)
    app.queue.cancel(job.job_id)
    app.queue.enqueue(job.job_id)
    shown = open_at("jobs")
    assert [button.label for button in shown.button if job.job_id in str(button.key)] == ["Start again", "Log"]


def test_the_log_opens_closes_and_stands_in_the_url(app: Context, running: Job, open_at: Open) -> None:
    app.queue.folder(running.job_id).log_path.write_text("one\n<b>two</b>\n")
    shown = open_at("jobs").button(key=f"log-{running.job_id}").click().run()
    assert [code.value for code in shown.code] == ["one\n<b>two</b>"]
    assert shown.query_params["job"] == running.job_id
    shown.button(key=f"log-{running.job_id}").click().run()
    assert not shown.code and "job" not in shown.query_params


def test_a_link_leads_to_a_job_beyond_the_first_page(app: Context, running: Job, open_at: Open) -> None:
    for number in range(PAGE_JOBS):
        _scan(app, f"Scan {number}")
    shown = open_at("jobs", job=running.job_id)
    assert "Load \\*news\\*" in _words(shown)
    assert "It has printed nothing so far" in _words(shown)


def test_a_link_to_a_job_that_is_gone_says_so(running: Job, open_at: Open) -> None:
    shown = open_at("jobs", job="no-such-job")
    assert "no" in shown.error[0].value and "Load \\*news\\*" in _words(shown)


def _shard(app: Context) -> Path:
    digests = np.array([f"content {row}" for row in range(1000)], "S16")
    return EmbeddingCache(app.workspace.arrays / "embeddings" / "it").append(digests, np.zeros((1000, 8), np.float32))


def _counted(shown: AppTest) -> AppTest:
    """With the space counted: it is counted beside the page."""
    deadline = time.monotonic() + 30
    while "can be computed again" not in _words(shown):
        assert time.monotonic() < deadline
        shown = shown.run()
    return shown


def test_space_is_counted_when_it_is_asked_for(app: Context, open_at: Open) -> None:
    _shard(app)
    shown = open_at("jobs")
    assert "computed again" not in _words(shown)
    shown = _counted(shown.toggle(key="space-shown").set_value(True).run())
    assert "of which 53" in _words(shown).replace("\\", "") and "counted" in _words(shown)
    assert "Embeddings" in shown.dataframe[0].value["what"].tolist()


def test_what_can_be_computed_again_is_cleared_once_somebody_is_sure(app: Context, open_at: Open) -> None:
    shard = _shard(app)
    shown = _counted(open_at("jobs").toggle(key="space-shown").set_value(True).run())
    assert shown.checkbox(key="space-sure-embeddings-30").disabled  # nothing is thirty days old
    shown = shown.number_input(key="space-days").set_value(0).run()
    assert "1 of 1" in shown.checkbox(key="space-sure-embeddings-0").label and shown.button(key="space-clear").disabled
    shown = shown.checkbox(key="space-sure-embeddings-0").check().run()
    shown = _counted(shown.button(key="space-clear").click().run())
    assert not shard.exists()
    assert "There is nothing to clear" in _words(shown)


def test_the_trash_is_emptied_once_somebody_is_sure(app: Context, open_at: Open, tmp_path: Path) -> None:
    dataset = load_stories(app, tmp_path)
    delete(app, dataset.dataset_id)
    shown = _counted(open_at("jobs").toggle(key="space-shown").set_value(True).run())
    shown = shown.selectbox(key="space-kind").set_value("Trash").run()
    assert shown.checkbox(key="space-sure-trash-30").disabled  # it has not lain there for thirty days
    shown = shown.number_input(key="space-days").set_value(0).run()
    assert "Yes, give up 1 of 1" in shown.checkbox(key="space-sure-trash-0").label
    assert "nothing brings it back" in _words(shown) and shown.button(key="space-clear").disabled
    shown = shown.checkbox(key="space-sure-trash-0").check().run()
    _words(shown.button(key="space-clear").click().run())
    assert list_datasets(app.store, "trashed") == []


def test_what_a_running_job_may_read_is_not_cleared_from_the_page(app: Context, running: Job, open_at: Open) -> None:
    shard = _shard(app)
    shown = _counted(open_at("jobs").toggle(key="space-shown").set_value(True).run())
    shown = (
        shown.number_input(key="space-days").set_value(0).run().checkbox(key="space-sure-embeddings-0").check().run()
    )
    shown = shown.button(key="space-clear").click().run()
    assert "is under way and may be reading" in str(shown.error[0].value) and shard.exists()
