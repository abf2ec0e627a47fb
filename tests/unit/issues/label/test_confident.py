import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from hypothesis import given, settings
from hypothesis import strategies as st

from core.issues.label.confident import calibrated_joint, class_thresholds, confident_classes, row_facts
from core.issues.signals import Signals


def random_signals(seed: int, rows: int = 300, classes: int = 4) -> Signals:
    generator = np.random.default_rng(seed)
    labels = np.r_[np.arange(classes), generator.integers(classes, size=rows - classes)]
    logits = 2.0 * np.eye(classes)[labels] + 1.5 * generator.standard_normal((rows, classes))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return Signals.of(labels, probabilities, np.ones(rows, bool))


def _thresholds(signals: Signals) -> np.ndarray:
    own = row_facts(signals.labels, signals.probabilities).own
    return class_thresholds(signals.labels, own, signals.probabilities.shape[1])


def test_thresholds_are_cleanlabs() -> None:
    signals = random_signals(0)
    assert np.allclose(_thresholds(signals), get_confident_thresholds(signals.labels, signals.probabilities))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_joint_is_cleanlabs_wherever_no_row_is_confident_of_several_classes(seed: int) -> None:
    signals = random_signals(seed)
    thresholds = _thresholds(signals)
    single = (signals.probabilities >= thresholds - 1e-6).sum(1) <= 1
    kept = Signals.of(signals.labels[single], signals.probabilities[single], np.ones(single.sum(), bool))
    if len(np.unique(kept.labels)) < 4:
        return
    ours = calibrated_joint(kept, confident_classes(kept.probabilities, thresholds))
    theirs = compute_confident_joint(kept.labels, kept.probabilities, thresholds=thresholds)
    assert np.allclose(ours, theirs)


def test_of_several_confident_classes_the_most_probable_confident_one_counts() -> None:
    """The most probable class of all, 0, does not reach its own threshold."""
    assert confident_classes(np.array([[0.5, 0.3, 0.2]]), np.array([0.9, 0.25, 0.15])).tolist() == [1]


def test_a_row_below_every_threshold_is_confident_of_nothing() -> None:
    assert confident_classes(np.array([[0.4, 0.6]]), np.array([0.9, np.nan])).tolist() == [-1]


def test_chunks_of_rows_change_nothing(monkeypatch) -> None:
    signals = random_signals(1)
    whole = row_facts(signals.labels, signals.probabilities)
    monkeypatch.setattr("core.issues.label.confident.CELLS", 4 * 7)
    parts = row_facts(signals.labels, signals.probabilities)
    assert (whole.other == parts.other).all()
    assert (whole.own == parts.own).all()


def test_the_best_other_class_is_never_the_given_one() -> None:
    signals = random_signals(2)
    facts = row_facts(signals.labels, signals.probabilities)
    assert (facts.other != signals.labels).all()
    assert np.allclose(facts.other_probability, signals.probabilities[np.arange(300), facts.other])
