"""How long a cold server takes to its first page, and how much memory the web process then has.

A fresh process each time, timed from its start until Home has drawn its title in Chromium, with a workspace that
holds one dataset.
"""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.row import Row

PROJECT = Path(__file__).resolve().parent.parent
REPEATS = 5
CHROMIUM = ("--no-sandbox", "--headless", "--disable-gpu", "--disable-background-networking", "--no-first-run")


def run() -> list[Row]:
    """Medians over five cold servers."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        measured = [one_start(browser, Path(folder)) for _ in range(REPEATS)]
        browser.close()
    healthy, first_page, resident = (statistics.median(values) for values in zip(*measured, strict=True))
    return [
        Row("cold server answers", healthy, "s"),
        Row("first page ready on a cold server", first_page, "s", bound="≤ 2.5 s"),
        Row("memory of the web process after it", resident, "MB"),
    ]


def one_start(browser: Browser, folder: Path) -> tuple[float, float, float]:
    """Seconds until the server answers, seconds until Home is drawn, resident memory in MB."""
    port = free_port()
    environment = os.environ | {
        "WINNOW_WORKSPACE": str(folder / "workspace"),
        "WINNOW_TOKEN": "",
        "HF_HUB_OFFLINE": "1",
    }
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until_healthy(url)
        healthy = time.perf_counter() - start
        tab = browser.new_page()
        tab.goto(url)
        tab.locator("h1").first.wait_for()
        ready = time.perf_counter() - start
        tab.close()
        return healthy, ready, resident_megabytes(server.pid)
    finally:
        server.terminate()
        server.wait(15)


def wait_until_healthy(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not answer within 30 s")


def resident_megabytes(pid: int) -> float:
    """VmRSS of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell the process's memory")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
