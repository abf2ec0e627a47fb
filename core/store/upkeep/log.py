"""What DuckDB passes over in silence: a write-ahead log (`.wal`) that does not begin as one, or an entry that says of
itself that it is longer than the log. A byte that changed within an entry is an error of its own.

As release 1.5 writes it: a header of fields, then entries of size, checksum (eight bytes each) and content; a
transaction ends with one of a fixed content.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

LOG = ".wal"
_BEGINS = b"\x64\x00\x62\x65\x00"
"""Field 100: what the entry is, here the version of the log; then field 101."""
_HEADER, _ENTRY = 8, 16
_COMMIT = b"\x64\x00\x64\xff\xff"
_COMMITS = re.compile(rb"\x05\0{7}.{8}" + _COMMIT, re.DOTALL)


@dataclass(frozen=True, slots=True)
class LogLook:
    """What a log is."""

    problem: str = ""
    """What is wrong with it that DuckDB would not say; empty where nothing is."""
    unfinished: bool = False
    """Its last transaction is not whole: it was not finished when a process ended, or is damaged since."""
    good: int = 0
    """Bytes up to the end of the last transaction that DuckDB reads."""


def look_at_log(database: Path) -> LogLook:
    """The log of a database file, where there is one. Reads it all: it has a few megabytes at most."""
    log = database.with_name(database.name + LOG)
    try:
        content = log.read_bytes() if log.is_file() else b""
    except FileNotFoundError:  # whoever had the file open has closed it
        content = b""
    if not content:
        return LogLook()
    if not content.startswith(_BEGINS):
        if _BEGINS.startswith(content):
            return LogLook(unfinished=True)
        return LogLook(
            f"its write-ahead log ({LOG}) does not begin as one, so that DuckDB passes over all that it holds"
        )
    place, good = _HEADER, 0
    while place + _ENTRY <= len(content):
        (size,) = struct.unpack_from("<Q", content, place)
        end = place + _ENTRY + size
        if end > len(content):
            break
        if content[place + _ENTRY : end] == _COMMIT:
            good = end
        place = end
    if lost := len(_COMMITS.findall(content, good)):
        said = f"its write-ahead log ({LOG}) is broken, and DuckDB passes over {lost:,} saved changes from there on"
        return LogLook(said, good=good)
    return LogLook(unfinished=good < len(content), good=good)
