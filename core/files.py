"""Files and folders that are there whole or not at all, whatever happens to the process or to the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

PART = ".part"
"""What the name of a file or folder ends with as long as it is being written."""


@contextmanager
def whole(target: Path, *, flush: bool = True) -> Iterator[Path]:
    """A path beside `target` to write a file or fill a folder at, which takes its place when the block ends.

    An error within leaves `target` as it was and nothing beside it; a kill leaves at most the part, whose name is no
    other's, so that processes may write the same target at once. A file that is there is replaced, a folder that is
    there must be empty. `flush` has the content on the disk before the name, so that not even a power cut leaves a
    name with nothing behind it; it takes milliseconds, which thousands of small files that can be made anew are not
    worth.
    """
    part = target.with_name(f"{target.name}.{uuid4().hex}{PART}")
    try:
        yield part
        if flush:
            for path in (*part.rglob("*"), part) if part.is_dir() else (part,):
                _flush(path)
        part.replace(target)
        if flush:
            _flush(target.parent)
    except OSError as error:
        # A write names no file: whoever reads of a full disk wants to know which.
        if error.errno is not None and error.filename is None:
            error.filename = str(target)
        raise
    finally:
        remove(part)


def remove_parts(folder: Path) -> None:
    """Removes what killed processes left unfinished in `folder`. Only where nobody else is writing to it."""
    for part in folder.glob(f"*{PART}"):
        remove(part)


def remove(path: Path) -> None:
    """Removes a file or a folder with all that is in it, or nothing where there is none."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
