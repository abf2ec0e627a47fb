"""Runs the commands of other processes beside the pages, each in a thread of its own.

A command's thread takes one request off its connection and sends what it has to say: standard output as bytes, standard
error as text, and in the end the answer or the error. What comes after the request is Ctrl-C, or the end of the client.
Knows no command: whoever starts it hands them over.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.context import Context
from core.errors import UsageError, WinnowError
from core.progress import watched
from core.reading.wire import receive, send
from core.release import release
from core.together.address import forget, listen, same_user
from core.together.answer import Answer
from core.together.caller import Caller, called_by

Run = Callable[[Context, str, Mapping[str, Any]], Answer | None]
"""Runs the command of that name with its options, as a shell's words say them or as they were parsed."""

MOST = 32
"""Commands at once; others wait until one is through."""
_LOOK_SECONDS = 0.2
_REQUEST_SECONDS = 10.0
"""How long a client has to say what it wants."""
_LOG = logging.getLogger("winnow")


def serve(context: Context, run: Run) -> None:
    """Takes commands for an open workspace until it is closed, in threads beside it. Where that cannot be, the log says
    so: the pages work without."""
    try:
        listener = listen(context.workspace)
    except OSError as error:
        _LOG.warning("Other programs cannot use the workspace while it is open here: %s", error)
        return
    context.beside.start("commands", lambda: _accept(context, listener, run))


def _accept(context: Context, listener: socket.socket, run: Run) -> None:
    places = threading.BoundedSemaphore(MOST)
    listener.settimeout(_LOOK_SECONDS)
    try:
        while not context.beside.leaving:
            if not places.acquire(timeout=_LOOK_SECONDS):
                continue
            try:
                connection, _ = listener.accept()
            except OSError as error:
                places.release()
                if not isinstance(error, TimeoutError):
                    time.sleep(_LOOK_SECONDS)  # there are no descriptors left for the moment
                continue
            context.beside.start("command", _taken(context, connection, run, places))
    finally:
        forget(context.workspace)
        listener.close()


def _taken(
    context: Context, connection: socket.socket, run: Run, places: threading.BoundedSemaphore
) -> Callable[[], None]:
    def work() -> None:
        try:
            with connection:
                if same_user(connection):
                    _Client(context, connection).answer(run)
        except OSError as error:
            _LOG.info("A command's client is gone: %s", error)
        finally:
            places.release()

    return work


class _Client:
    """The other end of one connection."""

    def __init__(self, context: Context, connection: socket.socket) -> None:
        self._context = context
        self._connection = connection
        self._gone = False

    def answer(self, run: Run) -> None:
        """Takes the request, runs the command and says how it ended. A client that is not told that it was taken asks
        anew."""
        self._connection.settimeout(_REQUEST_SECONDS)
        asked = receive(self._connection)
        self._connection.settimeout(None)
        if asked is not None and not self._context.beside.leaving:
            self._say({"taken": True})
            self._say(self._end(run, asked))

    def look(self) -> None:
        """Raises KeyboardInterrupt for each Ctrl-C of the client and once when it is gone, and WinnowError where the
        workspace is about to be closed, so that a job that is waited for goes on."""
        if self._context.beside.leaving:
            raise _closed()
        if self._gone:
            return
        try:
            said = self._connection.recv(64, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self._gone = not said
        self._say({"heard": True})
        raise KeyboardInterrupt

    def _end(self, run: Run, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """The last message."""
        try:
            if asked["release"] != release():
                raise UsageError(
                    f"The app that has the workspace open is Winnow {release()}; this is {asked['release']}.",
                    "Start the app again, or use its own release.",
                )
            caller = Caller(
                user=asked["user"],
                folder=Path(asked["folder"]),
                out=_Out(self._connection),
                err=_Err(self._say, asked["err_is_terminal"]),
                out_is_terminal=asked["out_is_terminal"],
                json=asked["json"],
            )
            with called_by(caller), watched(self.look):
                self.look()  # whoever left or pressed Ctrl-C while a place was waited for wants nothing done
                answer = run(self._context, asked["name"], asked["options"])
            return {"answer": answer and [answer.json, answer.text, answer.failed]}
        except WinnowError as error:
            return _said(error)
        except KeyboardInterrupt:
            return {"stopped": True}
        except Exception as error:
            if self._context.beside.leaving:  # what it needed was closed under it
                return _said(_closed())
            _LOG.exception("A command failed. This is a defect of Winnow: please report it with what follows.")
            return {"defect": "".join(traceback.format_exception(error))}

    def _say(self, message: Mapping[str, Any]) -> None:
        """Sends a message; `look` finds out that nobody is there to take it."""
        with suppress(OSError):
            send(self._connection, message)


def _said(error: WinnowError) -> Mapping[str, Any]:
    return {"error": [kind.__name__ for kind in type(error).__mro__], "said": (error.message, error.hint)}


def _closed() -> WinnowError:
    return WinnowError(
        "The app was closed while this command ran.",
        "A scan or a fine-tune that it had started goes on, a load of a table ended with the app: `jobs` says which. "
        "Else run the command again.",
    )


class _Out:
    """The client's standard output."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, block: bytes) -> None:
        """Raises KeyboardInterrupt where the client is gone: nobody wants the rest."""
        try:
            send(self._connection, {"out": block})
        except OSError:
            raise KeyboardInterrupt from None

    def flush(self) -> None:
        """Every block is sent at once."""


class _Err:
    """The client's standard error."""

    def __init__(self, say: Callable[[Mapping[str, Any]], None], is_terminal: bool) -> None:
        self._say = say
        self._is_terminal = is_terminal

    def write(self, text: str) -> None:
        self._say({"err": text})

    def flush(self) -> None:
        """Every text is sent at once."""

    def isatty(self) -> bool:
        return self._is_terminal
