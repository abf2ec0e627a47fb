"""What runs beside the pages is found by name and ends with its workspace."""

from __future__ import annotations

import threading
import time

import pytest

from core.beside import Beside
from core.services.context import open_context
from core.settings import Workspace


def test_whoever_asks_for_a_name_gets_what_the_first_one_got() -> None:
    one, other = Beside(), Beside()
    assert one.answers("curves") is one.answers("curves")
    assert one.answers("curves") is not one.answers("rows")
    assert one.answers("curves") is not other.answers("curves")
    with one.turn("record"):
        assert not one.turn("record").acquire(blocking=False)
        assert one.turn("collect").acquire(blocking=False)


def test_what_is_kept_belongs_to_one_workspace_and_ends_once_after_the_work_that_uses_it() -> None:
    one, other = Beside(), Beside()
    ended: list[object] = []
    own = one.kept("words", list, ended.append)
    assert one.kept("words", list, ended.append) is own
    assert one.kept("figures", list) is not own and other.kept("words", list) is not own

    def work() -> None:
        while not one.leaving:
            time.sleep(0.01)
        ended.append("work")

    one.start("load-1", work)
    one.close()
    one.close()
    assert ended == ["work", own]


def test_work_is_waited_for_by_its_name_but_not_by_itself() -> None:
    beside, let_go, done = Beside(), threading.Event(), []

    def work() -> None:
        beside.join("load-1")
        let_go.wait()
        done.append(1)

    beside.start("load-1", work)
    beside.join("load-2")
    assert done == []
    let_go.set()
    beside.join("load-1")
    assert done == [1]


def test_closing_a_workspace_tells_work_to_stop_and_waits_for_it(workspace: Workspace) -> None:
    context = open_context(workspace)
    seen: list[object] = []

    def work() -> None:
        while not context.beside.leaving:
            time.sleep(0.01)
        seen.append(context.store.fetch_one("SELECT 1"))

    context.beside.start("load-1", work)
    assert context.beside.answers("sums").ask(1, "Adding", lambda report: 2, 5) == 2
    context.close()
    assert seen == [(1,)]
    with pytest.raises(RuntimeError):
        context.beside.answers("sums").ask(2, "Adding", lambda report: 3, 5)


def test_work_that_does_not_stop_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.beside.LEAVE_SECONDS", 0.05)
    beside, let_go = Beside(), threading.Event()
    for number in range(20):
        beside.start(f"load-{number}", lambda: let_go.wait() and None)
    begun = time.monotonic()
    beside.close()
    assert time.monotonic() - begun < 1
    let_go.set()
    for number in range(20):
        beside.join(f"load-{number}")
