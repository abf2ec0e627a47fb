"""Wrong labels of several classes: against cleanlab on the same probabilities, and what is said of them."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import pytest
from cleanlab.multilabel_classification import get_label_quality_scores
from cleanlab.multilabel_classification.filter import find_label_issues
from sklearn.metrics import average_precision_score, f1_score

from core.duplicates.neighbourhood import Neighbourhood
from core.heads.out_of_sample import out_of_sample_probabilities
from core.issues.contract import Found, Seen
from core.issues.evidence import as_json
from core.issues.label import TYPE
from core.issues.label.sets import find
from core.issues.signals import Signals

NAMES = ("corn", "grain", "oil", "ship", 'the "rest"', "wheat")


@dataclass(frozen=True, slots=True)
class Planted:
    """2,000 rows of six classes, some of which lack one of them or have one too many."""

    true: np.ndarray
    given: np.ndarray
    wrong: np.ndarray
    signals: Signals
    found: Found


def planted(share: float, noise: float, rows: int = 2_000) -> Planted:
    generator = np.random.default_rng(4)
    true = (generator.random((rows, 6)) < np.geomspace(0.05, 0.4, 6)).astype(np.int8)
    embeddings = true @ generator.standard_normal((6, 32)) + noise * generator.standard_normal((rows, 32))
    wrong, given = generator.random(rows) < share, true.copy()
    for row in np.flatnonzero(wrong):
        side = int(true[row].any() and generator.random() < 0.5)
        given[row, generator.choice(np.flatnonzero(true[row] == side))] = 1 - side
    near = embeddings.astype(np.float32)
    judged = out_of_sample_probabilities(near, given, np.arange(rows), 6, folds=5, seed=0)
    signals = Signals.of(
        given,
        judged.probabilities,
        judged.judged,
        classes=NAMES,
        example_ids=np.arange(rows) + 100,
        neighbours=Neighbourhood(near, lambda done, total: None, nullcontext),
    )
    return Planted(true, given, wrong, signals, find(signals))


@pytest.fixture(scope="module")
def usual() -> Planted:
    return planted(0.08, 1.5)


def _listed(labels: np.ndarray) -> list[list[int]]:
    return [np.flatnonzero(row).tolist() for row in labels]


@pytest.mark.parametrize(("share", "noise"), [(0.08, 1.5), (0.03, 1.0), (0.15, 2.0)])
def test_it_finds_planted_errors_at_least_as_well_as_cleanlab(share: float, noise: float) -> None:
    one = planted(share, noise)
    probabilities, lists = np.asarray(one.signals.probabilities), _listed(one.given)
    theirs = find_label_issues(lists, probabilities)
    quality = get_label_quality_scores(lists, probabilities)
    ours = one.found
    assert average_precision_score(one.wrong, -ours.score) >= average_precision_score(one.wrong, -quality) - 1e-9
    worst = np.argsort(ours.score)[: int(theirs.sum())]
    assert one.wrong[worst].mean() >= one.wrong[theirs].mean() - 0.005, "as many rows as cleanlab flags"
    assert one.wrong[ours.is_issue].mean() >= one.wrong[theirs].mean() - 0.005
    assert f1_score(one.wrong, ours.is_issue) >= f1_score(one.wrong, theirs) - 0.005


def test_flagged_rows_get_their_true_label_suggested(usual: Planted) -> None:
    hit = usual.found.is_issue & usual.wrong
    assert hit.sum() > 0.7 * usual.wrong.sum()
    assert usual.found.suggestion is not None
    assert (usual.found.suggestion == usual.true).all(1)[hit].mean() > 0.95
    assert (usual.found.suggestion != usual.given).any(1)[usual.found.is_issue].all(), "a flag says what to change"


def test_the_share_of_wrong_labels_is_covered_by_its_interval(usual: Planted) -> None:
    share = usual.found.summary["share_wrong"]
    assert share["low"] <= usual.wrong.mean() <= share["high"]
    assert share["estimate"] == pytest.approx(usual.wrong.mean(), abs=0.03)
    assert usual.found.summary["untold"] is None
    lengths = {length: wrong for length, wrong, _, _ in usual.found.summary["curve"]}
    flagged = int(usual.found.is_issue.sum())
    assert lengths[flagged] == pytest.approx(usual.wrong[usual.found.is_issue].sum(), rel=0.15)


def test_clean_labels_are_left_alone() -> None:
    assert planted(0.0, 1.0).found.is_issue.sum() <= 4


def test_labels_that_the_model_does_not_know_are_not_flagged() -> None:
    generator = np.random.default_rng(0)
    labels = (generator.random((300, 3)) < 0.3).astype(np.int8)
    near = generator.standard_normal((300, 4)).astype(np.float32)
    signals = Signals.of(
        labels,
        np.full((300, 3), 0.3, np.float32),
        np.ones(300, bool),
        classes=NAMES[:3],
        example_ids=np.arange(300),
        neighbours=Neighbourhood(near, lambda done, total: None, nullcontext),
    )
    found = find(signals)
    assert not found.is_issue.any()
    assert "no better than chance" in found.summary["untold"]
    assert found.summary["curve"] == []


def test_by_a_filter_of_cleanlab_score_and_flags_are_cleanlabs_own(usual: Planted) -> None:
    probabilities, lists = np.asarray(usual.signals.probabilities), _listed(usual.given)
    found = find(usual.signals, "both")
    assert np.allclose(found.score, get_label_quality_scores(lists, probabilities), atol=1e-6)
    assert (found.is_issue == find_label_issues(lists, probabilities, filter_by="both")).all()


def test_classes_are_counted_where_they_are_missing_and_where_they_are_too_much(usual: Planted) -> None:
    flagged, suggested = usual.found.is_issue, usual.found.suggestion
    assert suggested is not None
    for one, about in enumerate(usual.found.summary["classes"]):
        added = ((suggested[:, one] > usual.given[:, one]) & flagged).sum()
        removed = ((suggested[:, one] < usual.given[:, one]) & flagged).sum()
        assert (about["label"], about["missing"], about["extra"]) == (NAMES[one], added, removed)
        assert about["support"] == usual.given[:, one].sum()
        mean = np.asarray(usual.signals.probabilities)[usual.given[:, one] > 0, one].mean()
        assert about["threshold"] == pytest.approx(mean, abs=1e-4)


def test_the_evidence_names_the_classes_in_doubt(usual: Planted) -> None:
    said = [json.loads(text) for text in as_json(usual.found.evidence).to_pylist()]
    probabilities, suggested = np.asarray(usual.signals.probabilities), usual.found.suggestion
    assert suggested is not None
    for row in np.flatnonzero(usual.found.is_issue):
        proof = TYPE.read(said[row])
        assert set(proof.missing) == {NAMES[one] for one in np.flatnonzero(suggested[row] > usual.given[row])}
        assert set(proof.extra) == {NAMES[one] for one in np.flatnonzero(suggested[row] < usual.given[row])}
        for name, probability in zip(proof.missing, proof.missing_probabilities, strict=True):
            assert probability == pytest.approx(probabilities[row, NAMES.index(name)], abs=1e-3)
        assert len(proof.neighbours) == 5
        assert TYPE.say(proof, Seen("[]", None, ())).endswith(".")


def test_it_is_said_in_words() -> None:
    why = {"whole_probability": 0.02, "neighbours": [1]}
    why |= {"extra": ["wheat"], "extra_probabilities": [0.03], "extra_usual": [0.87]}
    why |= {"missing": ["corn"], "missing_probabilities": [0.96], "missing_usual": [None]}
    seen = Seen('["wheat"]', '["corn"]', ('["corn"]',))
    assert TYPE.say(TYPE.read(why), seen) == (
        "wheat is given but has probability 3\u00a0% (usual 87\u00a0%); corn is missing but has probability 96\u00a0%."
    )
    nothing = TYPE.read({"whole_probability": 0.83})
    assert TYPE.say(nothing, seen) == "No class is in doubt: the whole label has probability 83\u00a0%."
