"""From a file to a corrected version on the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq

from tests.integration.cli_support import (
    FLIPPED,
    ROWS,
    Run,
    load,
    write_rows,
)


def test_a_file_is_loaded_scanned_decided_on_made_a_version_and_exported(run: Run, tmp_path: Path) -> None:
    wrong = write_rows(tmp_path / "notes.csv")
    loaded = load(run, tmp_path / "notes.csv")
    assert (loaded.code, loaded.json["rows"], loaded.json["classes"]) == (0, ROWS, 3)

    scanned = run("scan", "notes", "--encoder", "lexical", "--folds", "4", "--seed", "1", "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.json["rows"] == ROWS
    assert scanned.json["found"]["label"]["share_wrong"]["low"] <= 0.2
    assert "All of it in about " in scanned.err and " on this machine" in scanned.err
    assert "Scan of notes" in scanned.err

    listed = run("issues", "notes", "--format", "json")
    rows = listed.json
    assert len(rows) == ROWS
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    assert {"example_id", "score", "is_issue", "given_label", "suggested_label", "key"} <= rows[0].keys()
    worst = {row["key"]: row["suggested_label"] for row in rows[:FLIPPED]}
    assert sum(worst.get(key) == topic for key, topic in wrong.items()) >= FLIPPED - 2

    decisions = tmp_path / "decisions.csv"
    with decisions.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["example_id", "action", "label"])
        writer.writerows([row["example_id"], "relabel", row["suggested_label"]] for row in rows[:5])
        writer.writerow([rows[5]["example_id"], "exclude", ""])
    decided = run("decide", "notes", "--file", decisions, "--reviewer", "ada", "--json")
    assert (decided.code, decided.json["written"]) == (0, 6)
    assert run("decide", "notes", "--file", decisions, "--reviewer", "ada", "--json").json["written"] == 0

    version = run("version", "notes", "--note", "first pass", "--json")
    assert (version.code, version.json["number"], version.json["row_count"]) == (0, 2, ROWS - 1)

    out = tmp_path / "fixed.parquet"
    exported = run("export", "notes", "--format", "parquet", "--out", out, "--json")
    assert (exported.code, exported.json["rows"]) == (0, ROWS - 1)
    labels = dict(zip(*(pq.read_table(out)[name].to_pylist() for name in ("example_id", "label")), strict=True))
    assert [labels[row["example_id"]] for row in rows[:5]] == [row["suggested_label"] for row in rows[:5]]
    assert rows[5]["example_id"] not in labels

    before = run("export", "notes@1", "--format", "csv", "--out", tmp_path / "before.csv", "--json")
    assert (before.code, before.json["rows"]) == (0, ROWS)
    unscanned = run("issues", "notes")
    assert (unscanned.code, unscanned.out) == (1, "")
    assert "python -m core scan notes" in unscanned.err
    judged = {"verdict": "relabel", "verdict_by": "ada", "verdict_version": 1}
    assert run("issues", "notes@1", "--top", "3", "--format", "json").json == [
        row | judged | {"verdict_label": row["suggested_label"]} for row in rows[:3]
    ]
