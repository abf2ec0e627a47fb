"""Named entities in a real browser: loaded, made consistent on the profile, and edited on the desk by keys alone."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, upload
from tests.browser.review_data import decided
from tests.browser.test_review_desk import press, saved

SENTENCES = [
    ("Ada/PER saw Washington/LOC", "Nobody came", "Washington/ORG won"),
    ("New/LOC York/+ and Washington/LOC", "Grace/PER lives in Leeds"),
]


def conll(sentences: tuple[str, ...]) -> bytes:
    """Sentences in CoNLL columns; `/+` goes on with the type before."""
    lines, kind = [], ""
    for sentence in sentences:
        for word in sentence.split():
            token, _, mark = word.partition("/")
            tag = "O" if not mark else f"I-{kind}" if mark == "+" else f"B-{mark}"
            kind = kind if mark in ("", "+") else mark
            lines.append(f"{token}\t{tag}")
        lines.append("")
    return "\n".join(lines).encode() + b"\n"


def test_entities_are_loaded_made_consistent_and_edited_by_keys(page: Page, server: Server, tmp_path: Path) -> None:
    upload(page, server, "people.conll", conll(SENTENCES[0] + SENTENCES[1]))
    expect(page.get_by_text("Sentences with bad tags")).to_be_visible()
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("as loaded · 5 rows")).to_be_visible()

    page.goto(f"{server.url}/profile?dataset=people&view=spans")
    settled(page)
    expect(page.get_by_text("The same words, labelled differently")).to_be_visible()
    page.get_by_role("combobox", name="Words", exact=True).click()
    page.get_by_role("option", name="Washington").click()
    expect(page.get_by_text("LOC 2, ORG 1").last).to_be_visible()
    page.get_by_role("button", name="Change 1 row").click()
    expect(page.get_by_text("1 row changed to what is suggested.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 row taken back.")).to_be_visible()

    page.goto(f"{server.url}/review?dataset=people&reviewer=ada")
    settled(page)
    desk = page.get_by_role("region", name="Review desk")
    expect(desk.locator(".desk")).to_have_attribute("data-row", "0")
    entities = desk.locator(".entity")
    expect(entities).to_have_text(["Ada PER", "Washington LOC"])
    press(page, "e", "1")  # Ada is the first type, LOC
    expect(entities).to_have_text(["Ada LOC", "Washington LOC"])
    press(page, "3", "ArrowRight")
    expect(entities.first).to_have_text("Ada saw PER")
    press(page, "Shift+ArrowRight")
    expect(entities.first).to_have_text("saw PER")
    press(page, "Delete")
    expect(entities).to_have_text(["Washington LOC"])
    press(page, "a", "3")  # the first word that is in none
    expect(entities).to_have_text(["Ada PER", "Washington LOC"])
    press(page, "e")
    expect(desk.get_by_role("button", name="Same words in 1 other row: LOC")).to_be_visible()
    press(page, "w")
    saved(page, 2)
    expect(desk.locator(".desk")).to_have_attribute("data-row", "1")
    press(page, "z")
    saved(page, 0)
    expect(desk.locator(".desk")).to_have_attribute("data-row", "0")
    press(page, "k")
    press(page, "a", "Shift+ArrowRight", "2", "k")
    saved(page, 2)
    server.stop()
    assert [(one.action, one.example_id, one.new_label) for one in decided(tmp_path)][-2:] == [
        ("keep", 0, None),
        ("relabel", 1, '[[0,11,"ORG"]]'),
    ]
