"""Scans, fine-tunes and predictions of rows of tables in this process: what is written, and that it is right."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import UsageError
from core.jobs.open_model import open_model
from core.jobs.scan import run as scan
from core.jobs.train import run as train
from core.modalities.table_row.learner import Boosting
from core.queue import JobFolder, ProgressWriter, Stopped, read_events
from core.records import ScanSpec, TrainSpec
from core.typed import to_json

ROWS, WRONG = 240, 20
LABELS = ["a", "b", "c"]
SPLITS = ("train", "train", "train", "validation", "test")


def _folder(root: Path, spec: Any, **settings: Any) -> tuple[JobFolder, np.ndarray]:
    """Three kinds that numbers and a category tell apart; some labels are those of the next kind."""
    chance = np.random.default_rng(0)
    kinds = np.arange(ROWS) % 3
    wrong = np.zeros(ROWS, bool)
    wrong[chance.choice(ROWS, WRONG, replace=False)] = True
    cells = [
        json.dumps({"x": round(float(chance.normal(3 * kind, 0.6)), 3), "y": int(row % 7), "c": "pqr"[kind]})
        for row, kind in enumerate(kinds.tolist())
    ]
    folder = JobFolder(root / "run").create()
    columns = {
        "example_id": np.arange(100, 100 + ROWS),
        "content_hash": [hashlib.md5(cell.encode()).hexdigest() for cell in cells],
        "label": pa.array(np.where(wrong, (kinds + 1) % 3, kinds), pa.int32()),
        "split": [SPLITS[row // 3 % 5] for row in range(ROWS)],
        "text": pa.array(cells),
        "media_id": pa.nulls(ROWS, pa.string()),
    }
    pq.write_table(pa.table(columns), folder.input / "rows.parquet")
    about = {"task": "tabular-classification", "labels": LABELS, "arrays": str(root / "arrays"), "media": str(root)}
    folder.write_spec(asdict(spec) | about | {"dataset_id": "d", "version_id": "v", "title": ""} | settings)
    return folder, wrong


def _scan(folder: JobFolder) -> dict[str, Any]:
    return to_json(scan.main(folder, ProgressWriter(folder, raises_stopped=True)))


def test_a_scan_is_quick_first_and_better_with_trees(tmp_path: Path) -> None:
    folder, wrong = _folder(tmp_path, ScanSpec(("table-features",)))
    assert _scan(folder)["tiers"] == ["table-features", "table-features + boosting"]
    tiers = [json.loads((folder.output / name / "summary.json").read_text()) for name in "01"]
    assert [one["name"] for one in tiers[1]["encoders"]] == ["table-features", "boosting"]
    assert tiers[1]["log_loss"] <= tiers[0]["log_loss"] + 1e-3
    worst = pq.read_table(folder.output / "1" / "issues.parquet", filters=[("issue_type", "=", "label")]).to_pydict()
    assert wrong[np.argsort(worst["rank"])[:WRONG]].mean() > 0.9
    finals = [event["final"] for event in read_events(folder) if event["event"] == "tier"]
    assert finals == [False, True]


def test_a_scan_that_is_stopped_while_trees_are_fitted_keeps_the_first_tier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = _folder(tmp_path, ScanSpec(("table-features",)))
    update = ProgressWriter.update

    def asked(self: ProgressWriter, stage: str, *rest: Any) -> None:
        if stage == "boosting: probabilities" and rest[0] == 2:
            folder.request_stop()
        update(self, stage, *rest)

    monkeypatch.setattr(ProgressWriter, "update", asked)
    with pytest.raises(Stopped):
        _scan(folder)
    assert [path.name for path in folder.output.iterdir() if (path / "summary.json").exists()] == ["0"]


def test_a_fine_tune_writes_what_every_other_one_does(tmp_path: Path) -> None:
    folder, _wrong = _folder(tmp_path, TrainSpec(model="boosting"))
    result = train.main(folder, ProgressWriter(folder, raises_stopped=True))
    assert result is not None
    assert {split: one.rows for split, one in result.splits.items()} == {"train": 144, "validation": 48, "test": 48}
    assert result.splits["test"].accuracy > 0.8
    output = folder.output
    probabilities = np.load(output / "probabilities.npy")
    predicted = pq.read_table(output / "predictions.parquet").to_pydict()
    assert probabilities.shape == (ROWS, 3)
    assert predicted["predicted"] == probabilities.argmax(1).tolist()
    assert np.load(output / "features.npy").shape[0] == len(np.load(output / "feature_rows.npy")) == 144
    losses = [
        one["values"] for one in read_events(folder) if one["event"] == "metrics" and one["split"] == "validation"
    ]
    assert len(losses) > 20 and losses[-1]["macro_f1"] == result.splits["validation"].macro_f1

    model, modality = open_model(output / "model")
    cells = pq.read_table(folder.input / "rows.parquet").column("text").to_pylist()
    found, features = model.predict(cells)
    assert (model.labels, modality.in_files) == (tuple(LABELS), False)
    assert np.allclose(found, probabilities, atol=1e-6)
    assert np.allclose(features[np.load(output / "feature_rows.npy") - 100], np.load(output / "features.npy"))


def test_one_class_in_train_is_nothing_to_learn(tmp_path: Path) -> None:
    folder, _ = _folder(tmp_path, TrainSpec(model="boosting"))
    path = folder.input / "rows.parquet"
    table = pq.read_table(path)
    place = table.schema.get_field_index("label")
    pq.write_table(table.set_column(place, "label", pa.array([0] * ROWS, pa.int32())), path)
    with pytest.raises(UsageError, match="nothing to tell apart"):
        train.main(folder, ProgressWriter(folder, raises_stopped=True))


def test_a_stop_does_not_wait_for_the_fit_and_what_a_fit_raises_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = _folder(tmp_path, TrainSpec(model="boosting"))
    going = Event()

    def fit(*_: Any, **__: Any) -> None:
        folder.request_stop()
        going.wait(60)
        raise ZeroDivisionError

    monkeypatch.setattr(Boosting, "fit", fit)
    with pytest.raises(Stopped):
        train.main(folder, ProgressWriter(folder, raises_stopped=True))
    assert not (folder.output / "model").exists()
    going.set()
    (folder.path / "stop").unlink()
    monkeypatch.setattr(JobFolder, "request_stop", lambda self: None)
    with pytest.raises(ZeroDivisionError):
        train.main(folder, ProgressWriter(folder, raises_stopped=True))
