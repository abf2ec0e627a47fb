"""The app's side: hands a request to a fresh reader, waits within its limits, and says in words what became of it."""

from __future__ import annotations

import json
import logging
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.beside import Beside
from core.errors import NoRoomError, NotFoundError, SchemaError, SourceError, StoppedError, UsageError, WinnowError
from core.progress import StageReport
from core.reading import limits
from core.reading.wire import receive, send
from core.settings import PROJECT

_LOOK_SECONDS = 0.1
"""How often a reader at work is looked at for stopping, time and progress."""
_THREADS_OFF = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""A fork has only the thread that asked for it: no library may start others before."""
_ERRORS: Mapping[str, type[WinnowError]] = {
    kind.__name__: kind for kind in (SourceError, SchemaError, NotFoundError, UsageError, NoRoomError)
}
"""What a reader may say; anything else that it raises counts as a SourceError."""
_LOG = logging.getLogger("winnow")


class ReaderLostError(Exception):
    """The nursery was gone before the request was taken: ask again."""


class Nursery:
    """A warm process, and the requests that it was given."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.reading.nursery", str(theirs.fileno())],
                cwd=PROJECT,
                env=os.environ | _THREADS_OFF,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._control = ours
        self._sending = threading.Lock()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def start(self) -> tuple[str, socket.socket, int]:
        """A reader's name, the connection to it and the pipe that says how it ended."""
        name = uuid4().hex
        ours, theirs = socket.socketpair()
        ending, reported = os.pipe2(os.O_CLOEXEC)
        try:
            self._order(f"start {name}", [theirs.fileno(), reported])
        except OSError as error:
            ours.close()
            os.close(ending)
            raise ReaderLostError from error
        finally:
            theirs.close()
            os.close(reported)
        return name, ours, ending

    def end(self, name: str) -> None:
        """Ends a reader that has not ended by itself."""
        try:
            self._order(f"end {name}", [])
        except OSError:
            self.close()

    def close(self) -> None:
        """Ends the nursery and all of its readers."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _order(self, text: str, descriptors: list[int]) -> None:
        with self._sending:
            socket.send_fds(self._control, [text.encode()], descriptors)


class Readers:
    """The nursery of an open workspace, which ends with it. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nursery: Nursery | None = None
        self._closed = False

    def warm(self) -> Nursery:
        """The nursery, started where there is none, and anew where it has come to its end."""
        with self._lock:
            if self._closed:
                raise SourceError("The workspace was closed before anything was read.", "Open it and start again.")
            if self._nursery is None or not self._nursery.alive:
                self._nursery = Nursery()
            return self._nursery

    def close(self) -> None:
        """Ends the nursery and whatever it reads."""
        with self._lock:
            self._closed = True
            if self._nursery is not None:
                self._nursery.close()


def readers(beside: Beside) -> Readers:
    """Those of the workspace."""
    return beside.kept("readers", Readers, Readers.close)


def ask(
    beside: Beside,
    request: Mapping[str, Any],
    name: str,
    *,
    seconds: float | None = None,
    on_progress: StageReport = lambda stage, done, total, unit: None,
    stopped: Callable[[], bool] = lambda: False,
    kind: type[Request] | None = None,
) -> Any:
    """What a reader of the workspace answers to a request. `name` is what it reads, for messages; `seconds` all the
    time it has, None: as long as something happens. `kind` says otherwise what it means that the reader ended.

    Raises the reader's `WinnowError`, `SourceError` where the reader ended or had to be ended, and `StoppedError` as
    soon as `stopped` says so; its process is gone then.
    """
    for last in (False, True):
        try:
            return (kind or Request)(readers(beside).warm(), name, seconds, on_progress, stopped).run(request)
        except ReaderLostError as error:
            if last:
                raise SourceError(f"{name} cannot be read: the process that reads ends.", "See the log.") from error
    raise AssertionError("the last turn returns or raises")


