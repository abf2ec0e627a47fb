"""`profile` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_which_classes_go_together_is_said_where_rows_have_several(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "tags.csv"
    file.write_text("text,tags\n" + "".join(f"text {row},{'a;b' if row % 3 else '[]'}\n" for row in range(30)))
    run("load", file, "--name", "tags", "--label", "tags", "--label-delimiter", ";")
    profile = run("profile", "tags", "--json").json
    assert profile["label_sets"] == {
        "cardinality": pytest.approx(40 / 30),
        "none": 10,
        "distinct": 2,
        "commonest": [{"classes": ["a", "b"], "rows": 20}, {"classes": [], "rows": 10}],
        "together": [{"classes": ["a", "b"], "rows": 20}],
    }
    assert [one["share"] for one in profile["balance"]["classes"]] == [pytest.approx(2 / 3)] * 2
    assert profile["splits"]["test"] is None
    said = run("profile", "tags").out
    assert "A row counts in each of its classes, 1.33 on average; 10 rows have none." in said
    assert "none" in said
