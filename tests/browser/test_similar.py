"""Similar to…: a text is typed and an image is dropped in a real browser, and the list is of the rows like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, start_server
from tests.browser.review_data import opened
from tests.integration.load_support import loaded
from tests.integration.test_similar_asked import TEXTS, encoded


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Server]:
    """Nine texts and eight images with the embeddings that a scan leaves, and a table."""
    file = tmp_path / "texts.csv"
    file.write_text("text,label\n" + "".join(f'"{text}",{name}\n' for name, texts in TEXTS.items() for text in texts))
    generator = np.random.default_rng(0)
    for label in "ab":
        (tmp_path / "images" / label).mkdir(parents=True)
        for number in range(4):
            blocks = np.kron(generator.integers(0, 255, (4, 4, 3)), np.ones((8, 8, 1))).astype(np.uint8)
            Image.fromarray(blocks).save(tmp_path / "images" / label / f"{number}.png")
    with opened(tmp_path) as context:
        encoded(context, loaded(context, file, name="texts"), "minilm")
        encoded(context, loaded(context, tmp_path / "images", name="images"), "efficientnet")
    server = start_server(tmp_path)
    yield server
    server.end()


def test_a_typed_text_and_a_dropped_image_narrow_the_list(page: Page, both: Server, tmp_path: Path) -> None:
    page.goto(f"{both.url}/data?dataset=texts&view=rows")
    settled(page)
    page.get_by_role("button", name="Similar to…").click()
    page.get_by_label("A text").fill("somebody robbed me of my bank card")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Compared with 9 rows by the embeddings of minilm")).to_be_visible(timeout=60_000)
    settled(page)
    assert re.search(r"where=similar(\+|%20)%3D(\+|%20)somebody", page.url)
    chip = page.locator(".st-key-list-chips button").first
    expect(chip).to_contain_text("similar: somebody robbed me of my bank card")
    expect(page.get_by_label("A text")).to_be_hidden()
    page.get_by_text("Cards", exact=True).click()
    expect(page.locator(".st-key-rows-bar")).to_contain_text("9 rows")
    expect(page.get_by_text("My card was stolen").first).to_be_visible()
    chip.click()
    expect(page.get_by_text("Compared with 9 rows")).to_have_count(0)

    page.goto(f"{both.url}/data?dataset=images&view=rows")
    settled(page)
    page.get_by_role("button", name="Similar to…").click()
    page.locator("input[type=file]").set_input_files(str(tmp_path / "images" / "b" / "2.png"))
    page.get_by_role("button", name="Find rows like it").click()
    expect(page.get_by_text("Compared with 8 rows by the embeddings of efficientnet")).to_be_visible(timeout=60_000)
    settled(page)
    expect(chip).to_contain_text("similar: 2.png")
    expect(page.get_by_text("1.00").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Compared with 8 rows")).to_be_visible()
