"""A person who has never seen Winnow goes the five steps on the sample with planted errors, by clicks alone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, settled

pytestmark = pytest.mark.timeout(600)
WAIT_MS = 150_000
SECONDS = 180
"""For all five steps on two cores: three minutes. On cores that do nothing else they take half a minute."""


class Person:
    """Clicks, counts the clicks, and looks at the clock."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps: list[tuple[str, float, int]] = []
        self.clicks = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.first.click(timeout=WAIT_MS)

    def step(self, name: str, take: Callable[[], None]) -> None:
        self.clicks, started = 0, time.monotonic()
        take()
        self.steps.append((name, time.monotonic() - started, self.clicks))


def test_the_five_steps_end_in_a_score_before_and_after_by_clicks_alone(
    page: Page, server: Server, record_property: Callable[[str, object], None]
) -> None:
    person, line = Person(page), page.locator(".st-key-first-steps")
    page.goto(server.url)
    settled(page)

    def load() -> None:
        card = page.get_by_test_id("stVerticalBlock").filter(has_text="changed on purpose")
        person.click(card.get_by_role("button", name="Load sample").first)
        expect(page.locator(".st-key-first-steps-card")).to_be_visible(timeout=WAIT_MS)

    def scan() -> None:
        person.click(page.locator(".st-key-first-steps-next").get_by_role("button"))
        person.click(page.get_by_role("button", name="Find issues"))
        expect(line.get_by_text("0 of 20")).to_be_visible(timeout=WAIT_MS)

    def review() -> None:
        person.click(line.get_by_text("Review 20 rows"))
        take = page.locator(".review").get_by_role("button", name=re.compile("^Take suggestion"))
        for number in range(20):
            expect(page.locator("[data-count=done]")).to_have_text(str(number), timeout=WAIT_MS)
            person.click(take)
        expect(line.get_by_text("Make a version").first).to_be_visible(timeout=WAIT_MS)

    def version() -> None:
        person.click(line.get_by_text("Make a version"))
        person.click(page.get_by_test_id("stFormSubmitButton").get_by_text("Make a version"))
        expect(line.get_by_text("Compare before and after").first).to_be_visible(timeout=WAIT_MS)

    def compare() -> None:
        person.click(line.get_by_text("Compare before and after"))
        person.click(page.get_by_role("button", name="Measure"))
        expect(line.get_by_text("labels changed on purpose")).to_be_visible(timeout=WAIT_MS)

    for take in (load, scan, review, version, compare):
        person.step(take.__name__, take)
    said = line.inner_text()
    assert sum(spent for _, spent, _ in person.steps) < SECONDS, person.steps
    took = "; ".join(f"{name} {spent:.1f} s, {clicks} clicks" for name, spent, clicks in person.steps)
    record_property("five steps", f"{took}; {said}")
    assert re.search(r"precision \d+% \(\d+% – \d+%\), recall \d+% \(\d+% – \d+%\)", said), said
    assert re.search(r"Accuracy [\d.]+% before and [\d.]+% after review; after .* random changes [\d.]+%", said), said
    page.goto(server.url)
    settled(page)
    expect(page.locator(".st-key-first-steps-card").get_by_test_id("stMetric")).to_have_count(5)
    person.click(page.get_by_role("button", name="Hide the first steps"))
    expect(page.locator(".st-key-first-steps-card")).to_have_count(0)
    page.goto(f"{server.url}/issues?dataset=bbc-planted")
    settled(page)
    expect(line).to_have_count(0)
