"""What only a browser shows of the Issues page: clicks on the matrix and on table cells, and the way to the desk."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.services.context import open_context
from core.settings import workspace
from tests.browser.conftest import Server, fresh_tab, settled, start_server
from tests.pages import issues_data


@pytest.fixture
def scanned(tmp_path: Path) -> Iterator[Server]:
    """The app on a workspace with a scanned dataset."""
    context = open_context(workspace(tmp_path / "workspace"))
    issues_data.scan(context, tmp_path, issues_data.load(context, tmp_path))
    context.close()
    started = start_server(tmp_path)
    yield started
    started.stop()


def test_clicks_narrow_the_list_and_the_desk_opens_on_the_same_rows(scanned: Server, page: Page) -> None:
    page.goto(f"{scanned.url}/issues?dataset=news")
    settled(page)
    expect(page.get_by_text("40 rows, worst first")).to_be_visible()
    page.get_by_role("radio", name="Where the wrong labels are").click()
    cells = page.locator(".js-plotly-plot .bars").nth(1).locator(".point path")
    expect(cells).to_have_count(3)

    cells.first.click(force=True)
    expect(page.get_by_text("14 rows, worst first")).to_be_visible()
    assert "given=business" in page.url
    assert "suggested=sport" in page.url

    _click_row(page, "Wrong labels: rows, worst first", 2)
    expect(page.get_by_test_id("stText")).to_have_text("Story 6 about business")

    page.get_by_role("link", name="Review these").click()
    expect(page.locator("h1", has_text="Review")).to_be_visible()
    expect(page.get_by_text("Story 3 about business").first).to_be_visible()  # row 0 is of test, which is judged blind
    assert "given=business" in page.url


def test_a_second_click_on_a_cell_shows_all_rows_again(scanned: Server, page: Page) -> None:
    page.goto(f"{scanned.url}/issues?dataset=news&given=business&suggested=sport")
    settled(page)
    expect(page.get_by_text("14 rows, worst first")).to_be_visible()
    page.get_by_role("radio", name="Where the wrong labels are").click()
    page.locator(".js-plotly-plot .bars").nth(1).locator(".point path").first.click(force=True)
    expect(page.get_by_text("40 rows, worst first")).to_be_visible()


def test_a_number_in_the_tables_opens_its_rows(scanned: Server, page: Page) -> None:
    page.goto(f"{scanned.url}/issues?dataset=news")
    settled(page)
    page.get_by_role("radio", name="Where the wrong labels are").click()
    page.get_by_role("button", name="As tables").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    _click_row(page, "Noise per class", 0)
    expect(page.get_by_text("14 rows, worst first")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_file_beside_a_filtered_list_holds_its_rows(scanned: Server, page: Page) -> None:
    page.goto(f"{scanned.url}/issues?dataset=news&given=business")
    settled(page)
    expect(page.get_by_text("14 rows, worst first")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
        page.get_by_role("link", name="Download CSV, 14 rows").click()
    rows = csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline=""))
    assert [row["example_id"] for row in rows] == [str(row) for row in range(0, 40, 3)]


def test_a_click_on_a_header_sorts_all_rows_of_the_data(scanned: Server, page: Page) -> None:
    page.goto(f"{scanned.url}/data?dataset=news&view=rows")
    settled(page)
    box, table = page.locator(".st-key-list-order input"), page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    for order in ("row ↓", "", "row ↓"):
        table.click(position={"x": 60, "y": 17})
        expect(box).to_have_value(order)
        settled(page)
        page.wait_for_timeout(500)  # the sorted table takes the place of the other
    table.click(position={"x": 60, "y": 35 + 17})
    expect(page.get_by_test_id("stText").get_by_text("Story 89 about tech")).to_be_visible()
    page.goto(f"{scanned.url}/data?dataset=news&view=rows&columns=text")
    settled(page)
    expect(table.locator("canvas").first).to_be_visible()
    page.wait_for_timeout(500)
    frame = table.bounding_box()
    assert frame is not None
    table.click(position={"x": frame["width"] - 20, "y": 17})  # the menu of the header
    menu = page.get_by_test_id("stDataFrameColumnMenu")
    expect(menu.get_by_text("Pin column")).to_be_visible()
    for of_the_page in ("Sort ascending", "Sort descending", "Statistics"):
        expect(menu.get_by_text(of_the_page)).to_be_hidden()
    expect(page.get_by_role("button", name="Search: All rows")).to_be_hidden()
    expect(page.get_by_role("button", name="Fullscreen: All rows")).to_have_count(1)


def test_a_saved_view_is_a_link_to_the_same_rows_until_it_is_deleted(
    scanned: Server, page: Page, browser: Browser
) -> None:
    rows = f"{scanned.url}/data?dataset=news&view=rows"
    page.goto(f"{rows}&where=words+>%3D+400&order=words+desc&columns=words,label,example_id")
    settled(page)
    shown = _cells(page)
    assert shown == [[str(10 * row), ("business", "sport", "tech")[row % 3], str(row)] for row in range(89, 79, -1)]
    page.get_by_role("button", name="Views").click()
    page.get_by_label("Name", exact=True).fill("long ones")
    page.get_by_label("Name", exact=True).press("Enter")
    page.get_by_role("button", name="Save this view").click()
    expect(page.get_by_role("button", name="long ones")).to_be_visible()

    page.goto(rows)
    settled(page)
    assert _cells(page) != shown
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="long ones").click()
    expect(page).to_have_url(re.compile("order=words"))
    expect(page.get_by_text("50 rows", exact=True)).to_be_visible()
    with fresh_tab(browser) as other:
        other.goto(page.url)
        settled(other)
        expect(other.get_by_text("50 rows", exact=True)).to_be_visible()
        assert _cells(other) == shown

    page.get_by_text("Rename or delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="long ones")).to_have_count(0)


def _cells(page: Page) -> list[list[str]]:
    """The first three columns of the first ten rows of the list, as a screen reader has them: the table
    makes its cells for one once somebody moves over it, and drops them while it is drawn anew."""
    table = page.get_by_test_id("stDataFrame").first
    for place in range(60, 120):
        table.hover(position={"x": place, "y": place})
        page.wait_for_timeout(300)
        lines = table.evaluate(
            """it => [...it.querySelectorAll("tbody tr")]
              .map((row) => [...row.querySelectorAll("td")].map((cell) => cell.textContent))"""
        )
        if len(lines) >= 10:
            return [line[-3:] for line in lines[:10]]
    pytest.fail("The list has no ten rows for a screen reader.")


@pytest.fixture
def grouped(tmp_path: Path) -> Iterator[Server]:
    """The same with two groups of near-duplicates and with outliers."""
    context = open_context(workspace(tmp_path / "workspace"))
    issues_data.scan(context, tmp_path, issues_data.load(context, tmp_path))
    issues_data.also_near_duplicates(context, {0: (0, 3, 6), 10: (10, 13)})
    issues_data.also_outliers(context)
    context.close()
    started = start_server(tmp_path)
    yield started
    started.stop()


def test_cards_open_their_lists_and_one_of_a_group_is_kept_on_the_page_and_on_the_desk(
    grouped: Server, page: Page
) -> None:
    page.goto(f"{grouped.url}/issues?dataset=news")
    settled(page)
    expect(page.get_by_text("40 rows, worst first")).to_be_visible()
    page.get_by_role("radio", name="types of issues found").click()
    page.get_by_role("button", name="Keep one of each group").first.click()
    expect(page.get_by_text("3 rows, worst first")).to_be_visible()
    expect(page).to_have_url(re.compile("type=near_duplicate"))
    page.get_by_role("button", name="Keep one of this group, exclude 2 copies").click()
    expect(page.get_by_text("2 copies of 1 group are excluded")).to_be_visible()
    page.locator(".st-key-kept-one-undo button").click()
    expect(page.get_by_text("2 rows are back")).to_be_visible()

    page.get_by_role("link", name="Review these").click()
    expect(page.locator(".review")).to_be_visible()
    expect(page.locator(".suggested .label")).to_have_text("none")
    expect(page.get_by_role("button", name="Keep one of group")).to_be_visible()
    page.keyboard.press("g")
    expect(page.locator("[data-count=done]")).to_have_text("2")
    expect(page.locator("[data-count=left]")).to_have_text("1")
    page.keyboard.press("s")
    expect(page.get_by_text("No label is suggested here")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator("[data-count=left]")).to_have_text("3")
    expect(page.locator(".saving")).to_have_text("All saved")


def _click_row(page: Page, table: str, row: int) -> None:
    """Clicks the first cell of a row: tables are drawn on a canvas, so by its place."""
    tables = page.get_by_test_id("stDataFrame").filter(has=page.locator(f"[aria-label*='{table}']"))
    expect(tables).to_have_count(1)  # a new list stands beside the old one until the script ends
    tables.click(position={"x": 20, "y": 35 + 35 * row + 17})
