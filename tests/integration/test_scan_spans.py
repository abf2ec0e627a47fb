"""Named entities from the command line: planted errors come first in a scan, and a model that learns them is held
against whole entities."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.cli_support import Run

PEOPLE = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Kathleen")
CITIES = ("Paris", "Leeds", "Oslo", "Lima", "Quito", "Turin", "Kyoto", "Accra")
FORMS = ("{} lives in {} .", "yesterday {} went to {} by train", "ask {} about {} again", "why did {} leave {} ?")


def sentences() -> list[list[tuple[str, str]]]:
    found = []
    for place, person in enumerate(PEOPLE):
        for other, city in enumerate(CITIES):
            tags = {person: "B-PER", city: "B-LOC"}
            words = FORMS[(place + other) % len(FORMS)].format(person, city).split()
            found.append([(word, tags.get(word, "O")) for word in words])
    return found


def load(run: Run, folder: Path, text: list[list[tuple[str, str]]]) -> None:
    file = folder / "train.conll"
    file.write_text("\n\n".join("\n".join("\t".join(pair) for pair in one) for one in text))
    assert run("load", file, "--name", "places", "--task", "token-classification").code == 0


def test_planted_errors_come_first_and_every_span_has_a_line(run: Run, tmp_path: Path) -> None:
    text = sentences()
    for place, (was, now) in {5: ("B-PER", "O"), 20: ("B-LOC", "B-PER"), 40: ("B-LOC", "O")}.items():
        text[place] = [(word, now if tag == was else tag) for word, tag in text[place]]
    load(run, tmp_path, text)
    scanned = run("scan", "places", "--encoder", "lexical", "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.json["found"]["label"]["spans"]["given"] == 2 * len(text) - 2
    lines = run("issues", "places", "--json").json
    assert len(lines) == 2 * len(text)
    assert {line["row"] for line in lines[:3]} == {5, 20, 40}
    said = {line["row"]: (line["text"], line["given_label"], line["suggested_label"]) for line in lines[:3]}
    assert said[5] == ("Ada", "O", "PER")
    assert said[20] == ("Quito", "PER", "LOC")
    assert said[40] == ("Paris", "O", "LOC")
    assert [line["score"] for line in lines] == sorted(line["score"] for line in lines)
    worst = run("issues", "places", "--flagged", "--columns", "example_id,suggested_label", "--json").json
    assert {5, 20, 40} <= {line["example_id"] for line in worst}


def test_models_that_are_fine_tuned_without_each_fold_say_what_words_are(run: Run, tmp_path: Path) -> None:
    load(run, tmp_path, sentences())
    scanned = run("scan", "places", "--encoder", "lexical", "--folds", "2", "--fine-tune", "minilm", "--json")
    assert scanned.code == 0, scanned.err
    assert scanned.json["tier"] == "lexical + minilm fine-tuned"
    members = scanned.json["encoders"]
    assert members[1]["accuracy"] > 0.6  # of words, most of which are in no span
    assert sum(member["weight"] for member in members) == pytest.approx(1)
    assert scanned.json["found"]["label"]["spans"]["given"] == 2 * len(sentences())


def test_own_probabilities_of_tokens_are_scanned(run: Run, tmp_path: Path) -> None:
    text = sentences()
    tags = [tag for one in text for _, tag in one]
    names = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    columns = {name: np.where(np.array(tags) == name, 0.92, 0.02) for name in names}
    text[5] = [(word, "O") for word, _ in text[5]]
    load(run, tmp_path, text)
    pq.write_table(pa.table(columns), tmp_path / "own.parquet")
    scanned = run("scan", "places", "--probabilities", tmp_path / "own.parquet", "--json")
    assert scanned.code == 0, scanned.err
    lines = run("issues", "places", "--json").json
    assert [(line["row"], line["given_label"]) for line in lines[:2]] == [(5, "O"), (5, "O")]
    assert {line["suggested_label"] for line in lines[:2]} == {"PER", "LOC"}


def test_rows_without_a_label_get_spans_suggested(run: Run, tmp_path: Path) -> None:
    rows = []
    for place, text in enumerate(sentences()):
        words, spans, at = [word for word, _ in text], [], 0
        for word, tag in text:
            spans += [] if tag == "O" else [[at, at + len(word), tag[2:]]]
            at += len(word) + 1
        rows.append({"text": " ".join(words), "label": None if place in (7, 30) else spans})
    file = tmp_path / "rows.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    assert run("load", file, "--name", "half", "--task", "token-classification", "--json").json["unlabelled"] == 2
    assert run("scan", "half", "--encoder", "lexical").code == 0
    lines = run("issues", "half", "--json").json
    assert {7, 30}.isdisjoint(line["row"] for line in lines)
    asked = ("--columns", "example_id,suggested_label", "--json")
    found = {
        one["example_id"]: one["suggested_label"] for one in run("issues", "half", "--type", "unlabelled", *asked).json
    }
    assert set(found) == {7, 30}
    assert [one["label"] for one in found[7]] == ["PER", "LOC"]


def test_a_model_learns_entities_and_is_evaluated_by_them(run: Run, tmp_path: Path) -> None:
    from transformers import pipeline

    load(run, tmp_path, sentences())
    trained = run("train", "places", "--json")
    assert trained.code == 0, trained.err
    found = run("evaluate", "places", "--run", "1", "--json").json
    entities = found["entities"]
    assert entities["micro"]["support"] == 2 * found["rows"]
    assert set(entities["per_type"]) == {"LOC", "PER"}
    for scores in (entities["micro"], entities["macro"], *entities["per_type"].values()):
        assert set(scores) == {"precision", "recall", "f1", "support"} and scores["f1"] > 0.8
    low, high = entities["intervals"]["micro"]["f1"]
    assert low < entities["micro"]["f1"] <= high
    assert entities["matching"]["strict"]["f1"] == pytest.approx(entities["micro"]["f1"])
    assert "entities found whole" in run("evaluate", "places", "--run", "1").out
    assert run("export", "places", "--run", "1", "--out", tmp_path / "model.zip").code == 0
    with zipfile.ZipFile(tmp_path / "model.zip") as packed:
        packed.extractall(tmp_path / "model")
    folder = next((tmp_path / "model").rglob("config.json")).parent
    ask = pipeline("token-classification", str(folder), aggregation_strategy="simple")
    said = [(one["word"], one["entity_group"]) for one in ask("Grace lives in Turin .")]
    assert said == [("grace", "PER"), ("turin", "LOC")]
    out = tmp_path / "said.conll"
    asked = run("predict", tmp_path / "train.conll", "--run", "1", "--dataset", "places", "--out", out, "--json")
    assert asked.code == 0, asked.err
    assert (asked.json["predicted"], asked.json["format"]) == (len(sentences()), "conll")
    given = (tmp_path / "train.conll").read_text().splitlines()
    said_lines = out.read_text().splitlines()
    assert [line.split("\t")[0] for line in said_lines[: len(given)]] == [line.split("\t")[0] for line in given]
    assert sum(one == other for one, other in zip(said_lines, given, strict=False)) > 0.9 * len(given)
    (tmp_path / "new.csv").write_text('id,text\na,"Grace lives in Turin, they say"\nb,\n')
    out = tmp_path / "said.jsonl"
    assert run("predict", tmp_path / "new.csv", "--run", "1", "--dataset", "places", "--out", out).code == 0
    first, second = map(json.loads, out.read_text().splitlines())
    assert [(one["start"], one["end"], one["label"]) for one in first["spans"]] == [(0, 5, "PER"), (15, 20, "LOC")]
    assert all(0.5 < one["score"] <= 1 for one in first["spans"]) and first["id"] == "a"
    assert (second["spans"], second["reason"], second["id"]) == (None, "missing text", "b")
    loaded = run("load", out, "--name", "again", "--json")
    assert (loaded.code, loaded.json["task"], loaded.json["classes"]) == (0, "token-classification", 2)
