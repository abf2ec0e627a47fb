"""Whose a connection within this machine is, asked of real sockets."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from core.ui.shell.account import is_own

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells whose a connection is")


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET6, "::")])
def listening(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family, host = request.param
    try:
        server = socket.create_server((host, 0), family=family, dualstack_ipv6=host == "::")
    except OSError:
        pytest.skip(f"no {host} on this machine")
    with server:
        yield server


def ends(listening: socket.socket) -> tuple[socket.socket, tuple[str, int], tuple[str, int]]:
    """A client, and both ends as the server sees them."""
    host, port = listening.getsockname()[:2]
    client = socket.create_connection(("127.0.0.1" if host == "::" else host, port))
    accepted, address = listening.accept()
    with accepted:
        return client, address[:2], accepted.getsockname()[:2]


def test_a_connection_of_this_account_is_its_own(listening: socket.socket) -> None:
    client, address, server = ends(listening)
    with closing(client):
        assert is_own(address, server)
        assert not is_own((address[0], 1), server)
        assert not is_own(address, (server[0], 1))


@pytest.mark.skipif(os.getuid() != 0, reason="only root can connect as another account")
def test_a_connection_of_another_account_is_not(listening: socket.socket) -> None:
    os.seteuid(65534)
    try:
        client, address, server = ends(listening)
    finally:
        os.seteuid(0)
    with closing(client):
        assert not is_own(address, server)


def test_what_is_no_address_is_nobodys() -> None:
    assert not is_own(("testclient", 50_000), ("testserver", 80))
