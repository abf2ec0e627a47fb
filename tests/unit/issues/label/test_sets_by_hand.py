"""Wrong labels of several classes worked out by hand, and what holds of them whatever the rows."""

from __future__ import annotations

import json

import numpy as np
import pytest
from cleanlab.multilabel_classification import get_label_quality_scores
from hypothesis import given, settings
from hypothesis import strategies as st

from core.duplicates.neighbourhood import Neighbourhood
from core.issues.evidence import as_json
from core.issues.label.sets import (
    cleanlab_quality,
    doubted_classes,
    find,
    right_classes,
    row_facts,
    usual_probabilities,
)
from core.issues.signals import Signals

LABELS = np.array([[1, 0], [0, 0], [1, 1]], np.int8)
PROBABILITIES = np.array([[0.9, 0.2], [0.5, 0.1], [0.6, 0.7]])


def noisy(seed: int, rows: int = 120, classes: int = 3, judged: float = 0.9) -> Signals:
    """A fair model of classes that are independent of each other; one answer of twelve is wrong."""
    generator = np.random.default_rng(seed)
    true = (generator.random((rows, classes)) < 0.4).astype(np.int8)
    probabilities = 1 / (1 + np.exp(-(6.0 * true - 3 + generator.standard_normal((rows, classes)))))
    given = np.where(generator.random((rows, classes)) < 1 / 12, 1 - true, true).astype(np.int8)
    near = Neighbourhood(generator.standard_normal((rows, 4)).astype(np.float32))
    names = tuple(f"class {one}" for one in range(classes))
    about = {"classes": names, "example_ids": np.arange(rows) + 50, "neighbours": near}
    return Signals.of(given, probabilities, generator.random(rows) < judged, **about)


def test_the_facts_of_a_row_worked_out_by_hand() -> None:
    """A class applies from .5 on, so the second row's most probable label is the first class, which is not given. Sure
    by .9 · .8, .5 · .9 and .6 · .7. The classes are given to 2/3 and 1/3: drawn ones are right by
    (.9 · 2/3 + .1 · 1/3 + .2 · 1/3 + .8 · 2/3) / 2 = .61667 in the first row, given ones by (.9 + .8) / 2 = .85."""
    facts = row_facts(LABELS, PROBABILITIES)
    assert facts.disagrees.tolist() == [False, True, False]
    assert facts.sure == pytest.approx([0.72, 0.45, 0.42])
    # Second: (.5 + .9) / 2 less (.5 + .1 / 3 + .6) / 2; third: (.6 + .7) / 2 less (.4 + .4 / 3 + .7 / 3 + .2) / 2.
    assert facts.gain == pytest.approx([0.85 - 0.61667, 0.7 - 0.56667, 0.65 - 0.48333], abs=1e-4)


def test_what_is_usual_of_a_class_is_its_mean_where_it_is_given_and_judged() -> None:
    signals = Signals.of(LABELS, PROBABILITIES, np.ones(3, bool))
    assert usual_probabilities(signals) == pytest.approx([0.75, 0.7])
    two = Signals.of(LABELS, PROBABILITIES, np.array([True, True, False]))
    assert usual_probabilities(two)[0] == pytest.approx(0.9)
    assert np.isnan(usual_probabilities(two)[1])


def test_of_a_flagged_row_a_class_is_in_doubt_however_right_it_seems() -> None:
    right = np.array([[0.9, 0.6], [0.4, 0.45], [0.5, 0.8]], np.float32)
    found = doubted_classes(right, np.array([True, False, False]))
    assert found.tolist() == [[False, True], [True, True], [False, False]]
    assert not doubted_classes(right, np.zeros(3, bool))[0].any()


