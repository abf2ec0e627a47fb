"""Labels that are numbers in a real browser: loaded as guessed, and given another by keys at the desk and in a list."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, upload
from tests.browser.review_data import decided
from tests.browser.test_review_desk import press, saved

ROWS = "text,score\n" + "".join(f"a review of number {row},{row}.5\n" for row in range(6))


def test_numbers_are_loaded_and_changed_by_keys(page: Page, server: Server, tmp_path: Path) -> None:
    upload(page, server, "reviews.csv", ROWS.encode())
    expect(page.get_by_text("is read as numbers, from 0.5 to 5.5")).to_be_visible()
    expect(page.get_by_role("combobox", name="Task")).to_have_value("Text regression (numbers)")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("as loaded · 6 rows · a number each")).to_be_visible()

    page.goto(f"{server.url}/review?dataset=reviews&reviewer=ada")
    settled(page)
    desk = page.get_by_role("region", name="Review desk")
    box = desk.get_by_role("textbox", name="Another number")
    expect(desk.locator(".desk")).to_have_attribute("data-row", "0")
    press(page, "7")  # the first digit opens the box
    expect(box).to_have_value("7")
    page.keyboard.type(",5")
    page.keyboard.press("Enter")
    expect(desk.get_by_role("alert")).to_contain_text("“7,5” is no number")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    press(page, "l")  # as it stands, to be replaced
    expect(box).to_have_value("0.5")
    page.keyboard.type("7.50")
    page.keyboard.press("Enter")
    saved(page, 1)
    expect(desk.locator(".desk")).to_have_attribute("data-row", "1")
    press(page, "k")
    saved(page, 2)

    page.goto(f"{server.url}/data?dataset=reviews&view=rows&layout=cards&reviewer=ada")
    settled(page)
    cards = page.locator(".tile")
    cards.nth(3).click()
    cards.nth(4).click()
    page.keyboard.press("l")  # of several rows: none of their numbers to begin with
    expect(page.get_by_text("the same for 2 rows")).to_be_visible()
    expect(page.get_by_role("textbox", name="Another number")).to_have_value("")
    page.keyboard.type("9.0")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Confirm")).to_contain_text("3.5 → 9")
    page.keyboard.press("Enter")
    for place in (3, 4):
        expect(cards.nth(place)).to_contain_text("Changed to 9 · you")
        expect(cards.nth(place)).to_contain_text("not yet in a version")

    server.stop()
    assert [(one.action, one.example_id, one.new_label) for one in decided(tmp_path)] == [
        ("relabel", 0, "7.5"),
        ("keep", 1, None),
        ("relabel", 3, "9"),
        ("relabel", 4, "9"),
    ]
