"""Where programs on one workspace find each other: a Unix socket in a folder that only their user can enter."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from core.settings import Workspace

NAME = "commands"
_BACKLOG = 128
_PEER = struct.Struct("3i")
"""Process, user and group of who is at the other end, as Linux says it."""


def listen(workspace: Workspace) -> socket.socket:
    """The socket of a workspace that this process holds. One that a killed process has left gives way to it. Raises
    OSError where the system or its file system has none of that kind."""
    with _address(workspace, make=True) as address:
        with suppress(FileNotFoundError):
            os.unlink(address)  # noqa: PTH108  no path that pathlib would leave as it is
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(address)
            os.chmod(address, 0o600)  # noqa: PTH101
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
        return listener


def connect(workspace: Workspace) -> socket.socket | None:
    """A connection to the process of this user that holds the workspace and takes commands; None where there is
    none."""
    connection = socket.socket(socket.AF_UNIX)
    with suppress(OSError):
        with _address(workspace) as address:
            connection.connect(address)
        if same_user(connection):
            return connection
    connection.close()
    return None


def forget(workspace: Workspace) -> None:
    """Removes the socket: nobody takes commands any more."""
    with suppress(OSError):
        (workspace.socket / NAME).unlink()


def same_user(connection: socket.socket) -> bool:
    """Whether this user's process is at the other end."""
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    return bool(_PEER.unpack(said)[1] == os.getuid())


def peer(connection: socket.socket) -> int:
    """The process at the other end."""
    return int(_PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[0])


@contextmanager
def _address(workspace: Workspace, make: bool = False) -> Iterator[str]:
    """A path to the socket by way of its open folder: a socket's path has at most 107 bytes, the folder's has more."""
    if not hasattr(socket, "SO_PEERCRED"):
        raise OSError("this system does not say who is at the other end of a socket")
    if make:
        workspace.socket.mkdir(mode=0o700, exist_ok=True)
        workspace.socket.chmod(0o700)
    folder = os.open(workspace.socket, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)
