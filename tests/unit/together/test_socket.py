"""Commands over the socket of an open workspace, here in one process: who may come, what is left, what crosses."""

from __future__ import annotations

import socket
import stat
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.context import Context
from core.errors import NotFoundError, SourceError, TypeMisfitError, WinnowError, WorkspaceLockedError
from core.progress import look_up
from core.services.context import open_context
from core.settings import Workspace
from core.together import client
from core.together.address import connect, listen
from core.together.answer import Answer
from core.together.caller import Caller, called_by, caller
from core.together.client import DefectError, _Conversation
from core.together.server import MOST, serve
from tests.integration.job_support import wait_until


class Said:
    """What a command says to whoever called it."""

    def __init__(self) -> None:
        self.out, self.err = b"", ""

    def write(self, said: bytes | str) -> None:
        if isinstance(said, bytes):
            self.out += said
        else:
            self.err += said

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return True


def asked(context: Context, said: Said | None = None, **options: Any) -> Answer | None:
    """What a client in this process gets from the server in this process."""
    connection, said = connect(context.workspace), said or Said()
    assert connection is not None
    with connection, called_by(Caller("grace", Path("/there"), said, said, out_is_terminal=True, json=True)):
        return _Conversation(connection).ask("word", options)


def serving(context: Context, run: Callable[[Mapping[str, Any]], Answer | None]) -> None:
    serve(context, lambda _, name, options: run(options) if name == "word" else None)


def test_a_command_knows_who_asks_and_its_answer_and_what_it_writes_come_back(context: Context) -> None:
    def run(options: Mapping[str, Any]) -> Answer:
        asking = caller()
        asking.out.write(b"\x00\xff")
        asking.err.write("half\n")
        about = [asking.user, asking.folder, asking.json, asking.out_is_terminal, asking.err.isatty()]
        return Answer({"about": about, "options": dict(options), "third": 1 / 3}, "ü", failed=True)

    serving(context, run)
    said = Said()
    answer = asked(context, said, path=Path("/a"), several=("b", 2), none=None)
    assert answer is not None
    assert answer.data["about"] == ["grace", "/there", True, True, True]
    assert answer.data["options"] == {"path": "/a", "several": ["b", 2], "none": None}
    assert (answer.data["third"], answer.text, answer.failed) == (1 / 3, "ü", True)
    assert (said.out, said.err) == (b"\x00\xff", "half\n")


@pytest.mark.parametrize(
    ("raised", "kind"), [(NotFoundError("No.", "Yes."), NotFoundError), (TypeMisfitError(("a",)), SourceError)]
)
def test_an_error_is_raised_as_the_kind_that_it_is(context: Context, raised: WinnowError, kind: type) -> None:
    def run(options: Mapping[str, Any]) -> Answer:
        raise raised

    serving(context, run)
    with pytest.raises(kind) as caught:
        asked(context)
    assert str(caught.value) == str(raised)


def test_a_defect_comes_with_its_trace(context: Context) -> None:
    serving(context, lambda options: Answer(1 // len(options), ""))
    with pytest.raises(DefectError, match=r"(?s)Traceback.*ZeroDivisionError"):
        asked(context)


def test_an_interrupt_of_the_command_is_one_of_the_client(context: Context) -> None:
    def run(options: Mapping[str, Any]) -> Answer:
        raise KeyboardInterrupt

    serving(context, run)
    with pytest.raises(KeyboardInterrupt):
        asked(context)


def test_only_the_user_can_come_in_and_nothing_is_left_at_the_end(workspace: Workspace) -> None:
    with closing(open_context(workspace)) as context:
        serving(context, lambda options: None)
        folder, file = workspace.socket, workspace.socket / "commands"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == []
    assert connect(workspace) is None


def test_a_socket_that_a_killed_process_left_is_replaced(workspace: Workspace, context: Context) -> None:
    listen(workspace).close()
    assert (workspace.socket / "commands").exists()
    assert connect(workspace) is None
    serving(context, lambda options: Answer(1, ""))
    assert asked(context) == Answer(1, "")


def test_a_path_longer_than_a_socket_may_have_does(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / ("long" * 40) / ("longer" * 30)).create()
    with closing(open_context(workspace)) as context:
        serving(context, lambda options: Answer(2, ""))
        assert asked(context) == Answer(2, "")


def test_where_there_can_be_no_socket_the_workspace_opens_without(
    workspace: Workspace, context: Context, caplog: pytest.LogCaptureFixture
) -> None:
    workspace.socket.write_text("in the way")
    serving(context, lambda options: None)
    assert "cannot use the workspace while it is open here" in caplog.text
    assert connect(workspace) is None


def test_a_client_that_goes_away_interrupts_what_waits_once(context: Context) -> None:
    waiting, seen = threading.Event(), []

    def run(options: Mapping[str, Any]) -> Answer:
        try:
            while True:
                waiting.set()
                look_up()
                time.sleep(0.01)
        except KeyboardInterrupt:
            look_up()
            caller().err.write("to nobody")
            seen.append("once")
            raise

    serving(context, run)
    connection = connect(context.workspace)
    assert connection is not None
    threading.Thread(target=_left_by, args=(connection, waiting)).start()
    with called_by(Caller("grace", Path("/"), Said(), Said())), pytest.raises(WinnowError):
        _Conversation(connection).ask("word", {})
    wait_until(lambda: seen == ["once"], "the interrupt")


def _left_by(connection: socket.socket, waiting: threading.Event) -> None:
    assert waiting.wait(10)
    connection.shutdown(socket.SHUT_RDWR)


def test_closing_the_workspace_ends_a_wait_without_an_interrupt(workspace: Workspace) -> None:
    waiting, ended = threading.Event(), []

    def run(options: Mapping[str, Any]) -> Answer:
        try:
            while True:
                waiting.set()
                look_up()
                time.sleep(0.01)
        except BaseException as error:
            ended.append(type(error))
            raise

    context = open_context(workspace)
    serving(context, run)
    closer = threading.Thread(target=lambda: waiting.wait(10) and context.close())
    closer.start()
    with pytest.raises(WinnowError, match="was closed while this command ran"):
        asked(context)
    closer.join()
    assert ended == [WinnowError]


def test_more_commands_than_there_are_places_for_wait_for_one(context: Context) -> None:
    running, most, lock = [0], [0], threading.Lock()

    def run(options: Mapping[str, Any]) -> Answer:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1
        return Answer(options["number"], "")

    serving(context, run)
    answers: list[Answer | None] = []
    threads = [
        threading.Thread(target=lambda number=number: answers.append(asked(context, number=number)))
        for number in range(MOST + 20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answer.data for answer in answers if answer) == list(range(MOST + 20))
    assert most[0] <= MOST


def test_who_asks_in_this_process_is_its_own_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    assert (caller().user, caller().folder) == ("ada", Path.cwd())


def test_a_call_within_a_call_on_the_same_workspace_is_told_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_SECONDS", 0.1)

    def within(context: Context) -> Answer | None:
        return client.asked(workspace, "none", {}, lambda again: Answer(None, "never"))

    with pytest.raises(WorkspaceLockedError, match="another call of this process"):
        client.asked(workspace, "none", {}, within)


def test_calls_on_other_workspaces_do_not_wait(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")

    def within(context: Context) -> Answer | None:
        return client.asked(other, "none", {}, lambda found: Answer(str(found.workspace.root), ""))

    answer = client.asked(workspace, "none", {}, within)
    assert answer is not None and answer.data == str(other.root)
