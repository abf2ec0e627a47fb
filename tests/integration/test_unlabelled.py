"""Rows without a label, all the way on the command line: kept, counted, suggested for, labelled, never learnt from."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq

from tests.integration.cli_support import ROWS, Run, load, write_rows

EVERY = 4


def _without(path: Path) -> dict[str, str]:
    """Takes the label of every fourth row away; returns key → label of those."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    taken = {row["key"]: row["topic"] for row in rows[::EVERY]}
    for row in rows[::EVERY]:
        row["topic"] = ""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return taken


def test_unlabelled_rows_are_kept_suggested_for_labelled_and_never_learnt_from(run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "notes.csv")
    taken = _without(tmp_path / "notes.csv")
    loaded = load(run, tmp_path / "notes.csv")
    assert (loaded.json["rows"], loaded.json["unlabelled"], loaded.json["rejected"]) == (ROWS, len(taken), 0)
    assert run("profile", "notes", "--json").json["balance"]["unlabelled"] == len(taken)

    scanned = run("scan", "notes", "--encoder", "lexical", "--json")
    assert scanned.json["found"]["unlabelled"]["flagged"] == len(taken)
    assert len(run("issues", "notes", "--format", "json").json) == ROWS - len(taken)
    rows = run("issues", "notes", "--type", "unlabelled", "--format", "json").json
    assert {row["key"] for row in rows} == taken.keys()
    assert all(row["given_label"] is None for row in rows)
    assert sum(row["suggested_label"] == taken[row["key"]] for row in rows) >= 0.95 * len(rows)

    trained = run("train", "notes", "--strategy", "head", "--json")
    assert trained.code == 0, trained.err
    splits = trained.json["summary"]["splits"]
    assert splits.keys() == {"train", "test"}
    assert sum(one["rows"] for one in splits.values()) == ROWS - len(taken)
    assert run("evaluate", "notes", "--run", "1", "--split", "test", "--json").json["rows"] == splits["test"]["rows"]

    first, second, *others = rows
    asked = ("decide", "notes", "--flagged", "--type", "unlabelled", "--reviewer", "ada", "--act")
    assert "No row would be changed" in run(*asked, "keep").err  # there is no label to keep
    assert f"{len(taken)} rows of {len(taken)}" in run(*asked, "suggestion", "--dry-run").out
    decisions = tmp_path / "decisions.csv"
    with decisions.open("w", newline="") as file:
        csv.writer(file).writerows(
            [["example_id", "action", "label"], *([row["example_id"], "relabel", taken[row["key"]]] for row in others)]
        )
    assert run("decide", "notes", "--file", decisions, "--reviewer", "ada", "--json").json["written"] == len(others)
    assert run("version", "notes", "--note", "labelled", "--json").json["row_count"] == ROWS
    out = tmp_path / "notes.parquet"
    assert run("export", "notes", "--format", "parquet", "--out", out, "--json").json["rows"] == ROWS
    labels = dict(zip(*(pq.read_table(out)[name].to_pylist() for name in ("key", "label")), strict=True))
    assert [labels[row["key"]] for row in (first, second)] == [None, None]
    assert {row["key"]: labels[row["key"]] for row in others} == {row["key"]: taken[row["key"]] for row in others}

    again = run("load", out, "--name", "again", "--payload", "text", "--label", "label", "--id", "key", "--json")
    assert (again.json["rows"], again.json["unlabelled"]) == (ROWS, 2)


def test_classes_are_declared_before_any_row_has_them_and_an_empty_one_is_taken_off(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("text\n" + "".join(f"text {row}\n" for row in range(6)))
    refused = run("load", tmp_path / "notes.csv", "--name", "notes", "--payload", "text")
    assert refused.code == 2 and "name the classes that rows are to be given" in refused.err
    asked = ("--payload", "text", "--label", "", "--more-classes", "space, food")
    loaded = run("load", tmp_path / "notes.csv", "--name", "notes", *asked, "--json")
    assert (loaded.json["rows"], loaded.json["unlabelled"], loaded.json["classes"]) == (6, 6, 2)
    assert "give some of the 6 rows without a label one" in run("scan", "notes").err

    assert [one["code"] for one in run("classes", "notes", "--add", "law", "--json").json] == ["food", "law", "space"]
    assert "There is a class 'law' already" in run("classes", "notes", "--add", "law").err
    decisions = tmp_path / "decisions.csv"
    decisions.write_text("example_id,action,label\n" + "".join(f"{row},relabel,law\n" for row in range(3)))
    assert run("decide", "notes", "--file", decisions, "--reviewer", "ada", "--json").json["written"] == 3
    assert "is that of 0 rows and 3 decisions" in run("classes", "notes", "--remove", "law").err
    assert run("version", "notes", "--note", "three", "--json").code == 0
    assert "is that of 3 rows and 3 decisions" in run("classes", "notes", "--remove", "law").err
    listed = run("classes", "notes", "--remove", "space", "--json").json
    assert [(one["code"], one["rows"]) for one in listed] == [("food", 0), ("law", 3)]


def test_a_scan_means_the_classes_that_there_were_when_it_began(run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "notes.csv")
    load(run, tmp_path / "notes.csv")
    before = run("scan", "notes", "--encoder", "lexical", "--json")
    listed = run("issues", "notes", "--format", "json").json
    assert before.code == 0
    run("classes", "notes", "--add", "aaa")  # it comes first: every other place moves
    assert run("issues", "notes", "--format", "json").json == listed
