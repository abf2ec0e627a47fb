"""A stakeholder with a link: every question answered on a real dataset, nothing that acts, one click to copy it."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from core.__main__ import main
from core.services.story.words import QUESTIONS
from tests.browser.conftest import Server, fresh_tab, settled, start_server

pytestmark = pytest.mark.timeout(900)  # six whole jobs come first
A4_PIXELS: ViewportSize = {"width": 695, "height": 1012}
"""Between the margins of a printed page, at 96 pixels an inch."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Server]:
    """The app on tweets whose crowd labels were reviewed by the gold labels: two versions, a scan and a run of each,
    decisions of two people, and what the cleaning has brought."""
    folder = tmp_path_factory.mktemp("story")
    rows = list(csv.DictReader((shared_data / "disaster_tweets" / "test.csv").open(encoding="utf-8")))
    names = {"0": "ordinary", "1": "disaster"}
    with (folder / "tweets.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "text", "label"])
        writer.writerows([place, row["text"], names[row["crowd_label"]]] for place, row in enumerate(rows))
    wrong = [place for place, row in enumerate(rows) if row["gold_label"] != row["crowd_label"]]
    for who, places in (("ada", wrong[::2]), ("bob", wrong[1::4])):
        lines = [f"{place},relabel,{names[rows[place]['gold_label']]}" for place in places]
        (folder / f"{who}.csv").write_text("\n".join(["source_id,action,label", *lines]) + "\n")
    load = (
        "load",
        str(folder / "tweets.csv"),
        "--name",
        "tweets",
        "--id",
        "id",
        "--payload",
        "text",
        "--label",
        "label",
    )
    for words in (
        load,
        ("scan", "tweets", "--encoder", "lexical"),
        ("train", "tweets"),
        *(("decide", "tweets", "--file", str(folder / f"{who}.csv"), "--reviewer", who) for who in ("ada", "bob")),
        ("version", "tweets", "--note", "by the gold labels"),
        ("scan", "tweets", "--encoder", "lexical"),
        ("train", "tweets"),
        ("cleaning-effect", "tweets", "--seeds", "2"),
        ("report", "tweets", "--out", str(folder / "report.html")),
    ):
        assert main(["--workspace", str(folder / "workspace"), *words]) == 0, words
    started = start_server(folder)
    yield started
    started.end()


ANSWERS = {
    "trend": r"Share of wrong labels: version 1 .+%.*, version 2 .+\. On the same \d+ rows, ",
    "baseline": r"than always the most frequent class: .+ points",
    "classes": r"^\d+ rows, \d+\.\d.%$",
    "worst": r"“(ordinary|disaster)” is taken for “(ordinary|disaster)” in \d+ of \d+ rows\.",
    "suspects": r"\d+ of the model's \d+ errors (is|are) on labels that are doubtful themselves",
    "effect": r"against as many random changes",
    "threshold": r"that costs about [\d,]+ per 1,000 rows \([\d,]+ to [\d,]+\), against",
    "next": r"^1\. \w+",
}


def test_the_link_alone_answers_all_eight_questions(told: Server, page: Page, browser: Browser) -> None:
    page.goto(f"{told.url}/story?dataset=tweets")
    settled(page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_text("This link works on this machine only")).to_be_visible()
    page.get_by_role("button", name="Copy link for others").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    address = page.evaluate("navigator.clipboard.readText()")

    with fresh_tab(browser) as reader:
        reader.goto(address)
        settled(reader)
        for key, question in QUESTIONS.items():
            expect(reader.get_by_role("heading", name=question)).to_be_visible()
            expect(reader.get_by_test_id("stMain").get_by_text(re.compile(ANSWERS[key])).first).to_be_visible()
        expect(reader.get_by_text(re.compile("relabelled")).first).to_be_visible()
        expect(reader.get_by_text(re.compile("by bob on version 1")).first).to_be_visible()
        expect(reader.locator(".js-plotly-plot")).to_have_count(3)

        # Nothing that acts, and no other page: neither in sight nor by its address.
        expect(
            reader.get_by_role("link", name=re.compile("^(Home|Data|Issues|Review|Train|Evaluate|Jobs)$"))
        ).to_have_count(0)
        expect(reader.get_by_role("button", name="Do this")).to_have_count(0)
        reader.get_by_role("button", name=re.compile(r"\d+ errors")).click()
        expect(reader.get_by_role("button", name="Close")).to_be_visible()
        expect(reader.get_by_text("Open in Evaluate")).to_have_count(0)
        mark = parse_qs(urlsplit(address).query)["share"][0]
        for other in ("review", "data", ""):
            reader.goto(f"{told.url}/{other}?dataset=tweets&share={mark}")
            expect(reader.get_by_text("This link opens one page about one dataset, to be read.")).to_be_visible()
            expect(reader.get_by_text("Delete")).to_have_count(0)


def test_where_no_page_may_use_the_clipboard_the_link_is_selected(told: Server, browser: Browser) -> None:
    with fresh_tab(browser) as tab:
        tab.add_init_script(
            "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false"
        )
        tab.goto(f"{told.url}/story?dataset=tweets")
        settled(tab)
        tab.get_by_role("button", name="Copy link for others").click()
        field = tab.get_by_label("The link")
        expect(field).to_be_focused()
        selected = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
        assert selected.startswith(f"{told.url}/story?share=")
        expect(tab.get_by_text("Press Ctrl+C to copy")).to_be_visible()


def test_costs_that_somebody_enters_move_the_threshold_and_stand_in_the_link(told: Server, page: Page) -> None:
    page.goto(f"{told.url}/story?dataset=tweets&cost_of=disaster&first_cost=1&second_cost=1")
    settled(page)
    said = page.get_by_text(re.compile("Take a row for “disaster” from a probability of"))
    before = said.inner_text()
    page.get_by_role("spinbutton", name="Cost of a miss").fill("40")
    page.keyboard.press("Enter")
    expect(said).not_to_have_text(before)
    assert "second_cost=40" in page.url


def test_the_report_prints_on_two_pages_and_an_appendix_with_page_numbers(told: Server, browser: Browser) -> None:
    context = browser.new_context(viewport=A4_PIXELS, offline=True, java_script_enabled=False)
    tab = context.new_page()
    tab.emulate_media(media="print")
    tab.goto((told.workspace.parent / "report.html").as_uri())
    box = tab.locator(".front").bounding_box()
    assert box and A4_PIXELS["height"] < box["height"] <= 2 * A4_PIXELS["height"]
    heads = tab.get_by_role("heading", level=2).all_inner_texts()
    assert heads[:3] == ["Where it errs, and why", "What should be done next", "Is it better than it was?"]
    printed = tab.pdf(prefer_css_page_size=True)
    assert 4 <= len(re.findall(rb"/Type /Page\b", printed)) <= 7
    assert "counter(page)" in tab.content()
    context.close()


def test_the_command_line_tells_the_same_story(told: Server, capsys: pytest.CaptureFixture[str], page: Page) -> None:
    assert main(["--workspace", str(told.workspace), "story", "tweets", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    page.goto(f"{told.url}/story?dataset=tweets")
    settled(page)
    for one in (*found["worst"], {"sentence": f"1. {found['next'][0]['title']}"}):
        expect(page.get_by_text(one["sentence"]).first).to_be_visible()
