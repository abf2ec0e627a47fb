"""The page Jobs in a browser: the question before much work is lost, the filter, the tab's title that says what has
ended while nobody looked, and a server that does not answer. One server; its jobs are held by this process."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from core.queue import ProgressWriter, Queue
from core.records import Job
from core.settings import Workspace
from tests.browser.conftest import Server, settled, start_server

pytestmark = pytest.mark.timeout(240)
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
  document.hasFocus = () => !hidden
  document.dispatchEvent(new Event("visibilitychange"))
}"""
UNFOCUSED = "document.hasFocus = () => false"
"""A tab that is in sight while its person types elsewhere."""


@pytest.fixture
def queue(module_server: Server) -> Iterator[Queue]:
    """The server's queue, whose jobs are over once the test is."""
    found = Queue(Workspace(module_server.workspace))
    yield found
    for job in found.active():
        found.finish_local(job.job_id, "stopped")


def _running(queue: Queue, title: str, kind: str = "load", *, for_seconds: float = 0.0) -> Job:
    job = queue.start_local(kind, title, {}, None, "ada")
    ProgressWriter(queue.folder(job.job_id)).update("Loading", 50, 100)
    with closing(sqlite3.connect(queue._table.path)) as table, table:  # as if it had begun earlier
        table.execute("UPDATE jobs SET started_at = started_at - ? WHERE job_id = ?", (for_seconds, job.job_id))
    return job


def _opened(page: Page, server: Server, address: str = "jobs") -> None:
    page.goto(f"{server.url}/{address}")
    settled(page)


def _has_asked(page: Page) -> None:
    """Waits until the page has asked its server once, so that it knows what has ended since."""
    deadline = time.monotonic() + 20
    while not page.evaluate("globalThis.winnowPulse?.since"):
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def _line(page: Page, job: Job):  # type: ignore[no-untyped-def]
    return page.locator(f".st-key-job-{job.job_id}")


def test_a_cancel_that_would_lose_much_asks_first_and_the_question_stays_while_the_job_gets_on(
    page: Page, module_server: Server, queue: Queue
) -> None:
    job = _running(queue, "Load much", for_seconds=200)
    _opened(page, module_server)
    ask = _line(page, job).get_by_role("button", name="Cancel", exact=True)
    ask.focus()
    page.keyboard.press("Enter")
    question = page.get_by_text(
        re.compile(r"Load much has worked for 3 min \d+ s. Stop keeps what it has; Cancel does")
    )
    expect(question).to_be_visible()
    ProgressWriter(queue.folder(job.job_id)).update("Loading", 80, 100)
    expect(_line(page, job)).to_contain_text("80%")
    expect(question).to_be_visible()
    assert queue.get(job.job_id).status == "running"
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    assert not queue.folder(job.job_id).cancel_requested()
    ask.click()
    page.get_by_role("button", name="Cancel it").click()
    expect(_line(page, job)).to_contain_text("stopping")
    assert queue.folder(job.job_id).cancel_requested()
    queue.finish_local(job.job_id, "stopped")
    expect(_line(page, job)).to_contain_text("cancelled")


def test_a_job_that_has_only_begun_is_cancelled_by_one_click(page: Page, module_server: Server, queue: Queue) -> None:
    job = _running(queue, "Load little")
    _opened(page, module_server)
    _line(page, job).get_by_role("button", name="Cancel", exact=True).click()
    expect(_line(page, job)).to_contain_text("stopping")
    assert queue.folder(job.job_id).cancel_requested()


def test_the_filter_lists_jobs_by_how_they_stand_and_by_kind(page: Page, module_server: Server, queue: Queue) -> None:
    done, failed = _running(queue, "Job a", "scan"), _running(queue, "Job b", "scan")
    other = _running(queue, "Job c", "train")
    queue.finish_local(done.job_id, "done")
    queue.finish_local(failed.job_id, "failed", "The disk is full.")
    _opened(page, module_server)
    shown = {"Done": [done], "Not done": [failed], "Under way": [other]}
    for choice, jobs in shown.items():
        page.locator(".st-key-job-filter").get_by_role("radio", name=choice, exact=True).click()
        for job in (done, failed, other):
            expect(_line(page, job)).to_have_count(1 if job in jobs else 0)
    kind = page.locator(".st-key-job-filter").get_by_role("combobox")
    kind.click()
    page.get_by_role("option", name="scan", exact=True).click()
    expect(page.get_by_text("None of the jobs is like this.")).to_be_visible()
    page.locator(".st-key-job-filter").get_by_role("radio", name="All", exact=True).click()
    expect(_line(page, done)).to_have_count(1)
    expect(_line(page, other)).to_have_count(0)


@pytest.mark.parametrize("address", ["", "jobs"])
def test_the_title_of_a_tab_that_nobody_looks_at_says_what_has_ended(
    page: Page, module_server: Server, queue: Queue, address: str
) -> None:
    job = _running(queue, "Load stories")
    _opened(page, module_server, address)
    before = page.title()
    _has_asked(page)
    page.evaluate(HIDE, True)
    queue.finish_local(job.job_id, "done")
    page.evaluate("winnowPulse.ask()")
    expect(page).to_have_title("✓ Load stories done – Winnow")
    page.evaluate(HIDE, False)
    expect(page).to_have_title(before)


def test_the_title_stays_where_the_page_is_drawn_again_meanwhile(
    page: Page, module_server: Server, queue: Queue
) -> None:
    job = _running(queue, "Load stories")
    _opened(page, module_server, "")
    before = page.title()
    _has_asked(page)
    page.evaluate(UNFOCUSED)
    queue.finish_local(job.job_id, "failed", "The disk is full.")
    expect(page.get_by_text(re.compile("^failed")).first).to_be_visible()
    expect(page).to_have_title("✗ Load stories failed – Winnow")
    time.sleep(1.0)
    expect(page).to_have_title("✗ Load stories failed – Winnow")
    page.evaluate(HIDE, False)
    expect(page).to_have_title(before)


def test_a_server_that_does_not_answer_is_said_and_the_page_goes_on_once_it_does(
    page: Page, module_server: Server, queue: Queue
) -> None:
    job = _running(queue, "Load slowly")
    _opened(page, module_server)
    _has_asked(page)
    lost = page.get_by_role("alert").filter(has_text="Connection lost")
    expect(lost).to_have_count(0)
    module_server.kill()
    expect(lost).to_contain_text("trying again. What runs goes on.")
    ProgressWriter(queue.folder(job.job_id)).update("Loading", 90, 100)
    again = start_server(module_server.workspace.parent, int(module_server.url.rpartition(":")[2]))
    try:
        expect(lost).to_have_count(0)
        expect(_line(page, job)).to_contain_text("90%")
    finally:
        replace(module_server, process=again.process).stop()
