"""Names and guidelines of classes in a real browser: at the desk, in links, in the table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.services.classes.naming import name_classes
from core.store.datasets import get_dataset
from tests.browser.conftest import Server, start_server
from tests.browser.review_data import decided, make_texts, opened

NAMES = {"class 00000": "negative", "class 00001": "neutral", "class 00002": "positive"}
GUIDELINES = {"class 00000": "Complaints and returns.", "class 00001": "Neither praise nor blame."}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Server]:
    dataset = make_texts(tmp_path)
    with opened(tmp_path) as context:
        name_classes(context, dataset, "ada", NAMES, GUIDELINES)
    server = start_server(tmp_path)
    yield server
    server.stop()


def test_the_desk_shows_names_and_guidelines_and_stores_codes(page: Page, served: Server, tmp_path: Path) -> None:
    page.goto(f"{served.url}/review")
    desk = page.locator(".review")
    expect(desk.locator(".given .label")).to_have_text("negative")
    expect(desk.locator(".suggested .label")).to_have_text("neutral")
    expect(desk.locator(".guides")).to_be_hidden()
    page.keyboard.press("d")
    expect(desk.locator(".guides")).to_contain_text("Complaints and returns.")
    expect(desk.locator(".guides")).to_contain_text("Neither praise nor blame.")
    page.keyboard.press("l")
    page.keyboard.type("posit")
    picker = desk.get_by_role("dialog", name="Choose another label")
    expect(picker).to_contain_text("None of these: Escape, then X leaves the row out")
    option = desk.locator(".picker [role=option]")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("positive")
    page.keyboard.press("Enter")
    expect(desk.locator(".saving")).to_have_text("All saved")
    expect(desk.locator(".given .label")).to_have_text("neutral")
    expect(desk.locator(".guides")).to_contain_text("Neither praise nor blame.")
    served.stop()
    assert [(one.action, one.new_label) for one in decided(tmp_path)] == [("relabel", "class 00002")]


@pytest.mark.parametrize("said", ["class+00001", "neutral"])
def test_a_link_finds_the_rows_of_a_class_by_code_or_name(page: Page, served: Server, said: str) -> None:
    page.goto(f"{served.url}/data?view=rows&label={said}")
    expect(page.get_by_text("label: neutral", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Label")).to_have_value("neutral")
    page.goto(f"{served.url}/issues?given={said}")
    expect(page.get_by_role("combobox", name="Given label")).to_have_value("neutral")


def test_cards_and_the_verdict_bar_show_names(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/data?view=rows&layout=cards")
    page.locator(".review .tile").nth(2).click()
    expect(page.locator(".review .tile").nth(2).locator(".card-label strong")).to_have_text("positive")
    chip = page.locator(".verdict-bar .class").first
    expect(chip.locator(".name")).to_have_text("negative")
    expect(chip).to_have_attribute("title", "Change to negative: Complaints and returns.")


def test_the_table_names_a_class_with_one_press(page: Page, served: Server, tmp_path: Path) -> None:
    page.goto(f"{served.url}/data?view=classes")
    save = page.get_by_role("button", name="Save", exact=False)
    expect(save).to_be_disabled()
    table = page.locator("[data-testid=stDataFrame] canvas").first
    table.wait_for()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.75)
    page.keyboard.press("Enter")
    editor = page.locator("#portal textarea")  # its script is fetched the first time: what is typed before is lost
    expect(editor).to_be_focused()
    page.keyboard.type("mixed", delay=20)
    expect(editor).to_have_value("mixed")
    page.keyboard.press("Enter")
    expect(save).to_be_enabled()
    save.click()
    expect(page.get_by_text("Changes", exact=True)).to_be_visible()
    expect(save).to_be_disabled()
    served.stop()
    with opened(tmp_path) as context:
        found = get_dataset(context.store, "texts")
        assert dict(found.names) | NAMES == dict(found.names) and "mixed" in found.names.values()


def test_names_of_right_to_left_scripts_are_read_from_the_right(page: Page, tmp_path: Path) -> None:
    dataset = make_texts(tmp_path, texts=[f"هذا خبر رقم {row} عن الرياضة" for row in range(60)])
    with opened(tmp_path) as context:
        name_classes(context, dataset, "ada", {"class 00000": "شكوى", "class 00001": "محايد"})
    server = start_server(tmp_path)
    try:
        page.goto(f"{server.url}/review")
        desk = page.locator(".review")
        expect(desk.locator(".given .label")).to_have_text("شكوى")
        for part in (
            ".given .label",
            ".suggested .label",
            ".example-body",
            ".snippet >> nth=0",
            ".bars .name span >> nth=0",
        ):
            assert desk.locator(part).evaluate("node => getComputedStyle(node).direction") == "rtl", part
        # The probability behind a name stays behind it: the number is drawn on the right of the name.
        where = """(node) => {
          const text = node.firstChild, at = (part) => {
            const range = document.createRange(), from = text.data.indexOf(part)
            range.setStart(text, from), range.setEnd(text, from + part.length)
            return range.getBoundingClientRect().left
          }
          return [at("شكوى"), at("5")]
        }"""
        name, number = desk.locator(".why").evaluate(where)
        assert name < number
        page.goto(f"{server.url}/data?view=rows&layout=cards")
        card = page.locator(".review .tile").first
        for part in (".card-label strong", ".card-text"):
            assert card.locator(part).evaluate("node => getComputedStyle(node).direction") == "rtl", part
    finally:
        server.stop()
