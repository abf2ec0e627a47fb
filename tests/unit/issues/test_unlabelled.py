"""Rows without a label: which come first, what is suggested, and that the other types leave them out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.duplicates.neighbourhood import Neighbourhood
from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues import ISSUE_TYPES
from core.issues.contract import Seen
from core.issues.evidence import as_json
from core.issues.label.find import find as wrong_labels
from core.issues.near_duplicate.find import find as near_duplicates
from core.issues.signals import Signals
from core.issues.unlabelled.find import find
from core.jobs.scan.tier import write_tier
from core.targets import Labels
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS

KIND = ISSUE_TYPES["unlabelled"]


def signals(labels: Labels, probabilities: np.ndarray, **others: object) -> Signals:
    """Rows that lie in two clouds by the parity of their number."""
    generator, count = np.random.default_rng(0), len(labels)
    embeddings = np.eye(4)[np.arange(count) % 2] + 0.1 * generator.standard_normal((count, 4))
    return Signals.of(
        labels,
        probabilities,
        labels >= 0 if labels.ndim == 1 else (labels >= 0).all(1),
        classes=("a", "b", "c"),
        example_ids=np.arange(count) + 100,
        embeddings=embeddings.astype(np.float32),
        neighbours=Neighbourhood(embeddings.astype(np.float32)),
        **others,
    )


def test_the_row_of_the_least_margin_comes_first_with_its_likeliest_class() -> None:
    shares = np.array([[0.5, 0.3, 0.2], [0.4, 0.35, 0.25], [0.1, 0.1, 0.8], [0.9, 0.1, 0.0]])
    found = find(signals(np.array([-1, -1, -1, 0]), shares))
    assert found.about is not None and found.about.tolist() == [True, True, True, False]
    assert found.suggestion is not None and found.suggestion.tolist() == [0, 0, 2, -1]
    assert found.score.round(4).tolist() == [0.2, 0.05, 0.7, 1.0]
    assert found.summary == {"expected_right": pytest.approx((0.5 + 0.4 + 0.8) / 3, abs=1e-4)}
    told = [json.loads(text) for text in as_json(found.evidence).to_pylist()]
    assert (told[1]["second"], told[1]["second_probability"], told[3].get("probability")) == ("b", 0.35, None)
    said = KIND.say(KIND.read(told[1]), Seen(None, "a", ["a", None, "b"]))
    assert said == "Probability of the suggestion: 40%. Next: b, 35%. 1 of the 2 nearest labelled examples is a."


def test_of_several_classes_the_least_sure_one_says_how_much_would_be_learnt() -> None:
    shares = np.array([[0.9, 0.6, 0.1], [0.99, 0.02, 0.01]])
    found = find(signals(np.full((2, 3), -1, np.int8), shares))
    assert found.suggestion is not None and found.suggestion.tolist() == [[1, 1, 0], [1, 0, 0]]
    assert found.score.round(4).tolist() == [0.2, 0.96]


@pytest.mark.parametrize("several", [False, True])
def test_wrong_labels_are_those_of_the_labelled_rows_as_if_the_others_were_not_there(several: bool) -> None:
    generator = np.random.default_rng(3)
    labels = generator.integers(3, size=300)
    labels[::10] = (labels[::10] + 1) % 3
    logits = 3 * np.eye(3)[np.where(np.arange(300) % 10, labels, (labels + 2) % 3)] + generator.normal(size=(300, 3))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    given: Labels = np.eye(3, dtype=np.int8)[labels] if several else labels
    without = given.copy()
    without[5::7] = -1
    kept = (without if without.ndim == 1 else without[:, 0]) >= 0
    alone, among = wrong_labels(signals(given[kept], shares[kept])), wrong_labels(signals(without, shares))
    assert among.about is not None and (among.about == kept).all()
    assert (among.score[kept] == alone.score).all() and (among.is_issue[kept] == alone.is_issue).all()
    assert not among.is_issue[~kept].any() and alone.is_issue.any()
    assert among.summary == alone.summary
    proof, same = among.evidence.to_pylist(), alone.evidence.to_pylist()
    own = [{name: value for name, value in row.items() if name not in ("neighbours", "similarities")} for row in same]
    mine = [{name: row[name] for name in own[0]} for row, is_kept in zip(proof, kept, strict=True) if is_kept]
    assert mine == own
    assert all(value is None for row, is_kept in zip(proof, kept, strict=True) if not is_kept for value in row.values())


def test_a_copy_without_a_label_gets_that_of_its_group_and_is_no_conflict() -> None:
    found = near_duplicates(
        signals(
            np.array([-1, 1, -1, 2]),
            np.full((4, 3), 1 / 3),
            groups=np.array([0, 0, 0, 3]),
            contents=np.array(list("aabc"), "S1"),
        )
    )
    assert found.is_issue.tolist() == [True, False, True, False]  # the labelled row stands for the group
    assert found.suggestion is not None and found.suggestion.tolist() == [1, -1, 1, -1]
    assert found.summary["conflicting"] == 0


@pytest.mark.parametrize("several", [False, True])
def test_heads_learn_from_labelled_rows_and_judge_all(several: bool) -> None:
    generator = np.random.default_rng(1)
    true = generator.integers(3, size=240)
    embeddings = (np.eye(3)[true] + 0.3 * generator.normal(size=(240, 3))).astype(np.float32)
    labels: Labels = np.eye(3, dtype=np.int8)[true] if several else true.astype(np.int64)
    labels[::2] = -1
    found = out_of_sample_probabilities(embeddings, labels, np.arange(240), 3, folds=4, seed=0)
    assert (found.trained_rows, found.judged.tolist()) == (120, [False, True] * 120)
    assert (found.probabilities.argmax(1) == true)[::2].mean() > 0.85
    assert found.log_loss < 0.8


@pytest.mark.parametrize(("target", "labels"), [(ONE_CLASS, np.array([0, -1, 1])), (MULTI_LABEL, None)])
def test_a_list_has_the_rows_that_its_type_is_about(tmp_path: Path, target: object, labels: Labels | None) -> None:
    several = labels is None
    given = np.array([[1, 0, 0], [-1, -1, -1], [0, 1, 1]], np.int8) if several else labels
    assert given is not None
    known = signals(given, np.array([[0.6, 0.3, 0.1]] * 3))
    found = {"label": wrong_labels(known), "unlabelled": find(known)}
    write_tier(tmp_path / "0", target, known, found, {})  # type: ignore[arg-type]
    table = pq.read_table(tmp_path / "0" / "issues.parquet").to_pylist()
    listed = [(row["issue_type"], row["example_id"], row["rank"]) for row in table]
    assert sorted(listed)[-1] == ("unlabelled", 101, 1)
    assert sorted(rank for kind, _, rank in listed if kind == "label") == [1, 2]
