"""Labels that are numbers: guessed or asked for, read with a reason where they are none, exported and loaded again."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.cli_support import Run

SCORES = [0.1, 1 / 3, -2.0, 1e-7, 12345678.9, 3.0, 1e22, 4.5]


def _write(path: Path, scores: list[object]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "score"])
        writer.writerows([[f"review number {place} of them", score] for place, score in enumerate(scores)])
    return path


def _labels(run: Run, name: str, out: Path) -> list[float | None]:
    exported = run("export", name, "--format", "parquet", "--out", out)
    assert exported.code == 0, exported.err
    table = pq.read_table(out)
    assert table.schema.field("label").type == pa.float64()
    return [row["label"] for row in sorted(table.to_pylist(), key=lambda row: row["example_id"])]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "datasets"])
def test_numbers_come_back_exactly_from_each_format(run: Run, tmp_path: Path, form: str) -> None:
    loaded = run("load", _write(tmp_path / "in.csv", [*SCORES, ""]), "--name", "one", "--json")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["task"], loaded.json["rows"], loaded.json["unlabelled"]) == ("text-regression", 9, 1)
    assert loaded.json["rejected"] == loaded.json["classes"] == 0
    out = tmp_path / {"csv": "o.csv", "jsonl": "o.jsonl", "parquet": "o.parquet", "datasets": "folder"}[form]
    assert run("export", "one", "--format", form, "--out", out).code == 0
    again = run("load", out, "--name", "two", "--payload", "text", "--label", "label", "--json")
    assert (again.json["task"], again.json["rows"], again.json["unlabelled"]) == ("text-regression", 9, 1), again.err
    assert _labels(run, "two", tmp_path / "check.parquet") == [*SCORES, None]


def test_what_is_no_number_is_set_aside_with_its_reason_and_what_is_missing_has_no_label(
    run: Run, tmp_path: Path
) -> None:
    path = _write(tmp_path / "in.csv", [1.5, "3,5", "n/a", "", "inf", "2.50", "nan"])
    loaded = run("load", path, "--name", "one", "--task", "text-regression", "--json")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["rows"], loaded.json["unlabelled"], loaded.json["rejected"]) == (5, 3, 2)
    told = {(row["line"], row["reason"]) for row in loaded.json["rejected_first"]}
    assert told == {
        (3, "no finite number: column score: 3,5"),
        (6, "no finite number: column score: inf"),
    }
    assert _labels(run, "one", tmp_path / "o.parquet") == [1.5, None, None, 2.5, None]


def test_whole_numbers_of_few_values_stay_classes_unless_numbers_are_asked_for(run: Run, tmp_path: Path) -> None:
    path = _write(tmp_path / "stars.csv", [1, 2, 3, 4, 5] * 6)
    guessed = run("load", path, "--name", "classes", "--json")
    assert (guessed.json["task"], guessed.json["classes"]) == ("text-classification", 5), guessed.err
    asked = run("load", path, "--name", "numbers", "--task", "text-regression", "--json")
    assert (asked.json["task"], asked.json["schema"]["label"]) == ("text-regression", "score"), asked.err
    assert _labels(run, "numbers", tmp_path / "o.parquet") == [1.0, 2.0, 3.0, 4.0, 5.0] * 6
    said = run("load", path, "--name", "said", "--task", "text-regression")
    assert "30 rows, task text-regression." in said.out


def test_rows_of_tables_have_numbers_too(run: Run, tmp_path: Path) -> None:
    rows = [{"area": 20 + place / 3, "rooms": place % 4, "rent": 300 + place * 7.25} for place in range(40)]
    (tmp_path / "flats.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    loaded = run("load", tmp_path / "flats.jsonl", "--name", "flats", "--label", "rent", "--json")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["task"], loaded.json["schema"]["features"]) == ("tabular-regression", ["area", "rooms"])
    assert _labels(run, "flats", tmp_path / "o.parquet") == [row["rent"] for row in rows]


def test_a_column_of_no_number_or_of_one_is_refused_with_what_to_do(run: Run, tmp_path: Path) -> None:
    ask = ("--payload", "text", "--label", "score", "--task", "text-regression")
    words = run("load", _write(tmp_path / "a.csv", ["good", "bad", "good"]), "--name", "a", *ask)
    assert words.code != 0 and "column 'score' holds 'good'" in words.err
    same = run("load", _write(tmp_path / "b.csv", [2.5, 2.5]), "--name", "b", *ask)
    assert same.code != 0 and "the same number in every row" in same.err
    none = run("load", _write(tmp_path / "c.csv", ["n/a", "nan"]), "--name", "c", *ask)
    assert none.code != 0 and "column 'score' holds 'n/a'" in none.err
