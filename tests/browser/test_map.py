"""The map in a real browser: an area is drawn by mouse or taken by key, and its rows are listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, start_server
from tests.browser.review_data import opened
from tests.embeddings import keep
from tests.pages import issues_data


@pytest.fixture
def news(tmp_path: Path) -> Iterator[Server]:
    """Ninety texts whose embeddings lie on a line, in the order of their numbers."""
    with opened(tmp_path) as context:
        dataset = issues_data.load(context, tmp_path)
        line = np.arange(90, dtype=np.float32)
        keep(context, dataset, "minilm", np.stack([line, line * 0], 1), list(range(90)))
    server = start_server(tmp_path)
    yield server
    server.end()


def test_an_area_of_the_map_lists_its_rows(page: Page, news: Server) -> None:
    page.goto(f"{news.url}/profile?dataset=news&view=map")
    settled(page)
    canvas, status = page.locator(".map .frame canvas"), page.locator(".map .status")
    expect(status).to_have_text("90 of 90 rows in view, each of them drawn.")
    expect(page.locator(".map .legend button")).to_have_text(
        [re.compile("business ?30"), re.compile("sport ?30"), re.compile("tech ?30")]
    )
    frame = canvas.bounding_box()
    assert frame is not None
    left, middle = frame["x"] + 1, frame["y"] + frame["height"] / 2
    page.get_by_role("button", name="Draw an area").click()
    page.mouse.move(left, middle - 60)
    page.mouse.down()
    for x, y in ((0.5, -60), (0.5, 60), (0, 60)):
        page.mouse.move(left + frame["width"] * x, middle + y, steps=5)
    page.mouse.up()
    listed = page.locator(".st-key-map-rows-bar")
    expect(listed).to_contain_text("45 rows")
    assert re.search(r"where=map(\+|%20)%3D(\+|%20)pca-minilm%3A", page.url) and len(page.url) < 600

    page.get_by_role("button", name="All 45 rows…").click()  # put right where they are seen
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="What to do").fill("Exclude")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Exclude 45 rows").click()
    expect(page.get_by_text("45 rows excluded.")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("45 rows taken back.")).to_be_visible()
    expect(listed).to_contain_text("45 rows")

    page.locator(".map .legend button").first.click()  # these alone
    expect(status).to_have_text("30 of 90 rows in view, each of them drawn.")
    page.locator(".map .legend button").first.press("Enter")
    expect(status).to_have_text("90 of 90 rows in view, each of them drawn.")

    page.evaluate("document.addEventListener('keydown', (event) => { window.heard = event.key }, true)")
    canvas.focus()
    page.keyboard.press("+")
    assert page.evaluate("window.heard") is None, "a key on the map is no verdict on a row below"
    expect(status).to_have_text(re.compile("^4[4-6] of 90 rows in view"))
    page.keyboard.press("Enter")
    expect(listed).to_contain_text(re.compile("4[4-6] rows"))
    page.get_by_role("button", name="Lift the area").click()
    expect(listed).to_have_count(0)

    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_contain_text("On the map")
    page.keyboard.press("Escape")
    page.mouse.move(frame["x"] + frame["width"] / 2, middle)
    for step in range(30):  # the rows lie on a line
        page.mouse.move(frame["x"] + frame["width"] / 2 + step, middle)
        if page.locator(".map .tip").is_visible():
            break
        page.wait_for_timeout(160)
    expect(page.locator(".map .tip")).to_contain_text(re.compile(r"Story \d+ about \w+row \d+"))
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("button", name="Close the row")).to_be_visible()
    assert re.search(r"row=\d+", page.url)
