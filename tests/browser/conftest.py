"""A real server on a workspace of its own and a real Chromium, for every browser test."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.queue import Queue
from core.settings import Workspace

PROJECT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
expect.set_options(timeout=20_000)


@dataclass
class Server:
    """`streamlit run app.py` as a person would start it."""

    url: str
    workspace: Path
    data: Path
    """The folder that it may load server paths from."""
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As `kill -9` would: nothing is cleaned up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()

    def end(self) -> None:
        """Stops the server, and the jobs that would outlive it."""
        self.stop()
        queue = Queue(Workspace(self.workspace))
        for job in queue.active():
            queue.cancel(job.job_id)


def start_server(
    folder: Path,
    port: int | None = None,
    *,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> Server:
    """Starts the app on a free loopback port over `folder/workspace` and waits until it answers.

    A second start on the same folder opens the same workspace again.
    """
    port = port or _free_port()
    workspace, data = folder / "workspace", folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    log = folder / f"server-{port}.log"
    own = {"WINNOW_WORKSPACE": str(workspace), "WINNOW_DATA_FOLDERS": str(data), "HF_HUB_OFFLINE": "1"}
    flags = ["--server.port", str(port), "--server.headless", "true", *arguments]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *flags],
        cwd=PROJECT,
        env=os.environ | own | dict(environment or {}),
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
    )
    server = Server(f"http://127.0.0.1:{port}", workspace, data, process, log)
    _wait_until_ready(server)
    return server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of its own for the test."""
    started = start_server(tmp_path)
    yield started
    started.end()


@pytest.fixture(scope="module")
def module_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the tests of a module, which then see each other's datasets."""
    started = start_server(tmp_path_factory.mktemp("server"))
    yield started
    started.end()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Without one the test is skipped on a workstation and fails in CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "Chromium not found: apt-get install chromium"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Path:
    """A folder with a workspace that has something on every page, made once for all processes of a test run, of which
    one makes it while the others wait: only to be copied from."""
    from tests.browser.every_view import fill

    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each process has a folder of its own beneath the run's
        shared = shared.parent
    folder, made = shared / f"filled-{testrun_uid}", shared / f"filled-{testrun_uid}.done"
    with (shared / f"filled-{testrun_uid}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what somebody who failed has left
            folder.mkdir()
            fill(folder)
            made.write_text(_kept(folder))
    return folder


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Iterator[Server]:
    """The app on a workspace of the module's own with something on every page. What its jobs were asked for names the
    folders of the copy, as if they had run there."""
    folder = tmp_path_factory.mktemp("full")
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    for spec in folder.glob("workspace/runs/*/spec.json"):
        spec.write_text(spec.read_text().replace(str(filled), str(folder)))
    started = start_server(folder)
    yield started
    started.end()
    assert _kept(filled) == filled.with_suffix(".done").read_text(), "something was written beside the copy"


def _kept(folder: Path) -> str:
    """The files of arrays and media below it, with their sizes and when they were written."""
    files = (path for name in ("arrays", "media") for path in folder.glob(f"workspace/{name}/**/*") if path.is_file())
    about = sorted((str(path), path.stat()) for path in files)
    return "\n".join(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in about)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with fresh_tab(browser) as tab:
        yield tab


@contextmanager
def fresh_tab(browser: Browser) -> Iterator[Page]:
    """A tab of a browser context of its own that fails the test when the page asks another host for anything or breaks
    its security policy."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    tab = context.new_page()
    foreign: list[str] = []
    tab.on("request", lambda request: None if _is_local(request.url) else foreign.append(request.url))
    tab.on("console", lambda line: foreign.append(line.text) if "Content Security Policy" in line.text else None)
    try:
        yield tab
    finally:
        context.close()
    assert not foreign, foreign


def settled(tab: Page) -> None:
    """Waits until the page has drawn its title and the script has ended."""
    expect(tab.locator("h1").first).to_be_visible()
    expect(tab.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(tab.get_by_test_id("stStatusWidget")).to_have_count(0)  # which shows only after a while


def upload(tab: Page, server: Server, name: str, content: bytes) -> None:
    """The file in the browser's upload on the Data page."""
    tab.goto(f"{server.url}/data?view=load")
    settled(tab)
    tab.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def _is_local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    server.stop()
    raise RuntimeError(f"The server did not start:\n{server.log.read_text()[-2000:]}")
