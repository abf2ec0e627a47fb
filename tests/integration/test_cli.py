"""The command line as scripts use it: real files, real jobs, output that is the answer and nothing else."""

from __future__ import annotations

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.__main__ import main
from core.commands import COMMANDS

PROJECT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "datasets", "accelerate", "cleanlab", "sklearn", "streamlit")
WORDS = {
    "pets": "cat dog leash kennel paw fur vet collar bark purr litter treat",
    "space": "orbit rocket comet moon launch probe crater lunar nebula shuttle telescope astronaut",
    "food": "bread soup oven flour butter salt recipe dinner sauce spice roast bake",
}
ROWS, FLIPPED = 240, 14

Run = Callable[..., "Ran"]


class Ran:
    """What a command left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def in_process(workspace: Path, *arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
    """The command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "core", *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | {"WINNOW_WORKSPACE": str(workspace), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def finished(process: subprocess.Popen[str]) -> Ran:
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


@pytest.fixture
def run(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("datasets", "--json")` in this process, on a workspace of the test's own."""
    monkeypatch.setenv("WINNOW_WORKSPACE", str(tmp_path / "workspace"))

    def call(*arguments: str | Path) -> Ran:
        capfdbinary.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        captured = capfdbinary.readouterr()
        return Ran(code, captured.out.decode(), captured.err.decode())

    return call


def write_rows(path: Path, rows: int = ROWS) -> dict[str, str]:
    """A CSV of three topics in which `FLIPPED` rows carry a wrong label; returns key → true label of those."""
    chance = random.Random(7)
    wrong: dict[str, str] = {}
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "text", "topic", "source"])
        for row in range(rows):
            topic = list(WORDS)[row % 3]
            given = topic
            if row % (rows // FLIPPED) == 5 and len(wrong) < FLIPPED:
                given = chance.choice([other for other in WORDS if other != topic])
                wrong[f"k{row}"] = topic
            text = " ".join(chance.choices(WORDS[topic].split(), k=12))
            writer.writerow([f"k{row}", text, given, ("web", "app")[row % 2]])
    return wrong


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "notes.csv"
    write_rows(path)
    return path


def load(run: Run, path: Path) -> Ran:
    return run("load", path, "--name", "notes", "--payload", "text", "--label", "topic", "--id", "key", "--json")


# --- the whole way -------------------------------------------------------------------------------------------------


def test_a_file_is_loaded_scanned_decided_on_made_a_version_and_exported(run: Run, tmp_path: Path) -> None:
    wrong = write_rows(tmp_path / "notes.csv")
    loaded = load(run, tmp_path / "notes.csv")
    assert (loaded.code, loaded.json["rows"], loaded.json["classes"]) == (0, ROWS, 3)

    scanned = run("scan", "notes", "--encoder", "lexical", "--folds", "4", "--seed", "1", "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.json["rows"] == ROWS
    assert scanned.json["share_wrong"]["low"] <= scanned.json["share_wrong"]["estimate"]
    assert "Scan of notes" in scanned.err

    listed = run("issues", "notes", "--format", "json")
    rows = listed.json
    assert len(rows) == ROWS
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    assert {"row_id", "score", "is_issue", "given_label", "suggested_label", "key"} <= rows[0].keys()
    worst = {row["key"]: row["suggested_label"] for row in rows[:FLIPPED]}
    assert sum(worst.get(key) == topic for key, topic in wrong.items()) >= FLIPPED - 2

    decisions = tmp_path / "decisions.csv"
    with decisions.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row_id", "action", "label"])
        writer.writerows([row["row_id"], "relabel", row["suggested_label"]] for row in rows[:5])
        writer.writerow([rows[5]["row_id"], "exclude", ""])
    decided = run("decide", "notes", "--file", decisions, "--reviewer", "ada", "--json")
    assert (decided.code, decided.json["written"]) == (0, 6)
    assert run("decide", "notes", "--file", decisions, "--reviewer", "ada", "--json").json["written"] == 0

    version = run("version", "notes", "--note", "first pass", "--json")
    assert (version.code, version.json["number"], version.json["row_count"]) == (0, 2, ROWS - 1)

    out = tmp_path / "fixed.parquet"
    exported = run("export", "notes", "--format", "parquet", "--out", out, "--json")
    assert (exported.code, exported.json["rows"]) == (0, ROWS - 1)
    labels = dict(zip(*(pq.read_table(out)[name].to_pylist() for name in ("row_id", "label")), strict=True))
    assert [labels[row["row_id"]] for row in rows[:5]] == [row["suggested_label"] for row in rows[:5]]
    assert rows[5]["row_id"] not in labels

    before = run("export", "notes@1", "--format", "csv", "--out", tmp_path / "before.csv", "--json")
    assert (before.code, before.json["rows"]) == (0, ROWS)
    unscanned = run("issues", "notes")
    assert (unscanned.code, unscanned.out) == (1, "")
    assert "python -m core scan notes" in unscanned.err
    assert run("issues", "notes@1", "--top", "3", "--format", "json").json == rows[:3]


def test_ctrl_c_stops_the_scan_that_runs(run: Run, tmp_path: Path, notes: Path) -> None:
    load(run, notes)
    scan = in_process(tmp_path / "workspace", "scan", "notes", "--encoder", "lexical", "--encoder", "minilm")
    assert scan.stderr is not None
    assert "Scan of notes" in scan.stderr.readline()
    time.sleep(0.5)
    scan.send_signal(signal.SIGINT)
    ended = finished(scan)
    assert (ended.code, ended.out) == (1, "")
    (job,) = [job for job in run("jobs", "--json").json if job["kind"] == "scan"]
    assert job["status"] == "cancelled"


def test_a_persons_own_probabilities_are_scanned_instead_of_an_encoders(run: Run, tmp_path: Path, notes: Path) -> None:
    load(run, notes)
    order = sorted(WORDS)
    own = np.full((ROWS, 3), 0.1, dtype=np.float32)
    own[range(ROWS), [order.index(list(WORDS)[row % 3]) for row in range(ROWS)]] = 0.8
    np.save(tmp_path / "own.npy", own)
    scanned = run("scan", "notes", "--encoder", "lexical", "--probabilities", tmp_path / "own.npy", "--json")
    assert scanned.code == 0, scanned.err
    assert "own" in scanned.json["tier"]
    worst = run("issues", "notes", "--top", str(FLIPPED), "--json").json
    assert all(row["given_label"] != row["suggested_label"] for row in worst)

    np.save(tmp_path / "short.npy", own[:-1])
    refused = run("scan", "notes", "--probabilities", tmp_path / "short.npy", "--json")
    assert (refused.code, refused.out) == (1, "")
    assert "239" in refused.err


# --- load, datasets, profile ---------------------------------------------------------------------------------------


def test_columns_named_on_the_command_line_play_their_roles(run: Run, notes: Path) -> None:
    loaded = run("load", notes, "--name", "by source", "--label", "source", "--json").json
    assert loaded["schema"]["label"] == "source"
    assert "topic" in loaded["schema"]["attributes"]
    assert loaded["classes"] == 2


def test_a_column_that_does_not_exist_is_wrong_usage_and_names_those_that_do(run: Run, notes: Path) -> None:
    ran = run("load", notes, "--name", "notes", "--label", "colour")
    assert (ran.code, ran.out) == (2, "")
    assert "no column 'colour'" in ran.err
    assert "key, text, topic, source" in ran.err


def test_the_text_sample_loads_by_its_name(run: Run) -> None:
    assert run("load", "bbc-news", "--json").json["rows"] == 2225
    (dataset,) = run("datasets", "--json").json
    assert (dataset["name"], dataset["classes"], dataset["scan"]) == ("bbc-news", 5, None)


def test_rows_set_aside_are_counted_and_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("text,label\n" + "a b c,x\nd e f,y\n" * 20 + "no label,\n")
    loaded = run("load", path, "--name", "gaps", "--payload", "text", "--label", "label")
    assert loaded.code == 0
    assert "1 rows were set aside" in loaded.out
    assert ":42:" in loaded.out


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


# --- where output goes, and exit codes -----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--json", "datasets"], ["datasets", "--json"]])
def test_json_may_stand_before_or_after_the_command(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.json) == (0, [])


@pytest.mark.parametrize("before", [True, False])
def test_the_workspace_may_stand_before_or_after_the_command(run: Run, tmp_path: Path, before: bool) -> None:
    named = ["--workspace", str(tmp_path / "elsewhere")]
    ran = run(*named, "datasets") if before else run("datasets", *named)
    assert ran.code == 0
    assert (tmp_path / "elsewhere" / "winnow.duckdb").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["winnow"],
        ["scan"],
        ["issues", "notes", "--top", "0"],
        ["issues", "notes", "--top", "many"],
        ["issues", "notes", "--format", "xml"],
        ["issues", "notes", "--json", "--format", "csv"],
        ["decide", "notes", "--file", "x.csv"],
        ["version", "notes"],
        ["export", "notes", "--format", "csv"],
        ["load", "some.csv"],
    ],
)
def test_wrong_usage_leaves_with_2_and_an_empty_output(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["issues", "nowhere"],
        ["scan", "nowhere"],
        ["profile", "nowhere"],
        ["version", "nowhere", "--note", "x"],
        ["load", "/nowhere/at/all.csv", "--name", "x"],
    ],
)
def test_a_failure_leaves_with_1_and_says_what_to_do(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert len(ran.err.splitlines()) >= 2


def test_a_version_that_does_not_exist_is_named_with_those_that_do(run: Run, notes: Path) -> None:
    load(run, notes)
    ran = run("profile", "notes@7")
    assert ran.code == 1
    assert "no version 7" in ran.err
    assert "Its versions: 1." in ran.err


def test_a_workspace_that_the_app_has_open_says_so_and_how_to_go_on(run: Run, tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from core.settings import workspace; from core.workflow.context import open_context\n"
            "held = open_context(workspace(sys.argv[1])); print('open', flush=True); sys.stdin.read()",
            str(tmp_path / "workspace"),
        ],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    assert holder.stdout.readline() == "open\n"
    ran = finished(in_process(tmp_path / "workspace", "datasets", "--json"))
    holder.stdin.close()
    holder.wait(20)
    assert (ran.code, ran.out) == (1, "")
    assert f"process {holder.pid}" in ran.err
    assert "Close the app" in ran.err


def test_a_reader_that_goes_away_is_no_defect(run: Run, tmp_path: Path, notes: Path) -> None:
    load(run, notes)
    profile = in_process(tmp_path / "workspace", "profile", "notes", "--json")
    assert profile.stdout is not None
    assert profile.stderr is not None
    profile.stdout.close()
    err = profile.stderr.read()
    profile.stderr.close()
    assert profile.wait(60) == 1
    assert "Traceback" not in err
    assert "defect" not in err


def test_the_command_line_brings_no_heavy_library_with_it(tmp_path: Path) -> None:
    script = (
        "import sys; from core.__main__ import main\n"
        f"main(['load', 'bbc-news', '--workspace', {str(tmp_path)!r}, '--json'])\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=True
    )
    assert answer.stdout.splitlines()[-1] == "[]"


def test_every_command_explains_itself(run: Run) -> None:
    for command in COMMANDS:
        ran = run(command.name, "--help")
        assert ran.code == 0
        assert command.summary in ran.out
