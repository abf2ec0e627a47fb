"""`scan` and `issues` on the command line."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from core.issues import ISSUE_TYPES
from tests.integration.cli_support import (
    FLIPPED,
    ROWS,
    WORDS,
    Run,
    begun,
    finished,
    in_process,
    load,
    write_rows,
)
from tests.training_support import tiny_bert

BACKGROUND = ("sh", "-c", "trap '' INT; exec \"$@\"", "sh")
"""Starts a program as `&` in a script and nohup do: with the signal of Ctrl-C ignored."""


@pytest.mark.parametrize("before", [(), BACKGROUND], ids=["in front", "in the background"])
def test_ctrl_c_stops_the_scan_that_runs(run: Run, tmp_path: Path, notes: Path, before: tuple[str, ...]) -> None:
    load(run, notes)
    encoders = ("--encoder", "lexical", "--encoder", "minilm")
    scan = in_process(tmp_path / "workspace", "scan", "notes", *encoders, before=before)
    assert "Scan of notes" in begun(scan)
    time.sleep(0.5)
    scan.send_signal(signal.SIGINT)
    ended = finished(scan)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith("stopped\n")
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


def test_every_scan_finds_every_type_and_copies_are_left_out_in_one_command(run: Run, tmp_path: Path) -> None:
    drawn, topics = np.random.default_rng(0), [words.split() for words in WORDS.values()]
    rows = [" ".join([*drawn.choice(topics[row % 3], 7), str(row)]) for row in range(90)]
    rows += [rows[0], rows[0], rows[4], "<br /> it &amp; they were not seen"]
    path = tmp_path / "copies.csv"
    labels = [list(WORDS)[row % 3] for row in range(90)] + [next(iter(WORDS))] * 4
    path.write_text("text,label\n" + "\n".join(f"{text},{label}" for text, label in zip(rows, labels, strict=True)))
    assert run("load", path, "--name", "copies").code == 0
    scanned = run("scan", "copies", "--encoder", "lexical", "--folds", "2", "--json")
    assert scanned.code == 0, scanned.err
    assert list(scanned.json["found"]) == list(ISSUE_TYPES)
    assert scanned.json["found"]["near_duplicate"]["exact"] == 3

    listed = run("issues", "copies", "--type", "near_duplicate", "--flagged", "--json").json
    assert {90, 91} <= {row["example_id"] for row in listed}
    assert [row["suggested_label"] is None for row in listed if row["example_id"] in (90, 91)] == [True, True]
    assert len(run("issues", "copies", "--type", "outlier", "--json").json) == 94
    said = run("issues", "copies", "--type", "near_duplicate", "--summary").out
    assert "with conflicting labels; exact copies: 3" in said

    (marked,) = run("issues", "copies", "--type", "content", "--kind", "markup", "--json").json
    assert (marked["example_id"], marked["kinds"]) == (93, "markup")
    assert run("issues", "copies", "--type", "content", "--kind", "mojibake", "--json").json == []
    assert run("issues", "copies", "--kind", "markup").code == 2

    done = run("decide", "copies", "--keep-one", "--reviewer", "ada", "--json")
    assert done.code == 0, done.err
    assert done.json["excluded"] >= 2 and done.json["conflicting"] >= 1
    again = run("decide", "copies", "--keep-one", "--reviewer", "ada", "--json")
    assert again.json["excluded"] == 0

    scanned = run("scan", "copies", "--encoder", "lexical", "--folds", "2", "--type", "outlier", "--json")
    assert list(scanned.json["found"]) == ["label", "outlier"]
    without = run("scan", "copies", "--type", "outlier", "--names")
    assert without.code == 2 and "Names are listed with personal data" in without.err


def test_the_list_of_an_issue_type_that_there_is_not_is_refused(run: Run, notes: Path) -> None:
    load(run, notes)
    run("scan", "notes", "--encoder", "lexical", "--folds", "2")
    assert run("issues", "notes", "--type", "label", "--top", "1").code == 0
    refused = run("issues", "notes", "--type", "nonsense")
    assert (refused.code, refused.out) == (2, "")
    assert "nonsense" in refused.err


def test_a_model_is_fine_tuned_without_each_fold_by_choice_and_its_stages_are_those_foreseen(
    run: Run, tmp_path: Path
) -> None:
    write_rows(tmp_path / "notes.csv", 42)
    load(run, tmp_path / "notes.csv")
    asked = ("scan", "notes", "--encoder", "lexical", "--folds", "2", "--fine-tune", tiny_bert(tmp_path / "tiny"))
    scanned = run(*asked, "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.json["tier"] == "lexical + tiny fine-tuned"
    told = scanned.err.splitlines()[0]
    assert "on this machine, for 2 fine-tunes of 10 epochs each" in told
    assert "guessed from the pace of minilm" in told
    (folder,) = (tmp_path / "workspace" / "runs").glob("*-scan-*")
    foreseen = {stage["name"] for stage in json.loads((folder / "plan.json").read_text())["stages"]}
    said = {json.loads(line).get("stage") for line in (folder / "progress.jsonl").read_text().splitlines()}
    folds = {f"tiny fine-tuned: fold {fold} of 2" for fold in (1, 2)}
    assert folds <= foreseen and folds <= said

    own = run(*asked, "--probabilities", tmp_path / "own.npy")
    assert own.code != 0 and "a fine-tuned one would have no effect" in own.err
    other = run("scan", "notes", "--fine-tune", "efficientnet")
    assert other.code != 0 and "'efficientnet' is for images, and this dataset has texts" in other.err
