"""Leakage: rows of test and validation whose copy is in an earlier split, and the score without them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from core.issues import ISSUE_TYPES
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.leakage.find import find
from core.issues.signals import Signals
from core.jobs.rows import Rows
from core.jobs.scan.taught import taught
from core.modalities.payloads import Payloads

KIND = ISSUE_TYPES["leakage"]
ROW = Seen(None, None, ())


def found(splits: Sequence[str | None], groups: Sequence[int], contents: Sequence[str], **others: object) -> Found:
    count = len(splits)
    embeddings = np.random.default_rng(0).standard_normal((count, 8)).astype(np.float32)
    signals = {
        "example_ids": np.arange(count) + 100,
        "splits": np.array(splits, object),
        "groups": np.array(groups),
        "contents": np.array(contents, "S8"),
        "embeddings": embeddings[np.array(groups)] + 0.01 * embeddings,
        "taught": np.full(count, np.nan),
    } | others
    return find(Signals({name: lambda value=value: value for name, value in signals.items()}))


def told(one: Found, row: int) -> dict[str, object]:
    why: dict[str, object] = json.loads(as_json(one.evidence)[row].as_py())
    return why


def test_what_has_a_copy_in_an_earlier_split_leaks_and_the_copy_itself_does_not() -> None:
    one = found(
        ["train", "test", "validation", "test", "train", "train", None, "test"],
        [0, 0, 2, 2, 4, 4, 6, 6],
        ["a", "a", "b", "c", "d", "d", "e", "e"],
    )
    assert one.is_issue.nonzero()[0].tolist() == [1, 3]
    assert one.score[1] == 0
    assert 0 < one.score[3] < 0.2
    assert told(one, 1) == {
        "split": "test",
        "other": "train",
        "copies": 1,
        "exact": True,
        "neighbours": [100],
        "similarities": [1],
    }
    assert KIND.say(KIND.read(told(one, 1)), ROW) == "Is in test, and row 100 of train has the same content."
    assert KIND.say(KIND.read(told(one, 3)), ROW) == "Is in test, and row 102 of validation is nearly the same."
    assert one.summary["splits"]["test"] | {"with": 0, "without": 0} == {
        "rows": 3,
        "leaked": 2,
        "with": 0,
        "without": 0,
    }
    assert one.summary["splits"]["validation"]["leaked"] == 0


def test_the_copy_of_the_same_content_is_named_among_thousands() -> None:
    splits, contents = ["train"] * 3_000 + ["test"], [str(row) for row in range(3_000)] + ["2999"]
    one = found(splits, [0] * 3_001, contents)
    why = told(one, 3_000)
    assert (why["copies"], why["exact"], why["neighbours"][0]) == (3_000, True, 3_099)  # type: ignore[index]
    assert KIND.say(KIND.read(why), ROW).endswith("has the same content. Copies there in all: 3,000.")


def test_the_score_of_the_test_is_told_with_its_leaks_and_without() -> None:
    right = np.array([np.nan, 1, 1, 0])
    one = found(["train", "test", "test", "test"], [0, 0, 2, 3], ["a", "a", "b", "c"], taught=right)
    assert one.summary["splits"] == {"test": {"rows": 3, "leaked": 1, "with": 0.6667, "without": 0.5}}
    assert KIND.sure({"flagged": 1, **one.summary}) == (
        "test: 1 of 3 rows have a copy in an earlier split, accuracy 66.7%, 50.0% without them"
    )


def test_rows_without_splits_have_nothing_to_leak() -> None:
    one = found([None, None], [0, 0], ["a", "a"])
    assert not one.is_issue.any()
    assert "not split" in KIND.sure({"flagged": 0, **one.summary})


def test_a_head_that_has_learnt_train_is_asked_about_all_other_rows() -> None:
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 2
    embeddings = (np.eye(4)[labels] * 4 + generator.standard_normal((60, 4))).astype(np.float32)
    splits = np.array(["train"] * 40 + ["test"] * 20, object)
    wrong = labels.copy()
    wrong[50], wrong[51] = 1 - wrong[50], -1
    hashes = pa.chunked_array([[f"{row:032x}{0:032x}" for row in range(60)]])
    rows = Rows(np.arange(60), wrong, Payloads.of(pa.chunked_array([["x"] * 60]), hashes))
    right = taught(embeddings, rows, splits, 2, seed=0)
    assert np.isnan(right[:40]).all()
    assert (right[50], np.isnan(right[51])) == (0, True)
    assert np.nanmean(right[40:]) > 0.8
    none = taught(embeddings, rows, np.array(["test"] * 60, object), 2, seed=0)
    assert np.isnan(none).all()
