"""The link that the server writes at its start, opened by a real browser, and by one that has only the address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import fresh_tab, settled, start_server, upload


def test_the_link_lets_a_browser_in_for_good_and_nobody_else(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_TOKEN", raising=False)
    server = start_server(tmp_path)
    try:
        link = re.findall(r"http://\S+\?token=\S+", server.log.read_text())[0]
        with fresh_tab(browser) as tab, fresh_tab(browser) as other:
            tab.goto(link)
            settled(tab)
            assert "token" not in tab.url
            upload(tab, server, "films.csv", b"text,label\na good film,pos\na bad film,neg\nanother film,pos\n")
            expect(tab.get_by_role("button", name="Load", exact=True)).to_be_visible()
            other.goto(server.url)
            expect(other.get_by_text("does not know this browser")).to_be_visible()
    finally:
        server.end()
