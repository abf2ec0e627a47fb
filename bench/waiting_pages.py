"""What pages cost that only wait: the share of a core that the server takes while one tab shows them, in sight and out
of sight, with nothing running and with a job on the screen that gets on.

Chromium's own processes are not counted. `WINNOW_BENCH_MINUTES` says for how long each is watched, by default one.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.cold_start import CHROMIUM
from bench.row import Row
from core.queue import ProgressWriter, Queue
from core.settings import Workspace
from tests.browser.conftest import Server, settled, start_server
from tests.browser.every_view import fill

PAGES = {"Home": "", "Jobs": "jobs", "Review": "review?dataset=news&view=desk"}
SETTLES = 8.0
"""Seconds after which a page that was just opened only waits."""
HIDE = """() => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => true })
  document.hasFocus = () => false
  document.dispatchEvent(new Event("visibilitychange"))
}"""


def run() -> list[Row]:
    """Of each page, in percent of a core."""
    seconds = 60 * float(os.environ.get("WINNOW_BENCH_MINUTES", "1"))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        fill(Path(name))
        server = start_server(Path(name))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        try:
            time.sleep(2 * SETTLES)
            rows = [Row("server with no page open", _share(server, seconds / 2), "% of a core")]
            for title, address in PAGES.items():
                for job in (False, True):
                    for hidden in (False, True):
                        share = _watched(browser, server, address, job, hidden, seconds)
                        what = f"{title}, {'a job' if job else 'nothing'} runs, {'hidden' if hidden else 'visible'}"
                        rows.append(Row(what, share, "% of a core", bound="< 1" if hidden else "< 3"))
            return rows
        finally:
            browser.close()
            server.end()


def _watched(browser: Browser, server: Server, address: str, job: bool, hidden: bool, seconds: float) -> float:
    tab = browser.new_page()
    with _job(server) if job else nullcontext():
        tab.goto(f"{server.url}/{address}")
        settled(tab)
        if hidden:
            tab.evaluate(HIDE)
        time.sleep(SETTLES)
        share = _share(server, seconds)
    tab.close()
    return share


def _share(server: Server, seconds: float) -> float:
    before = _spent(server)
    time.sleep(seconds)
    return 100 * (_spent(server) - before) / seconds


def _spent(server: Server) -> float:
    """Seconds of processor time that the server's process has taken."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _job(server: Server) -> Iterator[None]:
    """A job that says four times a second how far it is."""
    queue, over = Queue(Workspace(server.workspace)), threading.Event()
    job = queue.start_local("scan", "Scan of news", {}, None, "bench")
    writer = ProgressWriter(queue.folder(job.job_id))

    def work() -> None:
        done = 0
        while not over.wait(0.25):
            done += 1
            writer.update("minilm: encoding", done, 1000)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        queue.finish_local(job.job_id, "done")


if __name__ == "__main__":
    for row in run():
        print(f"{row.name}: {row.ours:.2f} {row.unit} {row.bound}", flush=True)
