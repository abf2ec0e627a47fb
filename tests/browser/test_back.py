"""The browser's address: a link leads to what a reload shows again, and one press of Back leads to where one was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, start_server
from tests.browser.review_data import make_texts


@pytest.fixture
def server(tmp_path: Path) -> Server:
    make_texts(tmp_path)
    return start_server(tmp_path)


def test_one_press_of_back_returns_from_the_page_that_a_link_led_to(page: Page, server: Server) -> None:
    try:
        page.goto(server.url)
        name = page.locator('[class*="st-key-dataset-line-"] a').first
        for _ in range(2):
            name.click()
            expect(page.locator("h1")).to_have_text("Profile")
            expect(page.get_by_text("Effective classes")).to_be_visible()
            settled(page)
            page.go_back()
            expect(page.locator("h1")).to_have_text("Datasets")
            expect(page).to_have_url(re.compile(r"127\.0\.0\.1:\d+/?$"))
            settled(page)
    finally:
        server.end()


def test_the_first_run_starts_from_the_link_of_the_page_without_runs(page: Page, server: Server) -> None:
    try:
        page.goto(f"{server.url}/training")
        page.get_by_role("button", name="Train one").click()
        expect(page).to_have_url(re.compile("view=new"))
        page.get_by_role("button", name="Start", exact=True).click()
        expect(page.get_by_text("Run 1", exact=True).first).to_be_visible()
        expect(page).to_have_url(re.compile("view=runs"))
    finally:
        server.end()


def test_back_after_typed_words_keeps_the_filter_that_was_set_just_before(page: Page, server: Server) -> None:
    try:
        page.goto(f"{server.url}/data?dataset=texts&view=rows")
        settled(page)
        page.get_by_role("button", name="Filter", exact=True).click()
        page.get_by_label("Rows whose value").click()
        page.get_by_role("option", name="is not missing").click()
        page.get_by_role("button", name="Add filter").click()
        chip = page.locator('[class*="st-key-list-chip-0"]')
        expect(chip).to_be_visible()
        settled(page)
        page.keyboard.press("Escape")
        page.get_by_placeholder("Words in the example").fill("note")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("where=.*words=note"))
        settled(page)
        page.go_back()
        expect(page).to_have_url(re.compile("where="))
        expect(page).not_to_have_url(re.compile("words="))
        settled(page)
        expect(chip).to_be_visible()
        expect(page.get_by_placeholder("Words in the example")).to_have_value("")
    finally:
        server.end()


def test_one_press_of_back_returns_to_the_query_that_was_made_a_filter(page: Page, server: Server) -> None:
    try:
        page.goto(f"{server.url}/data?dataset=texts&view=sql&sql=SELECT example_id, label FROM rows LIMIT 5")
        settled(page)
        page.get_by_role("button", name="Use as filter").click()
        expect(page).to_have_url(re.compile(r"where=sql"))
        settled(page)
        page.go_back()
        expect(page).to_have_url(re.compile("view=sql"))
        expect(page).to_have_url(re.compile(r"[?&]sql=SELECT"))
        settled(page)
        expect(page.get_by_role("button", name="Use as filter")).to_be_visible()
    finally:
        server.end()
