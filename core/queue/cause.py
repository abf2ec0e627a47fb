"""Why a job failed, in one sentence, where its worker left no message for a person."""

from __future__ import annotations

import re
import signal

from core.queue.folder import JobFolder
from core.room import is_full, no_room, says_full
from core.words import stored

NO_ROOM = 74
"""The exit code of a job whose disk is full, which sysexits.h has for errors of input and output."""
MAX_CHARACTERS = 500
_TRACEBACK = "Traceback (most recent call last):"
_LAUNCHER = re.compile(r'  File ".*accelerate/commands/launch\.py"')
_LAUNCHERS_LOG = re.compile(r"[WEI]\d{4} .* \S+torch/distributed/\S+\.py:\d+\]")
_RANK = re.compile(r"^\[rank\d+\]: ?")
_EXCEPTION = re.compile(r"[\w.]*(Error|Exception|Interrupt)\b(: .*)?")
_SIGNAL = re.compile(r"\b(SIG[A-Z]+)\b")


def cause(returncode: int, folder: JobFolder) -> str:
    """What ended the job's process, or the exception that did, or the last line that it printed."""
    if returncode == NO_ROOM or (returncode == -signal.SIGBUS and is_full(folder.path)):
        return str(no_room(folder.path))
    if returncode < 0:
        return _ended_by(signal.Signals(-returncode).name)
    if returncode == 0:
        return stored("The process ended without a result. See the log.")
    printed, launcher = _apart(folder.log_tail())
    # Of several failures accelerate names the root last.
    if ended_by := _SIGNAL.search(launcher.rpartition("Root Cause")[2]):
        return _ended_by(ended_by[1])
    last = folder.defect() or _last_words(printed)
    if says_full(last, folder.path) or (not last and is_full(folder.path)):
        return str(no_room(folder.path))
    return last[:MAX_CHARACTERS] or stored(f"The process ended with exit code {returncode} and printed nothing.")


def _ended_by(name: str) -> str:
    if name == "SIGKILL":
        return stored("The process was killed (SIGKILL), as the system does when memory runs out. See the log.")
    return stored(f"The process was ended by {name}. See the log.")


def _apart(log: str) -> tuple[list[str], str]:
    """What the job printed, and what `accelerate launch` said after it about a process that failed."""
    lines = [_RANK.sub("", line) for line in log.splitlines()]
    launcher = next((place for place in range(len(lines) - 1, -1, -1) if _LAUNCHER.match(lines[place])), None)
    if launcher is None:
        return lines, ""
    start = next((place for place in range(launcher, -1, -1) if lines[place] == _TRACEBACK), launcher)
    return [line for line in lines[:start] if not _LAUNCHERS_LOG.match(line)], "\n".join(lines[start:])


def _last_words(lines: list[str]) -> str:
    """The last exception of the last tracebacks; where there is none, the last line."""
    began = next((place for place in range(len(lines) - 1, -1, -1) if lines[place] == _TRACEBACK), len(lines))
    exceptions = [line for line in lines[began:] if _EXCEPTION.fullmatch(line)]
    return exceptions[-1] if exceptions else next((line.strip() for line in reversed(lines) if line.strip()), "")
