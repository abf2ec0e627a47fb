"""Room on disks: how much is free, and the one error that says there is too little, whichever library met it.

Pages, commands and jobs ask `met` of whatever they caught; only here is it known how a full disk is reported.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from core.errors import NoRoomError
from core.words import later, say

T = TypeVar("T")

LOOK_SECONDS = 1.0
"""Between two looks whether a disk that was full has room."""
RESERVE_BYTES = 1 << 20
"""More than changes in SQLite and their logs take."""
_RESERVE = "reserve"
_LOG = logging.getLogger("winnow")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SAID = (
    *(os.strerror(number) for number in _FULL),  # DuckDB, safetensors, pyarrow
    "Not enough free space to write",  # NumPy
    "database or disk is full",  # SQLite
    "failed to offload data block",  # DuckDB, once what it spills has taken what was free when it began
)
_MAYBE = ("disk I/O error", "unable to open database file", "requested and")
"""What SQLite and NumPy also say of a full disk: believed where the disk is full indeed."""
_NO_SHARED_MEMORY = "SQLITE_IOERR_SHMSIZE"
"""What SQLite calls it where there is no room for the index of its log."""
_NOTHING = 1 << 18
"""With less than so many bytes free, a disk is full."""
_PATH = re.compile(r'"(/[^"\n]+)"')
_UNITS = ("KB", "MB", "GB", "TB")
NEXT = later(
    "Free some of this disk: `python -m core space`, or Space on the page Jobs, counts what Winnow keeps and clears "
    "what can be computed again. Then do it once more: nothing half-written was kept."
)


def free_bytes(path: Path) -> int:
    """What is free for this user on the disk of a path, whether or not the path is there yet."""
    return shutil.disk_usage(_existing(path)).free


def size_words(count: float) -> str:
    """`0 bytes`, `512 KB`, `95.3 MB`, `1.2 GB`: powers of a thousand, as disks are sold."""
    if count < 1000:
        return say("{n:.0f} bytes", n=count)
    for unit in _UNITS:
        count /= 1000
        if count < 999.95 or unit == _UNITS[-1]:
            break
    return f"{count:,.0f} {unit}" if unit == "KB" else f"{count:,.1f} {unit}"


def check_room(folder: Path, needed: int) -> None:
    """Raises NoRoomError where the disk of a folder has less than so many bytes free."""
    if needed > free_bytes(folder):
        raise no_room(folder, needed)


def no_room(folder: Path, needed: int | None = None) -> NoRoomError:
    """The error for a folder with too little room. `needed`: bytes; None where it is only known that they are more
    than there are."""
    free = free_bytes(folder)
    if needed is None or needed <= free:
        return NoRoomError(
            f"There is no room in {folder}: it needs more than the {size_words(free)} that are free.", NEXT
        )
    return NoRoomError(
        f"There is no room in {folder}: it needs {size_words(needed)}, and {size_words(free)} are free.", NEXT
    )


def met(error: BaseException, folder: Path) -> NoRoomError | None:
    """The error to tell instead where this one, or one behind it, says that a disk is full; None for any other.
    `folder`: where whoever caught it writes, which is named where the error names no place of its own."""
    each: BaseException | None = error
    while each is not None:
        if isinstance(each, NoRoomError):
            return each
        if (place := _full_place(each, folder)) is not None:
            return no_room(place)
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)
    return None


@contextmanager
def full_disk_told(folder: Path) -> Iterator[None]:
    """Raises NoRoomError in the place of an error within that says that a disk is full; see `met`."""
    try:
        yield
    except Exception as error:
        told = met(error, folder)
        if told is None or told is error:
            raise
        raise told from error


def keep_reserve(folder: Path) -> None:
    """Takes a little room in a folder, as far as there is any, with which a full disk can be cleared again."""
    path = folder / _RESERVE
    if not path.exists():
        try:
            with path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
        except OSError:
            give_reserve(folder)


def give_reserve(folder: Path) -> None:
    """Gives it back, to be used at once."""
    (folder / _RESERVE).unlink(missing_ok=True)


def once_there_is_room(folder: Path, act: Callable[[], T]) -> T:
    """What `act` gives, tried again and again while a disk is full: for what nobody else would know afterwards, such
    as how a job ended."""
    said = False
    while True:
        try:
            return act()
        except Exception as error:
            if (told := met(error, folder)) is None:
                raise
            if not said:
                _LOG.warning("%s It is waited for.", told)
                said = True
            time.sleep(LOOK_SECONDS)


def is_full(folder: Path) -> bool:
    """Whether the disk of a folder has nothing left that is worth the name."""
    return free_bytes(folder) < _NOTHING


def says_full(text: str, folder: Path) -> bool:
    """Whether a message of a library tells of a full disk."""
    return any(sign in text for sign in _SAID) or (any(sign in text for sign in _MAYBE) and is_full(folder))


def _full_place(error: BaseException, folder: Path) -> Path | None:
    """The folder that an error finds full; None where it is about something else."""
    named = getattr(error, "filename", None)
    text = str(error)
    full = isinstance(error, OSError) and error.errno in _FULL
    full |= getattr(error, "sqlite_errorname", "") == _NO_SHARED_MEMORY
    if not full and not says_full(text, folder):
        return None
    path = _PATH.search(text)
    place = named if isinstance(named, str) else path[1] if path else None
    return folder if place is None else _existing(Path(place).parent)


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())
