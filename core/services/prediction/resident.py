"""The one process that holds a model for questions; the web process itself never loads one.

Knows the process and its lines, see `core.jobs.resident.run`; not what is asked.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from core.errors import ModelError, WinnowError
from core.settings import PROJECT

IDLE_SECONDS = 600.0
START_SECONDS = 180.0
"""How long a model may take to load, on a cold disk."""
ANSWER_SECONDS = 60.0
END_SECONDS = 2.0
READ_BYTES = 1 << 16


class Idle(Exception):  # noqa: N818 - nothing went wrong
    """The process had ended for want of questions before it saw this one."""


class Resident:
    """One process with one model. Not for two threads at once."""

    def __init__(self, model: Path, features: Path, log: Path, idle_seconds: float = IDLE_SECONDS) -> None:
        """Starts the process and waits until its model is loaded. Raises ModelError where it cannot be."""
        self.model, self._log = model, log
        self._read = b""
        with log.open("wb") as errors:
            # On the CPU: the GPUs belong to the jobs that hold their slots. In a session of its own, so that Ctrl-C
            # in the terminal reaches the app alone, whose end then is the end of this process's input.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.jobs.resident.run", str(model), str(features), str(idle_seconds)],
                cwd=PROJECT,
                env=os.environ | {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        try:
            self._receive(START_SECONDS)
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question. Raises Idle, WinnowError with what the model says against the question, and
        ModelError where the process came to its end over it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said last tells why
        return self._receive(ANSWER_SECONDS)

    def end(self) -> None:
        """Ends the process; one that has ended already is no error."""
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except BrokenPipeError:
                continue
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _receive(self, seconds: float) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self._line(seconds))
        if answer.get("idle"):
            raise Idle
        if "error" in answer:
            raise WinnowError(answer["error"]["message"], answer["error"]["hint"])
        return answer

    def _line(self, seconds: float) -> bytes:
        assert self._process.stdout is not None
        descriptor, deadline = self._process.stdout.fileno(), time.monotonic() + seconds
        coming = select.poll()  # a server may have more open files than `select` takes
        coming.register(descriptor, select.POLLIN | select.POLLHUP)
        while b"\n" not in self._read:
            if not coming.poll(1000 * max(0.0, deadline - time.monotonic())):
                self._process.kill()
                raise ModelError(f"The model has not answered in {seconds:.0f} s and was ended.", "Ask again.")
            read = os.read(descriptor, READ_BYTES)
            if not read:
                raise ModelError(self._end_in_words(), f"Ask again: that starts it anew. Its log is {self._log}.")
            self._read += read
        line, _, self._read = self._read.partition(b"\n")
        return line

    def _end_in_words(self) -> str:
        code = self._process.wait()
        if code < 0:
            return f"The process that holds the model was killed (signal {-code})."
        last = (self._log.read_text(errors="replace").strip().splitlines() or ["no message"])[-1]
        return f"The process that holds the model ended: {last}"


class OneResident:
    """At most one model at a time, the one that was asked last. Safe to share between threads: they take turns."""

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._current: Resident | None = None

    def holds(self, model: Path) -> bool:
        """Whether the model is loaded, so that an answer takes milliseconds."""
        current = self._current
        return current is not None and current.model == model and current.lives

    def ask(self, model: Path, features: Path, log: Path, question: dict[str, Any]) -> dict[str, Any]:
        """The model's answer; it is loaded first where it is not, in place of another. Raises as `Resident` does."""
        with self._lock:
            try:
                return self._held(model, features, log).ask(question)
            except Idle:
                self._let_go()
                return self._held(model, features, log).ask(question)

    def end(self) -> None:
        """Lets the model go."""
        with self._lock:
            self._let_go()

    def _held(self, model: Path, features: Path, log: Path) -> Resident:
        if self._current is None or self._current.model != model or not self._current.lives:
            self._let_go()
            self._current = Resident(model, features, log, self._idle_seconds)
        return self._current

    def _let_go(self) -> None:
        if self._current is not None:
            self._current.end()
        self._current = None
