"""Filters in words."""

from __future__ import annotations

import pytest

from core.records import RowFilter
from core.ui.parts.problems import plain
from core.ui.parts.rows import describe


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (RowFilter(), "All rows"),
        (RowFilter(label="sport", split="test"), "label: sport · split: test"),
        (RowFilter(attribute="year_source", value="2004"), "year: 2004"),
        (RowFilter(attribute="year_source"), "year: missing"),
        (RowFilter(attribute="year_source", low=0.0, high=9.5), "year: 0 – 9.5"),
        (RowFilter(duplicates="conflicting"), "duplicates: conflicting"),
    ],
)
def test_a_filter_is_said_in_words(where: RowFilter, words: str) -> None:
    assert describe(where, {"year_source": "year"}) == words


def test_text_of_a_dataset_is_never_read_as_markdown() -> None:
    assert plain("**b** [x](y) :red[z] $a$") == r"\*\*b\*\* \[x\]\(y\) \:red\[z\] \$a\$"
