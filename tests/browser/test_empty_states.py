"""Every link and button of every empty state does something that can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.queue import Queue
from core.services.context import open_context
from core.settings import Workspace, workspace
from tests.browser.conftest import Server, settled, start_server
from tests.integration.load_support import loaded

pytestmark = pytest.mark.timeout(600)
NO_DATASET = ("profile", "issues", "review", "training", "evaluation", "jobs", "data", "")
UNTOUCHED = (
    "review",
    "training",
    "training?view=use",
    "training?view=effect",
    "evaluation",
    "data?view=rejected",
    "issues",
)
"""Of a dataset that nobody has scanned, reviewed or trained on."""
EMPTY = "[class*='st-key-empty-'], [class*='st-key-start-own']"
WAYS = "a:visible, button:visible"


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Server]:
    context = open_context(workspace(tmp_path / "workspace"))
    file = tmp_path / "plain.csv"
    file.write_text("text,label\n" + "".join(f"a text of its own {row},{'xy'[row % 2]}\n" for row in range(40)))
    loaded(context, file, name="plain", attributes=())
    context.close()
    started = start_server(tmp_path)
    yield started
    started.end()


def test_in_an_empty_workspace_every_way_out_of_an_empty_page_leads_somewhere(page: Page, server: Server) -> None:
    assert _ways_tried(page, server, NO_DATASET) >= len(NO_DATASET) - 1  # Data is the form itself


def test_with_an_untouched_dataset_every_way_out_of_an_empty_view_leads_somewhere(
    page: Page, untouched: Server
) -> None:
    assert _ways_tried(page, untouched, UNTOUCHED) >= len(UNTOUCHED)


def _ways_tried(page: Page, server: Server, places: tuple[str, ...]) -> int:
    """Opens each place anew for each of its links and buttons, clicks that, and waits for the page to say something
    else. A scan that a button has started is cancelled. Samples are left out: `tests/pages/test_empty.py` has each of
    their buttons."""
    tried, queue = 0, Queue(Workspace(server.workspace))
    for place in places:
        ways, fresh = _open(page, server, place), True
        for number, label in enumerate(_labels(page, ways)):
            if "Try the sample" in label:
                continue
            if not fresh:
                ways = _open(page, server, place)
            fresh = False
            said = _words(page)
            expect(ways.nth(number)).to_have_text(label, use_inner_text=True)
            ways.nth(number).click()
            changed = "said => document.querySelector('[data-testid=stMain]').innerText !== said"
            page.wait_for_function(changed, arg=said, timeout=30_000)
            settled(page)
            for wrong in ("stException", "stAlertContentError"):
                assert page.get_by_test_id(wrong).all_inner_texts() == [], (place, label)
            tried += 1
            started = queue.active()
            for job in started:  # else what it brings would stand where the next place is empty
                queue.cancel(job.job_id)
            if started:  # once it is cancelled the page may be as it was
                continue
            page.reload()
            settled(page)
            assert _words(page) != said, f"{label} on {place} is forgotten at a reload: its view is not in the address"
    return tried


def _labels(page: Page, ways: Locator) -> list[str]:
    """What they say once no more come for a second: a page is drawn from its top."""
    found, quiet = ways.all_inner_texts(), 0
    while quiet < 4:
        page.wait_for_timeout(250)
        before, found = found, ways.all_inner_texts()
        quiet = quiet + 1 if found == before else 0
    return found


def _open(page: Page, server: Server, place: str) -> Locator:
    page.goto(f"{server.url}/{place}")
    settled(page)
    ways = page.locator(EMPTY).locator(WAYS)
    if place != "data":
        expect(ways.first).to_be_visible(timeout=30_000)
    return ways


def _words(page: Page) -> str:
    return page.get_by_test_id("stMain").inner_text()
