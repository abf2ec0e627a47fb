"""Training and predicting where an example has several classes: what is learnt, what is written, what transformers says
of the saved model."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, log_loss
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from core.errors import UsageError
from core.finetune.predictor import Predictor
from core.jobs.predict.results import Results
from core.jobs.train import run as train
from core.jobs.train.spec import TrainResult
from core.queue import JobFolder, ProgressWriter, read_events
from core.records import TrainSpec
from core.targets.multi_label.facts import MULTI_LABEL
from tests.training_support import SPEC, tiny_bert

NAMES = ("money", "sport", "weather")
TOPICS = (["price", "bank", "share"], ["goal", "match", "team"], ["rain", "wind", "cloud"])


def texts(rows: int) -> tuple[list[str], np.ndarray]:
    """Words of none to three topics, and the topics (n, 3)."""
    random = np.random.default_rng(0)
    labels = (random.random((rows, 3)) < 0.45).astype(np.int8)
    found = []
    for has in labels:
        words = [word for topic in np.flatnonzero(has) for word in random.choice(TOPICS[topic], 3)]
        found.append(" ".join([*words, *random.choice(["the", "of", "and", "a", "is"], 4)]))
    return found, labels


def folder_of(root: Path, rows: int = 160, **spec: Any) -> JobFolder:
    folder = JobFolder(root / "run").create()
    contents, labels = texts(rows)
    table = {
        "example_id": np.arange(100, 100 + rows),
        "content_hash": [f"{row:032x}" for row in range(rows)],
        "label": pa.array([np.flatnonzero(row).tolist() for row in labels], pa.list_(pa.int32())),
        "split": [("train", "train", "train", "validation", "test")[row % 5] for row in range(rows)],
        "text": contents,
        "media_id": pa.nulls(rows, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"task": "multi-label-text", "labels": list(NAMES), "dataset_id": "d", "version_id": "v", "title": ""}
    about |= {"arrays": str(root / "arrays"), "media": str(root)}
    folder.write_spec(asdict(TrainSpec()) | about | spec)
    return folder


def run(folder: JobFolder) -> TrainResult:
    result = train.main(folder, ProgressWriter(folder, raises_stopped=True))
    assert result is not None
    return result


def check_outputs(folder: JobFolder, result: TrainResult) -> None:
    """Predictions and figures follow from the probabilities; plain transformers gives the same ones."""
    contents, labels = texts(160)
    probabilities = np.load(folder.output / "probabilities.npy")
    predicted = pq.read_table(folder.output / "predictions.parquet").to_pydict()
    rows = np.array(predicted["example_id"]) - 100
    says = (probabilities >= 0.5).astype(np.int8)
    assert predicted["predicted"] == MULTI_LABEL.decode(says, NAMES)
    assert np.allclose(predicted["confidence"], np.maximum(probabilities, 1 - probabilities).min(1))
    for split, scores in result.splits.items():
        own = np.array(predicted["split"]) == split
        true = labels[rows[own]]
        assert scores.accuracy == pytest.approx(accuracy_score(true, says[own]))
        assert scores.macro_f1 == pytest.approx(f1_score(true, says[own], average="macro"))
        losses = [log_loss(true[:, one], probabilities[own, one], labels=[0, 1]) for one in range(3)]
        assert scores.loss == pytest.approx(np.mean(losses), rel=1e-3)
    assert json.loads((folder.output / "model" / "config.json").read_text())["problem_type"] == (
        "multi_label_classification"
    )
    model = AutoModelForSequenceClassification.from_pretrained(folder.output / "model").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder.output / "model")
    with torch.no_grad():
        alone = [model(**tokenizer(contents[row], return_tensors="pt")).logits.sigmoid()[0] for row in rows[:5]]
    assert np.allclose(torch.stack(alone).numpy(), probabilities[:5], atol=1e-2)
    again = Predictor.open(folder.output / "model")
    assert again.target is MULTI_LABEL
    assert np.allclose(again.predict([contents[row] for row in rows[:20]])[0], probabilities[:20], atol=1e-2)


def test_a_quick_retrain_says_each_class_for_itself(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, model="minilm")
    result = run(folder)
    assert result.splits["test"].accuracy > 0.7
    check_outputs(folder, result)


def test_any_other_model_is_solved_on_what_its_last_layer_is_given(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, model=str(tiny_bert(tmp_path / "bert")), max_tokens=32)
    result = run(folder)
    check_outputs(folder, result)
    assert np.load(folder.output / "features.npy").shape == (96, 32)


def test_a_fine_tune_learns_by_binary_cross_entropy(tmp_path: Path) -> None:
    model = tiny_bert(tmp_path / "bert", dropout=0.0)
    spec = replace(SPEC, epochs=20, learning_rate=4e-3, metric="macro_f1", model=str(model))
    folder = folder_of(tmp_path, **asdict(spec))
    result = run(folder)
    assert result.splits["train"].macro_f1 > 0.8
    assert result.splits["test"].macro_f1 > 0.75
    check_outputs(folder, result)
    told = [one["values"] for one in read_events(folder) if one["event"] == "metrics" and one["split"] == "validation"]
    best = told[result.best_epoch - 1]["macro_f1"]
    assert best == max(one["macro_f1"] for one in told)
    assert best == pytest.approx(result.splits["validation"].macro_f1, abs=1e-3), "the best epoch's weights"


def test_the_last_layer_alone_can_learn_too(tmp_path: Path) -> None:
    spec = replace(SPEC, strategy="last", last_layers=1, epochs=2, model=str(tiny_bert(tmp_path / "bert")))
    folder = folder_of(tmp_path, **asdict(spec))
    check_outputs(folder, run(folder))


def test_the_same_label_everywhere_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, model="minilm")
    rows = folder.input / "rows.parquet"
    table = pq.read_table(rows)
    same = pa.array([[0, 1]] * len(table), pa.list_(pa.int32()))
    pq.write_table(table.set_column(2, "label", same), rows)
    with pytest.raises(UsageError, match="nothing to tell apart"):
        run(folder)


@pytest.mark.parametrize("strategy", ["head", "last"])
def test_balanced_weights_raise_the_recall_of_a_rare_class(tmp_path: Path, strategy: str) -> None:
    """A tenth of the texts has the third topic. They read all alike, as more than twice as many do without it, so that
    it is never more likely than not and no model can tell them apart."""
    random = np.random.default_rng(1)
    contents, labels = texts(240)
    labels[:, 2] = random.random(240) < 0.1
    hinting = (labels[:, 2] > 0) | (random.random(240) < 0.25)
    drop = set(TOPICS[2])
    plain = [" ".join(word for word in text.split() if word not in drop) for text in contents]
    contents = ["rain wind cloud rain" if hint else text for text, hint in zip(plain, hinting, strict=True)]
    learnt: dict[str, Any] = {"model": "minilm", "strategy": strategy}
    if strategy != "head":
        learnt["model"] = str(tiny_bert(tmp_path / "bert", dropout=0.0))
        learnt = asdict(replace(SPEC, epochs=10, learning_rate=4e-3, **learnt))
    recalls = []
    for weighting in ("none", "balanced"):
        folder = folder_of(tmp_path / weighting, 240, **learnt | {"class_weights": weighting})
        table = pq.read_table(folder.input / "rows.parquet").to_pydict()
        table["label"] = pa.array([np.flatnonzero(row).tolist() for row in labels], pa.list_(pa.int32()))
        pq.write_table(pa.table(table | {"text": contents}), folder.input / "rows.parquet")
        run(folder)
        says = np.load(folder.output / "probabilities.npy")[:, 2] >= 0.5
        recalls.append(says[labels[:, 2] > 0].mean())
    assert recalls == [0, 1]


def test_a_file_gets_the_set_and_every_probability(tmp_path: Path) -> None:
    found = np.array([[0.9, 0.6, 0.1], [0.2, 0.1, 0.3], [0, 0, 0]], np.float32)
    kept = pa.schema([("id", pa.int64())])
    with Results(tmp_path / "out.parquet", kept, NAMES, MULTI_LABEL) as results:
        results.write([pa.array([1, 2, 3])], found, [None, None, "missing text"])
    table = pq.read_table(tmp_path / "out.parquet").to_pydict()
    assert table["predicted"] == ['["money","sport"]', "[]", None]
    assert table["confidence"] == pytest.approx([0.6, 0.7, None])
    assert table["probability: sport"] == pytest.approx([0.6, 0.1, None])
    assert (results.rows, results.predicted, dict(results.classes)) == (3, 2, {"money": 1, "sport": 1})