@settings(max_examples=4, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.sampled_from([1, 2, 40, 120]))
def test_what_is_found_adds_up_however_few_rows_there_are(seed: int, rows: int) -> None:
    made = noisy(seed)
    near = Neighbourhood(np.eye(rows, 4, dtype=np.float32))
    about = {"classes": made.classes, "example_ids": made.example_ids[:rows], "neighbours": near}
    signals = Signals.of(made.labels[:rows], made.probabilities[:rows], made.judged[:rows], **about)
    found = find(signals)
    assert ((found.score >= 0) & (found.score <= 1)).all()
    assert not found.is_issue[~signals.judged].any()
    worst = np.sort(found.score[signals.judged])[: found.is_issue.sum()]
    assert np.array_equal(np.sort(found.score[found.is_issue]), worst)
    classes, suggested = found.summary["classes"], found.suggestion
    assert suggested is not None
    assert [one["support"] for one in classes] == (signals.labels > 0).sum(0).tolist()
    changed = (suggested != signals.labels) & (suggested >= 0).all(1)[:, None]
    assert changed[found.is_issue].any(1).all()
    missing, extra = (sum(one[side] for one in classes) for side in ("missing", "extra"))
    assert missing + extra == changed[found.is_issue].sum()
    assert all(one["extra"] <= one["flagged"] <= one["support"] for one in classes)
    share = found.summary["share_wrong"]
    assert share["estimate"] is None or 0 <= share["low"] <= share["estimate"] <= share["high"] <= 1
    told = [json.loads(text) for text in as_json(found.evidence).to_pylist()]
    named = [len(one.get("missing", ())) + len(one.get("extra", ())) for one in told]
    assert named == changed.sum(1).tolist(), "whoever is suggested another label is told which classes"
    json.dumps(dict(found.summary), allow_nan=False)


@settings(max_examples=2, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_each_class_is_judged_by_itself_in_whatever_order_and_both_ways_round(seed: int) -> None:
    """To have a class, and to have what lacks it, are the same question."""
    signals, generator = noisy(seed), np.random.default_rng(seed)
    rows, classes = generator.permutation(120), generator.permutation(3)
    right = right_classes(signals)
    assert ((right >= 0) & (right <= 1)).all()
    labels, probabilities, judged = signals.labels, signals.probabilities, signals.judged
    moved = Signals.of(labels[rows][:, classes], probabilities[rows][:, classes], judged[rows])
    assert np.allclose(right_classes(moved), right[rows][:, classes], atol=0.01)
    turned = Signals.of(1 - labels[:, :1], 1 - probabilities[:, :1], judged)
    assert np.allclose(right_classes(turned)[:, 0], right[:, 0], atol=0.01)


@pytest.mark.parametrize("side", [0, 1])
def test_a_class_that_all_rows_have_or_none_is_taken_at_its_probability(side: int) -> None:
    made = noisy(0, rows=40)
    labels = made.labels.copy()
    labels[:, 1] = side
    right = right_classes(Signals.of(labels, made.probabilities, made.judged))
    assert right[:, 1] == pytest.approx(np.abs(1 - side - made.probabilities[:, 1]), abs=1e-6)
    labels[np.flatnonzero(~made.judged)[0], 1] = 1 - side
    again = right_classes(Signals.of(labels, made.probabilities, made.judged))
    kept = made.judged
    assert (again[kept, 1] == right[kept, 1]).all(), "one that no model has seen the like of tells nothing of noise"


def test_the_more_probable_it_is_what_a_label_lacks_the_worse_its_quality() -> None:
    signals = noisy(2, rows=60, classes=2)
    row = int(np.flatnonzero((signals.labels[:, 0] == 0) & signals.judged)[0])
    quality = []
    for probability in (0.05, 0.5, 0.95):
        probabilities = signals.probabilities.copy()
        probabilities[row, 0] = probability
        quality.append(right_classes(Signals.of(signals.labels, probabilities, signals.judged))[row].prod())
    assert quality[0] > quality[1] > quality[2]


def test_in_chunks_and_in_single_precision_the_quality_is_cleanlabs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signals = noisy(3, rows=30)
    lists = [np.flatnonzero(row).tolist() for row in signals.labels]
    theirs = get_label_quality_scores(lists, signals.probabilities)
    monkeypatch.setattr("core.issues.label.confident.CELLS", 3 * 7)
    assert np.allclose(cleanlab_quality(signals.labels, signals.probabilities), theirs)
    assert np.allclose(cleanlab_quality(signals.labels, signals.probabilities.astype(np.float32)), theirs, atol=1e-5)
    usual, facts = usual_probabilities(signals), row_facts(signals.labels, signals.probabilities)
    monkeypatch.undo()
    whole = row_facts(signals.labels, signals.probabilities)
    assert np.allclose(usual, usual_probabilities(signals))
    assert np.allclose(facts.gain, whole.gain) and np.allclose(facts.sure, whole.sure)
