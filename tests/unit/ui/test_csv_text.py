"""CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest

from core.ui.parts.csv_text import csv_text, escaped


@pytest.mark.parametrize("risky", ["=1+1", "+1+1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "'-1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(risky: str) -> None:
    assert escaped(risky) == f"'{risky}"


@pytest.mark.parametrize("harmless", [-1, 2.5, None, "text", "a=b", "", "-1", "+3.5e-2"])
def test_numbers_and_harmless_text_stay_as_they_are(harmless: object) -> None:
    assert escaped(harmless) is harmless


def test_a_row_without_a_column_leaves_its_cell_empty_and_newlines_survive() -> None:
    written = csv_text(["text", "label"], [{"text": "two\nlines", "label": "=x"}, {"text": "ä"}])
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))) == [
        ["text", "label"],
        ["two\nlines", "'=x"],
        ["ä", ""],
    ]
