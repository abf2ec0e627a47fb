"""Ambiguous rows: which lie between two classes, and what is said of them."""

from __future__ import annotations

import json

import numpy as np

from core.duplicates.neighbourhood import Neighbourhood
from core.issues import ISSUE_TYPES
from core.issues.ambiguous.find import find
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.signals import Signals
from core.tasks import TASKS

KIND = ISSUE_TYPES["ambiguous"]


def found(probabilities: np.ndarray, labels: np.ndarray, judged: np.ndarray | None = None) -> Found:
    generator, count = np.random.default_rng(0), len(labels)
    embeddings = generator.standard_normal((count, 4)).astype(np.float32)
    return find(
        Signals.of(
            labels,
            probabilities,
            np.ones(count, bool) if judged is None else judged,
            classes=("sea", "sky", "sand"),
            example_ids=np.arange(count) + 100,
            neighbours=Neighbourhood(embeddings),
        )
    )


def sure_rows(*others: list[float], rows: int = 100) -> np.ndarray:
    """Rows of which the model is sure, the others last."""
    sure = np.full((rows, 3), 0.05)
    sure[np.arange(rows), np.arange(rows) % 3] = 0.9
    return np.concatenate([sure, np.array(others).reshape(-1, 3)])


def test_only_rows_between_their_label_and_one_other_class_are_ambiguous() -> None:
    cases = {
        "between both": ([0.5, 0.45, 0.05], 0, True),
        "the label is the second": ([0.5, 0.42, 0.08], 1, True),
        "the label is neither: probably wrong": ([0.5, 0.45, 0.05], 2, False),
        "between three": ([0.35, 0.35, 0.3], 0, False),
        "clearly one": ([0.6, 0.38, 0.02], 0, False),
        "without a label": ([0.5, 0.45, 0.05], -1, False),
    }
    probabilities = sure_rows(*(shares for shares, _, _ in cases.values()))
    labels = np.r_[np.arange(100) % 3, [label for _, label, _ in cases.values()]]
    one = found(probabilities, labels)
    assert one.is_issue[100:].tolist() == [flag for _, _, flag in cases.values()]
    assert not one.is_issue[:100].any()
    assert one.summary == {"pairs": [["sea", "sky", 2]]}
    assert one.about is not None
    assert one.about.tolist() == one.is_issue.tolist()


def test_a_row_that_was_not_judged_is_not_ambiguous() -> None:
    judged = np.r_[np.ones(100, bool), False]
    assert not found(sure_rows([0.5, 0.45, 0.05]), np.r_[np.arange(100) % 3, 0], judged).is_issue.any()


def test_where_a_model_is_never_sure_only_the_nearest_twentieth_is_flagged() -> None:
    margins = np.linspace(0.001, 0.19, 200)
    shares = np.stack([0.5 + margins / 2, 0.5 - margins / 2, np.zeros(200)], 1)
    one = found(shares, np.zeros(200, int))
    assert one.is_issue.nonzero()[0].tolist() == list(range(10))


def test_both_classes_and_the_nearest_rows_are_said() -> None:
    one = found(sure_rows([0.4, 0.55, 0.05]), np.r_[np.arange(100) % 3, 0])
    told = json.loads(as_json(one.evidence)[100].as_py())
    assert len(told["neighbours"]) == 5
    said = KIND.say(KIND.read(told), Seen("sea", None, ["sea", "sky", "sky", None, "sand"]))
    assert said == (
        "Between two classes: sky 55%, sea 40%. The label is one of them. Of the 4 nearest rows: sky 2, sea 1."
    )
    assert KIND.sure({"flagged": 1, **one.summary}) == "Most often between sea and sky: 1 row"


def test_it_is_asked_only_where_a_row_has_one_class() -> None:
    assert {name for name, task in TASKS.items() if KIND.applies(task)} == {
        *("text-classification", "image-classification", "audio-classification", "tabular-classification"),
    }


def test_a_single_class_is_never_ambiguous() -> None:
    assert not found(np.ones((3, 1)), np.zeros(3, int)).is_issue.any()


def test_classes_are_called_by_the_names_that_people_gave_them() -> None:
    proof = KIND.read({"first": "0", "first_probability": 0.5, "second": "1", "second_probability": 0.4})
    names = {"0": "negative", "1": "neutral"}
    said = KIND.say(proof, Seen("negative", None, ["negative", "neutral", "neutral"], names.__getitem__))
    assert said == (
        "Between two classes: negative 50%, neutral 40%. The label is one of them. "
        "Of the 3 nearest rows: negative 1, neutral 2."
    )


def test_the_summary_calls_classes_by_their_names_too() -> None:
    names = {"0": "negative", "1": "neutral"}
    summary = {"flagged": 12, "pairs": [["0", "1", 9], ["1", "2", 3]]}
    assert KIND.told(summary, lambda code: names.get(code, code)) == "Most often between negative and neutral: 9 rows"


def test_classes_that_the_model_hardly_tells_apart_are_told_and_both_of_two_are_not() -> None:
    rows = np.arange(300)
    labels = rows % 3
    mixed = np.where(labels < 2, rows // 3 % 2, 2)  # sea and sky are taken for either at random, sand never
    probabilities = np.full((300, 3), 0.02)
    probabilities[rows, mixed] = 0.96
    one = found(probabilities, labels)
    [(first, second, count, right, low, high)] = one.summary["overlaps"]
    assert (first, second, count, right) == ("sea", "sky", 200, 0.5)
    assert low < 0.5 < high < 0.75
    summary = {**one.summary, "flagged": 0}
    assert KIND.told(summary, str.upper) == "No row lies between two classes; hardly told apart: SEA and SKY"
    two = rows[labels < 2]
    assert "overlaps" not in find_two(probabilities[two, :2], labels[two]).summary


def find_two(probabilities: np.ndarray, labels: np.ndarray) -> Found:
    count = len(labels)
    embeddings = np.random.default_rng(0).standard_normal((count, 4)).astype(np.float32)
    return find(
        Signals.of(
            labels,
            probabilities,
            np.ones(count, bool),
            classes=("sea", "sky"),
            example_ids=np.arange(count),
            neighbours=Neighbourhood(embeddings),
        )
    )
