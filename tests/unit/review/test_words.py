"""What was decided, in words."""

from __future__ import annotations

from core.records import ReviewCounts
from core.review.words import count_words


def test_counts_are_said_without_zeros() -> None:
    assert count_words(ReviewCounts(9, 4, 5, 3, 0, 1, 0, 2, 0)) == "4 rows decided: 3 changed, 1 kept."
