"""The pages in Chinese, in a real browser: nothing is left in English, and the language is kept."""

from __future__ import annotations

import getpass
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.modalities.audio.facts import AUDIO
from tests.browser.conftest import Server, settled
from tests.browser.every_view import FOLDS, NEWS, OTHERS, SLOW, unfold
from tests.browser.words_left import english_left

DATA = (
    *("news", "digits", "crops", "people", "stories", "a run", "The disk is full."),
    *("ada", "ann", "tester", getpass.getuser()),
    *("three by hand", "business", "sport", "tech", "desk", "words", "uk", "us", "early", "odd"),  # of news
    *("Story", "about", "train", "test", "id", "k3", "k4", "k7", "k29", "k89", "lexical", "amp"),
    *("digit", "png", "A"),  # the key that selects all of them
    *("Report", "on", "and", "nothing"),  # of crops
    *("width", "height", "brightness", "contrast"),  # of digits
    *("barley", "corn", "grain", "wheat", "zinc", "none"),  # of crops
    *("age", "sex", "weight", "yes", "no"),  # of people
    *(f"Story {row} about {name}" for row in range(90) for name in ("sport", "tech", "business")),
    *(f"Report {row} on {name}" for row in range(60) for name in ("barley", "corn", "grain", "wheat", "zinc")),
    *("and barley", "and corn", "and grain", "and wheat", "MiniLM, head", "m", "f"),
    *("Ada", "Grace", "Emmy", "Rosa", "Leeds", "Lyon", "Washington", "Turin", "saw", "PER", "LOC", "entities", "O"),
    *(*AUDIO.measures, "calls", "owl", "wren", "tit", "call", "wav", "half", "reel", "one", "two", "good", "bad"),
    *("scores", "rating", "region"),
    *("politics", "sports"),  # of what an empty page will show
    *("film", "money", "actor scene", "the scene of a", "actor", "bank market shares", "the market of shares"),
    *("bank shares", "goal match team", "the goal of a match", "team match"),  # of stories
    *("full", "head", "auto", "off", "macro_f1"),  # values of settings
    *("id", "transformers", "softmax", "sigmoid", "UTF"),  # of the glossary
    *("[email]", "[email 3f9a2c41]", "masked"),  # what may stand in the place of an address, and a copy without any
    "SELECT label, count(*) AS n FROM rows GROUP BY label ORDER BY n DESC",  # the query that the box begins with
    *("SELECT desk, count(*) AS words FROM rows GROUP BY desk", "SELECT example_id FROM rows, range(100000000000)"),
    "table-features",
    *("--server.address", "-- --i-know", "datasets.load_from_disk", "label_name", "Cramér's V", "Kelley", "Bergsma"),
)
WALK = (
    *("", "jobs"),
    *(f"data?dataset=news&view={view}" for view in ("rows", *NEWS["data"][2:])),
    *(f"profile?dataset=news&view={view}" for view in NEWS["profile"]),
    *(
        "profile?dataset=crops&view=balance",
        "profile?dataset=crops&view=content",
        "profile?dataset=digits&view=content",
    ),
    *(f"story?dataset={name}" for name in ("news", "crops", "people", "stories")),
    *(f"training?dataset=news&view={view}" for view in ("runs", "new", "effect")),
    *("training?dataset=people&view=new", "training?dataset=stories&view=use", "training?dataset=stories&view=runs"),
    *(f"evaluation?dataset=news&view={view}" for view in NEWS["evaluation"]),
    *(f"evaluation?dataset=crops&view={view}" for view in ("matrix", "together", "report", "curves")),
    *("profile?dataset=people&view=bias", "profile?dataset=people&view=checks", "data?dataset=people&view=rows"),
    *(f"issues?dataset=news{narrowed}" for narrowed in NEWS["issues"]),
    *("issues?dataset=digits", "issues?dataset=crops"),
    *(f"review?dataset=news&view={view}" for view in NEWS["review"]),
    *(f"review?dataset=digits&view={view}&show=All+rows" for view in ("desk", "grid")),
    *("review?dataset=crops&view=desk&show=All+rows", "review?dataset=people&view=desk"),
    *(
        f"{view}dataset=entities"
        for view in ("issues?show=All+rows&", "review?view=desk&show=All+rows&", "profile?view=spans&")
    ),
    *("data?dataset=entities&view=rows&row=0", "data?dataset=entities&view=export"),
    *(
        f"{view}dataset=calls"
        for view in ("issues?", "review?view=desk&", "data?view=rows&row=3&", "profile?view=content&")
    ),
    *("review?dataset=half&view=desk", "data?dataset=half&view=classes", "issues?dataset=half&view=rules"),
    "review?dataset=news&view=desk&rule=early",
    "review?dataset=news&view=desk&rule=early&sample=yes",
    *("profile?dataset=scores&view=balance", "profile?dataset=scores&view=bias", "review?dataset=scores&view=desk"),
    *("data?dataset=scores&view=splits", "data?dataset=scores&view=classes"),
    *(one for one in OTHERS if one.endswith("&view=map") or "&sql=" in one or "&where=" in one),
    *FOLDS,
)
"""The addresses that are translated wholly."""


