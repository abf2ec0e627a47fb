"""Runs are numbered, taken in once, and held against the labels of any version."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import NotFoundError
from core.ledger.sqlite import SqliteLedger
from core.records import Dataset, Metric, PredictedRow, PredictionFilter, Run
from core.store.database import Database
from core.store.ids import new_id
from core.store.predictions import (
    add_predictions,
    confusion_counts,
    joint_counts,
    page_predictions,
    positions,
    splits_of,
)
from core.store.relations import relation

from .conftest import Load

LABELS = ("neg", "pos")
METRICS = [Metric(1, 0.5, "train", "loss", 0.7), Metric(1, 0.5, "", "learning_rate", 1e-3)]


def started(ledger: SqliteLedger, dataset: Dataset, run_id: str | None = None) -> Run:
    return ledger.runs.add(
        run_id=run_id or new_id(),
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title="MiniLM, head",
        spec={"model": "minilm"},
        labels=LABELS,
        by="ann",
    )


def finish(
    db: Database,
    ledger: SqliteLedger,
    folder: Path,
    run: Run,
    predicted: Sequence[int],
    splits: Sequence[str] | None = None,
    ids: str = "example_id",
) -> Run:
    """Row i is predicted as class `predicted[i]`, more surely the later it comes."""
    rows = len(predicted)
    path = folder / f"{run.run_id}.parquet"
    pq.write_table(
        pa.table(
            {
                ids: pa.array(range(rows), pa.int64()),
                "split": list(splits or ["test"] * rows),
                "predicted": pa.array(predicted, pa.int32()),
                "confidence": pa.array([0.5 + place / 16 for place in range(rows)], pa.float32()),
            }
        ),
        path,
    )
    add_predictions(db, run.run_id, path, LABELS)
    ledger.runs.finish(run.run_id, {"splits": {}}, METRICS)
    return ledger.runs.get(run.dataset_id, run.run_id)


@pytest.fixture
def dataset(load: Load) -> Dataset:
    """The labels of its rows: pos, neg, pos, neg, neg."""
    return load()


def truth(db: Database, dataset: Dataset) -> str:
    return relation(db, dataset.latest_version_id)


def test_runs_are_numbered_by_dataset_and_listed_newest_first(ledger: SqliteLedger, load: Load) -> None:
    one, other = load(name="one"), load(name="other")
    started(ledger, one)
    started(ledger, other)
    started(ledger, one)
    assert [run.number for run in ledger.runs.of(one.dataset_id)] == [2, 1]
    assert [run.number for run in ledger.runs.of(other.dataset_id)] == [1]


def test_a_run_that_is_added_twice_stands_once(ledger: SqliteLedger, dataset: Dataset) -> None:
    run = started(ledger, dataset)
    assert started(ledger, dataset, run.run_id) == run
    assert ledger.runs.of(dataset.dataset_id) == [run]
    assert (run.labels, run.spec, run.summary) == (LABELS, {"model": "minilm"}, {})


def test_a_run_is_found_by_number_and_by_id(ledger: SqliteLedger, dataset: Dataset) -> None:
    run = started(ledger, dataset)
    assert ledger.runs.get(dataset.dataset_id, "1") == ledger.runs.get(dataset.dataset_id, run.run_id) == run


def test_a_run_that_does_not_exist_is_answered_with_those_that_do(ledger: SqliteLedger, dataset: Dataset) -> None:
    with pytest.raises(NotFoundError, match=r"'3' not found. This dataset has none yet"):
        ledger.runs.get(dataset.dataset_id, "3")
    started(ledger, dataset)
    started(ledger, dataset)
    with pytest.raises(NotFoundError, match=r"'3' not found. This dataset has: 1, 2\."):
        ledger.runs.get(dataset.dataset_id, "3")


def test_what_a_run_came_to_is_taken_in_once(
    db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path
) -> None:
    run = finish(db, ledger, tmp_path, started(ledger, dataset), [1, 0, 0, 1, 0])
    finish(db, ledger, tmp_path, run, [1, 1, 1, 1, 1])
    assert run.summary == {"splits": {}}
    assert ledger.runs.metrics(run.run_id) == METRICS
    assert splits_of(db, run.run_id) == [("test", 5)]
    assert confusion_counts(db, run.run_id, "test", truth(db, dataset)) == [
        ("neg", "neg", 2),
        ("neg", "pos", 1),
        ("pos", "neg", 1),
        ("pos", "pos", 1),
    ]


def test_the_result_of_a_run_that_was_never_added_is_refused(ledger: SqliteLedger) -> None:
    with pytest.raises(NotFoundError, match="not found"):
        ledger.runs.finish(new_id(), {}, [])


def test_a_figure_that_is_no_number_comes_back_as_one(ledger: SqliteLedger, dataset: Dataset) -> None:
    run = started(ledger, dataset)
    ledger.runs.finish(run.run_id, {"splits": {}}, [Metric(1, 0.5, "train", "loss", float("nan"))])
    (diverged,) = ledger.runs.metrics(run.run_id)
    assert diverged.name == "loss" and isnan(diverged.value)


def test_a_split_is_counted_by_itself(db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path) -> None:
    run = finish(db, ledger, tmp_path, started(ledger, dataset), [1, 0, 0, 1, 0], ["test", "test", "dev", "dev", "dev"])
    assert splits_of(db, run.run_id) == [("dev", 3), ("test", 2)]
    assert confusion_counts(db, run.run_id, "test", truth(db, dataset)) == [("neg", "neg", 1), ("pos", "pos", 1)]


def test_an_excluded_row_counts_nowhere(db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path) -> None:
    run = finish(db, ledger, tmp_path, started(ledger, dataset), [1, 0, 0, 1, 0])
    without = f"(SELECT * FROM {truth(db, dataset)} WHERE example_id > 0)"
    assert sum(rows for _, _, rows in confusion_counts(db, run.run_id, "test", without)) == 4
    assert len(page_predictions(db, run.run_id, PredictionFilter("test"), without, 10)) == 4
    assert positions(db, run.run_id, "test", without, LABELS)[0].tolist() == [1, 2, 3, 4]


def test_predicted_rows_are_filtered_and_come_surest_first(
    db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path
) -> None:
    run = finish(db, ledger, tmp_path, started(ledger, dataset), [1, 0, 0, 1, 0])
    labels = truth(db, dataset)

    def rows(**where: object) -> list[int]:
        chosen = PredictionFilter("test", **where)  # type: ignore[arg-type]
        return [row.example_id for row in page_predictions(db, run.run_id, chosen, labels, 10)]

    assert rows() == [4, 3, 2, 1, 0]
    assert rows(correct=False) == [3, 2]
    assert rows(true_label="neg", predicted="neg") == [4, 1]
    assert rows(true_label="nobody's") == []
    first = page_predictions(db, run.run_id, PredictionFilter("test"), labels, 1, 1)
    assert first == [PredictedRow(3, "neg", "pos", 0.6875)]


def test_a_page_is_found_however_unsure_its_rows_are(
    db: Database, ledger: SqliteLedger, load: Load, tmp_path: Path
) -> None:
    rows = [f"text {row},{'neg' if row < 30 else 'pos'},en,1" for row in range(1_200)]
    dataset = load("text,label,lang,stars\n" + "\n".join(rows) + "\n", name="long")
    run = finish(db, ledger, tmp_path, started(ledger, dataset), [1] * 1_200)
    labels = truth(db, dataset)
    wrong = PredictionFilter("test", correct=False)
    assert [row.example_id for row in page_predictions(db, run.run_id, wrong, labels, 2, 1)] == [28, 27]
    assert [row.example_id for row in page_predictions(db, run.run_id, PredictionFilter("test"), labels, 2)] == [
        1199,
        1198,
    ]


def test_rows_that_another_run_gets_right_or_wrong(
    db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path
) -> None:
    first = finish(db, ledger, tmp_path, started(ledger, dataset), [1, 0, 0, 1, 0])
    second = finish(db, ledger, tmp_path, started(ledger, dataset), [1, 1, 1, 1], ["test", "test", "test", "dev"])
    labels = truth(db, dataset)
    won = PredictionFilter("test", correct=False, right_in=second.run_id)
    lost = PredictionFilter("test", correct=True, wrong_in=second.run_id)
    assert [row.example_id for row in page_predictions(db, first.run_id, won, labels, 10)] == [2]
    assert [row.example_id for row in page_predictions(db, first.run_id, lost, labels, 10)] == [1]
    assert joint_counts(db, first.run_id, second.run_id, "test", labels) == [
        ("neg", "neg", "pos", 1),
        ("pos", "neg", "pos", 1),
        ("pos", "pos", "pos", 1),
    ]


def test_positions_point_into_the_array_and_at_the_true_class(
    db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path
) -> None:
    run = finish(
        db, ledger, tmp_path, started(ledger, dataset), [1, 0, 0, 1, 0], ["dev", "test", "test", "test", "test"]
    )
    place, label = positions(db, run.run_id, "test", truth(db, dataset), ("pos",))
    assert (place.tolist(), label.tolist()) == ([1, 2, 3, 4], [-1, 0, -1, -1])


def test_what_a_job_of_release_0_1_has_written_is_taken_in_too(
    db: Database, ledger: SqliteLedger, dataset: Dataset, tmp_path: Path
) -> None:
    run = finish(db, ledger, tmp_path, started(ledger, dataset), (1, 0), ids="row_id")
    found = page_predictions(db, run.run_id, PredictionFilter("test"), truth(db, dataset), 9)
    assert [(row.example_id, row.predicted) for row in found] == [(1, "neg"), (0, "pos")]
