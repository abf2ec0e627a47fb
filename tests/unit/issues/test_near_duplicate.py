"""Near-duplicates: which row of a group stands for it, which are copies, and where labels conflict."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.issues import ISSUE_TYPES
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.near_duplicate.find import find
from core.issues.signals import Signals

NEAR = ISSUE_TYPES["near_duplicate"]


def signals(
    labels: list[int], groups: list[int], contents: list[str], likely: dict[int, float] | None = None
) -> Signals:
    """Rows of a group point almost the same way; `likely` is what the model gives to class 1 of each row, else .5."""
    generator = np.random.default_rng(0)
    directions = generator.standard_normal((len(labels), 16))[groups]
    share = np.array([(likely or {}).get(row, 0.5) for row in range(len(labels))])
    return Signals.of(
        np.array(labels),
        np.stack([1 - share, share, np.zeros(len(labels))], 1),
        np.ones(len(labels), bool),
        example_ids=np.arange(len(labels)) + 100,
        embeddings=(directions + 0.05 * generator.standard_normal(directions.shape)).astype(np.float32),
        contents=np.array(contents, "S8"),
        groups=np.array(groups),
    )


def why(found: Found) -> list[dict[str, Any]]:
    return [json.loads(text) for text in as_json(found.evidence).to_pylist()]


def test_every_row_of_a_group_but_the_one_that_is_kept_is_flagged() -> None:
    found = find(signals([0, 0, 1, 0, 2], [0, 1, 2, 0, 1], list("abcad")))
    assert found.is_issue.tolist() == [False, False, False, True, True]
    assert found.summary == {"groups": 2, "exact": 1, "conflicting": 1}
    told = why(found)
    assert told[3] | {"similarities": []} == {
        "group": 100, "size": 2, "kept": 100, "exact": True, "conflicting": False, "neighbours": [100],
        "similarities": [],
    }  # fmt: skip
    assert (told[2], told[0]["neighbours"], told[1]["conflicting"]) == ({}, [103], True)


def test_the_label_that_most_of_a_group_carry_is_kept_and_suggested_to_the_others() -> None:
    found = find(signals([2, 0, 0, 1], [0, 0, 0, 3], list("abcd")))
    assert found.is_issue.tolist() == [True, False, True, False]
    assert found.suggestion.tolist() == [0, -1, -1, -1]


@pytest.mark.parametrize(("likely", "kept"), [({0: 0.9, 1: 0.9}, 101), ({0: 0.2, 1: 0.1}, 100)])
def test_where_two_labels_are_as_frequent_the_model_decides(likely: dict[int, float], kept: int) -> None:
    found = find(signals([0, 1], [0, 0], list("ab"), likely))
    assert why(found)[0]["kept"] == kept


def test_conflicting_copies_come_before_all_others_and_closer_ones_first() -> None:
    found = find(signals([0, 0, 0, 0, 1, 2], [0, 0, 0, 3, 3, 5], list("aabccd"), {3: 0.1, 4: 0.1}))
    assert found.score[4] == 0
    assert found.score[1] == 0.5
    assert 0.5 < found.score[2] < 0.6
    assert found.score[[0, 3, 5]].tolist() == [1, 1, 1]


def test_a_dataset_without_copies_says_so() -> None:
    found = find(signals([0, 1, 2], [0, 1, 2], list("abc")))
    assert not found.is_issue.any()
    assert why(found) == [{}, {}, {}]
    assert NEAR.sure(found.summary) == "No two rows are nearly the same"


def test_a_large_group_shows_the_kept_row_and_a_few_others() -> None:
    found = find(signals([0] * 50, [0] * 50, ["a"] * 50))
    last = why(found)[-1]
    assert (last["size"], last["neighbours"]) == (50, [100, 101, 102, 103, 104])
    assert found.is_issue.sum() == 49


def test_the_reason_names_the_kept_row_and_whether_labels_agree() -> None:
    found = find(signals([0, 0, 1, 0], [0, 0, 0, 3], list("aabc")))
    kept, copy, other, alone = (NEAR.say(NEAR.read(one), Seen("x", None, [])) for one in why(found))
    assert kept == "Stands for a group of 3 rows that are the same or nearly so. Their labels do not agree."
    assert copy.startswith("The same content as row 100, which stands for a group of 3.")
    assert other.startswith("Nearly the same as row 100")
    assert alone == "No other row is nearly the same."
    assert NEAR.sure(found.summary) == "1 group, 1 with conflicting labels; exact copies: 1"


def test_of_copies_with_other_classes_the_most_probable_set_is_kept_and_suggested() -> None:
    """Two rows of the same content that disagree: as often the one as the other, so the model decides."""
    labels = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 1]], np.int8)
    probabilities = np.array([[0.9, 0.7, 0.1], [0.8, 0.6, 0.2], [0.1, 0.1, 0.9]])
    generator = np.random.default_rng(0)
    found = find(
        Signals.of(
            labels,
            probabilities,
            np.ones(3, bool),
            example_ids=np.arange(3) + 100,
            embeddings=generator.standard_normal((3, 8)).astype(np.float32)[[0, 0, 2]],
            contents=np.array(["a", "a", "b"], "S8"),
            groups=np.array([0, 0, 2]),
        )
    )
    assert found.is_issue.tolist() == [True, False, False]
    assert found.suggestion is not None
    assert found.suggestion.tolist() == [[1, 1, 0], [-1, -1, -1], [-1, -1, -1]]
    assert found.score[0] == 0, "the same content with another label"
    assert found.summary == {"groups": 1, "exact": 1, "conflicting": 1}
