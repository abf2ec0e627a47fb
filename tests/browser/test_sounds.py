"""Sounds in a real browser: they are heard in lists, in the panel of a row and at the desk, by mouse and by key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, settled, start_server
from tests.browser.review_data import decided, make_sounds

PLAYING = "sound => !sound.paused && sound.currentTime < sound.duration"


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[Server]:
    """Twelve tones, scanned."""
    make_sounds(tmp_path)
    server = start_server(tmp_path)
    yield server
    server.end()


def _plays(sound: Locator) -> None:
    """Waits until it does."""
    sound.page.wait_for_function(PLAYING, arg=sound.element_handle(), timeout=10_000)


def test_sounds_are_heard_where_they_are_listed_and_judged(page: Page, calls: Server, tmp_path: Path) -> None:
    page.goto(f"{calls.url}/data?dataset=calls&view=rows")
    settled(page)
    tile = page.locator(".tile").first
    expect(tile.locator("img")).to_be_visible()
    with page.expect_response(lambda answer: "/sound/" in answer.url) as asked:
        tile.locator(".hear").click()
    assert (asked.value.status, asked.value.headers["content-type"]) == (206, "audio/wav")
    expect(tile).not_to_have_attribute("aria-selected", "true")  # to hear it is not to choose it
    tile.dblclick()
    panel = page.get_by_test_id("stAudio")
    expect(panel).to_be_visible()
    panel.evaluate("sound => sound.play()")
    _plays(panel)

    page.goto(f"{calls.url}/review?dataset=calls&view=one&reviewer=ada")
    desk = page.locator(".review")
    expect(desk.locator(".heard img")).to_have_attribute("alt", "Spectrogram of call-0.wav")
    sound = desk.locator("audio")
    expect(sound).to_be_visible()
    first = sound.get_attribute("src")
    page.keyboard.press("h")
    _plays(sound)
    page.keyboard.press("h")
    page.wait_for_function("sound => sound.paused", arg=sound.element_handle())
    page.keyboard.press("s")
    expect(desk.locator(".heard img")).to_have_attribute("alt", "Spectrogram of call-1.wav")
    assert sound.get_attribute("src") != first
    expect(page.locator(".saving")).to_have_text("All saved")
    page.keyboard.press("?")
    expect(page.get_by_text("Hear the sound, or stop it")).to_be_visible()
    page.set_viewport_size({"width": 400, "height": 800})
    page.keyboard.press("Escape")
    expect(sound).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    calls.end()
    assert [(one.example_id, one.action) for one in decided(tmp_path)] == [(0, "relabel")]
