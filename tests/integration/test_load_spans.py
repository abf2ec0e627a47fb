"""Spans from every layout, and back: what is exported loads again with the same labels and the same tokens."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.cli_support import Run

DATA = Path(os.environ.get("WINNOW_DATA", "")) / "wnut17"
BAD = "Ada\tB-PER\nof\tI-PER\nParis\tI-LOC\n\nin\tO\nLeeds\tB-LOC\n"
LABEL = [[0, 3, "PER"], [13, 21, "LOC"]]
TEXT = "Ada lives in New York"
TOKENS, TAGS = TEXT.split(), ["B-PER", "O", "O", "B-LOC", "I-LOC"]


def _labels(run: Run, name: str, folder: Path) -> list[tuple[str, Any]]:
    out = folder / f"{name}-labels.csv"
    assert run("export", name, "--format", "csv", "--plain", "--out", out).code == 0
    import csv

    with out.open(newline="") as file:
        return [(row["text"], json.loads(row["label"])) for row in csv.DictReader(file)]


@pytest.mark.skipif(not DATA.is_dir(), reason="WNUT-17 is not here")
def test_wnut17_comes_back_from_conll_and_json_lines_as_it_was(run: Run, tmp_path: Path) -> None:
    files = sorted(DATA.glob("*.conll"))
    loaded = run("load", *files, "--name", "wnut", "--task", "token-classification", "--json")
    assert loaded.code == 0, loaded.err
    assert (loaded.json["rows"], loaded.json["classes"], loaded.json["rejected"]) == (4403, 6, 0)
    assert loaded.json["layout"]["scheme"] == "IOB2"
    given = sorted(map(str, _labels(run, "wnut", tmp_path)))
    for name, form in (("folder", "conll"), ("lines.jsonl", "jsonl")):
        assert run("export", "wnut", "--format", form, "--out", tmp_path / name).code == 0
        again = run("load", tmp_path / name, "--name", name, "--json")
        assert (again.json["rows"], again.json["layout"]["scheme"]) == (4403, "IOB2"), again.err
        assert sorted(map(str, _labels(run, name, tmp_path))) == given
    tokens = [line.split("\t")[0] for line in (tmp_path / "folder" / "train.conll").read_text().splitlines() if line]
    source = next(file for file in files if "train" in file.name).read_text().splitlines()
    assert tokens == [line.split("\t")[0] for line in source if line.strip()]


def test_bad_sequences_are_mended_or_set_aside_and_counted(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.conll").write_text(BAD)
    mended = run("load", tmp_path / "bad.conll", "--name", "mended", "--json")
    assert (mended.json["rows"], mended.json["layout"]["mended"]) == (2, "1"), mended.err
    said = run("load", tmp_path / "bad.conll", "--name", "said")
    assert "1 sentence had tags that the scheme does not have so" in said.out
    aside = run("load", tmp_path / "bad.conll", "--name", "aside", "--bad-tags", "set aside", "--json")
    assert (aside.json["rows"], aside.json["rejected"]) == (1, 1)
    first = aside.json["rejected_first"][0]
    assert (first["line"], first["reason"]) == (1, "tags against IOB2: I-LOC after I-PER")


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("tags.jsonl", {"tokens": TOKENS, "ner_tags": TAGS}),
        ("doccano.jsonl", {"text": TEXT, "label": LABEL}),
        ("spacy.jsonl", {"text": TEXT, "entities": LABEL}),
        ("studio.jsonl", {"text": TEXT, "label": [{"start": a, "end": b, "labels": [t]} for a, b, t in LABEL]}),
    ],
)
def test_json_lines_of_common_layouts(run: Run, tmp_path: Path, name: str, row: dict[str, Any]) -> None:
    (tmp_path / name).write_text("".join(json.dumps(one) + "\n" for one in (row, row | _without(row))))
    loaded = run("load", tmp_path / name, "--name", "one", "--json")
    assert loaded.code == 0, loaded.err
    assert loaded.json["task"] == "token-classification"
    assert _labels(run, "one", tmp_path) == [(TEXT, LABEL), (TEXT, [])]
    assert run("export", "one", "--format", "jsonl", "--out", tmp_path / "out.jsonl").code == 0
    back = run("load", tmp_path / "out.jsonl", "--name", "two", "--json")
    assert back.code == 0, back.err
    assert _labels(run, "two", tmp_path) == [(TEXT, LABEL), (TEXT, [])]


def _without(row: dict[str, Any]) -> dict[str, Any]:
    """The same row without spans."""
    last = list(row)[-1]
    return {last: ["O"] * len(TOKENS) if last == "ner_tags" else []}


def test_class_numbers_of_datasets_get_their_names(run: Run, tmp_path: Path) -> None:
    names = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    table = pa.table({"tokens": [TOKENS, ["Leeds"]], "ner_tags": [[names.index(tag) for tag in TAGS], [3]]})
    feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "Sequence"}
    info = json.dumps({"info": {"features": {"ner_tags": feature}}}).encode()
    pq.write_table(table.replace_schema_metadata({b"huggingface": info}), tmp_path / "train.parquet")
    loaded = run("load", tmp_path / "train.parquet", "--name", "one", "--json")
    assert loaded.code == 0, loaded.err
    assert _labels(run, "one", tmp_path) == [(TEXT, LABEL), ("Leeds", [[0, 5, "LOC"]])]
    assert run("export", "one", "--format", "datasets", "--out", tmp_path / "saved").code == 0
    saved = run("load", tmp_path / "saved", "--name", "two", "--json")
    assert saved.code == 0, saved.err
    assert _labels(run, "two", tmp_path) == [(TEXT, LABEL), ("Leeds", [[0, 5, "LOC"]])]


def test_a_decision_outside_of_the_text_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "one.conll").write_text(BAD)
    assert run("load", tmp_path / "one.conll", "--name", "one").code == 0
    for label, said in (('[[0,99,"PER"]]', "not within the text"), ('[[0,3,"PER"],[2,5,"LOC"]]', "overlap")):
        (tmp_path / "d.jsonl").write_text(json.dumps({"example_id": 0, "action": "relabel", "label": label}) + "\n")
        refused = run("decide", "one", "--file", tmp_path / "d.jsonl", "--reviewer", "ada")
        assert refused.code == 2
        assert said in refused.err
