"""Answers are worked out once, beside the page, and an error is not kept."""

from __future__ import annotations

import threading

import pytest

from core.beside.answers import KEPT, Answers, Pending
from core.progress import Report, watched


def test_a_quick_answer_is_there_at_once_and_worked_out_once() -> None:
    answers, calls = Answers(), []

    def work(report: Report) -> int:
        calls.append(1)
        return 7

    assert [answers.ask("k", "Counting", work, None) for _ in range(3)] == [7, 7, 7]
    assert len(calls) == 1


def test_a_slow_answer_is_pending_with_its_progress_until_it_is_there() -> None:
    answers, told, let_go = Answers(), threading.Event(), threading.Event()

    def work(report: Report) -> str:
        report(1, 4)
        told.set()
        let_go.wait(10)
        return "done"

    answers.ask("k", "Measuring", work, 0)
    assert told.wait(10)
    pending = answers.ask("k", "Measuring", work, 0)
    assert isinstance(pending, Pending)
    assert (pending.what, pending.progress.fraction) == ("Measuring", 0.25)
    let_go.set()
    assert answers.ask("k", "Measuring", work, None) == "done"


def test_an_error_is_raised_to_who_asks_and_the_next_one_tries_again() -> None:
    answers = Answers()

    def fails(report: Report) -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        answers.ask("k", "Counting", fails, None)
    assert answers.ask("k", "Counting", lambda report: 1, None) == 1


def test_work_that_times_out_by_itself_is_an_error_not_a_wait() -> None:
    def fails(report: Report) -> int:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        Answers().ask("k", "Counting", fails, 5)


def test_the_answers_asked_for_least_recently_are_let_go() -> None:
    answers, calls = Answers(), []
    for key in range(KEPT + 5):
        answers.ask(key, "", lambda report: 1, None)
    answers.ask(0, "", lambda report: calls.append(1), None)
    answers.ask(KEPT + 4, "", lambda report: calls.append(2), None)
    assert calls == [1]


def test_slow_work_holds_up_no_other_as_long_as_a_thread_is_free() -> None:
    answers, let_go = Answers(threads=2), threading.Event()
    answers.ask("slow", "Asking the hub", lambda report: let_go.wait(10), 0)
    assert answers.ask("quick", "Storing", lambda report: 7, 5) == 7
    let_go.set()


def test_work_under_one_key_is_done_one_after_the_other_even_if_it_was_let_go_meanwhile() -> None:
    answers, let_go, order = Answers(threads=2), threading.Event(), []

    def first(report: Report) -> None:
        let_go.wait(10)
        order.append("first")

    answers.ask("k", "", first, 0)
    answers.forget("k")
    answers.ask("k", "", lambda report: order.append("second"), 0.05)
    let_go.set()
    answers.ask("k", "", lambda report: order.append("third"), None)
    assert order == ["first", "second"]


def test_who_waits_to_the_end_may_be_interrupted_and_the_work_goes_on() -> None:
    answers, let_go, ended = Answers(), threading.Event(), threading.Event()

    def work(report: Report) -> None:
        let_go.wait(10)
        ended.set()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with watched(interrupt), pytest.raises(KeyboardInterrupt):
        answers.ask("k", "Counting", work, None)
    assert not ended.is_set()
    let_go.set()
    assert ended.wait(10)