class Request:
    """One request and what becomes of it."""

    most_seconds: float | None = None
    """How long it may take in all, with what it waits for a processor; None: as long as its own time lasts."""

    def __init__(
        self,
        nursery: Nursery,
        name: str,
        seconds: float | None,
        on_progress: StageReport,
        stopped: Callable[[], bool],
    ) -> None:
        self._nursery = nursery
        self._name = name
        self._seconds = seconds
        self._on_progress = on_progress
        self._stopped = stopped
        self._pid = 0

    def run(self, request: Mapping[str, Any]) -> Any:
        reader, connection, ending = self._nursery.start()
        try:
            with connection:
                try:
                    send(connection, {**request, "cwd": str(Path.cwd())})
                    answer = self._answer(connection)
                except (BrokenPipeError, ConnectionResetError):
                    answer = None
            if answer is None:
                raise self._ended(ending)
            return answer[0]
        finally:
            self._nursery.end(reader)
            os.close(ending)

    def _answer(self, connection: socket.socket) -> tuple[Any] | None:
        """The answer, None where the reader ended without one."""
        waited = 0.0
        started = began = moved = time.monotonic()
        progress: Any = None
        before: object = None
        waiting = select.poll()  # select() knows no descriptor above 1023
        waiting.register(connection, select.POLLIN)
        while True:
            ready = waiting.poll(_LOOK_SECONDS * 1000)
            if self._stopped():
                raise StoppedError("Stopped before the end; nothing was kept.", "Start it again when you want it.")
            message = receive(connection) if ready else {}
            if message is None:
                return None
            if "pid" in message:
                self._pid = message["pid"]
            elif "progress" in message:
                progress = message["progress"]
                self._on_progress(*progress)
            elif message:
                return self._taken(message)
            if self.most_seconds is not None and time.monotonic() - started > self.most_seconds:
                raise self.too_late(self.most_seconds)
            waited = max(waited, limits.waited(self._pid))
            now = time.monotonic() - waited
            if self._seconds is not None:
                if now - began > self._seconds:
                    raise self.too_slow(self._seconds)
                continue
            seen = (progress, limits.traffic(self._pid))
            if seen != before:
                before, moved = seen, now
            elif now - moved > limits.STILL_SECONDS:
                raise self.too_slow(limits.STILL_SECONDS)

    def _taken(self, message: Mapping[str, Any]) -> tuple[Any]:
        if "error" in message:
            kind = _ERRORS.get(message["error"], SourceError)
            raise kind(re.sub("^The file ", f"{self._name} ", message["message"]), message["hint"])
        if message.get("defect") == "memory":
            raise self.too_large()
        if "defect" in message:
            _LOG.error("%s could not be read:\n%s", self._name, message["trace"])
            raise SourceError(
                f"{self._name} cannot be read: {message['defect']}.",
                "It is damaged, or of a kind that Winnow does not know. Check it, or save it again as CSV or Parquet.",
            )
        return (message["answer"],)

    def _ended(self, ending: int) -> Exception:
        """Why the reader ended without an answer."""
        reported = os.read(ending, 4096)
        if not reported:
            return ReaderLostError() if not self._pid else self.crashed("its process was ended")
        said = json.loads(reported)
        if said["cause"] == "memory" or said["code"] == -signal.SIGKILL:
            return self.too_large()
        if said["code"] < 0:
            return self.crashed(signal.Signals(-said["code"]).name)
        return self.crashed(f"exit code {said['code']}")

    def crashed(self, how: str) -> WinnowError:
        return SourceError(
            f"{self._name} cannot be read: it brings its reader down ({how}).",
            "It is damaged, or nested too deeply. Check it, or save it again as CSV or Parquet.",
        )

    def too_large(self) -> WinnowError:
        return SourceError(
            f"{self._name} cannot be read within {limits.MEMORY_BYTES / 1024**3:g} GB of memory.",
            "Split it into several files, leave columns out, or save it as CSV or Parquet, and load that.",
        )

    def too_slow(self, seconds: float) -> WinnowError:
        return SourceError(
            f"{self._name} could not be read: nothing came of it in {seconds:.0f} s.",
            "Check that it is a plain file with no more than a few thousand columns, or save it again as CSV or "
            "Parquet.",
        )

    def too_late(self, seconds: float) -> WinnowError:
        """What is said after `most_seconds`."""
        return self.too_slow(seconds)
