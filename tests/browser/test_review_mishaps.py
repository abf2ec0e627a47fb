"""The review desk in a real browser while the disk is full, and over a restart of the server under two reviewers."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, start_server
from tests.browser.review_data import decided, make_texts
from tests.browser.test_review_desk import open_desk, press, said, saved


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    started: list[Server] = []

    def start(port: int | None = None) -> Server:
        started.append(start_server(tmp_path, port))
        return started[-1]

    make_texts(tmp_path)
    yield start
    for server in started:
        server.stop()


def test_the_desk_stays_on_a_full_disk_and_goes_on_by_itself(
    page: Page, serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve()
    desk = open_desk(page, server, reviewer="ada")
    press(page, "k")
    saved(page, 1)
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    press(page, "x", "u")
    expect(page.locator(".saving")).to_contain_text("not saved yet, tried again every few seconds")
    expect(desk.locator(".desk")).to_have_attribute("data-row", "3")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
    saved(page, 3)
    press(page, "k")
    saved(page, 4)
    server.stop()
    assert said(decided(tmp_path)) == [(0, "keep", None), (1, "exclude", None), (2, "unsure", None), (3, "keep", None)]


def test_presses_around_a_restart_are_taken_down_and_none_is_refused(
    browser: Browser, serve: Callable[..., Server], tmp_path: Path
) -> None:
    server = serve()
    tabs = [browser.new_context().new_page() for _ in range(2)]
    desks = [open_desk(tab, server, reviewer="reviewer") for tab in tabs]
    for desk, row in zip(desks, ("0", "25"), strict=True):
        expect(desk.locator(".desk")).to_have_attribute("data-row", row)
    server.kill()
    for tab in tabs:
        press(tab, "k", "x")
    again = serve(int(server.url.rsplit(":", 1)[1]))
    for tab in reversed(tabs):
        press(tab, "k")
    for tab, desk in zip(tabs, desks, strict=True):
        expect(tab.locator(".saving")).to_have_text("All saved", timeout=60_000)
        expect(desk.get_by_role("alert")).to_be_hidden()
        press(tab, "x", "k")
        expect(tab.locator(".saving")).to_have_text("All saved", timeout=60_000)
        expect(desk.get_by_role("alert")).to_be_hidden()
    again.stop()
    rows = [one.example_id for one in decided(tmp_path)]
    assert len(rows) == len(set(rows)) == 10
