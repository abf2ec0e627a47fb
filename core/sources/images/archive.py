"""ZIP archives that strangers made: everything is checked before a single byte is unpacked."""

from __future__ import annotations

import struct
import zipfile
from pathlib import PurePosixPath

from core.errors import SourceError
from core.settings import MAX_ARCHIVE_BYTES, MAX_ARCHIVE_MEMBERS, MAX_ARCHIVE_RATIO

_SMALL = 1024**2
"""A member this small is no bomb, whatever its ratio: eight rows of one colour compress a thousandfold."""
_UTF8_NAME = 0x800
_END, _LONGEST_END = b"PK\5\6", 22 + 0xFFFF
"""The record at an archive's end, which a comment may follow."""


def check_members(archive: zipfile.ZipFile, name: str) -> None:
    """Raises SourceError for too many members, too many bytes, a bomb's ratio, a path that leads outside, or a list of
    members that is not whole."""
    members = archive.infolist()
    _refuse_missing(archive, name, len(members))
    if len(members) > MAX_ARCHIVE_MEMBERS:
        raise _refused(name, f"it has {len(members):,} members; the limit is {MAX_ARCHIVE_MEMBERS:,}")
    total = sum(member.file_size for member in members)
    if total > MAX_ARCHIVE_BYTES:
        raise _refused(name, f"it unpacks to {total / 1024**3:,.0f} GB; the limit is {MAX_ARCHIVE_BYTES // 1024**3} GB")
    for member in members:
        if _leads_outside(member.filename):
            raise _refused(name, f"the path {member.filename!r} leads outside of it")
        if member.file_size > max(_SMALL, MAX_ARCHIVE_RATIO * member.compress_size):
            ratio = member.file_size / max(1, member.compress_size)
            raise _refused(name, f"{member.filename!r} unpacks to {ratio:,.0f} times its size, as a ZIP bomb does")
        if member.flag_bits & 1:
            raise _refused(name, f"{member.filename!r} is encrypted")


def _refuse_missing(archive: zipfile.ZipFile, name: str, listed: int) -> None:
    """A damaged list is read as far as it goes: the number of members stands at the end of the archive too."""
    assert archive.fp is not None
    archive.fp.seek(0, 2)
    archive.fp.seek(max(0, archive.fp.tell() - _LONGEST_END))
    tail = archive.fp.read()
    (said,) = struct.unpack_from("<H", tail, tail.rfind(_END) + 10)
    if said != min(listed, 0xFFFF) and said != listed & 0xFFFF:
        raise _refused(name, f"it says that it has {said:,} members and lists {listed:,}: it is damaged")


def entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The archive's files by their paths, `/` between folders whichever way the archive writes it. A path that occurs
    twice is its last entry, as unpacking would leave it."""
    found = {_path(member): member for member in archive.infolist()}
    return {path: member for path, member in found.items() if not path.endswith("/")}


def _path(member: zipfile.ZipInfo) -> str:
    """Names without the mark of UTF-8 are read as code page 437, though macOS writes UTF-8 into them."""
    name = member.filename
    if not member.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = member.filename
    return name.replace("\\", "/")


def _leads_outside(path: str) -> bool:
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return ".." in parts or path.startswith(("/", "\\")) or (len(path) > 1 and path[1] == ":")


def _refused(name: str, why: str) -> SourceError:
    return SourceError(f"{name} is refused: {why}.", "Nothing was unpacked. Make the archive again from the files.")


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The member's bytes, never more than it declared. Raises SourceError when it holds more."""
    with archive.open(member) as file:
        content = file.read(member.file_size + 1)
    if len(content) > member.file_size:
        raise SourceError(f"{member.filename!r} holds more than it declares.", "Make the archive again.")
    return content
