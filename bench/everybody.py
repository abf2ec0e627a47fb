"""Everybody at once: two reviewers in the browser, a notebook that reads and decides, and now and then twenty commands
at the same moment, all on one workspace while the app has it open.

`WINNOW_BENCH_MINUTES` says for how long, by default for three. At the end the ledger must hold each decision that was
confirmed to anybody, and `check` reads the whole workspace.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from bench.review_latency import WATCH
from bench.row import Row
from bench.soak import size
from tests.browser.conftest import FLAGS, PROJECT, Server, start_server
from tests.browser.review_data import make_texts, opened

ROWS = 40_000
"""The browser takes rows from the start of the list, the notebook from 20,000 on and commands from 32,000 on."""
OF_NOTEBOOK, OF_COMMANDS = 20_000, 32_000
COMMANDS = 20
COMMANDS_EVERY_SECONDS, ROUNDS = 60.0, 12
"""Of commands: every minute, or in a longer day as often as makes this many rounds."""
PAUSE_MS = 700
"""Between two presses of a reviewer."""
_NOTEBOOK = """
import sys, time, winnow
w = winnow.open(sys.argv[1], progress=lambda line: None)
row, until = int(sys.argv[2]), time.monotonic() + float(sys.argv[3])
while time.monotonic() < until:
    w.issues("texts", top=20)
    rows = [{"example_id": row + step, "action": "keep"} for step in range(3)]
    assert w.decide("texts", rows, reviewer="notebook")["written"] == 3
    row += 3
    print(row, flush=True)
    time.sleep(2)
"""


def run() -> list[Row]:
    """What each was made to wait, what was kept of what was confirmed, and the size of the process."""
    minutes = float(os.environ.get("WINNOW_BENCH_MINUTES", "3"))
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_texts(folder, rows=ROWS, texts=[f"Story {row}" for row in range(ROWS)])
        server = start_server(folder)
        try:
            day = _Day(folder, server, 60 * minutes)
            day.live()
        finally:
            server.stop()
        checked = _command(folder, "check", "--json").wait()
        with opened(folder) as context:
            (dataset_id,) = {row[0] for row in context.store.fetch("SELECT dataset_id FROM datasets")}
            kept = {act.example_id for act in context.ledger.decisions.page(dataset_id, limit=10**6)}
    lost = sorted(day.confirmed - kept)
    return [
        Row(
            f"{minutes:g} min of everybody: confirmed decisions that are lost",
            len(lost),
            f"of {len(day.confirmed):,}",
            bound="0",
            note=", ".join(map(str, lost[:5])),
        ),
        Row("commands that failed", day.failed, f"of {day.commands}", bound="0"),
        Row("exit code of check afterwards", checked, "", bound="0"),
        Row("press to next row in the browser, median", median(day.waits), "ms"),
        Row("press to next row in the browser, p95", quantiles(day.waits, n=20)[-1], "ms", bound="≤ 50 ms"),
        Row("the same while 20 commands run, p95", quantiles(day.waits_beside or [0.0, 0.0], n=20)[-1], "ms"),
        Row("20 commands at once, until the last has ended, median", median(day.rounds), "s"),
        *(
            Row(f"{what} at the end", last, "", first, "at the start")
            for what, first, last in zip(("MB", "threads", "open files"), day.sizes[0], day.sizes[-1], strict=True)
        ),
    ]


class _Day:
    """One process for everybody, from outside."""

    def __init__(self, folder: Path, server: Server, seconds: float) -> None:
        self._folder, self._server, self._seconds = folder, server, seconds
        self.waits: list[float] = []
        self.waits_beside: list[float] = []
        """Of those, while commands were running."""
        self.rounds: list[float] = []
        self.commands = self.failed = 0
        self.confirmed: set[int] = set()
        """Rows whose decision was confirmed to whoever made it."""
        self.sizes: list[tuple[float, int, int]] = []
        self._running: list[subprocess.Popen[bytes]] = []
        self._deciding: list[int] = []
        """The rows that every third of them decides."""
        self._begun = 0.0

    def live(self) -> None:
        """Until the time is up, and the desks say that all is saved."""
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            desks = [browser.new_context(viewport={"width": 1440, "height": 900}).new_page() for _ in range(2)]
            for desk in desks:
                desk.goto(f"{self._server.url}/review")
                expect(desk.locator(".desk")).to_have_attribute("data-row", re.compile(r"\d+"))
                desk.evaluate(WATCH)
            self._look()
            notebook = self._notebook()
            until, next_round = time.monotonic() + self._seconds, time.monotonic() + 5
            while time.monotonic() < until:
                if not self._running and time.monotonic() >= next_round:
                    self._start_round()
                    next_round = time.monotonic() + max(COMMANDS_EVERY_SECONDS, self._seconds / ROUNDS)
                self._press(desks)
                self._end_round()
            self._end_round(wait=True)
            for desk in desks:
                expect(desk.locator(".saving")).to_have_text("All saved", timeout=60_000)
                self.confirmed |= set(desk.evaluate("window.judged"))
            written, _ = notebook.communicate(timeout=120)
            assert notebook.returncode == 0, "the notebook failed"
            self.confirmed |= set(range(OF_NOTEBOOK, int(written.split()[-1])))
            self._look()
            browser.close()

    def _press(self, desks: Sequence[Page]) -> None:
        beside = bool(self._running)
        for desk in desks:
            desk.keyboard.press("k")
        desks[0].wait_for_timeout(PAUSE_MS)
        for desk in desks:
            times = desk.evaluate("window.times.splice(0)")
            self.waits += times
            self.waits_beside += times if beside else []

    def _notebook(self) -> subprocess.Popen[bytes]:
        arguments = (str(self._server.workspace), str(OF_NOTEBOOK), str(self._seconds))
        return subprocess.Popen([sys.executable, "-c", _NOTEBOOK, *arguments], cwd=PROJECT, stdout=subprocess.PIPE)

    def _start_round(self) -> None:
        """Every third decides a row, the others read."""
        readers = (
            ("datasets",),
            ("issues", "texts", "--top", "20"),
            ("profile", "texts"),
            ("jobs",),
            ("runs", "texts"),
        )
        self._begun = time.monotonic()
        for number in range(COMMANDS):
            if number % 3:
                self._running.append(_command(self._folder, *readers[number % len(readers)]))
                continue
            file = self._folder / f"decided-{number}.jsonl"
            row = OF_COMMANDS + self.commands + number
            file.write_text(json.dumps({"example_id": row, "action": "keep"}))
            self._deciding.append(row)
            self._running.append(_command(self._folder, "decide", "texts", "--file", str(file), "--reviewer", "script"))

    def _end_round(self, wait: bool = False) -> None:
        if not self._running or not (wait or all(one.poll() is not None for one in self._running)):
            return
        codes = [one.wait() for one in self._running]
        self.rounds.append(time.monotonic() - self._begun)
        self.failed += sum(code != 0 for code in codes)
        self.confirmed |= {row for row, code in zip(self._deciding, codes[::3], strict=True) if code == 0}
        self.commands += len(codes)
        self._running, self._deciding = [], []

    def _look(self) -> None:
        now = size(self._server.process.pid)
        self.sizes.append((now.megabytes, now.threads, now.files))


def _command(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "core", *words, "--workspace", str(folder / "workspace")],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
