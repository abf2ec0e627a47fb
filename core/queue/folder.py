"""The job folder: the whole truth about one run, on disk. Knows no stage and no database.

spec.json        what was asked for; complete, so that it reproduces the run
input/           what the run reads
launch.sh        starts it once more by itself, in the folder again/
join.sh          for a run on several machines: starts another one's part
progress.jsonl   append-only, see `core.queue.progress`
log.txt          everything that the run printed
output/          what the run made
error.json       why it failed: a message for a person where the worker knows one, else the exception that ended it
result.json      written last, by rename: where it is, the run is done
stop, cancel     empty files: somebody asked the run to end
turn             empty: its short part is done, the rest waits for its turn
plan.json        its stages with the seconds that each will take, see `core.queue.plan`
reserve          while it runs: room that its end is recorded with where the disk is full
"""

from __future__ import annotations

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from core.errors import JobError
from core.files import whole
from core.typed import JsonObject, from_json

Record = TypeVar("Record")

COPY_SECONDS = 600.0
"""How long the other processes of a run wait for the first one to copy what it reads."""
RESERVE_BYTES = 256 * 1024
"""More than an error, and a change of SQLite's with its log, take."""
STARTED = "WINNOW_STARTED"
"""The environment variable with the moment (epoch seconds) at which a job's process was started."""
MAY_LEAVE = "WINNOW_MAY_LEAVE"
"""Set where a job runs beside others for its short part only: see `JobFolder.leave_if_beside`."""
LOG_TAIL_BYTES = 256 * 1024
"""How much of the end of a log is read to find its last lines."""


