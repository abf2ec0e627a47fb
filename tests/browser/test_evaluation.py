"""What only a browser shows of an evaluation: a click on a cell, the copied link, the report, the way to review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from core.services.context import open_context
from core.settings import workspace
from tests.browser.conftest import Server, settled, start_server
from tests.pages import issues_data
from tests.pages.test_evaluation_multi_label import TRUE, guessed
from tests.runs import finished_run
from tests.tagged import tagged


@pytest.fixture
def evaluated(tmp_path: Path) -> Iterator[Server]:
    """The app on a dataset that was never scanned, with a run that takes every third story about business for sport."""
    context = open_context(workspace(tmp_path / "workspace"))
    dataset = issues_data.load(context, tmp_path)
    rows = dataset.row_count
    found = np.full((rows, 3), 0.05, np.float32)
    found[np.arange(rows), np.arange(rows) % 3] = 0.9
    found[0::9] = 0.1, 0.8, 0.1
    finished_run(context, dataset, found, ["test" if row % 2 else "train" for row in range(rows)])
    context.close()
    started = start_server(tmp_path)
    yield started
    started.stop()


def test_a_cell_its_link_in_a_fresh_browser_the_desk_and_the_report(
    evaluated: Server, page: Page, browser: Browser, tmp_path: Path
) -> None:
    page.goto(f"{evaluated.url}/evaluation?dataset=news&run=1&split=test")
    settled(page)
    expect(page.get_by_text("45 rows of test")).to_be_visible()
    expect(page.get_by_text("5 of 45 rows are wrong.", exact=False)).to_be_visible()
    cells = page.locator(".js-plotly-plot .bars").nth(1).locator(".point path")
    expect(cells).to_have_count(4)

    cells.nth(1).click(force=True)
    expect(page.get_by_text("5 rows of business taken for sport")).to_be_visible()
    assert "true=business" in page.url and "predicted=sport" in page.url

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    fresh = browser.new_context().new_page()
    fresh.goto(link)
    expect(fresh.get_by_text("5 rows of business taken for sport")).to_be_visible()
    fresh.context.close()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    report = tmp_path / download.value.suggested_filename
    download.value.save_as(report)
    offline = browser.new_context(offline=True, java_script_enabled=False).new_page()
    offline.goto(report.as_uri())
    expect(offline.get_by_role("heading", name="news: how good, and what next")).to_be_visible()
    expect(offline.locator("svg")).to_have_count(3)
    offline.context.close()

    page.get_by_role("link", name="Review these").click()
    expect(page.locator("h1", has_text="Review")).to_be_visible()
    expect(page.locator("[data-count=left]")).to_have_text("5")
    expect(page.get_by_text("Judged blind").first).to_be_visible()
    page.get_by_text("Judge test rows blind").click()
    expect(page.get_by_text(re.compile("Run 1 is 80% sure of sport"))).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator(".saving")).to_have_text("All saved")
    expect(page.locator("[data-count=left]")).to_have_text("4")


def test_a_second_click_on_the_cell_shows_all_errors_again(evaluated: Server, page: Page) -> None:
    page.goto(f"{evaluated.url}/evaluation?dataset=news&run=1&split=test&true=business&predicted=sport")
    settled(page)
    expect(page.get_by_text("5 rows of business taken for sport")).to_be_visible()
    page.locator(".js-plotly-plot .bars").nth(1).locator(".point path").nth(1).click(force=True)
    expect(page.get_by_text("5 rows predicted wrong")).to_be_visible()
    assert "true=" not in page.url


def test_the_chart_of_a_chosen_pair_of_classes_is_saved_under_the_names_of_dataset_and_chart(
    page: Page, tmp_path: Path
) -> None:
    """Its key has brackets and quotes in it, which the name of a class on the page has not."""
    context = open_context(workspace(tmp_path / "workspace"))
    dataset = tagged(context, tmp_path, TRUE)
    found = guessed((10, "wheat"), (10, "corn"), (20, "wheat"), (20, "corn"))
    finished_run(context, dataset, found, ["test" if row % 2 == 0 else "train" for row in range(len(TRUE))])
    context.close()
    server = start_server(tmp_path)
    try:
        page.goto(f"{server.url}/evaluation?dataset=cables&run=1&split=test&view=together&missed=wheat&added=corn")
        settled(page)
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()  # what is saved is what is drawn
        page.locator("[class*='-files']").get_by_role("button", name="Download").click()
        for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
            with page.expect_download() as download:
                page.get_by_role("button", name=kind, exact=True).click()
            assert download.value.suggested_filename == f"cables-missed-and-added-run-1.{kind.lower()}"
            assert download.value.path().read_bytes().startswith(start)
    finally:
        server.stop()
