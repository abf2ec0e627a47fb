"""Keys on every page in a real browser: the dialog of all keys, the palette, the link past the navigation, the focus,
and the digits of the review desk."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Server, fresh_tab, settled, start_server
from tests.browser.review_data import decided, make_texts
from tests.browser.test_review_desk import open_desk, saved

HOST = "#winnow-keyboard"
LARGE, NARROW = {"width": 1440, "height": 900}, {"width": 400, "height": 800}


def open_at(page: Page, server: Server, address: str) -> None:
    """The page, once its keys work."""
    page.goto(f"{server.url}/{address}")
    settled(page)
    expect(page.locator(HOST)).to_be_attached()
    expect(page.get_by_role("button", name="Keys")).to_be_visible()


def with_focus(page: Page) -> str:
    """What has the focus, by its name or text; inside shadow roots too. Of the page or its main part the tag alone: all
    text of the page stands in them."""
    return page.evaluate(
        """() => {
          let node = document.activeElement
          while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
          const whole = ["BODY", "MAIN"].includes(node.tagName)
          return `${node.tagName} ${whole ? "" : node.getAttribute("aria-label") ?? node.innerText ?? ""}`.trim()
        }"""
    )


def test_a_question_mark_lists_the_keys_of_the_page_that_is_open(page: Page, full: Server) -> None:
    open_at(page, full, "issues?dataset=news")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_have_count(0)
    expect(page.locator(".verdict-bar")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    assert keys.get_by_role("heading", level=3).all_inner_texts() == [
        *("On the rows of a list", "Everywhere", "In choices", "In tables"),
    ]
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)

    open_at(page, full, "review?dataset=news&view=desk")
    expect(page.locator(".review")).to_be_visible()
    page.get_by_role("button", name="Keys").click()
    assert keys.get_by_role("heading", level=3).all_inner_texts()[:2] == ["On the desk", "Everywhere"]
    expect(keys.get_by_text("None of the classes fits, or the row is of no use")).to_be_visible()
    expect(keys.get_by_text("Choose the class that has the digit")).to_be_visible()
    before = page.locator(".desk").get_attribute("data-row")
    page.keyboard.press("k")  # no key reaches the desk beneath
    page.keyboard.press("Escape")
    expect(page.locator(".desk")).to_have_attribute("data-row", str(before))
    expect(page.get_by_role("button", name="Keys")).to_be_focused()

    open_at(page, full, "review?dataset=crops&view=desk&show=All+rows")
    expect(page.locator(".review")).to_be_visible()
    page.keyboard.press("?")
    expect(keys.get_by_role("heading", name="While classes are edited")).to_be_visible()


def test_no_shortcut_fires_while_somebody_types(page: Page, full: Server) -> None:
    open_at(page, full, "issues?dataset=news")
    words = page.get_by_placeholder("Words in the row")
    words.click()
    page.keyboard.type("why?")
    page.keyboard.press("Control+k")
    expect(words).to_have_value("why?")
    expect(page.locator(f"{HOST} dialog[open]")).to_have_count(0)


def test_the_palette_goes_to_what_is_typed(page: Page, full: Server) -> None:
    open_at(page, full, "issues?dataset=news")
    box = page.get_by_role("combobox", name="Go to a page, dataset, version, run or row")
    for typed, chosen, address in (
        ("version 1", "version 1", r"/issues\?dataset=news&version=1"),
        ("train", "Train", r"/training\?dataset=news"),
        ("run 2", "run 2", r"/evaluation\?dataset=news&run=2"),
        ("run 3", "run 3", r"/training\?dataset=news&run=3"),
        ("17", "row 17", r"/data\?dataset=news&row=17"),
        ("digits 5", "row 5", r"/data\?dataset=digits&row=5"),
        ("crops", "crops", r"/data\?dataset=crops"),
    ):
        page.keyboard.press("Control+k")
        expect(box).to_be_focused()
        expect(page.get_by_role("option", name="dataset crops")).to_be_visible()
        page.keyboard.type(typed)
        expect(page.get_by_role("option", selected=True).locator(".name")).to_have_text(chosen)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(address))
        expect(page.locator(f"{HOST} dialog[open]")).to_have_count(0)
        settled(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_palette_is_walked_by_arrows_and_says_where_it_is(page: Page, full: Server) -> None:
    open_at(page, full, "jobs")
    asked: list[Route] = []
    page.route("**/places*", lambda route: asked.append(route))
    page.get_by_role("button", name="Go to…").click()
    box = page.get_by_role("combobox", name="Go to a page")
    expect(box).to_have_attribute("aria-activedescendant", "place-0")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "place-1")
    asked[0].continue_()  # what the server knows comes after the first key
    expect(page.get_by_role("option").filter(has_text=re.compile("^dataset")).first).to_be_visible()
    expect(box).to_have_attribute("aria-activedescendant", "place-1")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Data")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("option", selected=True)).to_contain_text("dataset")
    page.keyboard.type("no such place")
    expect(page.get_by_role("status").filter(has_text="Nothing has that")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Go to…")).to_be_focused()


def test_keys_without_a_latin_letter_or_on_another_layout_do_the_same(page: Page, full: Server) -> None:
    open_at(page, full, "jobs")
    press = """([key, code, more]) => document.body.dispatchEvent(new KeyboardEvent("keydown",
      { key, code, bubbles: true, cancelable: true, composed: true, ...more }))"""
    opened = page.locator(f"{HOST} dialog[open]")
    for key, code, more in (
        ("л", "KeyK", {"ctrlKey": True}),  # Russian
        ("؟", "Slash", {"shiftKey": True}),  # Arabic
        ("？", "Slash", {"shiftKey": True}),  # full width
    ):
        page.evaluate(press, [key, code, more])
        expect(opened).to_have_count(1)
        page.keyboard.press("Escape")
        expect(opened).to_have_count(0)


def test_the_first_stop_of_the_tab_key_leads_past_the_navigation_to_the_list(page: Page, full: Server) -> None:
    open_at(page, full, "issues?dataset=news")
    expect(page.get_by_test_id("stDataFrame").nth(1).locator("canvas").first).to_be_visible()
    expect(page.locator(f"{HOST} .skip")).to_have_text("Skip to the list")
    page.keyboard.press("Tab")
    assert with_focus(page) == "A Skip to the list"
    expect(page.locator(f"{HOST} .skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    table = page.get_by_test_id("stDataFrame").filter(has=page.locator("[aria-label*='rows, worst first']"))
    assert table.evaluate("table => table.contains(document.activeElement)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("stText").filter(has_text=re.compile(r"^Story 4 |^Story 3 |^Story 2 "))).to_be_visible()


@pytest.mark.parametrize("where", ["evaluation?dataset=news", "story?dataset=news&behind=errors"])
def test_the_lists_of_evaluate_and_story_are_skipped_to_as_well(page: Page, full: Server, where: str) -> None:
    open_at(page, full, where)
    expect(page.locator(f"{HOST} .skip")).to_have_text("Skip to the list")


def test_the_page_itself_is_the_next_stop(page: Page, full: Server) -> None:
    open_at(page, full, "issues?dataset=news")
    expect(page.locator(f"{HOST} .skip")).to_have_text("Skip to the list")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert with_focus(page) == "A Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.testid") == "stMain"


RING = """() => {
  let node = document.activeElement
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement
  if (node === document.body) return null
  const luminance = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number)
    if (a < 0.5) return null // a tint: what is behind it counts
    const part = (one) => (one /= 255) <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  }
  let ringed = node, ring = 0
  for (let up = node, steps = 0; up && steps < 5 && !ring; up = up.parentElement, steps += 1) {
    const look = getComputedStyle(up)
    const hidden = up.closest("[style*='clip-path']")
    const drawn = !hidden && look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2
    if (drawn) ring = luminance(look.outlineColor)
  }
  let behind = null
  for (let up = node; up && behind === null; up = up.parentElement ?? up.getRootNode().host) {
    if (up !== node) behind = luminance(getComputedStyle(up).backgroundColor)
  }
  behind ??= 1
  const [high, low] = [Math.max(ring, behind), Math.min(ring, behind)]
  const name = node.getAttribute("aria-label") ?? node.innerText ?? ""
  return { what: `${node.tagName} ${node.dataset.testid ?? ""} ${name}`.slice(0, 80),
           contrast: ring ? (high + 0.05) / (low + 0.05) : 0 }
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_whatever_has_the_focus_has_a_ring_that_is_seen(browser: Browser, full: Server, scheme: str) -> None:
    with fresh_tab(browser) as page:
        page.emulate_media(color_scheme=scheme)
        for address in ("issues?dataset=news", "training?dataset=news&view=new", "data?dataset=news&view=load"):
            open_at(page, full, address)
            expect(page.locator(".stSpinner, [data-testid=stSkeleton]")).to_have_count(0)
            met = []
            for _ in range(45):
                page.keyboard.press("Tab")
                met.append(page.evaluate(RING))
            faint = {one["what"] for one in met if one and one["contrast"] < 3}
            assert not faint, (address, faint)
            assert len({one["what"] for one in met if one}) > 15


