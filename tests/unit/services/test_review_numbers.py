"""A review of what a run predicts where labels are numbers: by how far each label lies beyond what is usual there."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.records import Dataset, PredictionFilter, Reader, Run, Schema, TrainSpec
from core.services.evaluation.words import number_words
from core.services.review.sources import RunSource
from core.store.predictions import add_predictions
from core.typed import to_json
from tests.staged import taken_in


@pytest.fixture
def scores(context: Context, tmp_path: Path) -> Dataset:
    (tmp_path / "scores.csv").write_text(
        "text,score,split\n" + "".join(f"review {row},{row}.5,test\n" for row in range(4))
    )
    reader = Reader(sql=f"read_csv('{tmp_path / 'scores.csv'}', all_varchar=true)")
    return taken_in(context.store, reader, Schema("text-regression", "text", "score", "split"), "scores")


def _run(context: Context, dataset: Dataset, said: list[tuple[float, float]], folder: Path) -> Run:
    """A run that predicts these numbers with these halves of intervals."""
    job = context.queue.start_local("train", "a run", {}, dataset.dataset_id, "ann")
    run = context.ledger.runs.add(
        run_id=job.job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        title="ridge",
        spec=to_json(TrainSpec(model="minilm", strategy="head")),
        labels=("number",),
        by="ann",
    )
    table = {
        "example_id": range(len(said)),
        "split": ["test"] * len(said),
        "predicted": [str(one) for one, _ in said],
        "confidence": pa.array([half for _, half in said], pa.float32()),
    }
    pq.write_table(pa.table(table), folder / "predictions.parquet")
    add_predictions(context.store, run.run_id, folder / "predictions.parquet", ())
    return run


def test_labels_beyond_their_interval_come_first_and_it_is_said_how_far(
    context: Context, scores: Dataset, tmp_path: Path
) -> None:
    # Labels 0.5, 1.5, 2.5, 3.5: off by 8 of 10, by 3 of 1, by 0.5 of 1, and by 0.1 of nothing.
    run = _run(context, scores, [(8.5, 10), (4.5, 1), (3.0, 1), (3.4, 0)], tmp_path)
    source = RunSource(run, PredictionFilter("test", correct=False), "version")
    assert source.claim(context, scores.latest_version_id, "a tab", 9) == [3, 1, 0, 2]
    items = source.items(context, scores.latest_version_id, [1, 0])
    assert [one.issue.suggested_label for one in items] == ["4.5", "8"], "in as many digits as they are worth"
    assert all(math.isnan(one.issue.score) for one in items), "a run says no score of a number"
    assert items[0].why.endswith("nine labels of ten lie within. This one lies 3.0 below it, 3.0 times as far.")
    assert items[1].why == "Run 1 predicts 8 ± 10: nine labels of ten lie within. So does this one."


def test_what_has_no_usual_distance_is_said_without_dividing_by_it() -> None:
    assert number_words(1, 3.4, 0.0, 3.5).endswith("more than 100 times as far.")
    assert number_words(1, 3.4, 1.0, None).endswith("lie within.")
