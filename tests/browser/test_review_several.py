"""The review desk on labels of several classes in a real browser: the set is edited by keys alone and by touch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import crops as data
from tests.browser.conftest import Server, settled, start_server
from tests.browser.review_data import decided, opened
from tests.browser.test_review_desk import open_desk, press, said, saved


@pytest.fixture
def crops(tmp_path: Path) -> Iterator[Server]:
    """The app on a workspace with a scanned dataset; rows 0 to 5 are flagged."""
    with opened(tmp_path) as context:
        data.scan(context, tmp_path, data.load(context, tmp_path))
    started = start_server(tmp_path)
    yield started
    started.stop()


def chips(place: Locator) -> list[str]:
    return [" ".join(text.split()) for text in place.locator(".chip").all_inner_texts()]


def ticked(page: Page) -> list[str]:
    return page.locator(".picker [role=option][aria-selected=true] .name").all_inner_texts()


def test_a_set_is_edited_by_keys_alone(page: Page, crops: Server, tmp_path: Path) -> None:
    desk = open_desk(page, crops, reviewer="ada")
    assert chips(desk.locator(".labels .given")) == ["grain", "wheat"]
    assert chips(desk.locator(".labels .suggested")) == ["grain", "+ corn add", "− wheat remove"]
    expect(desk.locator(".for-screen-readers")).to_have_text(
        "Row 0. Given grain, wheat, suggested to add corn and to remove wheat."
    )
    editor = desk.get_by_role("dialog", name="Edit the classes")

    press(page, "l")
    expect(editor.get_by_role("combobox")).to_be_focused()
    assert ticked(page) == ["grain", "wheat"]
    press(page, "2")
    page.keyboard.type("zin")
    expect(editor.get_by_role("option")).to_have_count(1)
    press(page, "Enter")
    expect(editor.get_by_role("combobox")).to_have_value("")
    expect(editor.locator(".said")).to_have_text("Added zinc, removed wheat.")
    assert chips(editor.locator(".chips")) == ["grain", "+ zinc added", "− wheat removed"]
    press(page, "Enter")
    saved(page, 1)

    press(page, "s")  # row 1 as it is suggested
    press(page, "k")  # row 2 as it is given
    press(page, "l", "2", "Escape")  # row 3 is left as it is
    expect(desk.locator(".desk")).to_have_attribute("data-row", "3")
    expect(editor).to_be_hidden()
    press(page, "l", "0")
    expect(editor.locator(".said")).to_have_text("Removed barley. None of the classes applies.")
    press(page, "Enter")
    press(page, "l", "ArrowDown", "Space", "ArrowDown", "Space", "Enter")  # row 4
    press(page, "l", "Enter")  # row 5 saved as it is given
    saved(page, 6)
    press(page, "z")
    saved(page, 5)
    expect(desk.locator(".desk")).to_have_attribute("data-row", "5")
    crops.stop()
    found = decided(tmp_path)
    assert said(found) == [
        (0, "relabel", '["grain","zinc"]'),
        (1, "relabel", '["corn","grain","wheat"]'),
        (2, "keep", None),
        (3, "relabel", "[]"),
        (4, "relabel", found[4].new_label),
        (5, "keep", None),
        (5, "undo", None),
    ]
    assert found[4].new_label in ('["barley","corn"]', '["barley","wheat"]')
    assert found[0].shown["given_label"] == '["grain","wheat"]'
    assert len({one.client_key for one in found}) == len(found)


def test_a_set_is_edited_by_touch_on_a_narrow_screen(page: Page, crops: Server, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 420, "height": 740})
    desk = open_desk(page, crops, reviewer="ada")
    desk.locator("[data-action=choose]").click()
    editor = desk.get_by_role("dialog", name="Edit the classes")
    box = editor.bounding_box()
    assert box is not None and box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= 420
    for target in (editor.get_by_role("option").first, editor.locator(".chip").first, editor.get_by_text("Save")):
        size = target.locator("xpath=ancestor-or-self::*[self::li or self::button]").bounding_box()
        assert size is not None and size["height"] >= 44
    editor.get_by_role("option", name="corn").click()
    editor.locator("[data-class=wheat]").click()
    expect(editor.locator(".said")).to_have_text("Added corn, removed wheat.")
    editor.locator("[data-class=wheat]").click()
    expect(editor.locator(".said")).to_have_text("Added corn.")
    editor.get_by_role("button", name="Save").click()
    saved(page, 1)
    desk.locator("[data-action=choose]").click()
    editor.get_by_role("option", name="barley").click()
    editor.get_by_role("button", name="Cancel").click()
    expect(editor).to_be_hidden()
    desk.locator("[data-action=choose]").click()
    editor.get_by_role("button", name="None applies").click()
    editor.get_by_role("button", name="Save").click()
    saved(page, 2)
    desk.locator("[data-action=previous]").click()
    expect(desk.locator(".banner[role=status]")).to_contain_text("You have decided this row: removed corn and grain.")
    desk.locator("[data-action=choose]").click()
    expect(editor.locator(".said")).to_have_text("Removed corn and grain. None of the classes applies.")
    crops.stop()
    assert said(decided(tmp_path)) == [(0, "relabel", '["corn","grain","wheat"]'), (1, "relabel", "[]")]


def test_digits_find_classes_that_have_them_in_their_names_once_something_is_typed(page: Page, tmp_path: Path) -> None:
    labels = [[f"topic {row % 12:02}"] for row in range(data.ROWS)]
    with opened(tmp_path) as context:
        dataset = data.load(context, tmp_path, labels=labels)
        data.scan(context, tmp_path, dataset, labels=labels)
    server = start_server(tmp_path)
    try:
        desk = open_desk(page, server)
        press(page, "l", "2")
        page.keyboard.type("topic 11")
        expect(desk.get_by_role("option")).to_have_count(1)
        press(page, "Enter", "Enter")
        saved(page, 1)
    finally:
        server.stop()
    (one,) = decided(tmp_path)
    assert one.new_label == '["topic 00","topic 01","topic 11"]'


def test_a_number_of_a_class_opens_its_rows_and_the_desk_gets_the_same(crops: Server, page: Page) -> None:
    page.goto(f"{crops.url}/issues?dataset=crops")
    settled(page)
    expect(page.get_by_text("6 rows, worst first")).to_be_visible()
    page.get_by_role("radio", name="Where the wrong labels are").click()
    table = page.get_by_test_id("stDataFrame").filter(has=page.locator("[aria-label*='probably missing or extra']"))
    width = (table.bounding_box() or {})["width"]
    table.click(position={"x": width * 0.4, "y": 35 + 35 * 2 + 17})  # grain, probably missing
    expect(page.get_by_text("2 rows, worst first")).to_be_visible()
    assert "missing=grain" in page.url
    page.get_by_role("link", name="Review these").click()
    expect(page.locator(".review .desk")).to_have_attribute("data-row", "3")
    expect(page.locator("[data-count=left]")).to_have_text("2")
