"""What was decided, in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.records import Action, Decision, ReviewCounts
from core.review.words import Change, change, change_marks, change_words, count_words, in_words
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS


def decision(action: Action, label: str | None = None) -> Decision:
    return Decision("d", "c", "data", "v", 1, action, label, "ada", datetime(2026, 1, 1, tzinfo=UTC), None, {})


def test_counts_are_said_without_zeros() -> None:
    assert count_words(ReviewCounts(9, 4, 5, 3, 0, 1, 0, 2, 0, 4)) == "4 rows decided: 3 changed, 1 kept."


def test_a_change_of_one_class_is_said_by_the_new_one_alone() -> None:
    assert in_words(decision("relabel", "tech"), ONE_CLASS, "sport") == "changed to tech"
    assert in_words(decision("keep"), ONE_CLASS, "sport") == "kept as it is"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('["grain","wheat"]', '["corn","grain"]', "added corn, removed wheat"),
        ("[]", '["a","b","c"]', "added a, b and c"),
        ('["a","b"]', "[]", "removed a and b"),
        (None, '["a"]', "added a"),
        (None, "[]", "changed to none"),
        ('["a"]', '["a"]', "changed to a"),
    ],
)
def test_a_change_of_a_set_is_said_by_what_was_added_and_removed(before: str | None, after: str, words: str) -> None:
    assert change_words(before, after, MULTI_LABEL) == words
    assert in_words(decision("relabel", after), MULTI_LABEL, before) == words


def test_classes_that_differ_in_case_alone_are_two() -> None:
    assert change('["Corn"]', '["corn"]', MULTI_LABEL) == Change(("corn",), ("Corn",))


@pytest.mark.parametrize(
    ("before", "after", "marks"),
    [
        ('["grain","wheat"]', '["corn","grain"]', "+ corn, − wheat"),
        ('["a"]', "[]", "− a"),
        ('["a"]', '["a"]', "the same"),
        ('["a"]', None, None),
    ],
)
def test_what_a_set_looks_like_is_marked_beside_it(before: str, after: str | None, marks: str | None) -> None:
    assert change_marks(before, after, MULTI_LABEL) == marks


def test_what_one_class_looks_like_is_the_other_class() -> None:
    assert change_marks("sport", "tech", ONE_CLASS) == "tech"
    assert change_marks("sport", None, ONE_CLASS) is None
