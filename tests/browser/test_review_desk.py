"""The review desk in a real browser: keys, buttons, the grid, lost connections, two reviewers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.records import Decision
from core.review.records import Act
from core.services.review.decisions import record
from core.store.acts.tags import tags_of
from core.store.datasets import list_datasets
from core.store.ids import new_id
from tests.browser.conftest import Server, start_server
from tests.browser.review_data import HOSTILE, decided, make_digits, make_texts, opened


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts servers on the test's own folder and stops them all at the end."""
    started: list[Server] = []

    def start(port: int | None = None) -> Server:
        started.append(start_server(tmp_path, port))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def texts(tmp_path: Path, serve: Callable[..., Server]) -> Server:
    make_texts(tmp_path)
    return serve()


def open_desk(page: Page, server: Server, **query: str) -> Locator:
    parameters = "&".join(f"{name}={value}" for name, value in query.items())
    page.goto(f"{server.url}/review?{parameters}")
    desk = page.locator(".review")
    expect(desk).to_be_visible()
    return desk


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def saved(page: Page, done: int) -> None:
    expect(page.locator(".saving")).to_have_text("All saved")
    expect(page.locator("[data-count=done]")).to_have_text(str(done))


def said(decisions: list[Decision]) -> list[tuple[int, str, str | None]]:
    return [(one.example_id, one.action, one.new_label) for one in decisions]


def test_ten_presses_fifty_milliseconds_apart_are_ten_decisions(page: Page, texts: Server, tmp_path: Path) -> None:
    open_desk(page, texts)
    for _ in range(10):
        page.keyboard.press("s", delay=0)
        page.wait_for_timeout(50)
    saved(page, 10)
    texts.stop()
    assert [(one.example_id, one.action) for one in decided(tmp_path)] == [(row, "relabel") for row in range(10)]


def test_every_key_and_every_button_does_what_it_says(page: Page, texts: Server, tmp_path: Path) -> None:
    desk = open_desk(page, texts, reviewer="ada")
    expect(desk.locator(".example-body")).to_have_text(HOSTILE)
    press(page, "k", "s", "x", "u", "n", "p", "ArrowRight", "ArrowLeft", "k")
    press(page, "l")
    page.keyboard.type("00004")
    press(page, "Enter")
    for action in ("keep", "suggestion", "exclude", "unsure", "next", "previous", "undo"):
        desk.locator(f"[data-action={action}]").click()
    desk.locator("[data-action=choose]").click()
    desk.get_by_role("option", name="class 00002").click()
    saved(page, 10)
    assert page.title() != "1"
    texts.stop()
    found = decided(tmp_path)
    assert said(found) == [
        (0, "keep", None),
        (1, "relabel", "class 00002"),
        (2, "exclude", None),
        (3, "unsure", None),
        (4, "keep", None),
        (5, "relabel", "class 00004"),
        (6, "keep", None),
        (7, "relabel", "class 00003"),
        (8, "exclude", None),
        (9, "unsure", None),
        (9, "undo", None),
        (9, "relabel", "class 00002"),
    ]
    assert {one.reviewer for one in found} == {"ada"}
    assert found[1].shown["suggested_label"] == "class 00002"
    assert found[10].undoes == found[9].decision_id


def test_keys_of_other_layouts_count_by_their_place_and_latin_ones_by_their_letter(
    page: Page, texts: Server, tmp_path: Path
) -> None:
    open_desk(page, texts)
    for key, code in (("к", "KeyR"), ("л", "KeyK"), ("k", "KeyT"), ("י", "KeyX"), ("b", "KeyK")):
        page.dispatch_event("body", "keydown", {"key": key, "code": code})
    saved(page, 3)
    texts.stop()
    assert said(decided(tmp_path)) == [(0, "keep", None), (1, "keep", None), (2, "exclude", None)]


def test_one_key_puts_a_tag_on_and_the_last_one_again(page: Page, texts: Server, tmp_path: Path) -> None:
    desk = open_desk(page, texts)
    press(page, "t")
    page.keyboard.type("to ask")
    expect(desk.get_by_role("option", name="to ask")).to_contain_text("new tag")
    press(page, "Enter", "n", "t", "Enter")
    expect(desk.locator(".tag")).to_have_text("to ask")
    saved(page, 0)
    press(page, "t", "Enter", "p")
    expect(desk.locator(".tag")).to_have_text("to ask")
    press(page, "k")
    saved(page, 1)
    page.reload()
    expect(desk.locator("[data-row='1']")).to_be_visible()
    expect(desk.locator(".tag")).to_have_count(0)
    texts.stop()
    with opened(tmp_path) as context:
        [dataset] = list_datasets(context.store)
        assert tags_of(context.store, dataset.dataset_id, range(10)) == {0: ("to ask",)}


