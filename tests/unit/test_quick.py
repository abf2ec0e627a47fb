"""Which tests are quick: all unit tests but those of rooms and modules that are known to be slow."""

from __future__ import annotations

import pytest

from tests.conftest import LEFT_TO_CI, PROJECT, SLOW, UNIT


def test_a_module_of_unit_tests_is_quick_unless_it_is_known_to_be_slow(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("quick")


def test_all_that_is_known_to_be_slow_is_there() -> None:
    assert [name for name in SLOW if not (UNIT / name).exists()] == []
    assert [name for name in LEFT_TO_CI if not (PROJECT / "tests" / name).exists()] == []
