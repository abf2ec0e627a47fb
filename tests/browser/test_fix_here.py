"""Labels are changed where they are seen: how many clicks it takes, what the row says then, and what stands in the
ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from core.records import Decision
from core.services.context import open_context
from core.services.splits import split_sizes
from core.settings import workspace
from core.store.datasets import get_dataset
from tests import crops
from tests.browser import review_data
from tests.browser.conftest import Server, settled, start_server
from tests.pages import issues_data
from tests.runs import finished_run


def at_rest(shown: Locator) -> FloatRect:
    """Where it is, once nothing above it is drawn any more."""
    before, box = None, shown.bounding_box()
    while box is None or box != before:
        shown.page.wait_for_timeout(300)
        before, box = box, shown.bounding_box()
    return box


class Clicks:
    """Counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, target: Locator, **how: bool) -> None:
        self.count += 1
        target.click(**how)

    def row(self, table: str, row: int, *, tick: bool = False) -> None:
        """A cell of a table's row, or its tick box."""
        self.count += 1
        canvas = self.page.get_by_test_id("stDataFrame").filter(has=self.page.locator(f'[aria-label*="{table}"]'))
        shown = canvas if canvas.count() else self.page.get_by_test_id("stDataFrame")
        expect(shown.last.get_by_test_id(f"glide-cell-1-{row}")).to_be_attached()  # the table is drawn
        box = at_rest(shown.last)
        self.page.mouse.click(box["x"] + (15 if tick else 250), box["y"] + 36 + row * 35 + 15)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scanned dataset of texts, with a run that takes every third story about business for sport."""
    folder = tmp_path_factory.mktemp("fix")
    context = open_context(workspace(folder / "workspace"))
    dataset = issues_data.load(context, folder)
    issues_data.scan(context, folder, dataset)
    rows = dataset.row_count
    found = np.full((rows, 3), 0.05, np.float32)
    found[np.arange(rows), np.arange(rows) % 3] = 0.9
    found[0::9] = 0.1, 0.8, 0.1
    finished_run(context, dataset, found, ["test"] * rows)
    context.close()
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    started = start_server(folder)
    yield started
    started.stop()


def bar(page: Page) -> Locator:
    return page.locator(".verdict-bar")


def says(page: Page, words: str) -> None:
    expect(bar(page).locator(".standing")).to_contain_text(words)


def test_two_clicks_change_a_label_on_the_data_page(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?dataset=news")
    settled(page)
    clicks = Clicks(page)
    clicks.row("All rows", 1)
    says(page, "Not decided")
    clicks.on(bar(page).locator("[data-class=tech]"))
    says(page, "Changed to tech · you, now · not yet in a version")
    assert clicks.count == 2
    page.keyboard.press("z")
    says(page, "Not decided")
    page.keyboard.press("x")
    says(page, "Excluded · you, now · not yet in a version")


def test_two_clicks_change_a_label_on_the_rows_of_a_profile(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/profile?dataset=news")
    settled(page)
    page.get_by_role("combobox", name="Open the rows of one of the classes").fill("sport")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stDataFrame").last).to_be_visible()
    page.get_by_test_id("stDataFrame").last.scroll_into_view_if_needed()
    clicks = Clicks(page)
    clicks.row("label", 2)
    says(page, "Not decided")
    clicks.on(bar(page).locator("[data-class=tech]"))
    says(page, "you, now")
    assert clicks.count == 2


def test_one_click_changes_the_label_of_the_row_that_the_issues_page_shows(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/issues?dataset=news&given=tech")
    settled(page)
    clicks = Clicks(page)
    clicks.on(bar(page).locator("[data-action=suggestion]"))
    says(page, "Changed to business · you, now")
    assert clicks.count == 1
    expect(page.get_by_text(re.compile(r"^[1-9]\d* of the flagged decided$")).first).to_be_visible()


def test_all_rows_of_a_confusion_cell_are_changed_in_three_clicks_and_back_in_one(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/evaluation?dataset=news&run=1&split=test")
    settled(page)
    cells = page.locator(".js-plotly-plot .bars").nth(1).locator(".point path")
    expect(cells).to_have_count(4)
    clicks = Clicks(page)
    clicks.on(cells.nth(1), force=True)
    expect(page.get_by_text("10 rows of business taken for sport")).to_be_visible()
    clicks.on(page.get_by_role("button", name="All 10 rows…"))
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("10 business → sport")).to_be_visible()
    clicks.on(dialog.get_by_role("button", name="Change 10 rows"))
    outcome = page.locator("[class*='-outcome']")
    expect(outcome).to_contain_text("10 rows changed to what is suggested.")
    assert clicks.count == 3
    expect(dialog).to_have_count(0)
    expect(outcome).to_be_focused()  # with its undo as the next stop
    page.keyboard.press("Tab")
    expect(outcome.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(outcome).to_contain_text("10 rows taken back.")
    expect(outcome).to_be_focused()


def test_chosen_cards_are_changed_as_one_act_after_a_look_at_it(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?dataset=news&layout=cards")
    settled(page)
    cards = page.locator(".cards .tile")
    expect(cards).to_have_count(25)
    clicks = Clicks(page)
    for place in (20, 21):
        clicks.on(cards.nth(place))
    says(page, "2 rows chosen")
    page.keyboard.press("u")
    asked = page.get_by_role("dialog", name="Confirm")
    expect(asked).to_contain_text("1 tech → unsure")
    expect(asked).to_contain_text("1 business → unsure")
    page.keyboard.press("Enter")
    expect(cards.nth(20).locator(".card-verdict")).to_contain_text("Left as unsure · you, now")
    page.keyboard.press("z")
    expect(page.locator(".card-verdict", has_text="unsure")).to_have_count(0)
    # A tab that is closed takes with it what the server has not confirmed yet.
    page.wait_for_function("() => !Object.keys(sessionStorage).some((key) => key.startsWith('winnow.verdicts'))")


def test_a_note_goes_out_with_the_verdict_of_a_row_in_a_list(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?dataset=news&reviewer=ada")
    settled(page)
    Clicks(page).row("All rows", 5)
    says(page, "Not decided")
    page.keyboard.press("m")
    expect(page.get_by_role("dialog", name="Note", exact=True)).to_be_visible()
    page.keyboard.type("about the wrong x")
    page.keyboard.press("Enter")
    says(page, "Not decided · Note, kept with your verdict: about the wrong x")
    page.keyboard.press("k")
    says(page, "Kept as it is · you, now · not yet in a version · Note, kept with your verdict: about the wrong x")


def test_undo_in_a_list_takes_a_tag_back_that_was_the_last_act(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?dataset=news&reviewer=ada")
    settled(page)
    Clicks(page).row("All rows", 9)
    says(page, "Not decided")
    page.keyboard.press("u")
    says(page, "Left as unsure")
    page.keyboard.press("t")
    page.keyboard.type("odd")
    page.keyboard.press("Enter")
    says(page, "Tag: odd")
    page.keyboard.press("z")
    expect(bar(page).locator(".standing")).not_to_contain_text("Tag")
    says(page, "Left as unsure")
    page.keyboard.press("z")
    says(page, "Not decided")


def test_keys_do_nothing_to_a_row_behind_a_dialog(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?dataset=news&reviewer=ada")
    settled(page)
    Clicks(page).row("All rows", 6)
    says(page, "Not decided")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    expect(keys.get_by_text("The given label is right")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    says(page, "Not decided")
    page.keyboard.press("k")
    says(page, "Kept as it is")


def test_a_newer_verdict_of_somebody_else_is_said_and_stays(server: Server, page: Page) -> None:
    other = page.context.new_page()
    for tab, who in ((page, "ada"), (other, "bob")):
        tab.goto(f"{server.url}/data?dataset=news&reviewer={who}")
        settled(tab)
        Clicks(tab).row("All rows", 8)
        says(tab, "Not decided")
    bar(page).locator("[data-class=sport]").click()
    says(page, "Changed to sport · you, now · not yet in a version")
    bar(other).locator("[data-action=exclude]").click()
    expect(other.get_by_role("alert").filter(has_text="ada has already decided row 8")).to_be_visible()
    says(other, "Changed to sport · ada")
    other.close()


def test_what_was_decided_is_in_the_ledger_as_the_desk_writes_it(server: Server, folder: Path) -> None:
    """The last of the module: the server has to let the workspace go."""
    server.stop()
    made = review_data.decided(folder)
    first: Decision = made[0]
    assert (first.example_id, first.action, first.new_label) == (1, "relabel", "tech")
    assert first.shown["given_label"] == "sport"
    assert first.scan_id is not None
    assert [(one.example_id, one.action) for one in made if one.note == "about the wrong x"] == [(5, "keep")]
    context = open_context(workspace(folder / "workspace"))
    (dataset_id,) = {one.dataset_id for one in made}
    acts = context.ledger.bulk.page(dataset_id, limit=10)
    context.close()
    assert [(act.action, act.rows) for act in acts] == [
        ("undo", 2),
        ("unsure", 2),
        ("undo", 10),
        ("suggestion", 10),
    ]


def test_a_class_is_put_into_a_label_of_several_in_two_clicks(tmp_path: Path, page: Page) -> None:
    context = open_context(workspace(tmp_path / "workspace"))
    crops.scan(context, tmp_path, crops.load(context, tmp_path))
    context.close()
    server = start_server(tmp_path)
    try:
        page.goto(f"{server.url}/data?dataset=crops")
        settled(page)
        clicks = Clicks(page)
        clicks.row("All rows", 2)
        says(page, "Not decided")
        clicks.on(bar(page).locator("[data-class=corn]"))
        says(page, "Added corn · you, now")
        assert clicks.count == 2
    finally:
        server.stop()


def test_a_screen_of_images_has_sixty_and_keys_choose_and_judge_them(tmp_path: Path, page: Page) -> None:
    digits = review_data.make_digits(tmp_path)
    with review_data.opened(tmp_path) as context:
        issues_data.scan(context, tmp_path, digits)
    server = start_server(tmp_path)
    try:
        page.goto(f"{server.url}/data?dataset=digits")
        settled(page)
        tiles = page.locator(".list-grid .tile")
        expect(tiles).to_have_count(100)
        shown = tiles.evaluate_all(
            "(all) => { const grid = all[0].parentElement.getBoundingClientRect();"
            " return all.filter((one) => one.getBoundingClientRect().bottom <= Math.min(grid.bottom, 900)).length }"
        )
        assert shown >= 60
        doubted = page.locator(".list-grid .tile .line.to")
        assert doubted.first.inner_text().startswith("→ ")
        assert doubted.evaluate_all("(all) => all.every((one) => one.scrollWidth <= one.clientWidth)"), "none is cut"
        page.keyboard.press("ArrowRight")
        page.keyboard.press("5")
        says(page, "digit-1.png · Changed to 5 · you, now")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        page.keyboard.press("Shift+ArrowDown")
        expect(bar(page).locator(".standing")).to_contain_text("rows chosen")
        page.keyboard.press("s")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Confirm")).to_have_count(0)
        page.keyboard.press("Escape")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Original")).to_be_visible()
        page.goto(f"{server.url}/issues?dataset=digits")
        settled(page)
        expect(tiles.first).to_be_visible()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        expect(page.get_by_text("usual for that class 71 %")).to_be_visible()
        expect(tiles.first).to_be_visible()
    finally:
        server.stop()


def test_all_rows_of_a_list_move_to_a_split_after_a_look_at_where_they_come_from(tmp_path: Path, page: Page) -> None:
    context = open_context(workspace(tmp_path / "workspace"))
    issues_data.load(context, tmp_path)
    context.close()
    server = start_server(tmp_path)
    try:
        page.goto(f"{server.url}/data?dataset=news&label=sport")
        settled(page)
        page.get_by_role("button", name="All 30 rows…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox", name="What to do").fill("Move to")
        page.keyboard.press("Enter")
        dialog.get_by_role("combobox", name="Split").fill("held out")
        page.keyboard.press("Enter")
        expect(dialog.get_by_text("train → held out: 24")).to_be_visible()
        expect(dialog.get_by_text("test → held out: 6")).to_be_visible()
        dialog.get_by_role("button", name="Move 30 rows").click()
        expect(dialog).to_have_count(0)
        expect(page.get_by_text("30 rows are in held out in version 2.")).to_be_visible()
        page.get_by_role("button", name="Open it").click()
        expect(page).to_have_url(re.compile(r"version=2"))
        settled(page)
        expect(page.get_by_text("version 2").first).to_be_visible()
    finally:
        server.stop()
    context = open_context(workspace(tmp_path / "workspace"))
    made = get_dataset(context.store, "news").latest_version_id
    sizes = split_sizes(context, made)
    context.close()
    assert sizes == {"train": 48, "test": 12, "held out": 30}