def test_undo_takes_back_verdicts_and_tags_in_the_order_in_which_they_were_given(
    page: Page, texts: Server, tmp_path: Path
) -> None:
    desk = open_desk(page, texts)
    press(page, "t")
    page.keyboard.type("to ask")
    press(page, "Enter", "k", "t", "Enter", "n", "x")  # row 0 tagged and kept, row 1 tagged and passed, row 2 excluded
    saved(page, 2)
    press(page, "z")
    expect(desk.locator("[data-row='2']")).to_be_visible()
    saved(page, 1)
    press(page, "z")
    expect(desk.locator("[data-row='1']")).to_be_visible()
    expect(desk.locator(".tag")).to_have_count(0)
    saved(page, 1)
    page.reload()
    expect(desk.locator("[data-row='1']")).to_be_visible()
    press(page, "z")
    expect(desk.locator("[data-row='0']")).to_be_visible()
    expect(desk.locator(".tag")).to_have_text("to ask")
    saved(page, 0)
    press(page, "t", "Enter")
    expect(desk.locator(".tag")).to_have_count(0)
    press(page, "z")
    expect(desk.locator(".tag")).to_have_text("to ask")
    press(page, "z")
    expect(desk.locator(".tag")).to_have_count(0)
    saved(page, 0)
    page.reload()
    expect(desk.locator("[data-row='0']")).to_be_visible()
    expect(desk.locator(".tag")).to_have_count(0)
    texts.stop()
    with opened(tmp_path) as context:
        [dataset] = list_datasets(context.store)
        assert tags_of(context.store, dataset.dataset_id, range(10)) == {}


def test_done_and_left_are_those_of_the_narrowed_queue(page: Page, texts: Server) -> None:
    open_desk(page, texts, given="class 00001")
    press(page, "k", "k", "k")
    saved(page, 3)
    expect(page.locator("[data-count=left]")).to_have_text("9")
    expect(page.locator("progress")).to_have_js_property("value", 3)
    expect(page.locator("progress")).to_have_js_property("max", 12)
    open_desk(page, texts, given="class 00002")
    saved(page, 0)
    expect(page.locator("[data-count=left]")).to_have_text("12")


def test_the_whole_row_opens_in_a_tab_of_its_own(page: Page, texts: Server) -> None:
    desk = open_desk(page, texts)
    press(page, "n")
    with page.context.expect_page() as opened_tab:
        desk.get_by_role("link", name="Open row").click()
    whole = opened_tab.value
    expect(whole.locator("h1")).to_have_text("Data")
    row = desk.locator(".desk").get_attribute("data-row")
    expect(whole.get_by_text(f"row {row} · label")).to_be_visible()
    expect(desk.locator(f"a[href$='&like={row}']")).to_have_text("More like this ↗")
    expect(desk.locator("[data-count=done]")).to_have_text("0")


def test_arrow_keys_walk_the_toolbar_which_is_one_stop_of_the_tab_key(page: Page, texts: Server) -> None:
    desk = open_desk(page, texts)
    desk.locator("[data-action=keep]").focus()
    press(page, "ArrowRight", "ArrowRight")
    expect(desk.locator("[data-action=choose]")).to_be_focused()
    press(page, "End")
    expect(desk.locator("[data-action=next]")).to_be_focused()
    press(page, "ArrowRight")
    expect(desk.locator("[data-action=keep]")).to_be_focused()
    expect(desk.get_by_role("toolbar").locator("[tabindex='0']")).to_have_count(1)
    expect(desk.locator(".desk")).to_have_attribute("data-row", "0")


def test_a_label_is_found_among_ten_thousand_by_typing(
    page: Page, serve: Callable[..., Server], tmp_path: Path
) -> None:
    make_texts(tmp_path, rows=10_000, classes=10_000)
    server = serve()
    desk = open_desk(page, server)
    press(page, "l")
    expect(desk.get_by_text("first 50 of 10,000")).to_be_visible()
    page.keyboard.type("class 0987")
    expect(desk.get_by_role("option")).to_have_count(10)
    press(page, "ArrowDown", "ArrowDown", "Enter")
    saved(page, 1)
    server.stop()
    assert said(decided(tmp_path)) == [(0, "relabel", "class 09872")]


def test_decisions_made_while_the_server_is_away_arrive_and_undo_reaches_back(
    page: Page, texts: Server, serve: Callable[..., Server], tmp_path: Path
) -> None:
    desk = open_desk(page, texts, reviewer="ada")
    press(page, "k", "k")
    saved(page, 2)
    texts.kill()
    press(page, "x", "s")
    expect(page.locator(".saving")).to_have_text("Saving 2…")
    again = serve(int(texts.url.rsplit(":", 1)[1]))
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    saved(page, 4)
    expect(desk.locator(".desk")).to_have_attribute("data-row", "4")
    for row in ("3", "2", "1"):
        press(page, "z")
        expect(desk.locator(".desk")).to_have_attribute("data-row", row)
    saved(page, 1)
    again.stop()
    assert [one.action for one in decided(tmp_path)] == ["keep", "keep", "exclude", "relabel", "undo", "undo", "undo"]


