"""The whole way as a person goes it, in one tab: load, profile, scan, review, undo, version, export."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.timeout(600)
SCAN_MS = 240_000
"""Both tiers on two slow cores, model loading included."""


def load_sample(page: Page, server: Server, number: int, name: str) -> None:
    page.goto(server.url)
    settled(page)
    page.get_by_role("button", name="Load sample").nth(number).click()
    expect(page.get_by_role("link", name="Find wrong labels")).to_be_visible()
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def scan(page: Page, stop: bool = False) -> None:
    """From Home to the ranked list: the instant tier shows first, then the better one takes its place. With `stop`,
    the person is content with the instant one."""
    page.get_by_role("link", name="Find wrong labels").click()
    page.get_by_role("button", name="Find label issues").click()
    better = page.get_by_text("A better result is on its way")
    expect(better).to_be_visible(timeout=SCAN_MS)
    if stop:
        page.get_by_role("button", name="Stop").click()
    expect(better).to_have_count(0, timeout=SCAN_MS)


def open_desk(page: Page, server: Server, name: str, view: str) -> None:
    page.goto(f"{server.url}/review?dataset={name}&view={view}&reviewer=ada&show=All+rows")
    expect(page.locator(".review")).to_be_visible()


def done(page: Page, count: int) -> None:
    expect(page.locator(".saving")).to_have_text("All saved")
    expect(page.locator("[data-count=done]")).to_have_text(str(count))


def make_version(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/review?dataset={name}&view=versions&reviewer=ada")
    page.get_by_role("textbox", name="Note").fill("twenty by hand")
    page.get_by_role("textbox", name="Note").press("Tab")
    page.get_by_role("button", name="Make a version").click()
    expect(page.get_by_text("version 2", exact=False).first).to_be_visible()


def exported(page: Page, server: Server, name: str) -> list[dict[str, str]]:
    page.goto(f"{server.url}/data?dataset={name}&version=2&view=export")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))


def test_bbc_news_from_a_click_to_a_corrected_file(page: Page, server: Server) -> None:
    load_sample(page, server, 0, "bbc-news")
    page.goto(f"{server.url}/profile?dataset=bbc-news")
    expect(page.get_by_text("Effective classes")).to_be_visible()
    expect(page.get_by_text("2,225").first).to_be_visible()
    page.goto(server.url)
    scan(page, stop=True)
    open_desk(page, server, "bbc-news", "desk")
    for number in range(20):
        page.keyboard.press("x" if number < 2 else "s" if number < 5 else "k")
    done(page, 20)
    page.keyboard.press("z")
    page.keyboard.press("z")
    done(page, 18)
    make_version(page, server, "bbc-news")
    rows = exported(page, server, "bbc-news")
    assert len(rows) == 2225 - 2
    assert sum(row["label"] != row["given_label"] for row in rows) == 3


def test_digits_from_a_click_to_a_corrected_file_in_the_grid(page: Page, server: Server) -> None:
    load_sample(page, server, 1, "digits")
    page.goto(f"{server.url}/profile?dataset=digits")
    expect(page.get_by_text("1,797").first).to_be_visible()
    page.goto(server.url)
    scan(page)
    open_desk(page, server, "digits", "grid")
    cards = page.locator(".review [role=option]")
    expect(cards.nth(9)).to_be_visible()
    cards.nth(0).click()
    cards.nth(9).click(modifiers=["Shift"])
    page.keyboard.press("s")
    done(page, 10)
    page.keyboard.press("z")
    done(page, 0)
    cards.nth(0).click()
    cards.nth(4).click(modifiers=["Shift"])
    page.keyboard.press("s")
    done(page, 5)
    make_version(page, server, "digits")
    rows = exported(page, server, "digits")
    changed = sum(row["label"] != row["given_label"] for row in rows)
    assert len(rows) == 1797
    assert 0 < changed <= 5
