"""Filters in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.records import RowFilter
from core.ui.data.rows import in_words
from core.ui.parts.problems import plain
from tests.unit.services.test_lists import NEWS


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (RowFilter(), "All rows"),
        (RowFilter(label="sport", split="test"), "label: sport · split: test"),
        (RowFilter(text="oil price"), "words: oil price"),
        (RowFilter(duplicates="conflicting"), "duplicates: conflicting"),
    ],
)
def test_a_filter_is_said_in_words(where: RowFilter, words: str) -> None:
    assert in_words(where, NEWS) == words


def test_a_class_is_said_by_its_name() -> None:
    assert in_words(RowFilter(label="0"), replace(NEWS, names={"0": "negative"})) == "label: negative"


def test_text_of_a_dataset_is_never_read_as_markdown() -> None:
    assert plain("**b** [x](y) :red[z] $a$") == r"\*\*b\*\* \[x\]\(y\) \:red\[z\] \$a\$"
    assert plain("R &amp; D") == r"R \&amp; D"  # else it reads R & D