class Stopped(BaseException):
    """Somebody asked the run to end. Not an error, so it passes through `except Exception` on its way out."""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """One run's folder at the absolute path `path`."""

    path: Path

    @property
    def job_id(self) -> str:
        return self.path.name

    @property
    def input(self) -> Path:
        return self.path / "input"

    @property
    def output(self) -> Path:
        return self.path / "output"

    @property
    def log_path(self) -> Path:
        return self.path / "log.txt"

    @property
    def progress_path(self) -> Path:
        return self.path / "progress.jsonl"

    @property
    def liveness_path(self) -> Path:
        """Locked (flock) as long as the process that answers for the run lives."""
        return self.path / "alive.lock"

    @property
    def script_path(self) -> Path:
        return self.path / "launch.sh"

    @property
    def join_path(self) -> Path:
        return self.path / "join.sh"

    @property
    def again(self) -> Path:
        """Where `launch.sh` makes the run once more."""
        return self.path / "again"

    def copy_to(self, path: Path) -> JobFolder:
        """A new folder at `path` with all that the run was given and nothing that it made.

        Raises JobError where there is something at `path` already.
        """
        if path.exists():
            raise JobError(f"{path} is there already.", "Name a folder that is not, or move that one away.")
        copy = JobFolder(path.absolute()).create()
        shutil.copytree(self.input, copy.input, dirs_exist_ok=True)
        copy.write_spec(self.spec())
        return copy

    def wait_for_copy(self, path: Path) -> JobFolder:
        """What `copy_to` makes in another process, once it is whole. Raises JobError where that takes too long."""
        deadline = time.monotonic() + COPY_SECONDS
        while not (path / "spec.json").exists():
            if time.monotonic() > deadline:
                raise JobError(f"{path} was not made.", "All processes of a run need one folder that they share.")
            time.sleep(0.1)
        return JobFolder(path.absolute())

    def create(self) -> JobFolder:
        """Makes the folders that are missing and returns itself."""
        self.input.mkdir(parents=True, exist_ok=True)
        self.output.mkdir(exist_ok=True)
        return self

    def keep_room(self) -> None:
        """Takes the room with which the end of the run is recorded. Raises OSError where there is not even that."""
        with self._reserve.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)

    def give_room(self) -> None:
        """Gives it back, to be used at once."""
        self._reserve.unlink(missing_ok=True)

    @property
    def _reserve(self) -> Path:
        return self.path / "reserve"

    def spec(self) -> JsonObject:
        """What was asked for, as it stands there. Raises FileNotFoundError before `write_spec`."""
        content: JsonObject = json.loads((self.path / "spec.json").read_text(encoding="utf-8"))
        return content

    def spec_as(self, kind: type[Record]) -> Record:
        """What was asked for, as a record of that type. Raises JobError where it is none, and as `spec` does."""
        return from_json(kind, self.spec(), str(self.path / "spec.json"))

    def write_spec(self, spec: JsonObject) -> None:
        write_json(self.path / "spec.json", spec)

    def is_done(self) -> bool:
        """Whether there is a result."""
        return self.result() is not None

    def result(self) -> JsonObject | None:
        """What the run returned, as it stands there, or None as long as it is not done."""
        return _read_json(self.path / "result.json")

    def result_as(self, kind: type[Record]) -> Record | None:
        """What the run returned, as a record of that type, or None. Raises JobError where it is none of that type."""
        content = self.result()
        return None if content is None else from_json(kind, content, str(self.path / "result.json"))

    def write_result(self, result: JsonObject) -> None:
        """Says that the run is done. The last thing a run writes."""
        write_json(self.path / "result.json", result)

    def error(self) -> str:
        """The worker's own message for a person, or an empty string."""
        content = _read_json(self.path / "error.json") or {}
        return f"{content.get('message', '')} {content.get('hint', '')}".strip()

    def write_error(self, message: str, hint: str = "") -> None:
        self._fail({"message": message, "hint": hint})

    def defect(self) -> str:
        """The exception that ended the run, as the last line of its traceback says it, or an empty string."""
        return str((_read_json(self.path / "error.json") or {}).get("defect", ""))

    def write_defect(self, line: str) -> None:
        self._fail({"defect": line})

    def _fail(self, content: dict[str, str]) -> None:
        """The first of several processes to fail is the cause; the others fail because it is gone."""
        if not (self.path / "error.json").exists():
            write_json(self.path / "error.json", content)

    def request_stop(self) -> None:
        """Asks the run to end by itself, keeping what it has."""
        (self.path / "stop").touch()

    def stop_requested(self) -> bool:
        """Whether the run was asked to end, in either way."""
        return (self.path / "stop").exists() or self.cancel_requested()

    def request_cancel(self) -> None:
        """Asks for the run to be ended now, by force if need be."""
        (self.path / "cancel").touch()

    def cancel_requested(self) -> bool:
        return (self.path / "cancel").exists()

    def leave_if_beside(self) -> bool:
        """Called by a job where its short part is done: whether it has to end here, without a result. It is then
        started again when its turn has come, and goes on from what it has made."""
        if MAY_LEAVE not in os.environ:
            return False
        (self.path / "turn").touch()
        return True

    def turn_wanted(self) -> bool:
        """Whether the job has ended so that the rest of it waits for its turn."""
        return (self.path / "turn").exists()

    def take_turn(self) -> None:
        """Forgets that."""
        (self.path / "turn").unlink(missing_ok=True)

    def clear(self) -> None:
        """Forgets how the run ended, so that it can be started again; what it made stays."""
        for name in ("stop", "cancel", "error.json", "result.json", "turn"):
            (self.path / name).unlink(missing_ok=True)

    def log_tail(self, lines: int = 200) -> str:
        """The last `lines` lines of the log. Of a line that was rewritten in place (a progress bar), its last state."""
        text = read_tail(self.log_path, LOG_TAIL_BYTES).decode("utf-8", errors="replace")
        shown = [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.rstrip("\n").split("\n")]
        return "\n".join(shown[-lines:])


def write_json(path: Path, content: JsonObject) -> None:
    """Writes `content` so that nobody reads half of it."""
    with whole(path) as part:
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


def read_tail(path: Path, size: int) -> bytes:
    """The last `size` bytes of a file, all of it where it is shorter, nothing where it does not exist."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read(size)
    except FileNotFoundError:
        return b""


def _read_json(path: Path) -> JsonObject | None:
    try:
        content: JsonObject = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content
