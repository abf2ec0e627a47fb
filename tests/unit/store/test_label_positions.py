"""What jobs get of labels that are several classes, and how their rows are shared out between splits."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from core.jobs.rows import array_form
from core.records import Dataset
from core.store.database import Database
from core.store.export import write_job_rows
from core.store.job_files.label_positions import strata_sql
from core.store.job_files.training_rows import count_training_rows, write_reviewed_rows, write_training_rows
from core.targets.multi_label.facts import MULTI_LABEL
from tests.unit.store.conftest import Load

SHARES = {"test": 0.25, "train": 0.75}


def _loaded(load: Load, labels: list[list[str] | None]) -> Dataset:
    cells = ["" if one is None else '"' + json.dumps(one).replace('"', '""') + '"' for one in labels]
    text = "text,label\n" + "".join(f"text {row},{cell}\n" for row, cell in enumerate(cells))
    return load(text, task="multi-label-text")


def test_a_job_gets_the_positions_of_each_rows_classes(db: Database, load: Load, tmp_path: Path) -> None:
    dataset = _loaded(load, [["wheat", "grain"], [], ["corn"], ["corn", "grain", "wheat"]])
    assert dataset.labels == ("corn", "grain", "wheat")
    table = pq.read_table(write_job_rows(db, dataset.latest_version_id, tmp_path / "rows.parquet", dataset.labels))
    assert str(table["label"].type) == "list<element: int32>"
    assert table["label"].to_pylist() == [[1, 2], [], [0], [0, 1, 2]]
    found = array_form(table["label"].combine_chunks(), 3)
    assert found.dtype == np.int8
    assert found.tolist() == [[0, 1, 1], [0, 0, 0], [1, 0, 0], [1, 1, 1]]


def test_a_label_with_a_class_that_the_job_does_not_know_is_left_out(db: Database, load: Load, tmp_path: Path) -> None:
    dataset = _loaded(load, [["corn"], ["corn", "wheat"], []])
    table = pq.read_table(write_job_rows(db, dataset.latest_version_id, tmp_path / "rows.parquet", ["corn"]))
    assert table["example_id"].to_pylist() == [0, 2]
    assert table["label"].to_pylist() == [[0], []]


def test_a_null_among_lists_is_no_label() -> None:
    import pyarrow as pa

    found = array_form(pa.array([[1], None, []], pa.list_(pa.int32())), 2)
    assert found.tolist() == [[0, 1], [-1, -1], [0, 0]]
    assert array_form(pa.array([1, None], pa.int32()), 2).tolist() == [1, -1]


def test_rows_are_shared_out_within_the_rarest_class_of_each(db: Database, load: Load, tmp_path: Path) -> None:
    """Every set is nearly unique here: shared out by sets, all of them would be learnt and none tested."""
    generator = np.random.default_rng(0)
    names = [f"c{number:02d}" for number in range(12)]
    often = np.linspace(0.05, 0.5, 12)
    labels = [
        [name for name, share in zip(names, often, strict=True) if generator.random() < share] for _ in range(400)
    ]
    dataset = _loaded(load, labels)
    version = dataset.latest_version_id
    out = tmp_path / "rows.parquet"
    write_training_rows(db, version, out, dataset.labels, {None: "train"}, SHARES)
    table = pq.read_table(out)
    found, test = array_form(table["label"].combine_chunks(), 12), np.array(table["split"].to_pylist()) == "test"
    assert len(table) == 400
    assert abs(test.mean() - 0.25) < 0.02
    share = found[test].sum(0) / found.sum(0)
    assert np.abs(share[:3] - 0.25).max() < 0.05, "the rarest classes keep their share"
    assert np.abs(share - 0.25).max() < 0.12
    counts = count_training_rows(db, version, {None: "train"}, SHARES)
    assert sum(counts["test"].values()) == test.sum()
    reviewed = tmp_path / "reviewed.parquet"
    write_reviewed_rows(db, version, reviewed, dataset.labels, {None: "train"}, SHARES, ["test"])
    again = pq.read_table(reviewed)
    assert again["label"].to_pylist() == again["reviewed"].to_pylist()
    assert again["example_id"].to_pylist() == table["example_id"].to_numpy()[test].tolist()


def test_strata_are_those_of_the_target(db: Database) -> None:
    labels = ['["a","b"]', '["a"]', '["a"]', "[]", '["b","c"]', '["a","c"]', '["b"]', "[]"]
    with db.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE some_rows AS SELECT unnest(?::VARCHAR[]) AS given, unnest(range(8)) AS id", [labels]
        )
        rows = cursor.execute(
            f"SELECT id, stratum FROM ({strata_sql(MULTI_LABEL, 'some_rows')}) ORDER BY id"
        ).fetchall()
    ours, theirs = [stratum for _, stratum in rows], MULTI_LABEL.strata(labels).tolist()
    assert len(Counter(zip(ours, theirs, strict=True))) == len(set(theirs)) == len(set(ours))
