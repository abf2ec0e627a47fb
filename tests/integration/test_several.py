"""Texts with several classes each, the whole way on the command line: scan, train, predict, by real jobs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from core.records import Dataset, RowFilter
from core.services.context import open_context
from core.settings import Workspace
from core.store.predictions import predictions_of
from core.store.rows import page_rows
from tests.integration.cli_support import WORDS, Run
from tests.integration.load_support import loaded

TOPICS = tuple(sorted(WORDS))
ROWS, WRONG = 160, 10


@pytest.fixture
def tagged(tmp_path: Path) -> Dataset:
    """Texts with the words of their topics; the first ten rows have one topic too many or too few."""
    row, topic = np.ogrid[:ROWS, :3]
    return load_tagged(tmp_path, (topic == row % 3) & (row < WRONG))[0]


def load_tagged(tmp_path: Path, wrong: np.ndarray) -> tuple[Dataset, list[str]]:
    """The dataset, which is given `wrong` (rows, 3) answers, and the true labels of its rows."""
    generator = np.random.default_rng(3)
    topics = generator.random((ROWS, 3)) < 0.45
    path, true = tmp_path / "tagged.csv", []
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for row, has in enumerate(topics):
            words = [word for one in np.flatnonzero(has) for word in generator.choice(WORDS[TOPICS[one]].split(), 5)]
            text = " ".join([*words, *generator.choice(["the", "of", "and", "very"], 3), str(row)])
            given = has ^ wrong[row]
            writer.writerow([text, json.dumps([TOPICS[one] for one in np.flatnonzero(given)])])
            true.append(json.dumps([TOPICS[one] for one in np.flatnonzero(has)]))
    context = open_context(Workspace(tmp_path / "workspace"))
    try:
        return loaded(context, path, name="tagged", task="multi-label-text", payload="text", label="label"), true
    finally:
        context.close()


def test_a_dataset_is_scanned_trained_on_and_its_model_used(run: Run, tagged: Dataset, tmp_path: Path) -> None:
    assert tagged.labels == TOPICS
    scanned = run("scan", "tagged", "--encoder", "lexical", "--json")
    assert scanned.code == 0, scanned.err
    said = run("issues", "tagged", "--summary")
    assert said.code == 0, said.err
    assert "are probably wrong" in said.out or "cannot be told" in said.out
    assert ": too much in " in said.out and "[" not in said.out
    trained = run("train", "tagged", "--json")
    assert trained.code == 0, trained.err
    assert trained.json["summary"]["splits"]["test"]["macro_f1"] > 0.8
    new = tmp_path / "new.csv"
    new.write_text("text\nrocket launch moon orbit and bread soup oven butter\nof the very and\n")
    predicted = run("predict", new, "--run", "1", "--out", tmp_path / "out.csv", "--json")
    assert predicted.code == 0, predicted.err
    assert predicted.json["predicted"] == 2
    with (tmp_path / "out.csv").open() as file:
        first, second = csv.DictReader(file)
    assert json.loads(first["predicted"]) == ["food", "space"]
    assert json.loads(second["predicted"]) == []
    assert float(first["probability: space"]) > 0.5 > float(first["probability: pets"])
    balanced = run("train", "tagged", "--class-weights", "balanced", "--json")
    assert balanced.code == 0, balanced.err
    assert balanced.json["summary"]["splits"]["test"]["macro_f1"] > 0.7


def test_predictions_are_in_the_store_as_texts_of_their_sets(run: Run, tagged: Dataset, tmp_path: Path) -> None:
    assert run("train", "tagged", "--json").code == 0
    context = open_context(Workspace(tmp_path / "workspace"))
    try:
        (only,) = context.ledger.runs.of(tagged.dataset_id)
        rows = page_rows(context.store, tagged.latest_version_id, RowFilter(), ROWS)
        found = predictions_of(context.store, only.run_id, [row.example_id for row in rows])
        assert len(found) == ROWS
        probabilities = np.load(context.queue.folder(only.run_id).output / "probabilities.npy")
        for label, confidence, position in found.values():
            row = probabilities[position]
            assert json.loads(label) == [TOPICS[one] for one in np.flatnonzero(row >= 0.5)]
            assert confidence == pytest.approx(np.maximum(row, 1 - row).min(), abs=1e-6)
        agreeing = np.mean([found[row.example_id][0] == row.label for row in rows[WRONG:]])
        assert agreeing > 0.85
    finally:
        context.close()


def test_cleaning_sets_that_were_given_wrong_helps(run: Run, tmp_path: Path) -> None:
    """Two thirds of all rows are wrong about one topic, and decisions put them right; the last row is excluded."""
    wrong = 2 * ROWS // 3
    row, topic = np.ogrid[:ROWS, :3]
    dataset, true = load_tagged(tmp_path, (topic == 0) & (row < wrong))
    context = open_context(Workspace(tmp_path / "workspace"))
    try:
        rows = page_rows(context.store, dataset.latest_version_id, RowFilter(), ROWS)
    finally:
        context.close()
    decisions = tmp_path / "decisions.csv"
    with decisions.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["example_id", "action", "label"])
        ids = [row.example_id for row in rows]
        writer.writerows([one, "relabel", label] for one, label in zip(ids[:wrong], true, strict=False))
        writer.writerow([ids[-1], "exclude", ""])
    assert run("decide", "tagged", "--file", decisions, "--reviewer", "ada").code == 0
    assert run("version", "tagged", "--note", "first pass").code == 0
    asked = run("cleaning-effect", "tagged", "--seeds", "3", "--json")
    assert asked.code == 0, asked.err
    found = asked.json
    assert found["train"]["relabelled"] + found["test"]["relabelled"] <= wrong
    assert found["train"]["excluded"] + found["test"]["excluded"] <= 1
    assert found["verdict"] == "helped", found["conclusion"]
    assert "micro F1 is +" in found["conclusion"] and "accuracy" not in found["conclusion"]
    for scoring in found["scorings"]:
        for one in scoring["comparisons"]:
            names = [each["name"] for each in one["differences"]]
            assert names == ["micro_f1", "macro_f1", "samples_f1", "accuracy", *TOPICS]
