"""A file in which nothing is labelled, in a real browser: classes declared at load, rows labelled by one key each."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, upload
from tests.browser.review_data import decided

ROWS = ["soup and bread", "moon and comet", "salt and spice", "a probe on the moon"]


def test_what_nobody_has_labelled_is_loaded_and_labelled_by_one_key_each(page: Page, server: Server) -> None:
    upload(page, server, "notes.csv", "\n".join(["text", *ROWS]).encode())
    further = page.get_by_role("textbox", name="Further classes")
    further.fill("space, food")
    further.press("Enter")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("4 rows · 2 classes · 4 without a label")).to_be_visible()

    page.goto(f"{server.url}/review?dataset=notes")
    settled(page)
    desk = page.locator(".review")
    expect(desk.locator(".given .label")).to_have_text("no label")
    expect(desk.locator('[data-action="keep"]')).to_have_count(0)
    for left in (3, 2, 1, 0):
        text = desk.locator(".example-body").inner_text()
        page.keyboard.press("2" if "moon" in text else "1")  # by the order of the names: food, space
        expect(desk.locator('[data-count="left"]').first).to_have_text(str(left))
    expect(desk.locator(".saving")).to_have_text("All saved")
    server.stop()
    given = {one.example_id: one.new_label for one in decided(server.workspace.parent)}
    assert given == {row: "space" if "moon" in text else "food" for row, text in enumerate(ROWS)}
