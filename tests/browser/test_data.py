"""The Data page in a real browser: an upload with every kind of bad row, a sample, splits, export, trash."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled, upload


def good(number: int) -> bytes:
    return f"a sentence about thing {number},{'pos' if number % 2 else 'neg'},{number}".encode()


def bad_csv() -> bytes:
    """40 good rows and rows that are bad in ten ways, none of which may take a good one with it."""
    return b"\n".join(
        [
            b"text,label,score",
            *map(good, range(20)),
            b"one column too many,pos,1,surplus",
            b"two columns too many,pos,1,surplus,surplus",
            b"one column too few,pos",
            b"a single column",
            b"no label at all,,3",
            b"a label of blanks,   ,3",
            b",pos,4",
            b"bytes that are no UTF-8 \xff\xfe,pos,5",
            b'a "quote" in the middle, and "more,pos,6,7',
            b"a NUL \x00 within,pos,1,8",
            *map(good, range(20, 40)),
            b"",
        ]
    )


def test_an_upload_with_eight_kinds_of_bad_rows_loads_the_rest_and_says_why(page: Page, module_server: Server) -> None:
    upload(page, module_server, "bad.csv", bad_csv())
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("set aside", exact=False).first).to_be_visible()
    expect(page.get_by_text("42 loaded")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download", exact=True).click()
        page.get_by_role("link", name="Download CSV, 8 rows").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))
    assert len(rows) == 8
    unlabelled = {26, 27}  # these load, to be labelled
    assert {int(row["line"]) for row in rows} == {*range(22, 32)} - unlabelled
    assert all(row["reason"] for row in rows)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("header.csv", b"text,label\n", "no row"),
        ("twice.csv", b"text,label,text\na,b,c\n", "text"),
        ("images.zip", b"PK\x03\x04 broken", "ZIP"),
    ],
)
def test_a_file_that_is_no_dataset_is_refused_with_a_next_step(
    page: Page, module_server: Server, name: str, content: bytes, says: str
) -> None:
    upload(page, module_server, name, content)
    alert = page.get_by_test_id("stAlert").first
    expect(alert).to_contain_text(says)
    expect(alert).not_to_contain_text("Something went wrong")


def test_splits_are_made_exported_and_the_dataset_comes_back_from_the_trash(page: Page, module_server: Server) -> None:
    content = b"\n".join([b"text,label,score", *map(good, range(40))])
    upload(page, module_server, "things.csv", content)
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("40 rows", exact=True)).to_be_visible()

    page.get_by_role("radio", name="Splits").click()
    page.get_by_role("button", name="Make a version with these splits").click()
    expect(page.get_by_text("train: 32 · validation: 4 · test: 4")).to_be_visible()
    expect(page).to_have_url(re.compile("version=2"))

    page.get_by_role("radio", name="Export").click()
    page.get_by_text("JSON lines").click()
    with page.expect_download() as download:
        page.locator(".st-key-export-download-jsonl").get_by_role("button", name="Download").click()
    rows = [json.loads(line) for line in Path(download.value.path()).read_text().splitlines()]
    assert download.value.suggested_filename == "things-v2.jsonl"
    assert {row["split"] for row in rows} == {"train", "validation", "test"}

    page.get_by_role("radio", name="Rename, delete").click()
    page.get_by_role("textbox", name="Type things to confirm").fill("things")
    page.get_by_role("button", name="Move to the trash").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("button", name="Restore")).to_have_count(0)
    page.goto(f"{module_server.url}/data?dataset=things")
    expect(page.get_by_text("40 rows · 2 classes")).to_be_visible()


def test_back_a_reload_and_a_copied_link_show_the_same_dataset_and_version(page: Page, module_server: Server) -> None:
    page.goto(f"{module_server.url}/data?dataset=things&version=1&view=splits")
    settled(page)
    expect(page.get_by_text("This version has no splits.")).to_be_visible()
    page.get_by_role("combobox", name="Version").click()
    page.get_by_role("option", name="2").click()
    expect(page.get_by_text("train: 32 · validation: 4 · test: 4")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("This version has no splits.")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("train: 32 · validation: 4 · test: 4")).to_be_visible()
    page.reload()
    expect(page.get_by_text("train: 32 · validation: 4 · test: 4")).to_be_visible()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Datasets")).to_be_visible()
    page.get_by_role("link", name="Data", exact=True).click()
    expect(page).to_have_url(re.compile(r"dataset=things&version=2"))
