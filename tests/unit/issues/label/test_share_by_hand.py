"""Shares, curves and disagreement worked out by hand, and what holds of them whatever the rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.issues.label.confident import calibrated_joint, class_thresholds, confident_classes, row_facts
from core.issues.label.disagreement import fit_disagreement
from core.issues.label.flags import WrongRows, as_probable, count_to_flag, flag_curve, wrong_rows
from core.issues.label.share import SeenErrors, no_better_than_chance, seen_errors, shares_of_classes, why_untold
from core.issues.signals import Signals
from core.records import Estimate

SHARES = st.floats(0, 1)
RIGHT = st.lists(SHARES, min_size=1, max_size=60).map(np.array)


def _seen(disagrees: list[bool], expected: list[float], remaining: Estimate) -> SeenErrors:
    return SeenErrors(np.array(disagrees), np.array(expected), remaining)


def test_what_is_wrong_lies_between_what_remains_and_one_label_in_three() -> None:
    """Expected .1, .2, .4, .6 of four rows; errors level off between .05 and 1/3: at .05 + part · .28333, that is
    .07833, .135, .19167, .24833, .305. Of each the mean of the least of it and what is expected, e. g. at .135
    (.1 + 3 · .135) / 4."""
    seen = _seen([False, True, False, True], [0.1, 0.2, 0.4, 0.6], Estimate(0.05, 0.01, 0.09))
    assert seen.shares == pytest.approx([0.07833, 0.12625, 0.16875, 0.19917, 0.2275], abs=1e-4)
    assert seen.share.estimate == pytest.approx(0.16)
    assert seen.share.low == 0.01
    assert 0.6024 < seen.share.high < 0.8059, "Clopper and Pearson's tables have these for none and for one of four"
    quarter = _seen([False] * 4, [0.25] * 4, Estimate(0.25, 0.25, 0.25))
    assert quarter.share.estimate == 0.25
    assert quarter.share.high == pytest.approx(0.8059, abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.floats(1e-6, 1)), max_size=40), st.lists(SHARES, min_size=3, max_size=3))
def test_a_share_lies_within_its_ends_and_errors_are_no_more_than_disagreement(
    rows: list[tuple[bool, float]], ends: list[float]
) -> None:
    low, estimate, high = sorted(ends)
    seen = _seen([one for one, _ in rows], [two for _, two in rows], Estimate(estimate, low, high))
    assert 0 <= seen.share.low <= seen.share.estimate <= seen.share.high <= 1
    assert list(seen.shares) == sorted(seen.shares)
    less, more = seen.fault_of_labels(low), seen.fault_of_labels(high)
    assert ((less >= 0) & (less <= more) & (more <= seen.disagrees)).all()
    if rows:
        assert seen.shares[-1] <= np.mean([two for _, two in rows]) + 1e-12


def test_the_shares_of_classes_are_the_share_of_the_whole_and_a_class_without_rows_has_none() -> None:
    """Class 0 has three rows, 1 one, 2 none. The ends: of a rate of .975 one row shows nothing once in forty; less than
    one row of three is none."""
    seen = _seen([True, True, False, False], [0.5, 0.5, 0.1, 0.1], Estimate(0.1, 0.05, 0.2))
    likely = np.array([0.6, 0.3, 0.0, 0.1])
    found = shares_of_classes(np.array([0, 0, 0, 1]), likely, seen, 3)
    assert found.estimates[:2] == pytest.approx([0.3, 0.1])
    assert (found.estimates[:2] * [3, 1]).sum() / 4 == pytest.approx(likely.mean())
    assert found.low[:2].tolist() == [0, 0]
    assert found.high[1] == pytest.approx(0.975)
    assert found.high[0] > 0.3
    assert np.isnan([found.estimates[2], found.low[2], found.high[2]]).all()


def test_a_class_in_which_all_disagree_may_be_wrong_altogether() -> None:
    seen = _seen([True] * 5, [0.2] * 5, Estimate(0.2, 0.2, 0.2))
    found = shares_of_classes(np.zeros(5, np.int64), np.full(5, 0.9), seen, 1)
    assert found.high[0] == 1
    assert found.low[0] == pytest.approx(0.025 ** (1 / 5)), "all of five: the end is the fifth root of .025"


def test_why_nothing_can_be_told() -> None:
    labels, probabilities = np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]])
    seen = _seen([False, False], [0.1, 0.1], Estimate(0.0, 0.0, 0.01))
    nobody = Signals.of(labels, probabilities, np.zeros(2, bool))
    assert why_untold(nobody, seen, True) == "No class has enough distinct rows for a model to judge it."
    both = Signals.of(labels, probabilities, np.ones(2, bool))
    assert "no better than chance" in (why_untold(both, seen, True) or "")
    assert "disagrees with 0% of the labels, and from 2 rows" in (why_untold(both, seen, False) or "")
    many = SeenErrors(np.arange(1000) < 100, np.full(1000, 0.1), Estimate(0.08, 0.06, 0.1))
    assert why_untold(both, many, False) is None


def test_a_model_is_better_than_chance_where_it_favours_the_given_labels() -> None:
    """Half of the labels are 0, so a drawn label has probability .5 whatever the row. Given ones have .6 with no
    spread: better. All .5: no better. Those of .6 and .4 alike: no better either."""
    labels, all_rows = np.array([0, 1] * 10), np.ones(20, bool)

    def chance(own: np.ndarray, judged: np.ndarray = all_rows) -> bool:
        probabilities = np.where(labels[:, None] == [0, 1], own[:, None], 1 - own[:, None])
        signals = Signals.of(labels, probabilities, judged)
        return no_better_than_chance(signals, row_facts(labels, probabilities))

    assert not chance(np.full(20, 0.6))
    assert chance(np.full(20, 0.5))
    assert chance(np.repeat([0.6, 0.4], 10))
    assert chance(np.full(20, 0.4)), "worse than chance"
    assert not chance(np.repeat([0.4, 0.6], 10), np.arange(20) >= 10), "of rows that are judged alone"
    assert not chance(np.full(20, 0.5), ~all_rows), "nothing is said of no rows"


def test_only_judged_rows_are_seen() -> None:
    labels, probabilities = np.array([0, 0, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    signals = Signals.of(labels, probabilities, np.array([True, True, False]))
    assert seen_errors(signals, row_facts(labels, probabilities)).disagrees.tolist() == [False, True]
    nothing = seen_errors(Signals.of(labels, probabilities, np.zeros(3, bool)), row_facts(labels, probabilities))
    assert nothing.share == Estimate(0.0, 0.0, 1.0)


@settings(max_examples=80, deadline=None)
@given(RIGHT, SHARES)
def test_spread_over_the_rows_a_share_stays_the_share_and_worse_rows_get_no_less(
    right: np.ndarray, share: float
) -> None:
    wrong = wrong_rows(right, _seen([True] * len(right), [1.0] * len(right), Estimate(share, share, share)))
    for spread in (*wrong.scenarios, wrong.least, wrong.most):
        assert ((spread >= 0) & (spread <= 1)).all()
        assert (np.diff(spread[np.argsort(right)]) <= 1e-12).all()
    assert wrong.least.mean() == pytest.approx(share, abs=0.02)
    assert wrong.most.mean() >= wrong.least.mean() - 1e-9


@settings(max_examples=80, deadline=None)
@given(RIGHT)
def test_the_list_has_the_length_of_the_best_f1_that_can_be_expected(right: np.ndarray) -> None:
    """One scenario, as it is: expected F1 of a list is twice what it holds, by its length and all that is wrong."""
    wrong = as_probable(right, Estimate(float(1 - right.mean()), 0.0, 1.0))
    worst_first = np.argsort(right, kind="stable")
    held = [(1 - right)[worst_first[:length]].sum() for length in range(1, len(right) + 1)]
    count = count_to_flag(wrong, worst_first)
    if (1 - right).sum() < 0.5:
        assert count == 0
        return
    f1 = [2 * here / (length + (1 - right).sum()) for length, here in enumerate(held, 1)]
    assert f1[count - 1] == pytest.approx(max(f1))
    assert (1 - right)[worst_first[:count]].min() >= max(f1) / 2 - 1e-9, "no row that lowers it is taken"


def test_how_many_to_flag_worked_out_by_hand() -> None:
    """Wrong with .9, .8, .3, .1, in all 2.1. F1: 1.8 / 3.1 = .58, 3.4 / 4.1 = .83, 4 / 5.1 = .78, 4.2 / 6.1 = .69."""
    wrong = WrongRows(np.array([[0.3, 0.9, 0.1, 0.8]]), np.zeros(4), np.ones(4))
    assert count_to_flag(wrong, np.array([1, 3, 0, 2])) == 2
    curve = flag_curve(wrong, np.array([1, 3, 0, 2]), 2)
    assert curve.lengths.tolist() == [1, 2, 3, 4]
    assert curve.wrong == pytest.approx([0.9, 1.7, 2.0, 2.1])
    assert (curve.low.tolist(), curve.high.tolist()) == ([0, 0, 0, 0], [1, 2, 3, 4])


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5000), st.data())
def test_a_curve_ends_at_the_last_row_and_has_the_lengths_that_people_think_in(rows: int, data: st.DataObject) -> None:
    flagged = data.draw(st.integers(0, rows))
    right = np.random.default_rng(rows).random(rows)
    curve = flag_curve(as_probable(right, Estimate(0.5, 0.4, 0.6)), np.argsort(right), flagged)
    assert curve.lengths[0] == 1 and curve.lengths[-1] == rows and (np.diff(curve.lengths) > 0).all()
    assert {one for one in (10, 20, 50, 100, flagged) if 0 < one <= rows} <= set(curve.lengths.tolist())
    for held in (curve.wrong, curve.low, curve.high):
        assert (np.diff(held) >= -1e-9).all() and (held <= curve.lengths + 1e-9).all()
    assert ((curve.low <= curve.wrong) & (curve.wrong <= curve.high)).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300), SHARES)
@example(5155, 237, 0.5546875)  # an end of the interval once lay elsewhere where the rows came in another order
def test_disagreement_of_any_rows_falls_with_sureness_and_what_remains_is_bracketed(
    seed: int, rows: int, share: float
) -> None:
    generator = np.random.default_rng(seed)
    disagrees, confidence = generator.random(rows) < share, generator.uniform(0.3, 1, rows)
    found = fit_disagreement(disagrees, confidence)
    assert 0 <= found.remaining.low <= found.remaining.estimate <= found.remaining.high <= 1
    assert ((found.expected >= 0) & (found.expected <= 1)).all()
    assert (np.diff(found.expected[np.argsort(confidence)]) <= 1e-12).all()
    order = generator.permutation(rows)
    other = fit_disagreement(disagrees[order], confidence[order])
    assert np.array_equal(other.expected, found.expected[order])
    assert other.remaining == found.remaining


def test_a_model_that_always_disagrees_however_sure_leaves_nearly_all() -> None:
    found = fit_disagreement(np.ones(400, bool), np.linspace(0.5, 0.99, 400))
    assert found.remaining.estimate == pytest.approx(0.9), "the most that is compared"
    assert found.expected.min() > 0.95


def test_the_confident_joint_worked_out_by_hand() -> None:
    """Thresholds .7 = (.9 + .8 + .4) / 3 and .75 = (.9 + .6) / 2. Rows 0 and 1 are confident of 0, row 2, given 0, of
    nothing (.4 and .6), row 3 of 1, row 4 of nothing. Counted: 2 of 0 as 0, 1 of 1 as 1; brought to the supports, 3
    and 2."""
    labels = np.array([0, 0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.1, 0.9], [0.4, 0.6]])
    thresholds = class_thresholds(labels, row_facts(labels, probabilities).own, 2)
    assert thresholds == pytest.approx([0.7, 0.75])
    confident = confident_classes(probabilities, thresholds)
    assert confident.tolist() == [0, 0, -1, 1, -1]
    signals = Signals.of(labels, probabilities, np.ones(5, bool))
    assert calibrated_joint(signals, confident) == pytest.approx(np.diag([3, 2]))
    row_two_of_one = np.array([0, 0, 1, 1, -1])
    # Counted 2 and 1 of the three of class 0; of the two of class 1 one, which stands for both.
    assert calibrated_joint(signals, row_two_of_one) == pytest.approx(np.array([[2, 1], [0, 2]]))
    unjudged = Signals.of(labels, probabilities, np.array([True, True, False, True, True]))
    assert calibrated_joint(unjudged, row_two_of_one) == pytest.approx(np.diag([3, 2])), "row 2 is not counted"


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 40))
def test_a_calibrated_joint_has_all_rows_and_those_of_each_class(seed: int, classes: int, rows: int) -> None:
    generator = np.random.default_rng(seed)
    labels, confident = generator.integers(classes, size=rows), generator.integers(-1, classes, rows)
    probabilities = generator.dirichlet(np.ones(classes), rows)
    joint = calibrated_joint(Signals.of(labels, probabilities, generator.random(rows) < 0.8), confident)
    assert joint.shape == (classes, classes) and (joint >= 0).all()
    assert np.isclose(joint.sum(), rows, atol=1)
    assert np.allclose(joint.sum(1), np.bincount(labels, minlength=classes), atol=0.51)