def test_digits_choose_classes_at_the_desk(page: Page, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("digits")
    make_texts(folder, rows=20, classes=5)
    server = start_server(folder)
    try:
        desk = open_desk(page, server, reviewer="ada")
        assert desk.locator(".bars li").count() == 5
        written = {
            line.locator(".name span").first.inner_text(): line.locator("kbd").inner_text()
            for line in desk.locator(".bars li").all()
        }
        assert written == {f"class {place:05d}": str(place + 1) for place in range(5)}
        page.keyboard.press("4")
        saved(page, 1)
        page.keyboard.press("6")  # no class has it
        page.evaluate(
            """() => document.body.dispatchEvent(new KeyboardEvent("keydown",
               { key: "é", code: "Digit2", bubbles: true, cancelable: true, composed: true }))"""
        )  # a French keyboard without Shift: row 1 is of that class already
        saved(page, 2)
        page.keyboard.press("l")
        page.keyboard.type("3")
        expect(desk.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Escape")
        saved(page, 2)
    finally:
        server.stop()
    found = [(one.example_id, one.action, one.new_label) for one in decided(folder)]
    assert found == [(0, "relabel", "class 00003"), (1, "keep", None)]


def test_of_many_classes_the_digits_mean_the_likeliest_of_the_row(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("many")
    make_texts(folder, rows=40, classes=12)
    server = start_server(folder)
    try:
        desk = open_desk(page, server, reviewer="ada")
        expect(desk.locator(".bars li").first.locator("kbd")).to_have_text("1")
        expect(desk.locator(".bars li").first).to_contain_text("class 00001")
        page.keyboard.press("1")
        saved(page, 1)
    finally:
        server.stop()
    assert [(one.example_id, one.new_label) for one in decided(folder)] == [(0, "class 00001")]


def test_classes_that_are_called_by_digits_have_these_and_the_grid_says_so(page: Page, full: Server) -> None:
    page.goto(f"{full.url}/review?dataset=digits&view=grid&show=All+rows&reviewer=ben")
    tiles = page.locator(".review [role=option]")
    expect(tiles.nth(3)).to_be_visible()
    assert page.locator(".legend").inner_text().split()[:4] == ["0", "0", "1", "1"]
    expect(tiles.first).to_have_accessible_name("digit-0.png 0 → 1")
    page.locator(".review").press("ArrowRight")
    page.keyboard.press("7")
    expect(page.locator(".saving")).to_have_text("All saved")
    with_7 = page.locator("[data-count=done]")
    expect(with_7).to_have_text("1")


def test_text_of_a_right_to_left_script_begins_on_the_right(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("rtl")
    make_texts(folder, rows=20, classes=5, texts=[f"هذا خبر رقم {row} عن الرياضة" for row in range(20)])
    server = start_server(folder)
    left_of = """(node) => {
      const range = document.createRange()
      range.selectNodeContents(node)
      const text = range.getBoundingClientRect(), box = node.getBoundingClientRect()
      return [text.left - box.left, box.right - text.right]
    }"""
    try:
        desk = open_desk(page, server, reviewer="ada")
        for part in (desk.locator(".example-body"), desk.locator(".snippet").first):
            left, right = part.evaluate(left_of)
            assert left > right + 50, part
        page.goto(f"{server.url}/data?dataset=texts&view=rows&row=3")
        settled(page)
        text = page.get_by_test_id("stText").first
        expect(text).to_be_visible()
        left, right = text.locator("xpath=descendant-or-self::*[text()]").first.evaluate(left_of)
        assert left > right + 50
    finally:
        server.stop()


def test_a_theme_that_is_chosen_by_keyboard_holds_on_every_page(page: Page, full: Server) -> None:
    open_at(page, full, "issues?dataset=news")
    app = page.locator(".stApp")
    expect(app).to_have_css("color-scheme", "light")
    page.get_by_role("button", name="Main menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="Dark")).to_be_visible()
    for _ in range(6):
        if "Dark" in with_focus(page):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(app).to_have_css("color-scheme", "dark")
    for address in ("jobs", ""):
        open_at(page, full, address)
        expect(app).to_have_css("color-scheme", "dark")
