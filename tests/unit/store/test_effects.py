"""What a comparison of labels reads from the store, and what the store keeps of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from core.jobs.cleaning_effect.spec import CleaningEffectResult
from core.ledger.sqlite import SqliteLedger
from core.records import ArmComparison, Difference, EffectScoring, Estimate, ReviewedRows
from core.store.database import Database
from core.store.job_files.training_rows import count_reviewed_rows, write_reviewed_rows, write_training_rows
from core.store.times import now
from core.store.versions import make_review_version
from core.typed import from_json, to_json

from .conftest import Load
from .test_training_rows import SHARES, texts
from .test_versions import decide

NAMES = {None: "train"}
DIFFERENCE = Difference("accuracy", 0.8, 0.9, Estimate(0.1, 0.05, 0.15), 40)
SCORING = EffectScoring("given", 40, (ArmComparison("given", "reviewed", (DIFFERENCE,)),))


def summary() -> dict[str, Any]:
    difference = {
        "name": "accuracy",
        "first": 0.8,
        "second": 0.9,
        "difference": 0.1,
        "interval": [0.05, 0.15],
        "support": 40,
    }
    comparison = {"first": "given", "second": "reviewed", "differences": [difference]}
    return {
        "train": {"rows": 140, "relabelled": 7, "excluded": 2},
        "test": {"rows": 40, "relabelled": 0, "excluded": 0},
        "scorings": [{"labels_from": "given", "rows": 40, "comparisons": [comparison]}],
        "notes": ["a note"],
        "seconds": 1.5,
        "device": "cpu",
    }


def test_rows_are_written_as_loaded_and_as_reviewed_in_the_splits_that_training_has(
    db: Database, ledger: SqliteLedger, load: Load, tmp_path: Path
) -> None:
    dataset = load(texts())
    for row in range(0, 60, 3):
        action, label = ("relabel", "ab"[1 - row % 2]) if row % 2 else ("exclude", None)
        decide(ledger, dataset, dataset.latest_version_id, row, action, label)  # type: ignore[arg-type]
    version_id = make_review_version(db, dataset.latest_version_id, "better", "ann").version_id

    kept = ("train", "test")
    write_reviewed_rows(db, version_id, tmp_path / "reviewed.parquet", dataset.labels, NAMES, SHARES, kept)
    write_training_rows(db, version_id, tmp_path / "trained.parquet", dataset.labels, NAMES, SHARES)
    found = pq.read_table(tmp_path / "reviewed.parquet")
    names = ["example_id", "content_hash", "label", "reviewed", "split", "text", "media_id"]
    assert found.schema.names == names
    rows = {row["example_id"]: row for row in found.to_pylist()}
    assert set(found["split"].to_pylist()) == set(kept)
    for example_id, row in rows.items():
        changed = example_id < 60 and example_id % 3 == 0
        assert row["label"] == example_id % 2
        assert row["reviewed"] == (row["label"] if not changed else 0 if example_id % 2 else None)
    trained = {row["example_id"]: row for row in pq.read_table(tmp_path / "trained.parquet").to_pylist()}
    for example_id in set(trained) & set(rows):
        assert (trained[example_id]["split"], trained[example_id]["label"]) == (
            rows[example_id]["split"],
            rows[example_id]["reviewed"],
        )
    assert set(rows) - set(trained) == {row for row in rows if rows[row]["reviewed"] is None}

    counts = count_reviewed_rows(db, version_id, NAMES, SHARES)
    assert set(counts) == {"train", "validation", "test"}
    for split in kept:
        own = [row for row in rows.values() if row["split"] == split]
        excluded = sum(row["reviewed"] is None for row in own)
        relabelled = sum(row["reviewed"] not in (None, row["label"]) for row in own)
        assert counts[split] == ReviewedRows(len(own), relabelled, excluded)


def test_a_load_has_no_changes(db: Database, load: Load) -> None:
    dataset = load(texts())
    counts = count_reviewed_rows(db, dataset.latest_version_id, NAMES, SHARES)
    assert sum(one.rows for one in counts.values()) == 200
    assert not sum(one.changed for one in counts.values())


def test_a_result_is_read_as_the_releases_before_wrote_it_and_is_written_like_that() -> None:
    result = from_json(CleaningEffectResult, summary(), "result.json")
    assert result.scorings == (SCORING,)
    assert json.dumps(to_json(result)) == json.dumps(summary())


def test_an_effect_is_kept_once_and_comes_back_as_it_was(ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    about = {"dataset_id": dataset.dataset_id, "version_id": dataset.latest_version_id, "settings": {"seeds": 5}}
    for name in ("one", "one", "two"):
        ledger.effects.add(effect_id=name, summary=summary(), by="ann", at=now(), **about)
    newest, first = ledger.effects.of(dataset.latest_version_id)
    assert (newest.effect_id, first.effect_id) == ("two", "one")
    assert (first.created_by, first.settings, first.notes, first.device) == ("ann", {"seeds": 5}, ("a note",), "cpu")
    assert (first.train, first.train.changed) == (ReviewedRows(140, 7, 2), 9)
    assert first.scorings == (SCORING,)
    assert first.on("given").of("given", "reviewed").of("accuracy") == DIFFERENCE
    assert not ledger.effects.of("another")
