"""What every job process has around its work: how it is told to stop, and how it says what came of it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

from core.arrays.checksum import write_sums
from core.errors import NoRoomError, WinnowError
from core.queue import JobFolder, ProgressWriter, Stopped
from core.queue.cause import NO_ROOM
from core.room import met
from core.typed import to_json

ONE_OF_SEVERAL = "TORCHELASTIC_RUN_ID"
"""Where it is set, SIGTERM comes from the launcher, because another process failed: nobody asked the run to stop."""


def run(main: Callable[[JobFolder, ProgressWriter], object]) -> None:
    """Runs a worker on the job folder named on the command line: `python -m core.jobs.NAME FOLDER [NEW_FOLDER]`.

    With a second folder it does in that one, which it makes, what the run in the first was asked to do.
    The record that `main` returns becomes `result.json`, which makes the job done; None leaves that to another of its
    processes.
    A `WinnowError` becomes the job's message and exit code 1, a full disk the same with `NO_ROOM`, which says it where
    there is no room for the message either; any other exception is kept as the cause and ends in the log with its
    traceback. SIGTERM, like a request to stop, makes the next `ProgressWriter.update` raise `Stopped`: the
    job ends without a result and keeps what it has written. A worker that has something to save catches it, saves, and
    raises it again.
    """
    try:
        folder = _folder(*map(Path, sys.argv[1:]))
    except WinnowError as error:
        sys.exit(str(error))
    if ONE_OF_SEVERAL not in os.environ:
        signal.signal(signal.SIGTERM, lambda *_: folder.request_stop())
    try:
        progress = ProgressWriter(folder, raises_stopped=True)
        if os.environ.get("RANK", "0") == "0":
            progress.begin()
        result = main(folder, progress)
        if result is not None:
            write_sums(folder.output)
            folder.write_result(to_json(result))
    except Stopped:
        return
    except Exception as error:
        _fail(folder, met(error, folder.path) or error)
        raise


def _fail(folder: JobFolder, error: Exception) -> None:
    """Says why the job failed, and ends it where that is all that there is to say."""
    if not isinstance(error, WinnowError):
        said = str(error).strip().partition("\n")[0]
        folder.write_defect(f"{type(error).__name__}: {said}" if said else type(error).__name__)
        return
    full = isinstance(error, NoRoomError)
    if full:
        folder.give_room()
    with suppress(OSError) if full else nullcontext():
        print(error, file=sys.stderr, flush=True)  # noqa: T201  the log is what a job prints
    with suppress(OSError) if full else nullcontext():
        folder.write_error(error.message, error.hint)
    sys.exit(NO_ROOM if full else 1)


def _folder(asked: Path, new: Path | None = None) -> JobFolder:
    if new is None:
        return JobFolder(asked)
    first = os.environ.get("RANK", "0") == "0"
    return JobFolder(asked).copy_to(new) if first else JobFolder(asked).wait_for_copy(new)