@pytest.fixture(scope="module")
def speaks_chinese(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that asks for Chinese, which has the app's scripts after the first page: to load and compile them takes
    longer than the page itself."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    yield context
    context.close()


@pytest.fixture
def chinese(speaks_chinese: BrowserContext) -> Iterator[Page]:
    """A tab of its own for each test, without what the others have left in the browser."""
    tab = speaks_chinese.new_page()
    tab.add_init_script("if (!sessionStorage.begun) { localStorage.clear(); sessionStorage.begun = 'yes' }")
    yield tab
    for one in speaks_chinese.pages:
        one.close()
    speaks_chinese.clear_cookies()


@pytest.mark.parametrize("address", WALK)
def test_a_page_has_nothing_left_in_english(chinese: Page, full: Server, address: str) -> None:
    chinese.goto(f"{full.url}/{address}")
    settled(chinese)
    expect(chinese.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(chinese.get_by_role("button", name="快捷键")).to_be_visible()
    if address.startswith("story"):  # it is told beside the page
        expect(chinese.get_by_role("heading", name="各类别是什么意思？")).to_be_visible()
    if address.startswith(("story", "profile", "evaluation")):
        expect(chinese.get_by_role("progressbar")).to_have_count(0)
        settled(chinese)
    if "&sql=" in address or "&where=" in address:  # answered by another process
        expect(chinese.get_by_test_id("stIconMaterial").filter(has_text="progress_activity")).to_have_count(0)
        settled(chinese)
    unfold(chinese, address)
    expect(chinese.get_by_text("内部出错")).to_have_count(0)
    assert english_left(chinese, DATA) == []


@pytest.mark.parametrize(
    "address", ["story?dataset=news", "story?dataset=crops", "evaluation?dataset=news&view=matrix"]
)
def test_the_report_is_in_the_language_of_whoever_downloads_it(chinese: Page, full: Server, address: str) -> None:
    chinese.goto(f"{full.url}/{address}")
    settled(chinese)
    with chinese.expect_download() as saved:
        chinese.get_by_role("button", name="下载报告").click()
    report = chinese.context.new_page()
    report.set_content(Path(saved.value.path()).read_text(encoding="utf-8"))
    expect(report.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(report.get_by_role("heading", name="下一步该做什么")).to_be_visible()
    left = english_left(report, DATA)
    assert [text for text in left if not re.fullmatch("[0-9A-F]{32}", text)] == [], "but for fingerprints"


def test_a_shared_link_is_read_in_chinese_with_the_glossary(chinese: Page, full: Server) -> None:
    chinese.goto(f"{full.url}/story?dataset=news")
    expect(chinese.get_by_role("heading", name="各类别是什么意思？")).to_be_visible()
    chinese.goto(str(chinese.locator(".copy input").input_value()))
    expect(chinese.get_by_role("heading", name="各类别是什么意思？")).to_be_visible()
    expect(chinese.get_by_role("progressbar")).to_have_count(0)
    settled(chinese)
    assert english_left(chinese, DATA) == []
    chinese.get_by_test_id("stPopover").get_by_role("button").first.click()
    chinese.get_by_role("button", name="术语表").click()
    words = chinese.get_by_test_id("stDialog")
    expect(words.get_by_text("工作区三个文件在同一时刻的副本，附其摘要")).to_be_visible()
    words.get_by_role("textbox", name="查找词语").fill("ledger")
    words.get_by_role("textbox", name="查找词语").press("Enter")
    expect(words.get_by_text("工作区三个文件在同一时刻的副本，附其摘要")).to_have_count(0)
    expect(words.get_by_text("账本").first).to_be_visible()
    assert english_left(chinese, DATA) == []


def test_the_dialogs_of_the_keyboard_and_the_space_panel_are_said_too(chinese: Page, full: Server) -> None:
    chinese.goto(f"{full.url}/jobs")
    settled(chinese)
    chinese.get_by_test_id("stMainMenu").get_by_role("button").click()
    expect(chinese.get_by_test_id("stMainMenuPopover").get_by_text("深色")).to_be_visible()
    assert english_left(chinese, DATA) == [], "in Streamlit's own menu too"
    chinese.keyboard.press("Escape")
    chinese.get_by_role("button", name="快捷键").click()
    assert english_left(chinese, DATA) == []
    chinese.keyboard.press("Escape")
    chinese.keyboard.press("Control+k")
    expect(chinese.get_by_role("option", name="数据集 crops")).to_be_visible()
    assert english_left(chinese, DATA) == []
    chinese.keyboard.press("Escape")
    chinese.get_by_text("磁盘空间").click()
    expect(chinese.get_by_text("可以重新计算")).to_be_visible()
    settled(chinese)
    assert english_left(chinese, DATA) == []


def test_what_is_asked_of_all_rows_and_what_is_waited_for_is_said_too(chinese: Page, full: Server) -> None:
    chinese.goto(f"{full.url}/data?dataset=news&view=rows")
    settled(chinese)
    chinese.get_by_role("button", name="全部 90 行…").click()
    chinese.get_by_role("dialog").get_by_role("combobox", name="要执行的操作").fill("遮蔽")
    chinese.keyboard.press("Enter")
    expect(chinese.get_by_role("dialog").get_by_role("radio")).to_have_count(3)
    expect(chinese.get_by_role("dialog").get_by_role("progressbar")).to_have_count(0)
    assert english_left(chinese, DATA) == []
    chinese.goto(f"{full.url}/{SLOW}")
    expect(chinese.locator(".st-key-filter-stop button").first).to_be_visible()
    assert english_left(chinese, DATA) == []
    chinese.locator(".st-key-filter-stop button").first.click()


def test_an_empty_workspace_is_said_in_chinese(chinese: Page, server: Server) -> None:
    for address in dict.fromkeys(address.partition("?")[0] for address in WALK):
        chinese.goto(f"{server.url}/{address}")
        settled(chinese)
        expect(chinese.get_by_role("button", name="快捷键")).to_be_visible()
        assert english_left(chinese, DATA) == []


def test_a_choice_is_kept_and_every_part_of_the_page_follows(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/jobs")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_test_id("stPopover").get_by_role("button").click()
    page.get_by_role("radio", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("任务")
    expect(page.get_by_role("button", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_text("磁盘空间").click()
    expect(page.get_by_text("可以重新计算").first).to_be_visible()
    page.locator("[data-testid=stMain]").get_by_role("button", name="日志").first.click()  # a part alone is drawn
    expect(page.get_by_role("button", name="隐藏日志")).to_be_visible()
    page.goto(full.url)  # another session
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("数据集")
    page.goto(f"{full.url}/jobs?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
