"""What SQLite passes over in silence: a write-ahead log (`-wal`) that is not as it was written. Whoever opens the file
sees what there was before the first bad frame and no error, and the log is gone once it is closed; so this is asked
before anybody opens it.

The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log. A frame's checksum goes on from that of the
frame before, so that a frame behind a bad one can still be told to be whole.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOG = "-wal"
_HEADER, _FRAME_HEADER = 32, 24
_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
"""What a log begins with → the order of bytes that its checksums are of."""
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Frame:
    place: int
    salts: bytes
    commits: bool
    """Whether a transaction ends with it."""
    whole: bool


def problem_of_log(path: Path) -> str:
    """What is wrong with the write-ahead log of a SQLite file; empty where there is none, or nothing. What a process
    that was killed had not finished writing is no damage: nobody was told that it was saved."""
    said = _problem(_read(path))
    return said and _problem(_read(path))  # a process that writes may have been in the middle of it


def unfinished_in_log(path: Path) -> str:
    """What is to be added where the last change in a log is not whole; empty where it is. Nobody can tell whether it
    was being written when a process or the machine ended, or was saved and cut or damaged since."""
    content = _read(path)
    if not content or not _has_header(content):
        return ""
    ours = [frame for frame in _frames(content) if frame.salts == content[16:24]]
    rest = (len(content) - _HEADER) % (_FRAME_HEADER + _page_size(content))
    if not rest and all(frame.whole for frame in ours) and (not ours or ours[-1].commits):
        return ""
    return "; the last change in its log is not whole: it was not finished when something ended, or is damaged since"


def without_bad_frames(content: bytes) -> bytes:
    """A log with those frames alone that are as they were written, checksums anew: SQLite stops at the first bad one
    and would not read what was committed behind it. Empty where none is."""
    every = [frame for frame in _frames(content) if frame.whole]
    if not every:
        return b""
    ((salts, _),) = Counter(frame.salts for frame in every).most_common(1)
    frames = [frame for frame in every if frame.salts == salts]
    size, order = _page_size(content), _order(content)
    kept = bytearray(struct.pack(">4I", _magic(order), 3_007_000, size, 0) + salts)
    sums = _checksum(bytes(kept), (0, 0), order)
    kept += struct.pack(">2I", *sums)
    for frame in frames:
        head = content[frame.place : frame.place + 8]
        page = content[frame.place + _FRAME_HEADER : frame.place + _FRAME_HEADER + size]
        sums = _checksum(page, _checksum(head, sums, order), order)
        kept += head + salts + struct.pack(">2I", *sums) + page
    return bytes(kept)


def _problem(content: bytes) -> str:
    if len(content) <= _HEADER:
        return ""
    if not _has_header(content):
        return f"its write-ahead log ({LOG}) does not begin as one, so that SQLite passes over all that it holds"
    current = content[16:24]
    bad, lost = False, 0
    for frame in _frames(content):
        ours = frame.whole and frame.salts == current
        bad |= not ours
        lost += bad and ours and frame.commits
    if lost:
        return f"its write-ahead log ({LOG}) is broken, and SQLite passes over {lost:,} saved changes behind that"
    return ""


def _read(path: Path) -> bytes:
    log = path.with_name(path.name + LOG)
    try:
        return log.read_bytes() if log.is_file() else b""
    except FileNotFoundError:  # whoever had the file open has closed it
        return b""


def _has_header(content: bytes) -> bool:
    if len(content) <= _HEADER:
        return False
    (magic,) = struct.unpack_from(">I", content)
    return magic in _MAGIC and _checksum(content[:24], (0, 0), _MAGIC[magic]) == struct.unpack_from(">2I", content, 24)


def _order(content: bytes) -> str:
    return _MAGIC.get(struct.unpack_from(">I", content)[0], "<")


def _magic(order: str) -> int:
    return next(magic for magic, one in _MAGIC.items() if one == order)


def _page_size(content: bytes) -> int:
    (size,) = struct.unpack_from(">I", content, 8)
    return int(size) if size & (size - 1) == 0 and 512 <= size <= 65536 else 4096


def _frames(content: bytes) -> Iterator[_Frame]:
    """Every frame that is there in full, whether or not the log begins as one."""
    if len(content) <= _HEADER:
        return
    size, order = _page_size(content), _order(content)
    before = struct.unpack_from(">2I", content, 24)
    for place in range(_HEADER, len(content) - _FRAME_HEADER - size + 1, _FRAME_HEADER + size):
        pages, after = struct.unpack_from(">I", content, place + 4)[0], struct.unpack_from(">2I", content, place + 16)
        page = content[place + _FRAME_HEADER : place + _FRAME_HEADER + size]
        found = _checksum(page, _checksum(content[place : place + 8], before, order), order)
        yield _Frame(place, content[place + 8 : place + 16], pages > 0, found == after)
        before = after


def _checksum(content: bytes, start: tuple[int, ...], order: str) -> tuple[int, int]:
    first, second = start
    for one, other in struct.iter_unpack(f"{order}2I", content):
        first = (first + one + second) & _MASK
        second = (second + other + first) & _MASK
    return first, second