def test_undo_takes_back_this_tabs_own_acts_after_a_reload_and_asks_before_any_other(
    page: Page, texts: Server, tmp_path: Path
) -> None:
    desk = open_desk(page, texts, reviewer="root")
    press(page, "k")
    saved(page, 1)
    other = page.context.new_page()
    open_desk(other, texts, reviewer="root")
    press(other, "x")
    saved(other, 2)
    page.reload()
    saved(page, 2)
    press(page, "z")
    expect(desk.locator(".desk")).to_have_attribute("data-row", "0")
    saved(page, 1)
    press(page, "z")
    expect(desk.locator(".notice")).to_contain_text("but not in this tab. Press Undo once more")
    saved(page, 1)
    press(page, "z")
    saved(page, 0)
    texts.stop()
    found = decided(tmp_path)
    assert [one.action for one in found] == ["keep", "exclude", "undo", "undo"]
    assert [one.undoes for one in found[2:]] == [found[0].decision_id, found[1].decision_id]


def test_a_row_decided_by_another_says_who_and_what(
    page: Page, texts: Server, serve: Callable[..., Server], tmp_path: Path
) -> None:
    desk = open_desk(page, texts, reviewer="ada")
    saved(page, 0)
    texts.kill()
    press(page, "k")
    with opened(tmp_path) as context:
        ((version_id,),) = context.store.fetch("SELECT version_id FROM versions")
        acts = [Act(new_id(), "relabel", 0, "class 00003"), Act(new_id(), "exclude", 1)]
        record(context, version_id, "ben", acts)
    again = serve(int(texts.url.rsplit(":", 1)[1]))
    notice = desk.get_by_role("alert")
    expect(notice).to_contain_text("ben has already decided row 0: changed to class 00003 (", timeout=40_000)
    notice.get_by_role("button", name="Show it").click()
    expect(desk.locator(".banner[role=status]")).to_have_text(
        "ben has decided this row: changed to class 00003. Decide again to change it."
    )
    press(page, "x")
    saved(page, 2)
    again.stop()
    assert said(decided(tmp_path))[-1] == (0, "exclude", None)


def test_two_reviewers_get_different_rows(browser: Browser, texts: Server) -> None:
    rows = []
    for reviewer in ("ada", "ben"):
        tab = browser.new_context().new_page()
        desk = open_desk(tab, texts, reviewer=reviewer)
        expect(desk.locator(".desk")).to_have_attribute("data-row", "0" if reviewer == "ada" else "25")
        rows.append(desk.locator(".desk").get_attribute("data-row"))
    assert rows == ["0", "25"]


def test_two_tabs_of_one_reviewer_get_different_rows_and_a_reloaded_one_its_own_again(
    browser: Browser, texts: Server
) -> None:
    mine = browser.new_context()
    first, second = mine.new_page(), mine.new_page()
    expect(open_desk(first, texts, reviewer="ada").locator(".desk")).to_have_attribute("data-row", "0")
    expect(open_desk(second, texts, reviewer="ada").locator(".desk")).to_have_attribute("data-row", "25")
    first.reload()
    expect(first.locator(".desk")).to_have_attribute("data-row", "0")


def test_many_images_are_judged_at_once_in_the_grid(page: Page, serve: Callable[..., Server], tmp_path: Path) -> None:
    make_digits(tmp_path)
    server = serve()
    desk = open_desk(page, server, dataset="digits", view="grid")
    tiles = desk.get_by_role("option")
    expect(tiles).to_have_count(60)
    press(page, "Space", "ArrowRight", "Shift+ArrowRight")
    expect(desk.locator("[aria-selected=true]")).to_have_count(3)
    press(page, "s")
    saved(page, 3)
    expect(tiles.first).to_have_attribute("data-row", "3")
    expect(tiles).to_have_count(60)
    tiles.nth(0).click()
    tiles.nth(4).click(modifiers=["Shift"])
    press(page, "x")
    saved(page, 8)
    press(page, "z")
    saved(page, 3)
    expect(tiles.first).to_have_attribute("data-row", "3")
    press(page, "Escape", "l")
    page.keyboard.type("7")
    press(page, "Enter")
    saved(page, 4)
    server.stop()
    actions = [one.action for one in decided(tmp_path)]
    assert actions == ["relabel"] * 3 + ["exclude"] * 5 + ["undo"] * 5 + ["relabel"]


def test_a_digit_is_scaled_up_smoothly_no_more_than_eyes_need_and_by_a_key_to_all_the_room(
    page: Page, serve: Callable[..., Server], tmp_path: Path
) -> None:
    make_digits(tmp_path, rows=10)
    server = serve()
    desk = open_desk(page, server, dataset="digits")
    image = desk.locator(".example-body img")
    expect(image).to_have_css("image-rendering", "auto")
    assert 120 < (image.bounding_box() or {})["height"] < 140
    page.keyboard.press("+")
    assert (image.bounding_box() or {})["height"] > 300
    page.keyboard.press("+")
    assert (image.bounding_box() or {})["height"] < 140
