"""Runs a command: by itself where the workspace is free, else by the process that holds it."""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from core import errors
from core.context import Context
from core.errors import WinnowError, WorkspaceLockedError
from core.reading.wire import receive, send
from core.release import release
from core.services.context import open_context
from core.settings import Workspace
from core.together.address import connect, peer
from core.together.answer import Answer
from core.together.caller import caller

PATIENCE_SECONDS = 5.0
"""How long a workspace is waited for that a process holds which takes no commands: another command, mostly."""
_LOOK_SECONDS = 0.1
_HEARD_SECONDS = 2.0
"""How long the server has to say that it has heard Ctrl-C where the command waits; else nothing there can be ended."""
_INTERRUPT = b"\x03"
_LOOKED_AT = threading.Lock()
_ALONE: dict[Path, threading.Lock] = {}
"""Workspace → whoever has opened it in this process: DuckDB would let it in a second time, as a store of its own. Not
on the context, since it is asked before there is one."""
_AHEAD = 64
"""Messages that the server may be ahead of who reads them."""


class _NotTakenError(Exception):
    """The holder gave the workspace up before it took the command: it has done nothing."""


class DefectError(Exception):
    """What the server raised and nobody expected; its message is the whole traceback there."""


def asked(
    workspace: Workspace, name: str, options: Mapping[str, Any], run: Callable[[Context], Answer | None]
) -> Answer | None:
    """What the command of that name answers; None where it has written to the caller's standard output by itself.

    `run` is the command with its options, for where the workspace is free. Raises what the command raises wherever it
    runs, KeyboardInterrupt where Ctrl-C ended it, and `WorkspaceLockedError` where the workspace stays held by a
    process that takes no commands.
    """
    while True:
        with _way_in(workspace) as way, suppress(_NotTakenError):
            return run(way) if isinstance(way, Context) else _Conversation(way).ask(name, options)


def asked_of_holder(workspace: Workspace, name: str, options: Mapping[str, Any]) -> Answer | None:
    """What the process that has the workspace open answers; None where there is none that takes commands. Nothing is
    opened here, so that it serves whoever must not. Raises what the command raises there."""
    if connection := connect(workspace):
        with connection, suppress(_NotTakenError):
            return _Conversation(connection).ask(name, options)
    return None


@contextmanager
def _way_in(workspace: Workspace) -> Iterator[Context | socket.socket]:
    deadline: float | None = None
    while True:
        with _alone(workspace):
            try:
                context = open_context(workspace)
            except WorkspaceLockedError as error:
                held = error
            else:
                with closing(context):
                    yield context
                return
        if connection := connect(workspace):
            with connection:
                yield connection
            return
        if deadline is None:
            deadline = time.monotonic() + PATIENCE_SECONDS
            caller().err.write(f"{held.message} Waiting …\n")
        elif time.monotonic() > deadline:
            raise held
        time.sleep(_LOOK_SECONDS)


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Keeps the other threads of this process out. Raises WorkspaceLockedError where one of them stays in."""
    with _LOOKED_AT:
        turn = _ALONE.setdefault(workspace.root.resolve(), threading.Lock())
    if not turn.acquire(timeout=PATIENCE_SECONDS):
        raise WorkspaceLockedError(
            f"The workspace {workspace.root} is in use by another call of this process.",
            "Wait until that has ended, or open the app: many calls go side by side through it.",
        )
    try:
        yield
    finally:
        turn.release()


class _Conversation:
    """One command over one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._holder = peer(connection)
        self._messages: queue.Queue[Mapping[str, Any] | None] = queue.Queue(_AHEAD)
        self._left = threading.Event()
        self._taken = False

    def ask(self, name: str, options: Mapping[str, Any]) -> Answer | None:
        asking = caller()
        request = {
            "release": release(),
            "name": name,
            "options": {key: _plain(value) for key, value in options.items()},
            "user": asking.user,
            "folder": str(asking.folder),
            "json": asking.json,
            "out_is_terminal": asking.out_is_terminal,
            "err_is_terminal": asking.err.isatty(),
        }
        with suppress(BrokenPipeError, ConnectionResetError):
            send(self._connection, request)
        # By a thread, since Ctrl-C would tear a message that this one is in the middle of.
        threading.Thread(target=self._receive, name="command", daemon=True).start()
        try:
            return _ended(self._last())
        finally:
            self._left.set()
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)  # that thread keeps it open, and the server has to know

    def _last(self) -> Mapping[str, Any]:
        """The message that says how the command ended, after all that it wrote was passed on."""
        leave_at: float | None = None
        while True:
            try:
                message = self._messages.get(timeout=leave_at and max(0.0, leave_at - time.monotonic()))
                if message is None and leave_at is not None and not self._taken:
                    raise KeyboardInterrupt
                if message is None:
                    raise self._lost() if self._taken else _NotTakenError
                if "taken" in message:
                    self._taken = True
                elif "heard" in message:
                    leave_at = None
                elif "err" in message or "out" in message:
                    self._pass_on(message)
                else:
                    return message
            except queue.Empty:
                raise KeyboardInterrupt from None
            except KeyboardInterrupt:
                if leave_at is not None:
                    raise
                leave_at = time.monotonic() + _HEARD_SECONDS
                with suppress(OSError):
                    self._connection.sendall(_INTERRUPT)

    def _receive(self) -> None:
        message: Mapping[str, Any] | None = {}
        while message is not None:
            try:
                message = receive(self._connection)
            except OSError:
                message = None
            self._put(message)

    def _put(self, message: Mapping[str, Any] | None) -> None:
        """Waits for whoever reads, as the server then does, but not for one who left."""
        while not self._left.is_set():
            with suppress(queue.Full):
                self._messages.put(message, timeout=_LOOK_SECONDS)
                return

    @staticmethod
    def _pass_on(message: Mapping[str, Any]) -> None:
        if "out" in message:
            caller().out.write(message["out"])
            caller().out.flush()
        else:
            caller().err.write(message["err"])
            caller().err.flush()

    def _lost(self) -> WinnowError:
        return WinnowError(
            f"Process {self._holder}, which has the workspace open, ended while this command ran.",
            "What it had said was saved is there. A scan or a fine-tune that it had started goes on, a load of a table "
            "ended with it: `jobs` says which. Look there, then run the command again.",
        )


def _plain(value: Any) -> Any:
    """What an option was given as; the server reads it as this process did."""
    return (
        [_plain(one) for one in value] if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value
    )


def _ended(message: Mapping[str, Any]) -> Answer | None:
    """What the last message says. Raises what the command raised."""
    if "stopped" in message:
        raise KeyboardInterrupt
    if "defect" in message:
        raise DefectError(message["defect"])
    if "error" in message:
        raise _kind(message["error"])(*message["said"])
    if message["answer"] is None:
        return None
    data, text, failed = message["answer"]
    return Answer(json.loads(data), text, failed)


def _kind(names: list[str]) -> type[WinnowError]:
    """The nearest kind of error that is made of a message and a hint."""
    made = {WinnowError.__name__: WinnowError} | {
        name: kind
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, WinnowError) and "__init__" not in vars(kind)
    }
    return next(made[name] for name in names if name in made)
