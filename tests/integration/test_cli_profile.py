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


def test_a_later_file_is_compared_with_an_earlier_one(run: Run, tmp_path: Path) -> None:
    for name, word in (("earlier", "short"), ("later", "a much longer one than before")):
        rows = "".join(f"{word} {row},{'ab'[row % 2]}\n" for row in range(100))
        (tmp_path / f"{name}.csv").write_text(f"text,label\n{rows}")
        run("load", tmp_path / f"{name}.csv", "--name", name)
    told = run("profile", "later", "--against", "earlier@1").out
    assert "Differs from earlier@1 by more than chance" in told and "text length (0.9" in told
    assert "Nothing differs along the file by more than chance." in told
    assert run("profile", "later", "--against", "none").code == 1


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
