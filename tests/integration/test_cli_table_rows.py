"""Rows of tables on the command line: a model is trained, asked for a file, taken elsewhere; and whether cleaning
helped."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from core.services.context import open_context
from core.services.runs.models import find_run, snippet
from core.settings import Workspace
from tests.integration.cli_support import Run

ROWS, WRONG = 120, 12


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    """Three kinds of flowers; every tenth label is that of the next kind."""
    path = tmp_path / "flowers.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "length", "picked", "colour", "fresh", "kind"])
        for row in range(ROWS):
            kind = row % 3
            length = "" if row % 17 == 16 else 10 * kind + row % 7 / 2
            given = (kind + 1) % 3 if row % (ROWS // WRONG) == 5 else kind
            day = f"2024-0{kind + 1}-{row % 20 + 1:02d}"
            writer.writerow([f"k{row}", length, day, ("red", "white", "blue")[kind], row % 2 == 0, "abc"[given]])
    return path


def test_a_task_whose_examples_are_several_columns_has_no_payload(run: Run, flowers: Path) -> None:
    refused = run("load", flowers, "--name", "f", "--task", "tabular-classification", "--payload", "length")
    assert (refused.code, "--payload: a tabular-classification example is several columns" in refused.err) == (2, True)


@pytest.fixture
def loaded(run: Run, flowers: Path) -> Run:
    found = run("load", flowers, "--name", "flowers", "--id", "key", "--json")
    assert found.code == 0, found.err
    assert found.json["schema"]["features"] == ["length", "picked", "colour", "fresh"]
    return run


def test_a_model_is_trained_asked_for_a_file_and_taken_elsewhere(loaded: Run, flowers: Path, tmp_path: Path) -> None:
    run = loaded
    refused = run("train", "flowers", "--strategy", "full")
    assert (refused.code != 0, "'full' has no meaning for table rows" in refused.err) == (True, True)
    trained = run("train", "flowers", "--json")
    assert trained.code == 0, trained.err
    assert "runs on the CPU\n" in trained.err
    assert trained.json["title"] == "Boosting, version 1"

    tables = {"csv": flowers, "parquet": tmp_path / "flowers.parquet"}
    pq.write_table(pyarrow.csv.read_csv(flowers), tables["parquet"])
    said = {}
    for name, table in tables.items():
        out = tmp_path / f"{name}-predicted.csv"
        found = run("predict", table, "--run", "1", "--out", out, "--json")
        assert found.code == 0, found.err
        assert (found.json["rows"], found.json["predicted"]) == (ROWS, ROWS)
        with out.open(newline="") as file:
            said[name] = [(row["predicted"], row["confidence"][:6]) for row in csv.DictReader(file)]
    assert said["csv"] == said["parquet"]
    assert sum(one == "abc"[row % 3] for row, (one, _) in enumerate(said["csv"])) >= 0.9 * ROWS

    few = tmp_path / "few.csv"
    few.write_text("length,colour\n1,red\n")
    lacking = run("predict", few, "--run", "1")
    assert "lacks 2 of the model's columns: 'picked', 'fresh'" in lacking.err
    assert "Leave --column out" in run("predict", flowers, "--run", "1", "--column", "length").err
    gaps = tmp_path / "gaps.csv"
    gaps.write_text("key,length,picked,colour,fresh\na,1,2024-01-01,red,true\nb,,,,\nc,,,green,\n")
    found = run("predict", gaps, "--run", "1", "--out", tmp_path / "gaps.out.csv", "--json").json
    assert (found["predicted"], found["not_predicted"]) == (2, 1)

    packed = tmp_path / "model.zip"
    exported = run("export", "flowers", "--run", "1", "--out", packed)
    assert exported.code == 0, exported.err
    ZipFile(packed).extractall(tmp_path / "elsewhere")
    context = open_context(Workspace(tmp_path / "workspace"))
    script = snippet(context, find_run(context, "1"))
    context.close()
    row = "row = dict.fromkeys"
    asked = script.replace(row, f"one = {{'length': 20.0, 'colour': 'blue', 'fresh': 1.0}}\n{row}").replace(
        "frame = pd.DataFrame([row])", "frame = pd.DataFrame([row | one])"
    )
    for text in (script, asked):
        done = subprocess.run(
            [sys.executable, "-c", text], cwd=tmp_path / "elsewhere", capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
    assert done.stdout.split()[0] == "c"


def test_whether_cleaning_helped_is_asked_of_heads_on_features(loaded: Run, tmp_path: Path) -> None:
    run, decisions = loaded, tmp_path / "decisions.csv"
    lines = [f"k{row},relabel,{'abc'[row % 3]}" for row in range(5, ROWS, ROWS // WRONG)]
    decisions.write_text("\n".join(["source_id,action,label", *lines]) + "\n")
    assert run("decide", "flowers", "--file", decisions, "--reviewer", "ada").code == 0
    assert run("version", "flowers", "--note", "first pass").code == 0
    found = run("cleaning-effect", "flowers", "--seeds", "2", "--json")
    assert found.code == 0, found.err
    assert found.json["train"]["relabelled"] + found.json["test"]["relabelled"] == WRONG
