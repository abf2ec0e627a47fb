"""Labels that people have confirmed are right: for the share, the flags, the list and the model of the noise."""

from __future__ import annotations

import numpy as np
import pytest

from core.issues.label.find import find, find_label_issues
from core.issues.label.share import with_known
from core.issues.signals import Signals
from core.records import Estimate
from tests.unit.issues.label.test_label import planted


def reviewed(rows: int) -> tuple[Signals, np.ndarray, np.ndarray]:
    """The worst rows corrected: what is known then, which labels are still wrong, which were looked at."""
    signals, wrong = planted()
    worst = np.argsort(find_label_issues(signals).score)[:rows]
    true = np.asarray(signals.probabilities).argmax(1)
    known = np.zeros(len(wrong), bool)
    known[worst] = True
    labels = signals.labels.copy()
    labels[known & wrong] = true[known & wrong]
    still = wrong & ~known
    after = Signals.of(labels, signals.probabilities, signals.judged, known=known, before=signals.labels)
    return after, still, known


def test_a_share_over_rows_of_which_some_are_known_to_be_right_counts_these() -> None:
    share = with_known(Estimate(0.2, 0.1, 0.4), 30, 10)
    assert (share.estimate, share.low, share.high) == pytest.approx((0.15, 0.075, 0.3))
    assert with_known(Estimate(0.2, 0.1, 0.4), 0, 10) == Estimate(0.0, 0.0, 0.0)


def test_the_share_after_a_review_is_of_what_it_has_left() -> None:
    signals, still, _ = reviewed(200)
    found = find_label_issues(signals)
    assert found.share_wrong.low <= still.mean() <= found.share_wrong.high
    assert abs(found.share_wrong.estimate - still.mean()) < 0.015


def test_classes_shares_count_confirmed_rows_and_add_up_to_the_whole() -> None:
    signals, *_ = reviewed(200)
    found = find_label_issues(signals)
    support = np.bincount(signals.labels)
    whole = float((found.class_shares.estimates * support).sum() / support.sum())
    assert whole == pytest.approx(found.share_wrong.estimate, abs=1e-6)


def test_confirmed_rows_are_settled_and_the_others_are_flagged_by_what_is_left() -> None:
    signals, still, known = reviewed(200)
    found = find_label_issues(signals)
    assert found.settled is not None and (found.settled == known).all()
    asked = found.is_issue & ~known
    assert asked[still].mean() > 0.85 and still[asked].mean() > 0.85


def test_where_everything_was_looked_at_nothing_is_wrong() -> None:
    signals, *_ = reviewed(4_000)
    found = find_label_issues(signals)
    assert (found.share_wrong.estimate, found.share_wrong.high) == (0.0, 0.0)
    assert found.untold is None
    assert not (found.is_issue & ~signals.known).any()


def test_a_scan_says_how_many_labels_people_have_confirmed() -> None:
    signals, *_ = reviewed(200)
    assert "200 rows with a label that people have confirmed" in find_label_issues(signals).notes[0]


def test_what_nobody_has_looked_at_is_found_as_before() -> None:
    signals, _ = planted()
    found = find_label_issues(signals)
    assert found.settled is None
    unseen = Signals.of(
        signals.labels,
        signals.probabilities,
        signals.judged,
        known=np.zeros(len(signals.labels), bool),
        before=signals.labels,
    )
    assert (find_label_issues(unseen).score == found.score).all()


def test_how_often_a_class_is_given_wrongly_is_learnt_from_the_labels_before_they_were_corrected() -> None:
    """Annotators who say class 0 of everything that they do not know: after half of it is corrected, the other half
    is still as suspicious."""
    generator = np.random.default_rng(0)
    true = generator.integers(3, size=3_000)
    before = np.where((true > 0) & (generator.random(3_000) < 0.2), 0, true)
    noisy = 3.0 * np.eye(3)[before] + 2.0 * np.eye(3)[true] + generator.standard_normal((3_000, 3))
    probabilities = np.exp(noisy) / np.exp(noisy).sum(1, keepdims=True)
    known = (before == 0) & (generator.random(3_000) < 0.8)
    labels = np.where(known, true, before)
    judged, still = np.ones(3_000, bool), (labels != true) & ~known
    with_before = find_label_issues(Signals.of(labels, probabilities, judged, known=known, before=before))
    without = find_label_issues(Signals.of(labels, probabilities, judged, known=known))
    assert with_before.score[still].mean() < without.score[still].mean()


def test_sets_of_classes_that_people_have_confirmed_are_settled_too() -> None:
    generator = np.random.default_rng(1)
    true = (generator.random((600, 3)) < 0.4).astype(np.int8)
    wrong = generator.random(600) < 0.1
    given = true.copy()
    given[wrong, 0] = 1 - given[wrong, 0]
    logits = 5.0 * (true - 0.5) + generator.standard_normal(true.shape)
    probabilities = (1 / (1 + np.exp(-logits))).astype(np.float32)
    known = np.arange(600) < 300
    labels = np.where(known[:, None], true, given).astype(np.int8)
    from core.duplicates.neighbourhood import Neighbourhood

    others = {
        "neighbours": Neighbourhood(generator.standard_normal((600, 4)).astype(np.float32)),
        "example_ids": np.arange(600),
        "classes": ("a", "b", "c"),
    }
    signals = Signals.of(labels, probabilities, np.ones(600, bool), known=known, before=given, **others)
    signals.settings = {}
    found = find(signals)
    assert found.settled is not None and (found.settled == known).all()
    still = (wrong & ~known).mean()
    assert found.summary["share_wrong"]["low"] <= still <= found.summary["share_wrong"]["high"]
