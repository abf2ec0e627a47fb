"""Words that a label follows, on texts in which they were planted."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from core.profile.wording import word_rows, wording
from core.records import Attribute
from core.targets.multi_label.facts import MULTI_LABEL
from tests.unit.profile.conftest import MakeRows, TableRows

N = 600


def planted(make_rows: MakeRows) -> TableRows:
    """`Reuters` stands in 90 of 100 texts of business and in none of others; `the` is everywhere; other words are drawn
    without regard to the class."""
    rng = np.random.default_rng(0)
    labels = np.array(["business", "sport", "tech"])[np.arange(N) % 3]
    desks = np.where(np.arange(N) % 2, "east", "west")
    texts = []
    for row, label in enumerate(labels):
        words = [f"word{one}" for one in rng.integers(0, 30, 8)]
        if label == "business" and row % 20:
            words.insert(1, "(Reuters)")
        if desks[row] == "east" and rng.random() < 0.8 and label == "business":
            words.append("Boston's")
        texts.append(" ".join(["The", *words]))
    return make_rows({"example_id": list(range(N)), "text": texts, "label": labels.tolist(), "desk": desks.tolist()})


def test_a_word_of_one_class_is_found_with_what_it_explains(make_rows: MakeRows) -> None:
    found = wording(planted(make_rows))
    first = found.ties[0]
    business = [row for row in range(N) if row % 3 == 0]
    with_word = [row for row in business if row % 20]
    assert (first.word, first.label, first.rows, first.both) == ("reuters", "business", len(with_word), len(with_word))
    assert first.usual == pytest.approx(1 / 3)
    assert first.information.estimate == pytest.approx(math.log2(3))
    # Always the same answer is right for one class of three; by the word, for the share of business that has it too.
    assert first.points == pytest.approx(len(with_word) / len(business) / 3)
    assert {one.word for one in found.ties} == {"reuters", "boston"}, "no word without regard to the class"
    assert found.words == 33, "`the`, 30 words and the two; `s` is one letter"


def test_the_rows_of_a_word_are_those_that_were_counted(make_rows: MakeRows) -> None:
    rows = planted(make_rows)
    first = wording(rows).ties[0]
    opened = word_rows(rows, first.word, first.label)
    assert opened.example_ids == tuple(row for row in range(N) if row % 3 == 0 and row % 20)
    assert word_rows(rows, "word1").example_ids and len(word_rows(rows, "word1").example_ids or ()) < N / 2, (
        "not word10"
    )


def test_a_word_that_marks_a_group_as_well_comes_first(make_rows: MakeRows) -> None:
    found = wording(planted(make_rows), Attribute("desk", "desk", "category"))
    assert [(one.word, one.marks) for one in found.ties] == [("boston", "east"), ("reuters", "")]
    assert found.ties[0].times == pytest.approx(2.0)


def test_of_several_classes_a_word_belongs_to_one_of_them(make_rows: MakeRows) -> None:
    labels = [json.dumps(["a", "b"] if row % 2 else ["b"], separators=(",", ":")) for row in range(80)]
    texts = [f"text {'alpha' if row % 2 else 'other'}" for row in range(80)]
    found = wording(make_rows({"example_id": list(range(80)), "text": texts, "label": labels}, MULTI_LABEL))
    assert [(one.word, one.label, one.both) for one in found.ties] == [("alpha", "a", 40)]
    assert found.ties[0].points == pytest.approx(0.5)


def test_scripts_without_blanks_go_by_two_letters(make_rows: MakeRows) -> None:
    texts = [f"今天{'股市' if row % 2 else '足球'}的新闻 {row}" for row in range(60)]
    labels = ["财经" if row % 2 else "体育" for row in range(60)]
    found = wording(make_rows({"example_id": list(range(60)), "text": texts, "label": labels}))
    assert {"股市", "足球"} <= {one.word for one in found.ties}
    assert "今天" not in {one.word for one in found.ties}


def test_one_class_is_tied_to_nothing(make_rows: MakeRows) -> None:
    rows = make_rows({"example_id": list(range(50)), "text": ["same words"] * 50, "label": ["a"] * 50})
    assert wording(rows).ties == ()


def test_a_word_of_the_commonest_class_comes_first_too(make_rows: MakeRows) -> None:
    """A quarter of the commonest class has it, and no other row: who always answers that class is right as often."""
    labels = ["common" if row % 5 else "rare" for row in range(500)]
    texts = [
        f"text of something {'okapi' if row % 4 == 0 and label == 'common' else ''}"
        + (" seldom" if row % 25 == 0 else "")
        for row, label in enumerate(labels)
    ]
    found = wording(make_rows({"example_id": list(range(500)), "text": texts, "label": labels}))
    assert [(one.word, one.label) for one in found.ties[:2]] == [("okapi", "common"), ("seldom", "rare")]
    assert found.ties[0].points == pytest.approx(0.25 / 2)
