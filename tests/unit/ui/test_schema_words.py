"""Types of columns in a person's words."""

from __future__ import annotations

import pytest

from core.ui.data.schema import in_words


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        ("VARCHAR", "words"),
        ("BIGINT", "whole number"),
        ("INTEGER", "whole number"),
        ("UTINYINT", "whole number"),
        ("DECIMAL(18,3)", "number"),
        ("VARCHAR[]", "list"),
        ("BOOLEAN", "yes or no"),
        ("BLOB", "image or other bytes"),
        ("TIMESTAMP WITH TIME ZONE", "date and time"),
        ("UUID", "uuid"),
    ],
)
def test_a_type_is_said_in_words(type_: str, words: str) -> None:
    assert in_words(type_) == words
