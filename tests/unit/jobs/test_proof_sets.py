"""A whole proof where labels are several classes each: what is left out, added and swapped, and what is counted."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.jobs.about import About
from core.jobs.proof import run as proof
from core.jobs.proof.plant_sets import SetSoil, plant_sets
from core.jobs.proof.spec import NEAR, OF_SETS, SCAN, ProofSpec
from core.queue import JobFolder, ProgressWriter
from core.typed import from_json, to_json
from tests import crops

DETECTORS = {SCAN, "confidence", "whole", "doubtful", "neighbours"}
K = len(crops.CLASSES)


def _soil(rows: int = 600) -> SetSoil:
    """Rows have one of four classes; every ninth hardly has its own and nearly has the next one; nothing may be
    planted in the last third. Class 1 is left out more than any is, class 2 is added."""
    labels = np.zeros((rows, 4), np.int8)
    own = np.arange(rows) % 4
    labels[np.arange(rows), own] = 1
    probabilities = np.where(labels > 0, 0.97, 0.02)
    near = np.arange(0, rows, 9)
    probabilities[near, own[near]], probabilities[near, (own[near] + 1) % 4] = 0.6, 0.45
    return SetSoil(labels, probabilities, np.arange(rows) < 400, np.array([1.0, 1, 20, 1]), np.array([1.0, 20, 1, 1]))


@pytest.mark.parametrize("manner", OF_SETS)
def test_as_many_rows_as_asked_are_changed_and_only_free_ones(manner: str) -> None:
    soil = _soil()
    found = plant_sets(soil, manner, 40, np.random.default_rng(0))
    changed = np.flatnonzero((found != soil.labels).any(1))
    assert len(changed) == 40 and changed.max() < 400
    assert set(np.unique(found)) <= {0, 1}
    cells = (found != soil.labels)[changed].sum(1)
    assert set(cells.tolist()) == ({2} if manner == "pairs" else {1})
    assert (plant_sets(soil, manner, 40, np.random.default_rng(0)) == found).all()


def test_classes_are_left_out_and_added_as_often_as_they_are_estimated_to_be() -> None:
    soil = _soil()
    for manner, count, where in (("classes", 60, 0.0), (NEAR, 16, 0.4)):
        found = plant_sets(soil, manner, count, np.random.default_rng(1))
        added, left_out = ((found > soil.labels).sum(0), (found < soil.labels).sum(0))
        assert added[2] > 2 * np.delete(added, 2).max() and left_out[1] > 2 * np.delete(left_out, 1).max()
        changed = np.flatnonzero((found != soil.labels).any(1))
        assert (changed % 9 == 0).mean() >= where  # a ninth of the rows
    uniform = plant_sets(soil, "uniform", 100, np.random.default_rng(1))
    assert 35 <= (uniform < soil.labels).sum() <= 65


def test_a_class_is_given_for_the_one_that_rows_of_it_nearly_have() -> None:
    soil = _soil()
    found = plant_sets(soil, "pairs", 60, np.random.default_rng(1))
    rows = np.flatnonzero((found != soil.labels).any(1))
    out, into = ((found < soil.labels)[rows].argmax(1), (found > soil.labels)[rows].argmax(1))
    assert ((out + 1) % 4 == into).mean() > 0.5  # by chance a third


def test_rows_of_no_class_and_of_all_can_be_planted_in() -> None:
    labels = np.zeros((60, 3), np.int8)
    labels[30:] = 1
    soil = SetSoil(labels, np.full((60, 3), 0.5), np.ones(60, bool), np.zeros(3), np.zeros(3))
    for manner in OF_SETS:
        assert ((plant_sets(soil, manner, 20, np.random.default_rng(0)) != labels).any(1)).sum() == 20


def _folder(root: Path, rows: int, wrong: np.ndarray, decided: int) -> JobFolder:
    """Reports that say their crops, of which those of `wrong` rows are labelled with one more or one less."""
    contents, labels = [], np.zeros((rows, K), np.int8)
    generator = np.random.default_rng(0)
    for row in range(rows):
        classes = crops.given(6 + row % 5)
        labels[row, [crops.CLASSES.index(one) for one in classes]] = 1
        others = " ".join(generator.choice(["ton", "port", "price", "harvest", "farm", "rain", "sale", "month"], 6))
        contents.append(f"Report {row} on {' and '.join(classes) or 'nothing'}: {others}")
    labels[wrong, generator.integers(K, size=len(wrong))] ^= 1
    folder = JobFolder(root / "run").create()
    listed = [np.flatnonzero(one).tolist() for one in labels]
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in contents],
        "label": pa.array(listed, pa.list_(pa.int32())),
        "split": ["train"] * rows,
        "text": contents,
        "media_id": pa.nulls(rows, pa.string()),
        "known": pa.array([False] * rows),
        "before": pa.nulls(rows, pa.list_(pa.int32())),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    verdicts = {"example_id": np.arange(decided), "wrong": np.isin(np.arange(decided), wrong)}
    pq.write_table(pa.table(verdicts), folder.input / "verdicts.parquet")
    about = About("d", "v", "multi-label-text", crops.CLASSES, root / "arrays", root)
    folder.write_spec(to_json(ProofSpec("s", ("lexical",), 5, 0, 2, about=about)))
    return folder


@pytest.mark.slow
def test_a_whole_proof_finds_the_classes_that_are_too_many_or_missing(tmp_path: Path) -> None:
    wrong = np.random.default_rng(3).choice(300, 24, replace=False)
    folder = _folder(tmp_path, 300, wrong, decided=100)
    found = proof.main(folder, ProgressWriter(folder))
    assert {(one.manner, one.detector) for one in found.found} == {
        (manner, name) for manner in OF_SETS for name in DETECTORS
    }
    by_scan = {one.manner: one for one in found.found if one.detector == SCAN}
    assert min(one.average_precision for one in by_scan.values()) > 0.7  # by chance less than .1
    assert by_scan["uniform"].average_least < by_scan["uniform"].average_precision
    assert found.rows == 300 and 18 <= found.own_errors <= 32 and 10 <= found.planted <= 40
    assert found.right == 0 and found.wrong == int((wrong < 100).sum())
    assert from_json(type(found), to_json(found), "result") == found
