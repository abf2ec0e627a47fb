"""A rule by keyboard alone: written, tried, saved, accepted and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.services.context import open_context
from core.settings import workspace
from tests.browser.conftest import Server, settled, start_server
from tests.browser.test_by_keyboard import press_button, tab_to
from tests.pages import issues_data


@pytest.fixture
def news(tmp_path: Path) -> Iterator[Server]:
    context = open_context(workspace(tmp_path / "workspace"))
    issues_data.load(context, tmp_path)
    context.close()
    started = start_server(tmp_path)
    yield started
    started.end()


def test_a_rule_is_written_tried_saved_accepted_and_taken_back_by_keyboard(page: Page, news: Server) -> None:
    page.goto(f"{news.url}/issues?dataset=news&view=rules")
    settled(page)
    expect(page.get_by_text("A rule proposes a label for many rows at once")).to_be_visible()
    tab_to(page, "Condition")
    page.keyboard.type("words < 300")
    page.keyboard.press("Control+Enter")
    tab_to(page, "Name$")
    page.keyboard.type("early")
    page.keyboard.press("Enter")
    tab_to(page, "Class that it says")
    page.keyboard.type("tech")
    page.keyboard.press("Enter")
    expect(page.get_by_text("30 rows covered (33.3%)")).to_be_visible()
    expect(page.get_by_text("Story 0 about business", exact=False)).to_be_visible()
    press_button(page, "Save rule")
    expect(page.get_by_text("early → tech")).to_be_visible()

    press_button(page, "Accept for all 20")
    expect(page.get_by_role("dialog").get_by_text("business → tech")).to_be_visible()
    press_button(page, "Change 20 rows")
    expect(page.get_by_text("20 rows changed to tech.")).to_be_visible()
    press_button(page, "Undo")
    expect(page.get_by_text("20 rows taken back.")).to_be_visible()

    press_button(page, "Review these rows")
    expect(page.locator(".review")).to_be_focused()
    expect(page.get_by_text("Rule “early” (version 1) says tech: words < 300.")).to_be_visible()
    page.keyboard.press("s")
    expect(page.locator("[data-count=done]")).to_have_text("1")
