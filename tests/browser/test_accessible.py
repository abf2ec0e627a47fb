"""axe-core finds nothing on any view of any page, light and dark, wide and narrow; nor in what opens above a page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.every_view import SLOW, addresses, unfold

pytestmark = pytest.mark.timeout(900)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""WCAG 2.2 AA, and the practices beyond it: order of headings, landmarks, links that skip."""
NOT_OURS = {
    "presentation-role-conflict": "Streamlit's drop zone of uploads is a section with a role that says it is none",
}
"""Rules that are broken by elements of Streamlit's own that no option reaches, each with its reason."""
STREAMLITS = ('data-testid="stMainMenuList"', "Made with Streamlit")
"""Elements of Streamlit's own menu, which lies outside all landmarks and ends in a faint line; no option reaches it."""
ON_TOO = ("label-content-name-mismatch", "target-size")
"""Rules that axe does not run by itself."""
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
IN_SCHEME = "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme"
WIDTHS, SCHEMES = (1440, 400), ("light", "dark")


@pytest.fixture
def audited(browser: Browser) -> Iterator[Page]:
    """A tab with axe in it, which the page's own security policy would keep out."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.add_init_script(AXE_SCRIPT)
    yield context.new_page()
    context.close()


def broken(page: Page) -> dict[str, str]:
    """Rule and element → what is wrong with it."""
    found: list[list[Any]] = page.evaluate(
        """async ([tags, off, on]) => {
          const as = (ids, enabled) => ids.map((id) => [id, { enabled }])
          const rules = Object.fromEntries([...as(off, false), ...as(on, true)])
          const { violations } = await axe.run(document, { runOnly: tags, rules, resultTypes: ["violations"] })
          return violations.flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html, node.failureSummary]))
        }""",
        [TAGS, list(NOT_OURS), list(ON_TOO)],
    )
    ours = [one for one in found if not any(part in one[1] for part in STREAMLITS)]
    return {f"{rule}: {element[:200]}": " ".join(why.split()) for rule, element, why in ours}


def everywhere(page: Page) -> dict[str, set[str]]:
    """What is broken in which of the four looks."""
    found: dict[str, set[str]] = defaultdict(set)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function(IN_SCHEME, arg=scheme)
            page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50)))")
            wrong = broken(page)
            if wrong:  # a page that is just drawn anew is faint for a moment
                page.wait_for_timeout(2_000)
                wrong = broken(page)
            for what, why in wrong.items():
                found[f"{what} {why}"].add(f"{scheme} {width}")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def open_at(page: Page, server: Server, address: str) -> None:
    page.goto(f"{server.url}/{address}")
    settled(page)
    expect(page.locator("#winnow-keyboard")).to_be_attached()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Something went wrong inside Winnow")).to_have_count(0)
    expect(page.get_by_text(re.compile(" …$"))).to_have_count(0)
    expect(page.locator("[data-stale=true]")).to_have_count(0)
    unfold(page, address)
    page.add_style_tag(content=STILL)


def told(found: dict[str, dict[str, set[str]]]) -> str:
    lines = [
        f"{address or 'home'} ({', '.join(sorted(looks))}): {what}"
        for address, wrong in found.items()
        for what, looks in wrong.items()
    ]
    return "\n".join(lines)


def test_axe_finds_nothing_on_any_view_in_light_and_dark_wide_and_narrow(audited: Page, full: Server) -> None:
    found = {}
    for address in addresses():
        open_at(audited, full, address)
        if wrong := everywhere(audited):
            found[address] = wrong
    assert not found, told(found)


def test_axe_finds_nothing_in_what_opens_above_a_page(audited: Page, full: Server) -> None:
    found = {}
    open_at(audited, full, "review?dataset=crops&view=desk&show=All+rows")
    audited.keyboard.press("l")
    expect(audited.get_by_role("dialog", name="Edit the classes")).to_be_visible()
    found["editor"] = everywhere(audited)
    audited.keyboard.press("Escape")
    audited.locator(".review").focus()
    audited.keyboard.press("?")
    expect(audited.get_by_role("dialog", name="Keys")).to_be_visible()
    found["keys"] = everywhere(audited)
    audited.keyboard.press("Escape")
    audited.keyboard.press("Control+k")
    expect(audited.get_by_role("option", name="dataset crops")).to_be_visible()
    found["palette"] = everywhere(audited)
    audited.keyboard.press("Escape")
    audited.get_by_role("button", name="Main menu").click()
    expect(audited.get_by_role("menuitemradio", name="Dark")).to_be_visible()
    found["menu"] = everywhere(audited)
    open_at(audited, full, "review?dataset=news&view=desk")
    expect(audited.locator(".review .desk")).to_be_visible()
    audited.keyboard.press("l")
    expect(audited.get_by_role("dialog", name="Choose another label")).to_be_visible()
    found["picker"] = everywhere(audited)
    open_at(audited, full, "issues?dataset=news")
    audited.get_by_role("radio", name="Where the wrong labels are").click()
    audited.get_by_role("button", name="As tables").click()
    expect(audited.get_by_role("dialog")).to_be_visible()
    found["tables"] = everywhere(audited)
    open_at(audited, full, "data?dataset=news&view=rows")
    audited.get_by_role("button", name="All 90 rows…").click()
    audited.get_by_role("dialog").get_by_role("combobox", name="What to do").fill("Mask")
    audited.keyboard.press("Enter")
    expect(audited.get_by_text("Of the first 90 rows 0 would be masked.")).to_be_visible()
    found["mask"] = everywhere(audited)
    audited.goto(f"{full.url}/{SLOW}")
    stop = audited.locator(".st-key-filter-stop button").first
    expect(stop).to_be_visible()
    found["waiting"] = {what: {"while a filter is worked out"} for what in broken(audited)}
    stop.click()
    assert not any(found.values()), told(found)
