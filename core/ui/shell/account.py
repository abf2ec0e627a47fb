"""Whose account the other end of a connection within this machine belongs to, as Linux tells it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LOCAL, _REMOTE, _UID = 1, 2, 7
"""Columns of these tables: both ends as seen by the socket of a line, and the user who made it."""


def is_own(client: tuple[str, int], server: tuple[str, int]) -> bool:
    """Whether the socket at `client` that is connected to `server` (addresses and ports) was made by the user of this
    process. False where the system does not say, or the client is not within this machine's network."""
    if not sys.platform.startswith("linux"):
        return False
    wanted = {(_written(*client, mapped), _written(*server, mapped)) for mapped in (False, True)}
    return any(_owner(table, ends) == os.getuid() for table in _TABLES for ends in wanted)


def _owner(table: Path, ends: tuple[str, str]) -> int | None:
    try:
        lines = table.read_text().splitlines()[1:]
    except OSError:
        return None
    fields = (line.split() for line in lines if ends[0] in line)
    return next((int(one[_UID]) for one in fields if (one[_LOCAL], one[_REMOTE]) == ends), None)


def _written(host: str, port: int, mapped: bool) -> str:
    """An address as these tables write it: words of four bytes in the machine's order, then the port. `mapped`: one of
    version 4 as a socket of version 6 has it."""
    host = host.removeprefix("::ffff:")  # as a server of both versions sees one of version 4
    try:
        packed = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    except OSError:
        return ""
    if mapped and len(packed) == 4:
        packed = bytes(10) + b"\xff\xff" + packed
    words = (packed[place : place + 4] for place in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words) + f":{port:04X}"
