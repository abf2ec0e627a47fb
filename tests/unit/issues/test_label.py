from pathlib import Path

import numpy as np
import pytest
from cleanlab.filter import find_label_issues as cleanlab_find

from core.errors import UsageError
from core.issues import ISSUE_TYPES, Signals, find_label_issues
from core.issues.label import CLEANLAB_FILTERS
from core.records import FIRST_ISSUE_TYPE
from tests.unit.issues.test_confident import random_signals


def planted(rows: int = 4_000, classes: int = 5, share: float = 0.1) -> tuple[Signals, np.ndarray]:
    """Probabilities of a good model and labels of which a share is wrong."""
    generator = np.random.default_rng(0)
    true = generator.integers(classes, size=rows)
    logits = 4.0 * np.eye(classes)[true] + generator.standard_normal((rows, classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    wrong = generator.random(rows) < share
    given = np.where(wrong, (true + generator.integers(1, classes, rows)) % classes, true)
    mixed = (1 - share) * probabilities + share / (classes - 1) * (1 - probabilities)
    return Signals(given, mixed / mixed.sum(1, keepdims=True), np.ones(rows, bool)), wrong


@pytest.mark.data
@pytest.mark.parametrize(("name", "flagged"), [("mnist", 15), ("cifar10", 284), ("20news", 95)])
def test_published_probabilities_give_cleanlabs_flags_exactly(shared_data: Path, name: str, flagged: int) -> None:
    folder = shared_data / "label_errors"
    probabilities = np.load(folder / f"{name}_pyx.npy", allow_pickle=False)
    labels = np.load(folder / f"{name}_labels.npy", allow_pickle=False).astype(np.int64)
    found = find_label_issues(Signals(labels, probabilities, np.ones(len(labels), bool)), "prune_by_noise_rate")
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
        estimated = find_label_issues(signals).share_wrong
        assert estimated.low <= wrong.mean() <= estimated.high
        assert abs(estimated.estimate - wrong.mean()) < 0.02


def test_noise_per_class_and_the_joint_agree_with_each_other() -> None:
    signals, _ = planted()
    found = find_label_issues(signals)
    given, true, rows = found.joint
    assert np.isclose(rows.sum(), len(signals.labels), atol=0.2)
    off = np.bincount(given[given != true], rows[given != true], 5) / np.bincount(signals.labels)
    assert np.allclose(off, found.noise, atol=1e-3)
    assert abs(found.noise.mean() - 0.1) < 0.03


def test_rows_that_no_model_can_judge_are_never_flagged() -> None:
    signals, wrong = planted()
    judged = np.ones(len(wrong), bool)
    judged[np.flatnonzero(wrong)[:20]] = False
    found = find_label_issues(Signals(signals.labels, signals.probabilities, judged))
    assert not found.is_issue[~judged].any()
    assert found.is_issue[judged & wrong].mean() > 0.9


def test_a_class_without_rows_has_neither_threshold_nor_noise() -> None:
    signals, _ = planted()
    wider = np.c_[signals.probabilities, np.zeros(len(signals.labels))]
    found = find_label_issues(Signals(signals.labels, wider, signals.judged))
    assert np.isnan(found.thresholds[5])
    assert np.isnan(found.noise[5])
    assert np.isfinite(found.thresholds[:5]).all()


def test_a_dataset_too_large_for_a_filter_is_flagged_in_batches_and_says_so(monkeypatch) -> None:
    monkeypatch.setattr("core.issues.label.FULL_FILTER_CELLS", 10)
    signals, wrong = planted()
    found = find_label_issues(signals, "low_self_confidence")
    assert found.is_issue[wrong].mean() > 0.8
    assert "batched" in found.notes[0]


def test_too_many_classes_for_a_matrix_are_said(monkeypatch) -> None:
    monkeypatch.setattr("core.issues.label.MAX_JOINT_CLASSES", 4)
    found = find_label_issues(planted()[0])
    assert "With 5 classes" in found.notes[0]
    assert np.isnan(found.noise).all()


def test_another_way_to_flag_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"Cannot flag by 'best'\. Choose one of: winnow, prune_by_noise_rate"):
        find_label_issues(planted()[0], "best")


def test_every_issue_type_is_in_the_registry() -> None:
    assert ISSUE_TYPES["label"] is find_label_issues


def test_the_type_that_is_listed_unless_asked_otherwise_is_the_first_of_the_registry() -> None:
    assert next(iter(ISSUE_TYPES)) == FIRST_ISSUE_TYPE
