"""What the next reviews find: moved by verdicts, and covered by its interval."""

import numpy as np
import pytest

from core.review.budget import Kept, Verdict, review_budget

CURVE: list[Kept] = [
    (20, 18.0, 12.0, 20.0),
    (100, 58.0, 30.0, 80.0),
    (200, 68.0, 35.0, 110.0),
    (1000, 76.0, 38.0, 150.0),
]
"""Nine of ten are wrong at first, then every second, every tenth, every hundredth."""


def _first_hundred(first: int, then: int) -> list[Verdict]:
    """So many wrong labels in the first stretch, of 20 rows, and in the second one, of 80."""
    return [(rank, rank <= first if rank <= 20 else rank - 20 <= then) for rank in range(1, 101)]


def test_before_any_verdict_it_says_what_the_scan_says() -> None:
    found = review_budget(CURVE, [])
    assert (found.judged, found.found) == (0, 0)
    assert found.following.found.estimate == pytest.approx(58, rel=0.1)
    assert found.following.found.low < 45 < 65 < found.following.found.high
    assert found.stop.rows == found.place == 200  # one label in ten is wrong up to there


def test_as_many_are_expected_as_the_scan_says_also_where_it_is_most_unsure_upwards() -> None:
    unsure: list[Kept] = [(rows, wrong, 0.0, min(rows, 6 * wrong)) for rows, wrong, _, _ in CURVE]
    assert review_budget(unsure, []).left.estimate == pytest.approx(76, rel=0.15)


def test_verdicts_move_what_is_expected_of_the_rows_behind_them() -> None:
    as_said, fewer = (review_budget(CURVE, _first_hundred(*found)) for found in ((18, 40), (14, 16)))
    assert fewer.following.found.estimate < 0.7 * as_said.following.found.estimate  # the odds are a quarter
    assert fewer.left.estimate < 0.8 * as_said.left.estimate
    assert (as_said.stop.rows, fewer.stop.rows) == (100, 0)
    assert as_said.following.found.high - as_said.following.found.low < 40  # 60 and more before


def test_a_head_of_the_list_without_any_wrong_label_says_stop() -> None:
    found = review_budget(CURVE, [(rank, False) for rank in range(1, 31)])
    assert found.stop.rows == 0
    assert found.following.found.estimate < 10  # the scan had expected about forty


def test_rows_that_were_looked_at_are_not_counted_again() -> None:
    unsure: list[Verdict] = [(rank, None) for rank in range(1, 21)]
    found = review_budget(CURVE, unsure, following=80)
    assert found.judged == 0
    assert found.following.found.estimate == pytest.approx(40, rel=0.1)
    everything = review_budget(CURVE, [(rank, False) for rank in range(1, 1001)])
    assert everything.following.rows == 0
    assert everything.left.estimate == 0


def test_a_row_beyond_the_list_changes_nothing() -> None:
    assert review_budget(CURVE, [(1001, True)]) == review_budget(CURVE, [])


def test_the_points_rise_and_lie_within_their_interval() -> None:
    points = review_budget(CURVE, _first_hundred(9, 20)).points
    found = np.array([(one.rows, one.found.low, one.found.estimate, one.found.high) for one in points])
    assert (np.diff(found[:, 0]) > 0).all()
    assert (np.diff(found[:, 2]) >= 0).all()
    assert (np.diff(found[:, 1:], axis=1) >= 0).all()


def test_where_the_scan_is_wrong_by_a_factor_the_interval_covers_after_some_verdicts() -> None:
    """The truth has half or twice as many wrong labels as the scan says; rows are reviewed in the list's order."""
    chances = np.repeat([18 / 20, 40 / 80, 10 / 100, 8 / 800], [20, 80, 100, 800])
    generator, inside = np.random.default_rng(0), []
    for factor in (0.5, 1.0, 2.0):
        odds = factor * chances / np.maximum(1 - chances, 1e-9)
        for _ in range(30):
            wrong = generator.random(1000) < odds / (1 + odds)
            found = review_budget(CURVE, [(rank + 1, bool(wrong[rank])) for rank in range(50)]).following.found
            inside.append(found.low <= wrong[50:150].sum() <= found.high)
    assert np.mean(inside) >= 0.9
