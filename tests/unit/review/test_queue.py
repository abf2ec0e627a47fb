"""How many rows the browser holds ahead."""

from __future__ import annotations

from core.review.queue import DESK, GRID, MAX_CLAIMED, to_send, wanted


def test_an_empty_browser_gets_the_whole_queue() -> None:
    assert to_send(range(25), frozenset(), DESK, 0) == list(range(25))


def test_a_browser_with_enough_ahead_gets_nothing() -> None:
    assert to_send(range(25), frozenset(range(15)), DESK, 0) == []


def test_a_browser_that_runs_low_is_filled_up() -> None:
    assert to_send(range(25), frozenset(range(14)), DESK, 0) == list(range(14, 25))


def test_rows_passed_over_do_not_count_as_ahead() -> None:
    assert to_send(range(30), frozenset(range(19)), DESK, 5) == list(range(19, 30))


def test_at_the_end_of_the_queue_nothing_is_sent_again() -> None:
    assert to_send([3, 8], frozenset({3, 8}), DESK, 0) == []


def test_the_grid_is_kept_full() -> None:
    assert to_send(range(60), frozenset(range(59)), GRID, 0) == [59]


def test_rows_passed_over_stay_claimed_up_to_a_limit() -> None:
    assert wanted(DESK, 4) == 29
    assert wanted(DESK, 10_000) == MAX_CLAIMED
