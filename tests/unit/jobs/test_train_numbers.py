"""Fine-tunes on numbers: what is saved says the labels' own numbers, in transformers too, and no pickle is needed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.finetune.predictor import Predictor
from core.jobs.open_model import open_model
from core.jobs.train.run import main
from core.jobs.train.spec import TrainResult
from core.queue import JobFolder, ProgressWriter
from core.records import TrainSpec
from core.targets.number.residuals import Spread
from tests.training_support import SPEC, WORDS, tiny_bert

ROWS = 120


def numbers_folder(root: Path, task: str, spec: TrainSpec, payloads: list[str], labels: list[float]) -> JobFolder:
    folder = JobFolder(root).create()
    rows = len(payloads)
    table = {
        "example_id": pa.array(range(rows), pa.int64()),
        "content_hash": [hashlib.sha256(one.encode()).hexdigest() for one in payloads],
        "label": pa.array(labels, pa.float64()),
        "split": ["train" if row % 3 else ("validation", "test")[row % 2] for row in range(rows)],
        "text": payloads,
        "media_id": pa.array([None] * rows, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"dataset_id": "d", "version_id": "v", "task": task, "labels": [], "title": "A test"}
    places = {"arrays": str(root / "arrays"), "media": str(root / "media")}
    folder.write_spec({**about, **places, **{name: getattr(spec, name) for name in TrainSpec.__dataclass_fields__}})
    return folder


def texts() -> tuple[list[str], list[float]]:
    """Each tells its number by how often one word stands in it."""
    chance = np.random.default_rng(0)
    counts = chance.integers(0, 9, ROWS)
    said = [" ".join([*["goal"] * many, *["rain"] * (8 - many), *chance.choice(WORDS[9:], 3)]) for many in counts]
    return said, [1000.0 + 50 * float(many) + float(chance.normal()) for many in counts]


def run(folder: JobFolder) -> TrainResult:
    result = main(folder, ProgressWriter(folder))
    assert result is not None
    return result


def predicted(folder: JobFolder) -> np.ndarray:
    return np.array(pq.read_table(folder.output / "predictions.parquet")["predicted"].to_pylist(), np.float64)


@pytest.mark.parametrize("strategy", ["head", "full"])
def test_transformers_says_the_labels_own_numbers(tmp_path: Path, strategy: str) -> None:
    payloads, labels = texts()
    model = tiny_bert(tmp_path / "model", dropout=0.0)
    spec = TrainSpec(strategy="head", max_tokens=32) if strategy == "head" else replace(SPEC, epochs=12, metric="mae")
    folder = numbers_folder(tmp_path / "run", "text-regression", replace(spec, model=str(model)), payloads, labels)
    result = run(folder)
    scores = result.splits["test"]
    assert scores.accuracy is None
    assert scores.mae is not None
    assert scores.r2 is not None
    assert scores.mae < np.abs(np.array(labels) - np.mean(labels)).mean() / 2
    assert scores.r2 > 0.5
    config = json.loads((folder.output / "model" / "config.json").read_text())
    assert (config["problem_type"], config["id2label"]) == ("regression", {"0": "number"})
    from transformers import pipeline

    ask = pipeline("text-classification", str(folder.output / "model"), function_to_apply="none")
    said = [one["score"] for one in ask(payloads[:12])]
    assert said == pytest.approx(Predictor.open(folder.output / "model").predict(payloads[:12])[0][:, 0], abs=0.5)
    assert abs(np.mean(said) - 1200) < 100
    spread = Spread.beside(folder.output / "model")
    assert spread is not None
    half = pq.read_table(folder.output / "predictions.parquet")["confidence"].to_numpy()
    assert half == pytest.approx(spread.half(predicted(folder)), rel=1e-4)
    assert not list((folder.output / "model").rglob("*.bin"))


def test_trees_say_numbers_and_load_without_pickle(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    area, rooms = chance.uniform(20, 120, ROWS), chance.integers(1, 5, ROWS)
    labels = (10 * area + 40 * rooms + chance.normal(0, 5, ROWS)).tolist()
    cells = [json.dumps({"area": float(one), "rooms": int(other)}) for one, other in zip(area, rooms, strict=True)]
    spec = TrainSpec(model="boosting")
    folder = numbers_folder(tmp_path / "run", "tabular-regression", spec, cells, labels)
    result = run(folder)
    scores = result.splits["test"]
    assert scores.r2 is not None
    assert scores.r2 > 0.9
    model, modality = open_model(folder.output / "model")
    assert modality.name == "table-row"
    assert model.predict(cells)[0][:, 0] == pytest.approx(predicted(folder), rel=1e-4)
    spread = Spread.beside(folder.output / "model")
    assert spread is not None
    within = np.abs(predicted(folder) - labels) <= spread.half(predicted(folder))
    assert within.mean() > 0.8
    config = json.loads((folder.output / "model" / "config.json").read_text())
    assert config["problem_type"] == "regression"
