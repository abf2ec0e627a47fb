import numpy as np
import pytest

from core.issues.label.flags import count_to_flag, flag_curve, wrong_rows
from core.issues.label.share import SeenErrors
from core.records import Estimate

POSTERIOR = np.r_[np.full(10, 0.01), np.full(10, 0.5), np.full(80, 0.99)]


def _seen(disagree: int, remaining: Estimate) -> SeenErrors:
    """A hundred rows, all as sure as each other."""
    return SeenErrors(np.arange(100) < disagree, np.full(100, disagree / 100), remaining)


def test_the_rows_are_as_often_wrong_as_the_share_says() -> None:
    seen = _seen(20, Estimate(0.1, 0.05, 0.15))
    wrong = wrong_rows(POSTERIOR, seen)
    assert wrong.likely.mean() == pytest.approx(seen.share.estimate)
    assert wrong.least.mean() == pytest.approx(seen.share.low)
    assert wrong.most.mean() == pytest.approx(seen.share.high)
    assert (np.diff(wrong.likely) <= 1e-12).all()


def test_as_many_are_flagged_as_give_the_best_f1_to_be_expected() -> None:
    wrong = wrong_rows(POSTERIOR, _seen(15, Estimate(0.15, 0.1, 0.2)))
    f1 = [2 * wrong.likely[:length].sum() / (length + wrong.likely.sum()) for length in range(1, 101)]
    assert count_to_flag(wrong, np.arange(100)) == int(np.argmax(f1)) + 1 == 20


def test_nothing_is_flagged_where_not_one_label_is_expected_to_be_wrong() -> None:
    assert count_to_flag(wrong_rows(POSTERIOR, _seen(0, Estimate(0.0, 0.0, 0.01))), np.arange(100)) == 0


def test_the_curve_counts_what_the_worst_rows_hold() -> None:
    wrong = wrong_rows(POSTERIOR, _seen(15, Estimate(0.15, 0.1, 0.2)))
    curve = flag_curve(wrong, np.arange(100), 17)
    at = curve.lengths.tolist().index(17)
    assert curve.wrong[at] == pytest.approx(wrong.likely[:17].sum())
    assert curve.low[at] < curve.wrong[at] < curve.high[at]
    assert curve.lengths[[0, -1]].tolist() == [1, 100]


def test_no_rows_make_no_curve() -> None:
    empty = wrong_rows(np.empty(0), SeenErrors(np.empty(0, bool), np.empty(0), Estimate(0.0, 0.0, 1.0)))
    assert len(flag_curve(empty, np.empty(0, np.int64), 0).lengths) == 0
    assert count_to_flag(empty, np.empty(0, np.int64)) == 0
