"""`profile` on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli_support import (
    ROWS,
    Run,
    load,
)


def test_a_profile_is_one_json_value_without_infinities(run: Run, notes: Path) -> None:
    load(run, notes)
    profile = run("profile", "notes", "--json")
    assert profile.code == 0
    assert profile.json["rows"] == ROWS
    assert "Infinity" not in profile.out
    assert "source" in profile.json["attributes"]


def test_a_profile_for_people_is_a_table(run: Run, notes: Path) -> None:
    load(run, notes)
    assert "imbalance ratio" in run("profile", "notes").out
