"""The link that the server writes at its start, opened by a real browser; `tests/integration/test_door.py` has who is
let in without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import fresh_tab, settled, start_server, upload


def test_the_link_lets_a_browser_in_and_leaves_no_token_in_its_address(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_TOKEN", raising=False)
    server = start_server(tmp_path)
    try:
        link = re.findall(r"http://\S+\?token=\S+", server.log.read_text())[0]
        with fresh_tab(browser) as tab:
            tab.goto(link)
            settled(tab)
            assert "token" not in tab.url
            upload(tab, server, "films.csv", b"text,label\na good film,pos\na bad film,neg\nanother film,pos\n")
            expect(tab.get_by_role("button", name="Load", exact=True)).to_be_visible()
    finally:
        server.end()
