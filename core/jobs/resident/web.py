"""The one process that holds a model for questions; the web process itself never loads one.

It is no job of the queue: nobody waits for its end, it leaves nothing, and it lives no longer than the app.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import threading
import time
from pathlib import Path

from core.errors import ModelError, WinnowError
from core.jobs.resident.spec import Answer, EncoderSpec, Line, Question, ResidentSpec
from core.queue.launcher import Launcher
from core.typed import from_json, to_json

MODULES = {ResidentSpec: "core.jobs.resident.run", EncoderSpec: "core.jobs.resident.encode"}
"""What holds a model of each kind."""
Spec = ResidentSpec | EncoderSpec
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

    def __init__(self, launcher: Launcher, spec: Spec, log: Path) -> None:
        """Starts the process and waits until its model is loaded. Raises ModelError where it cannot be."""
        self.model, self._log = spec.model, log
        self._read = b""
        self._process = launcher.attend(MODULES[type(spec)], [json.dumps(to_json(spec))], log)
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

    def ask(self, question: Question) -> Answer:
        """The answer to a question. Raises Idle, WinnowError with what the model says against the question, and
        ModelError where the process came to its end over it."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(to_json(question)).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said last tells why
        answer = self._receive(ANSWER_SECONDS).answer
        assert answer is not None  # each question gets one, where nothing was raised
        return answer

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

    def _receive(self, seconds: float) -> Line:
        line = from_json(Line, json.loads(self._line(seconds)), "what the model says")
        if line.idle:
            raise Idle
        if line.error:
            raise WinnowError(line.error.message, line.error.hint)
        return line

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

    def ask(self, launcher: Launcher, model: Path, features: Path, log: Path, question: Question) -> Answer:
        """The model's answer; it is loaded first where it is not, in place of another. Raises as `Resident` does."""
        return self._asked(launcher, ResidentSpec(model, features, self._idle_seconds), log, question)

    def encode(self, launcher: Launcher, model: Path, modality: str, log: Path, example: str) -> tuple[float, ...]:
        """What an encoder (see `EncoderSpec`) makes of an example (d,), given as its text or the path of its file. Else
        as `ask`."""
        return self._asked(launcher, EncoderSpec(model, modality, self._idle_seconds), log, Question(example)).vector

    def load(self, launcher: Launcher, model: Path, modality: str, log: Path) -> None:
        """Has an encoder loaded, so that the first question is answered sooner. Raises as `Resident` does."""
        with self._lock:
            self._held(launcher, EncoderSpec(model, modality, self._idle_seconds), log)

    def _asked(self, launcher: Launcher, spec: Spec, log: Path, question: Question) -> Answer:
        with self._lock:
            try:
                return self._held(launcher, spec, log).ask(question)
            except Idle:
                self._let_go()
                return self._held(launcher, spec, log).ask(question)

    def end(self, model: Path | None = None) -> None:
        """Lets the model go, whichever it is; with `model` only that one."""
        with self._lock:
            if model is None or (self._current is not None and self._current.model == model):
                self._let_go()

    def close(self) -> None:
        """Lets the model go, but waits for no long answer: its process then ends with this one, or for want of
        questions."""
        if self._lock.acquire(timeout=END_SECONDS):
            try:
                self._let_go()
            finally:
                self._lock.release()

    def _held(self, launcher: Launcher, spec: Spec, log: Path) -> Resident:
        if self._current is None or self._current.model != spec.model or not self._current.lives:
            self._let_go()
            self._current = Resident(launcher, spec, log)
        return self._current

    def _let_go(self) -> None:
        if self._current is not None:
            self._current.end()
        self._current = None
