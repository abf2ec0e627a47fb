"""Work that is done once, whoever asks."""

from __future__ import annotations

from threading import Event

import pytest

from core.ui.background import MAX_KEPT, Room


def test_the_same_key_is_worked_on_once() -> None:
    room, calls = Room(), []
    answers = [room.ask("key", lambda: calls.append(1) or len(calls)).result(5) for _ in range(3)]
    assert answers == [1, 1, 1]


def test_what_was_forgotten_is_done_anew() -> None:
    room, calls = Room(), []
    for _ in range(2):
        room.ask("key", lambda: calls.append(1)).result(5)
        room.forget("key")
    assert len(calls) == 2


def test_asking_does_not_wait() -> None:
    room, release = Room(), Event()
    future = room.ask("slow", lambda: release.wait(10))
    assert not future.done()
    release.set()
    assert future.result(5)


def test_the_oldest_answers_are_dropped() -> None:
    room = Room()
    for number in range(MAX_KEPT + 5):
        room.ask(number, lambda: None).result(5)
    assert room.ask(MAX_KEPT + 4, lambda: pytest.fail("kept, so it must not run")).result(5) is None
    assert room.ask(0, lambda: "again").result(5) == "again"
