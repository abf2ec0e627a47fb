"""The whole way without a mouse: load the sample, scan it, judge three rows, make a version, start a fine-tune."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.test_journey import SCAN_MS
from tests.browser.test_keyboard import with_focus

pytestmark = pytest.mark.timeout(900)


def tab_to(page: Page, name: str, most: int = 90) -> int:
    """Presses Tab until what has the focus is called so; returns how often."""
    for presses in range(1, most + 1):
        page.keyboard.press("Tab")
        if re.search(name, with_focus(page)):
            return presses
    raise AssertionError(f"{name} was not reached with {most} presses; last: {with_focus(page)}")


def press_button(page: Page, name: str) -> None:
    tab_to(page, name)
    page.keyboard.press("Enter")


def go_to(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to a page")).to_be_focused()
    page.keyboard.type(words)
    expect(page.get_by_role("option", selected=True)).to_contain_text(re.compile(words, re.IGNORECASE))
    page.keyboard.press("Enter")


def test_a_sample_is_loaded_scanned_judged_corrected_and_trained_on_by_keyboard_alone(
    page: Page, server: Server
) -> None:
    page.goto(server.url)
    settled(page)
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    press_button(page, "Load sample")
    expect(page.get_by_role("button", name="See what a scan finds")).to_be_visible(timeout=120_000)
    press_button(page, "See what a scan finds")
    expect(page.get_by_role("button", name="Find issues")).to_be_visible()
    press_button(page, "Find issues")
    expect(page.get_by_text("worst first").first).to_be_visible(timeout=SCAN_MS)

    go_to(page, "review")
    expect(page.locator(".review")).to_be_visible()
    expect(page.locator(".review")).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("2")
    page.keyboard.press("x")
    expect(page.locator("[data-count=done]")).to_have_text("3")
    expect(page.locator(".saving")).to_have_text("All saved")

    tab_to(page, "Desk$")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Make a version")).to_be_enabled()
    press_button(page, "Make a version")
    expect(page.get_by_text(re.compile("version 2 after review")).first).to_be_visible(timeout=60_000)

    go_to(page, "train")
    expect(page.locator("h1", has_text="Train")).to_be_visible()
    settled(page)
    tab_to(page, "Runs$")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_enabled()
    press_button(page, "Start$")
    expect(page).to_have_url(re.compile("run=1"))
    expect(page.get_by_text("Run 1", exact=False).first).to_be_visible()
