"""Comparisons where labels are spans: what is changed at random, and a whole run in this process."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.evaluation.spans.effect import compare_spans
from core.finetune.settings import resolve
from core.jobs.cleaning_effect import run as cleaning
from core.jobs.cleaning_effect.span_draws import Edit, changed_spans, edits
from core.jobs.cleaning_effect.web import strategies_of
from core.queue import JobFolder, ProgressWriter
from core.records import TrainSpec
from core.targets.spans.form import written
from core.tasks import task_named
from core.typed import to_json
from tests.training_support import WORDS, tiny_bert

TYPES = ("LOC", "PER")
FIGURES = ["entity_f1", "macro_f1", *TYPES]


def test_what_review_did_to_a_row_is_read_off_both() -> None:
    given = ((0, 1, "LOC"), (3, 5, "LOC"), (6, 7, "PER"), (9, 11, "LOC"))
    reviewed = ((0, 1, "PER"), (3, 6, "LOC"), (9, 10, "PER"), (12, 14, "LOC"))
    assert edits(given, reviewed) == [
        Edit("type", "PER"),
        Edit("bounds", "", 0, 1),
        Edit("drop"),
        Edit("bounds", "PER", 0, -1),
        Edit("add", "LOC", 0, 2),
    ]
    assert edits(given, given) == []


@pytest.mark.parametrize("seed", range(3))
def test_random_changes_are_of_the_kinds_of_review_and_as_many(seed: int) -> None:
    draw = np.random.default_rng(seed)
    given = [((2, 4, TYPES[row % 2]),) if row % 3 else () for row in range(300)]
    reviewed: list[Any] = list(given)
    for row in range(20):
        reviewed[3 * row + 1] = ()
        reviewed[3 * row + 2] = ((2, 4, TYPES[1 - (3 * row + 2) % 2]),)
        reviewed[3 * row] = ((5, 6, "LOC"),)
    reviewed[-5:] = [None] * 5
    found = changed_spans(given, reviewed, [8] * 300, TYPES, draw)
    assert sum(one is None for one in found) == 5
    made = [edits(one, other) for one, other in zip(given, found, strict=True) if other is not None]
    kinds = [one.kind for row in made for one in row]
    assert (len([row for row in made if row]), sorted(set(kinds))) == (60, ["add", "drop", "type"])
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {"add": 20, "drop": 20, "type": 20}
    assert [one for one in found if one] != [one for one in reviewed if one]
    for one in found:
        for first, behind, _ in one or ():
            assert 0 <= first < behind <= 8


def test_models_are_held_against_each_other_by_whole_entities() -> None:
    true = [[(0, 3, "PER")], [(0, 3, "LOC")]] * 30
    half = [[(0, 3, "PER")], [(0, 4, "LOC")]] * 30
    found = compare_spans(
        true, {"given": [half, half], "reviewed": [true, true], "random": [half, true]}, TYPES, lambda *_: None
    )
    gain = found[0].of("entity_f1")
    assert (gain.first, gain.second, gain.support) == (0.5, 1.0, 60)
    assert gain.difference.estimate == pytest.approx(0.5)
    assert 0.3 < gain.difference.low < 0.5 < gain.difference.high < 0.7
    assert [one.name for one in found[0].differences] == FIGURES
    assert (found[0].of("PER").difference.estimate, found[0].of("LOC").difference.estimate) == (0.0, 1.0)
    assert found[1].of("entity_f1").difference.low < 0.25, "the seeds of the random arm differ"


def spans_folder(root: Path, rows: int, seeds: int) -> JobFolder:
    """Texts of words of which two are entities; in half of the rows as loaded the first type is missing, and reviewed
    right; a row of each split is excluded. Two thirds to learn from."""
    draw = np.random.default_rng(0)
    texts, given, reviewed = [], [], []
    for row in range(rows):
        words = draw.permutation([WORDS[0], WORDS[1], *draw.choice(WORDS[9:], 3)]).tolist()
        at = {word: len(" ".join(words[:place])) + (place > 0) for place, word in enumerate(words)}
        right = [(at[word], at[word] + len(word), name) for word, name in zip(WORDS, TYPES, strict=False)]
        texts.append(" ".join(words))
        reviewed.append(written(right))
        given.append(written(right[row % 2 :]))
    excluded = [None if row in (0, rows - 1) else one for row, one in enumerate(reviewed)]
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in texts],
        "label": pa.array([[0, 1]] * rows, pa.list_(pa.int32())),
        "reviewed": pa.array([[0, 1] if one else None for one in excluded], pa.list_(pa.int32())),
        "split": ["train"] * (2 * rows // 3) + ["test"] * (rows - 2 * rows // 3),
        "text": texts,
        "media_id": pa.nulls(rows, pa.string()),
        "spans": given,
        "reviewed_spans": pa.array(excluded, pa.string()),
        "tokens": pa.nulls(rows, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"task": "token-classification", "labels": list(TYPES), "arrays": str(root / "arrays"), "media": str(root)}
    about |= {"dataset_id": "d", "version_id": "v", "seeds": seeds}
    spec = TrainSpec(model=str(tiny_bert(root / "tiny")), strategy="head")
    folder.write_spec(asdict(resolve(spec, "token-classification", rows)) | about)
    return folder


def test_heads_learn_the_spans_of_their_arm_alone(tmp_path: Path) -> None:
    folder = spans_folder(tmp_path, 150, 2)
    found = to_json(cleaning.main(folder, ProgressWriter(folder, raises_stopped=True)))
    assert (found["train"], found["test"]) == (
        {"rows": 100, "relabelled": 50, "excluded": 1},
        {"rows": 50, "relabelled": 24, "excluded": 1},
    )
    given, reviewed = found["scorings"]
    assert (given["rows"], reviewed["rows"]) == (50, 49)
    (gain,) = [one for one in reviewed["comparisons"] if (one["first"], one["second"]) == ("given", "reviewed")]
    by_name = {one["name"]: one for one in gain["differences"]}
    assert list(by_name) == FIGURES
    assert by_name["PER"]["second"] > 0.9, "a word tells its type"
    assert by_name["entity_f1"]["second"] > 0.9
    assert abs(by_name["PER"]["difference"]) < 0.05, "it was given right"


def test_a_full_fine_tune_is_not_offered_for_spans() -> None:
    assert strategies_of(task_named("token-classification")) == ("head",)
    assert strategies_of(task_named("multi-label-text")) == ("head", "full")
