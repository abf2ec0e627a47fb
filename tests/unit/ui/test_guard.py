"""Who is let in where nobody signs in."""

from __future__ import annotations

import pytest

from core.ui.shell.guard import from_this_machine


@pytest.mark.parametrize("address", [None, "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_is_this_machine(address: str | None) -> None:
    assert from_this_machine(address)


@pytest.mark.parametrize("address", ["10.0.0.4", "192.168.1.2", "2001:db8::1", "0.0.0.0"])
def test_any_other_address_is_not(address: str) -> None:
    assert not from_this_machine(address)
