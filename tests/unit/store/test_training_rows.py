"""Splits made for training: they leak nothing, keep every class's shares, and are the same in every version."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from core.ledger.sqlite import SqliteLedger
from core.records import Dataset
from core.store.database import Database
from core.store.job_files.training_rows import count_training_rows, splits_of_version, write_training_rows
from core.store.versions import make_review_version

from .conftest import Load
from .test_versions import decide

SHARES = {"test": 0.2, "validation": 0.1, "train": 0.7}


def texts(rows: int = 200) -> str:
    """Every tenth text is the one before it under the other class; the rest are all different."""
    lines = [f"text {row - (row % 10 == 9)},{'ab'[row % 2]}" for row in range(rows)]
    return "\n".join(["text,label", *lines]) + "\n"


def written(db: Database, dataset: Dataset, version_id: str, out: Path) -> dict[int, str]:
    """Row → split."""
    write_training_rows(db, version_id, out, dataset.labels, {None: "train"}, SHARES)
    table = pq.read_table(out)
    assert table.schema.names == ["example_id", "content_hash", "label", "split", "text", "media_id"]
    assert not table["split"].null_count and not table["content_hash"].null_count
    return dict(zip(table["example_id"].to_pylist(), table["split"].to_pylist(), strict=True))


def test_every_class_is_dealt_out_in_the_shares(db: Database, load: Load) -> None:
    dataset = load("text,label\n" + "\n".join(f"text {row},{'ab'[row % 2]}" for row in range(200)) + "\n")
    counts = count_training_rows(db, dataset.latest_version_id, {None: "train"}, SHARES)
    expected = {"test": 20, "train": 70, "validation": 10}
    assert counts == {split: {"a": rows, "b": rows} for split, rows in expected.items()}


def test_equal_content_never_stands_in_two_splits_even_under_two_classes(
    db: Database, load: Load, tmp_path: Path
) -> None:
    dataset = load(texts())
    splits = written(db, dataset, dataset.latest_version_id, tmp_path / "rows.parquet")
    assert all(splits[row] == splits[row - 1] for row in range(9, 200, 10))
    assert len(set(splits.values())) == 3


def test_a_corrected_version_tests_on_the_same_rows(
    db: Database, ledger: SqliteLedger, load: Load, tmp_path: Path
) -> None:
    dataset = load(texts())
    before = written(db, dataset, dataset.latest_version_id, tmp_path / "before.parquet")
    for row in range(0, 60, 3):
        action, label = ("relabel", "ab"[1 - row % 2]) if row % 2 else ("exclude", None)
        decide(ledger, dataset, dataset.latest_version_id, row, action, label)  # type: ignore[arg-type]
    version = make_review_version(db, dataset.latest_version_id, "better", "ann")
    after = written(db, dataset, version.version_id, tmp_path / "after.parquet")
    assert len(after) < len(before)
    assert all(before[row] == split for row, split in after.items())


def test_only_rows_named_train_are_dealt_out(db: Database, load: Load) -> None:
    lines = [f"text {row},{'ab'[row % 2]},{'first half' if row < 100 else 'test'}" for row in range(140)]
    dataset = load("text,label,split\n" + "\n".join(lines) + "\n")
    assert splits_of_version(db, dataset.latest_version_id) == {"first half": 100, "test": 40}
    names, held_back = {"first half": "train"}, {"validation": 0.1, "train": 0.9}
    counts = count_training_rows(db, dataset.latest_version_id, names, held_back)
    assert counts == {
        "test": {"a": 20, "b": 20},
        "train": {"a": 45, "b": 45},
        "validation": {"a": 5, "b": 5},
    }


def test_a_class_of_few_rows_is_learnt_rather_than_tested(db: Database, load: Load) -> None:
    dataset = load("text,label\n" + "\n".join(f"text {row},c{row}" for row in range(5)) + "\n")
    assert set(count_training_rows(db, dataset.latest_version_id, {None: "train"}, SHARES)) == {"train"}
