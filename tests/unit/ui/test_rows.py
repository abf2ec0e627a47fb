"""Filters in words."""

from __future__ import annotations

import pytest

from core.records import RowFilter
from core.ui.data.rows import in_words
from core.ui.parts.problems import plain


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (RowFilter(), "All rows"),
        (RowFilter(label="sport", split="test"), "label: sport · split: test"),
        (RowFilter(text="oil price"), "text: oil price"),
        (RowFilter(duplicates="conflicting"), "duplicates: conflicting"),
    ],
)
def test_a_filter_is_said_in_words(where: RowFilter, words: str) -> None:
    assert in_words(where) == words


def test_text_of_a_dataset_is_never_read_as_markdown() -> None:
    assert plain("**b** [x](y) :red[z] $a$") == r"\*\*b\*\* \[x\]\(y\) \:red\[z\] \$a\$"
