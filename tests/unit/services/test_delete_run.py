"""A run is deleted for good, when nothing uses it, and whoever asks for it is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.jobs.predict.spec import PredictSpec
from core.jobs.predict.web import PREDICT
from core.records import Dataset, Metric, PredictionFilter, Run, TrainSpec
from core.services.evaluation.measures import predicted_rows
from core.services.runs.deletion import delete_run, room_of, why_kept
from core.services.runs.listing import done_runs, get_run, list_runs
from core.services.train import start_train
from core.typed import to_json
from tests.integration.job_support import created
from tests.runs import finished_run


def _run(context: Context, news: Dataset) -> Run:
    metrics = [Metric(1, 1.0, "train", "loss", 0.5)]
    return finished_run(context, news, np.full((40, 2), 0.5, np.float32), ["test"] * 40, metrics=metrics)


def test_a_deleted_run_leaves_its_number_and_nothing_else(context: Context, news: Dataset) -> None:
    kept, gone = _run(context, news), _run(context, news)
    folder = context.queue.folder(gone.run_id).path
    (folder / "output" / "model.bin").write_bytes(b"0" * 2_000_000)
    assert 2_000_000 < room_of(context, gone) == delete_run(context, gone, "ada")
    assert not folder.exists() and context.queue.folder(kept.run_id).path.exists()
    assert [run.number for run, _ in list_runs(context, news.dataset_id)] == [1]
    assert done_runs(context, news.dataset_id) == [kept]
    assert context.store.fetch("SELECT DISTINCT run_id FROM predictions") == [(kept.run_id,)]
    assert context.ledger.runs.metrics(gone.run_id) == []
    for name in ("2", gone.run_id):
        with pytest.raises(NotFoundError, match="Run 2 was deleted by ada on "):
            get_run(context, news.dataset_id, name)
    with pytest.raises(NotFoundError, match="Run 2 was deleted by ada on "):
        predicted_rows(context, kept, PredictionFilter("test", wrong_in="2"), "version", 10, 0)
    assert _run(context, news).number == 3


def test_a_run_under_way_is_not_deleted(context: Context, news: Dataset) -> None:
    run = start_train(context, news.latest_version_id, TrainSpec(), "ada")
    with pytest.raises(UsageError, match=r"Run 1 is (preparing|queued|running)"):
        delete_run(context, run, "ada")
    context.queue.cancel(run.run_id)
    context.beside.join(f"prepare-{run.run_id}")
    assert get_run(context, news.dataset_id, "1")[0] == run


def test_a_run_whose_model_a_prediction_uses_is_not_deleted(context: Context, news: Dataset) -> None:
    run = _run(context, news)
    spec = PredictSpec(run.run_id, 1, Path("model"), ("a.csv",), None, "text", ("text",), "a.csv", news.task)
    job = created(context.queue, PREDICT.name, "Predict a.csv", PREDICT.module, to_json(spec), news.dataset_id, "ada")
    assert "Predict a.csv uses the model of run 1" in why_kept(context, run)
    context.queue.cancel(job.job_id)
    assert delete_run(context, run, "ada") > 0
