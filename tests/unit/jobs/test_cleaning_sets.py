"""Comparisons where labels are sets of classes: what is changed at random, and whole runs in this process."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.finetune.settings import resolve
from core.jobs.cleaning_effect import run as cleaning
from core.jobs.cleaning_effect.draws import OUT, changed, draw
from core.queue import JobFolder, ProgressWriter
from core.records import ARMS, TrainSpec
from core.typed import to_json
from tests.training_support import LABELS, SPEC, WORDS, tiny_bert

CLASSES = 5
FIGURES = ["micro_f1", "macro_f1", "samples_f1", "accuracy"]


def labelled(rows: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """As given and as reviewed: class 2 given to 60 rows, class 1 taken from as many as have it among 60, both in 10
    that have neither, 30 left out."""
    generator = np.random.default_rng(0)
    given = (generator.random((rows, CLASSES)) < 0.4).astype(np.int8)
    given[:60, 2], given[130:140, 1:3] = 0, 0
    reviewed = given.copy()
    reviewed[:60, 2], reviewed[60:120, 1], reviewed[130:140, 1:3] = 1, 0, 1
    reviewed[300:330] = OUT
    return given, reviewed


def out(labels: np.ndarray) -> np.ndarray:
    return np.asarray((labels == OUT).all(1))


def flips(given: np.ndarray, labels: np.ndarray) -> list[int]:
    """How many answers are flipped in each row that has another set, ascending."""
    count = (given != labels).sum(1)[~out(labels)]
    return sorted(count[count > 0].tolist())


def test_random_changes_flip_as_many_answers_in_as_many_rows_and_leave_out_as_many() -> None:
    given, reviewed = labelled()
    for seed in range(5):
        found = changed(given, reviewed, CLASSES, np.random.default_rng(seed))
        assert out(found).sum() == out(reviewed).sum() == 30
        assert set(np.unique(found[~out(found)])) == {0, 1}
        assert flips(given, found) == flips(given, reviewed)
        assert (found != given).any(1).tolist() != (reviewed != given).any(1).tolist()


def test_random_changes_go_the_way_of_review() -> None:
    given, reviewed = labelled()
    found = changed(given, reviewed, CLASSES, np.random.default_rng(0))
    kept = ~out(found)
    gave, took = ((step * (found - given)[kept] > 0).sum(0) for step in (1, -1))
    assert gave[2] > 30 and gave[2] == gave.max()
    assert took[1] == took.max() and took[1] > 5
    # Only rows that have class 2 and lack class 1 … can be changed in no way of review's, and these are few.
    assert gave[[0, 3, 4]].sum() + took[[0, 2, 3, 4]].sum() < (gave.sum() + took.sum()) / 3


def test_a_set_changes_even_where_review_did_nothing_that_can_be_done_to_it() -> None:
    given = np.zeros((30, 3), np.int8)
    given[:5] = 1
    reviewed = given.copy()
    reviewed[:5] = 0
    found = changed(given, reviewed, 3, np.random.default_rng(1))
    assert flips(given, found) == [3] * 5


def test_rows_that_are_left_out_weigh_nothing() -> None:
    given, reviewed = labelled()
    drawn = draw(given, reviewed, CLASSES, seed=3)
    assert drawn.labels["given"].tolist() == given.tolist() and drawn.labels["reviewed"].tolist() == reviewed.tolist()
    for arm in ARMS:
        kept = np.where(out(drawn.labels[arm]), 0, drawn.times)
        assert np.bincount(drawn.rows(arm), minlength=len(given)).tolist() == kept.tolist()
        assert drawn.weights(arm) == pytest.approx(kept / kept.sum())
    again = draw(given, reviewed, CLASSES, seed=3)
    assert again.labels["random"].tolist() == drawn.labels["random"].tolist()


def sets_folder(root: Path, spec: TrainSpec, rows: int, seeds: int) -> JobFolder:
    """Texts whose words tell their classes; half of all labels have class 0 wrong and are reviewed right, a row of each
    split is excluded. Two thirds to learn from."""
    generator = np.random.default_rng(0)
    true = generator.random((rows, 3)) < 0.5
    wrong = true ^ (np.arange(3) == 0)
    given = np.where(generator.random((rows, 1)) < 0.5, wrong, true)
    contents = [" ".join([*np.repeat(WORDS[:3], 3 * has), "the", *generator.choice(WORDS[9:], 3)]) for has in true]
    reviewed: list[list[int] | None] = [np.flatnonzero(has).tolist() for has in true]
    reviewed[0] = reviewed[-1] = None
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in contents],
        "label": pa.array([np.flatnonzero(has) for has in given], pa.list_(pa.int32())),
        "reviewed": pa.array(reviewed, pa.list_(pa.int32())),
        "split": ["train"] * (2 * rows // 3) + ["test"] * (rows - 2 * rows // 3),
        "text": contents,
        "media_id": pa.nulls(rows, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"task": "multi-label-text", "labels": list(LABELS), "arrays": str(root / "arrays"), "media": str(root)}
    about |= {"dataset_id": "d", "version_id": "v", "seeds": seeds}
    folder.write_spec(asdict(resolve(spec, "multi-label-text", rows)) | about)
    return folder


def run(folder: JobFolder) -> dict[str, Any]:
    return to_json(cleaning.main(folder, ProgressWriter(folder, raises_stopped=True)))


def check(found: dict[str, Any], rows: int) -> dict[str, Any]:
    """The scoring on reviewed labels."""
    assert (found["train"]["excluded"], found["test"]["excluded"]) == (1, 1)
    given, reviewed = found["scorings"]
    assert (given["rows"], reviewed["rows"]) == (rows, rows - 1)
    for scoring in (given, reviewed):
        for one in scoring["comparisons"]:
            assert [each["name"] for each in one["differences"]] == [*FIGURES, *LABELS]
    return reviewed


def test_heads_learn_the_sets_of_their_arm_alone(tmp_path: Path) -> None:
    model = str(tiny_bert(tmp_path / "tiny"))
    folder = sets_folder(tmp_path, TrainSpec(model=model, strategy="head"), 240, 3)
    scoring = check(run(folder), 80)
    (gain,) = [one for one in scoring["comparisons"] if (one["first"], one["second"]) == ("given", "reviewed")]
    by_name = {one["name"]: one for one in gain["differences"]}
    assert by_name[LABELS[0]]["difference"] > 0.15, "it was reviewed"
    assert abs(by_name[LABELS[1]]["difference"]) < 0.05, "it was given right"
    assert by_name["micro_f1"]["interval"][0] > 0


def test_full_fine_tunes_predict_sets(tmp_path: Path) -> None:
    spec = TrainSpec(**{**asdict(SPEC), "model": str(tiny_bert(tmp_path / "tiny")), "epochs": 1})
    folder = sets_folder(tmp_path, spec, 60, 2)
    check(run(folder), 20)
    kept = [np.load(path) for path in sorted(folder.output.glob("*.npy"))]
    assert [(one.shape, one.dtype) for one in kept] == [((20, 3), np.dtype(np.int8))] * 6
    assert set(np.unique(np.stack(kept))) <= {0, 1}
