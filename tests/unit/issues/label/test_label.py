from pathlib import Path

import numpy as np
import pytest
from cleanlab.filter import find_label_issues as cleanlab_find

from core.errors import UsageError
from core.issues.label import CLEANLAB_FILTERS
from core.issues.label.find import find_label_issues
from core.issues.signals import Signals
from tests.unit.issues.label.test_confident import random_signals


def planted(rows: int = 4_000, classes: int = 5, share: float = 0.1) -> tuple[Signals, np.ndarray]:
    """Probabilities of a good model and labels of which a share is wrong."""
    generator = np.random.default_rng(0)
    true = generator.integers(classes, size=rows)
    logits = 4.0 * np.eye(classes)[true] + generator.standard_normal((rows, classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    wrong = generator.random(rows) < share
    given = np.where(wrong, (true + generator.integers(1, classes, rows)) % classes, true)
    mixed = (1 - share) * probabilities + share / (classes - 1) * (1 - probabilities)
    return Signals.of(given, mixed / mixed.sum(1, keepdims=True), np.ones(rows, bool)), wrong


@pytest.mark.data
@pytest.mark.parametrize(("name", "flagged"), [("mnist", 15), ("cifar10", 284), ("20news", 95)])
def test_published_probabilities_give_cleanlabs_flags_exactly(shared_data: Path, name: str, flagged: int) -> None:
    folder = shared_data / "label_errors"
    probabilities = np.load(folder / f"{name}_pyx.npy", allow_pickle=False)
    labels = np.load(folder / f"{name}_labels.npy", allow_pickle=False).astype(np.int64)
    found = find_label_issues(Signals.of(labels, probabilities, np.ones(len(labels), bool)), "prune_by_noise_rate")
    assert int(found.is_issue.sum()) == flagged
    assert (found.is_issue == cleanlab_find(labels, probabilities)).all()


@pytest.mark.parametrize("flag_by", CLEANLAB_FILTERS)
def test_a_cleanlab_filter_flags_what_cleanlab_flags_and_scores_by_its_own_score(flag_by: str) -> None:
    signals = random_signals(0)
    found = find_label_issues(signals, flag_by)
    assert (found.is_issue == cleanlab_find(signals.labels, signals.probabilities, filter_by=flag_by)).all()
    assert np.allclose(found.score, signals.probabilities[np.arange(300), signals.labels])


def test_planted_errors_are_flagged_and_suggested_back() -> None:
    signals, wrong = planted()
    found = find_label_issues(signals)
    assert found.is_issue[wrong].mean() > 0.9
    assert wrong[found.is_issue].mean() > 0.9
    assert (found.suggested[found.is_issue] != signals.labels[found.is_issue]).all()
    assert found.score[found.is_issue].max() <= found.score[~found.is_issue].min()


def test_the_share_of_wrong_labels_lies_within_its_interval() -> None:
    for share in (0.02, 0.1, 0.2):
        signals, wrong = planted(share=share)
        found = find_label_issues(signals)
        assert found.untold is None
        assert found.share_wrong.low <= wrong.mean() <= found.share_wrong.high
        assert abs(found.share_wrong.estimate - wrong.mean()) < 0.02


def test_noise_per_class_the_joint_and_the_headline_agree_with_each_other() -> None:
    signals, _ = planted()
    found = find_label_issues(signals)
    given, true, rows = found.joint
    supports, shares = np.bincount(signals.labels), found.class_shares.estimates
    assert np.isclose(rows.sum(), len(signals.labels), atol=0.2)
    off = np.bincount(given[given != true], rows[given != true], 5) / supports
    assert np.allclose(off, shares, atol=1e-3)
    assert np.isclose((shares * supports).sum() / supports.sum(), found.share_wrong.estimate)
    assert np.allclose(shares, 0.1, atol=0.03)


def test_the_noise_of_each_class_lies_within_its_interval_and_a_clean_class_may_have_none() -> None:
    signals, wrong = planted()
    few = np.isin(signals.labels, (2, 4)) & wrong
    put_right = np.where(wrong & ~few, signals.probabilities.argmax(1), signals.labels)
    for labels, errors in ((signals.labels, wrong), (put_right, few)):
        found = find_label_issues(Signals.of(labels, signals.probabilities, signals.judged)).class_shares
        true = np.bincount(labels, errors, 5) / np.bincount(labels)
        assert (found.low <= true).all()
        assert (true <= found.high).all()
        assert (found.high - found.low < 0.08).all()


def test_the_curve_says_what_the_worst_rows_hold() -> None:
    signals, wrong = planted()
    found = find_label_issues(signals)
    held = np.cumsum(wrong[np.argsort(found.score, kind="stable")])
    curve = found.curve
    assert {10, 20, 50, 100, int(found.is_issue.sum())} <= set(curve.lengths.tolist())
    assert curve.lengths[-1] == len(wrong)
    assert np.isclose(curve.wrong[-1] / len(wrong), found.share_wrong.estimate)
    assert (curve.low <= curve.wrong).all()
    assert (curve.wrong <= curve.high).all()
    there = held[curve.lengths - 1]
    assert (np.abs(curve.wrong - there) <= 0.25 * there + 3).all()


def test_the_flags_are_nearly_the_best_list_that_there_is() -> None:
    for share in (0.02, 0.1, 0.2):
        signals, wrong = planted(share=share)
        found = find_label_issues(signals)
        held, lengths = np.cumsum(wrong[np.argsort(found.score, kind="stable")]), np.arange(1, len(wrong) + 1)
        f1 = 2 * held / (lengths + wrong.sum())
        assert f1[found.is_issue.sum() - 1] > 0.9 * f1.max()


def test_probabilities_that_know_nothing_tell_no_share_and_no_noise() -> None:
    generator = np.random.default_rng(0)
    labels = generator.integers(3, size=600)
    found = find_label_issues(Signals.of(labels, generator.dirichlet([3, 3, 3], 600), np.ones(600, bool)))
    assert "no better than chance" in (found.untold or "")
    assert np.isnan(found.class_shares.estimates).all()
    assert (found.share_wrong.low, found.share_wrong.high) == (0, 1) and np.isnan(found.share_wrong.estimate)
    assert not found.is_issue.any() and len(found.curve.lengths) == 0 and len(found.joint[0]) == 0


def test_a_weak_model_on_few_rows_cannot_tell_and_says_what_would_help() -> None:
    found = find_label_issues(random_signals(0, rows=60))
    assert "from 60 rows" in (found.untold or "")
    assert "More rows" in (found.untold or "")


def test_rows_that_no_model_can_judge_are_never_flagged() -> None:
    signals, wrong = planted()
    judged = np.ones(len(wrong), bool)
    judged[np.flatnonzero(wrong)[:20]] = False
    found = find_label_issues(Signals.of(signals.labels, signals.probabilities, judged))
    assert not found.is_issue[~judged].any()
    assert found.is_issue[judged & wrong].mean() > 0.9


def test_a_class_without_rows_has_neither_threshold_nor_noise() -> None:
    signals, _ = planted()
    wider = np.c_[signals.probabilities, np.zeros(len(signals.labels))]
    found = find_label_issues(Signals.of(signals.labels, wider, signals.judged))
    assert np.isnan(found.thresholds[5])
    assert np.isnan(found.class_shares.estimates[5])
    assert np.isfinite(found.thresholds[:5]).all()


def test_a_dataset_too_large_for_a_filter_is_flagged_in_batches_and_says_so(monkeypatch) -> None:
    monkeypatch.setattr("core.issues.label.find.FULL_FILTER_CELLS", 10)
    signals, wrong = planted()
    found = find_label_issues(signals, "low_self_confidence")
    assert found.is_issue[wrong].mean() > 0.8
    assert "batched" in found.notes[0]


def test_too_many_classes_for_a_matrix_are_said(monkeypatch) -> None:
    monkeypatch.setattr("core.issues.label.find.MAX_JOINT_CLASSES", 4)
    found = find_label_issues(planted()[0])
    assert "With 5 classes" in found.notes[0]
    assert len(found.joint[0]) == 0


def test_another_way_to_flag_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"Cannot flag by 'best'\. Choose one of: winnow, prune_by_noise_rate"):
        find_label_issues(planted()[0], "best")
