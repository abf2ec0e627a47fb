"""A whole proof in this process: what is planted, what is counted, and that real errors are no false alarms."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import UsageError
from core.jobs.about import About
from core.jobs.foresight import Amount
from core.jobs.proof import run as proof
from core.jobs.proof.plant import Soil, plant
from core.jobs.proof.score import Course, on_decided
from core.jobs.proof.spec import MANNERS, NEAR, SCAN, ProofSpec
from core.queue import JobFolder, ProgressWriter, Stopped
from core.sources.images.sound import keep
from core.typed import from_json, to_json
from tests import sounds
from tests.training_support import texts

CLASSES = ("a", "b", "c", "d")


def _soil(rows: int = 400) -> Soil:
    """Every tenth row is half of the next class; nothing may be planted in the last quarter."""
    labels = np.arange(rows) % 4
    probabilities = np.full((rows, 4), 0.02)
    probabilities[np.arange(rows), labels] = 0.94
    near = np.arange(0, rows, 10)
    probabilities[near, labels[near]], probabilities[near, (labels[near] + 1) % 4] = 0.5, 0.46
    return Soil(labels, probabilities, np.arange(rows) < 300, np.array([0.0, 0.4, 0.0, 0.0]))


@pytest.mark.parametrize("labels", [(), CLASSES])
def test_fits_take_longer_the_more_rows_there_are(context: Context, labels: tuple[str, ...]) -> None:
    def amount(rows: int) -> Amount:
        found = Amount(context, "v")
        vars(found).update(version=SimpleNamespace(row_count=rows), dataset=SimpleNamespace(labels=labels))
        return found

    assert amount(1_000_000).heads() > 40 * amount(1_000).heads()


@pytest.mark.parametrize("manner", MANNERS)
def test_as_many_errors_as_asked_are_planted_in_rows_that_are_free(manner: str) -> None:
    soil = _soil()
    found = plant(soil, manner, 20, np.random.default_rng(0))
    changed = np.flatnonzero(found != soil.labels)
    assert len(changed) == 20 and changed.max() < 300
    again = plant(soil, manner, 20, np.random.default_rng(0))
    assert (again == found).all()


def test_errors_lie_near_the_other_class_or_carry_the_class_that_is_often_wrong() -> None:
    soil = _soil()
    near = plant(replace(soil, noise=np.full(4, np.nan)), NEAR, 20, np.random.default_rng(1))
    changed = np.flatnonzero(near != soil.labels)
    assert (changed % 10 == 0).mean() > 0.5  # a tenth of the rows
    overused = plant(soil, NEAR, 20, np.random.default_rng(1))
    assert (overused[overused != soil.labels] == 1).all()
    of_class = plant(soil, "classes", 20, np.random.default_rng(1))
    carried = of_class[of_class != soil.labels]
    assert (carried == 1).mean() > 0.6


def test_a_row_that_is_probably_wrong_of_itself_is_no_false_alarm() -> None:
    score = np.array([0.0, 0.1, 0.2, 0.3, 0.9])
    planted = np.array([False, True, False, True, False])
    sure, wrong = (Course.of(score, planted, np.array([chance, 0, 0, 0, 0])) for chance in (0.0, 1.0))
    assert sure.average_precision() == wrong.average_precision(least=True) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert wrong.average_precision() == pytest.approx((1 + 2 / 3) / 2)
    assert (sure.rows_to(0.5), wrong.rows_to(0.5), wrong.rows_to(1.0)) == (2, 1, 3)


def test_on_decided_rows_a_better_ranking_is_above_the_scans() -> None:
    wrong = np.arange(60) % 3 == 0
    good, bad = np.where(wrong, 0.1, 0.9), np.random.default_rng(0).random(60)
    found = {one.detector: one for one in on_decided({SCAN: bad, "margin": good}, wrong, SCAN, 0)}
    assert found["margin"].above_low > 0 and found["margin"].average_precision == 1
    assert found[SCAN].above == found[SCAN].above_high == 0
    assert on_decided({SCAN: bad}, np.ones(60, bool), SCAN, 0) == ()


def _folder(root: Path, rows: int, decided: int = 0) -> tuple[JobFolder, np.ndarray]:
    contents, topics = texts(rows)
    true = np.array(topics)
    given = true.copy()
    wrong = np.random.default_rng(0).choice(rows, rows // 12, replace=False)
    given[wrong] = (true[wrong] + 1) % 4
    folder = JobFolder(root / "run").create()
    table = {
        "example_id": np.arange(rows),
        "content_hash": [hashlib.md5(text.encode()).hexdigest() for text in contents],
        "label": pa.array(given, pa.int32()),
        "split": ["train"] * rows,
        "text": list(contents),
        "media_id": pa.nulls(rows, pa.string()),
        "known": pa.array([False] * rows),
        "before": pa.nulls(rows, pa.int32()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    verdicts = {"example_id": np.arange(decided), "wrong": np.isin(np.arange(decided), wrong)}
    pq.write_table(pa.table(verdicts), folder.input / "verdicts.parquet")
    about = About("d", "v", "text", CLASSES, root / "arrays", root)
    folder.write_spec(to_json(ProofSpec("s", ("lexical",), 5, 0, 2, about=about)))
    return folder, wrong


def test_a_whole_proof_counts_every_detector_in_every_manner(tmp_path: Path) -> None:
    folder, wrong = _folder(tmp_path, 240, decided=60)
    found = proof.main(folder, ProgressWriter(folder))
    assert {(one.manner, one.detector) for one in found.found} == {
        (manner, name) for manner in MANNERS for name in (SCAN, "confidence", "margin", "disagreement", "neighbours")
    }
    scan = {one.manner: one for one in found.found if one.detector == SCAN}
    assert scan["uniform"].average_precision > 0.3  # by chance .1
    for one in found.found:
        assert one.average_precision >= one.average_least
        assert len(one.precision) == len(one.recall) == len(found.reviewed)
        assert (np.array(one.recall_low) <= np.array(one.recall_high)).all()
    assert (found.right, found.wrong) == (0, int((wrong < 60).sum()))
    assert from_json(type(found), to_json(found), "result") == found


def test_a_proof_that_is_stopped_ends_at_once(tmp_path: Path) -> None:
    folder, _ = _folder(tmp_path, 240)
    folder.request_stop()
    with pytest.raises(Stopped):
        proof.main(folder, ProgressWriter(folder, raises_stopped=True))


def test_too_few_rows_say_so(tmp_path: Path) -> None:
    folder, _ = _folder(tmp_path, 40)
    with pytest.raises(UsageError, match="40 labelled rows"):
        proof.main(folder, ProgressWriter(folder))


@pytest.mark.slow
def test_rows_of_a_table_are_ranked_by_boosted_trees_too(tmp_path: Path) -> None:
    folder, _ = _folder(tmp_path, 240)
    generator = np.random.default_rng(1)
    table = pq.read_table(folder.input / "rows.parquet")
    given = table.column("label").to_numpy()
    cells = [json.dumps({"x": float(x), "y": float(y)}) for x, y in given[:, None] + generator.normal(0, 0.4, (240, 2))]
    table = table.set_column(table.column_names.index("text"), "text", pa.array(cells))
    pq.write_table(table, folder.input / "rows.parquet")
    about = About("d", "v", "tabular-classification", CLASSES, tmp_path / "arrays", tmp_path)
    folder.write_spec(to_json(ProofSpec("s", ("table-features",), 5, 0, 2, about=about)))
    found = proof.main(folder, ProgressWriter(folder))
    trees = {one.manner: one for one in found.found if one.detector == "scan: boosting"}
    assert set(trees) == set(MANNERS)
    assert trees["uniform"].average_precision > 0.3  # by chance .1
    assert not found.notes


@pytest.mark.slow
def test_sounds_are_planted_in_and_ranked_as_texts_are(tmp_path: Path) -> None:
    folder, _ = _folder(tmp_path, 120, decided=40)
    table = pq.read_table(folder.input / "rows.parquet")
    classes = (np.arange(120) % 4).tolist()
    kept = [keep(sounds.wav(row, 220.0 * 2**label), tmp_path / "media") for row, label in enumerate(classes)]
    columns = {
        "media_id": pa.array([one.media_id for one in kept]),
        "content_hash": pa.array([one.content_hash for one in kept]),
        "label": pa.array([(label + (row % 15 == 0)) % 4 for row, label in enumerate(classes)], pa.int32()),
    }
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, folder.input / "rows.parquet")
    about = About("d", "v", "audio-classification", CLASSES, tmp_path / "arrays", tmp_path / "media")
    folder.write_spec(to_json(ProofSpec("s", ("log-mel",), 5, 0, 2, about=about)))
    found = proof.main(folder, ProgressWriter(folder))
    scan = {one.manner: one.average_precision for one in found.found if one.detector == SCAN}
    assert set(scan) == set(MANNERS)
    assert min(scan.values()) > 0.8  # a tone tells its class
    assert 8 <= found.left_out <= 16
