"""What a scan takes down of wrong labels: numbers worked out by hand, and a summary that adds up with the rows."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.duplicates.neighbourhood import Neighbourhood
from core.issues.evidence import as_json
from core.issues.label import TYPE
from core.issues.label.find import find
from core.issues.label.finding import ClassShares, Curve, Finding
from core.issues.label.tables import evidence_of, number, numbers, summary_of
from core.issues.signals import Signals
from core.records import Estimate
from tests.unit.issues.label.test_properties import noisy

NAN = float("nan")
SIGNALS = Signals.of(
    np.array([0, 0, 1, 0]),
    np.array([[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.3, 0.6, 0.1], [0.25, 0.25, 0.5]]),
    np.ones(4, bool),
    classes=("a", "b", "c"),
    example_ids=np.array([10, 20, 30, 40]),
    neighbours=Neighbourhood(np.array([[1, 0], [0, 1], [0.1, 1], [1, 0.2]], np.float32)),
)
FINDING = Finding(
    score=np.array([0.9, 0.1, 0.8, 0.2]),
    is_issue=np.array([False, True, False, True]),
    suggested=np.array([0, 1, 1, 2]),
    thresholds=np.array([0.45, 0.6, NAN]),
    class_shares=ClassShares(np.array([0.51, 0.0, NAN]), np.array([0.1, 0.0, NAN]), np.array([0.9, 0.8, NAN])),
    joint=(np.array([0, 0, 0, 1]), np.array([0, 1, 2, 1]), np.array([1.4567, 0.8, 0.7433, 1.0])),
    share_wrong=Estimate(0.38333333, 0.05, 0.75),
    untold=None,
    curve=Curve(np.array([1, 2]), np.array([0.888, 1.6]), np.array([0.1, 0.2]), np.array([1.0, 1.999])),
)


def test_evidence_sets_both_labels_of_a_row_against_their_own_classes() -> None:
    told = [json.loads(text) for text in as_json(evidence_of(FINDING, SIGNALS)).to_pylist()]
    found = [[one.get(name) for name in ("given_probability", "suggested_probability")] for one in told]
    assert np.allclose(found, [[0.9, 0.9], [0.2, 0.7], [0.6, 0.6], [0.25, 0.5]])
    usual = [[one.get(name) for name in ("given_threshold", "suggested_threshold")] for one in told]
    assert np.allclose(usual[1], [0.45, 0.6]) and np.allclose(usual[2], [0.6, 0.6])
    assert usual[3] == [pytest.approx(0.45), None], "class c has no rows that say what is usual"
    assert [one["neighbours"][0] for one in told] == [40, 30, 20, 10], "the nearest first, by its id"


def test_a_summary_counts_rows_and_flags_of_each_class_and_leaves_out_what_is_not_known() -> None:
    summary = summary_of(FINDING, SIGNALS)
    a, b, c = summary["classes"]
    assert a == {
        "label": "a", "support": 3, "flagged": 2, "noise": 0.51, "noise_low": 0.1, "noise_high": 0.9, "threshold": 0.45,
    }  # fmt: skip
    assert (b["support"], b["flagged"], b["noise"]) == (1, 0, 0.0)
    assert (c["support"], c["flagged"], c["noise"], c["noise_low"], c["threshold"]) == (0, 0, None, None, None)
    assert summary["joint"] == [["a", "a", 1.46], ["a", "b", 0.8], ["a", "c", 0.74], ["b", "b", 1.0]]
    assert summary["share_wrong"] == {"estimate": 0.383333, "low": 0.05, "high": 0.75}
    assert summary["curve"] == [[1, 0.89, 0.1, 1.0], [2, 1.6, 0.2, 2.0]]
    json.dumps(summary, allow_nan=False)


def test_what_is_not_a_number_is_null_and_nothing_else_is() -> None:
    assert numbers(np.array([0.5, NAN, 0.0])).to_pylist() == [0.5, None, 0.0]
    assert (number(NAN), number(0.0), number(1 / 3)) == (None, 0.0, 0.333333)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("flag_by", ["winnow", "both"])
def test_the_summary_adds_up_with_the_rows(seed: int, flag_by: str) -> None:
    made = noisy(seed, rows=400)
    rows = len(made.labels)
    about = {"classes": ("a", "b", "c", "none"), "example_ids": np.arange(rows) + 7}
    near = Neighbourhood(np.random.default_rng(seed).standard_normal((rows, 4)).astype(np.float32))
    wider = np.c_[made.probabilities, np.zeros(rows)]
    signals = Signals.of(made.labels, wider, made.judged, **about, neighbours=near)
    signals.settings = {"flag_by": flag_by}
    found = find(signals)
    classes, summary = found.summary["classes"], found.summary
    assert [one["label"] for one in classes] == list(about["classes"])
    assert sum(one["support"] for one in classes) == rows
    assert sum(one["flagged"] for one in classes) == found.is_issue.sum() > 0
    joint = np.zeros((4, 4))
    for given, true, count in summary["joint"]:
        joint[about["classes"].index(given), about["classes"].index(true)] = count
    assert np.allclose(joint.sum(1), [one["support"] for one in classes], atol=0.05)
    assert (joint >= 0).all() and not joint[3].any(), "no row carries the class without rows"
    estimate, judged = summary["share_wrong"]["estimate"], made.judged.sum()
    assert joint.sum() - joint.trace() == pytest.approx(estimate * judged, abs=0.1)
    length, wrong, low, high = summary["curve"][-1]
    assert length == judged and wrong == pytest.approx(estimate * judged, abs=0.05)
    assert low == pytest.approx(summary["share_wrong"]["low"] * judged, abs=0.05)
    assert high == pytest.approx(summary["share_wrong"]["high"] * judged, abs=0.05)
    proof = TYPE.read(json.loads(as_json(found.evidence)[0].as_py()))
    assert found.suggestion is not None
    assert proof.suggested_probability == pytest.approx(wider[0, found.suggestion[0]], abs=1e-6)
    json.dumps(summary, allow_nan=False)
