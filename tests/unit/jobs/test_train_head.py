"""Quick retrains in this process: what is solved, what is written, and that plain transformers says the same."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from core.errors import ModelError, UsageError
from core.finetune.predictor import Predictor
from core.jobs.rows import read_rows
from core.jobs.train import run as train
from core.queue import JobFolder, ProgressWriter, Stopped, read_events
from core.records import TrainSpec
from core.typed import to_json
from tests.unit.conftest import processor
from tests.unit.finetune.models import image_model, text_model

TOPICS = {
    "film": ["actor", "scene", "film"],
    "money": ["bank", "market", "shares"],
    "sport": ["goal", "match", "team"],
}
SPLITS = ("train", "train", "train", "validation", "test")


def folder_of(
    root: Path, task: str, payloads: list[str], hashes: list[str], labels: np.ndarray, **spec: Any
) -> JobFolder:
    folder = JobFolder(root / "run").create()
    count, nothing = len(labels), pa.nulls(len(labels), pa.string())
    columns = {
        "example_id": np.arange(100, 100 + count),
        "content_hash": hashes,
        "label": pa.array(labels, pa.int32()),
        "split": [SPLITS[row // 3 % 5] for row in range(count)],
        "text": pa.array(payloads) if task == "text" else nothing,
        "media_id": nothing if task == "text" else pa.array(payloads),
    }
    pq.write_table(pa.table(columns), folder.input / "rows.parquet")
    about = {"task": task, "labels": list(TOPICS), "arrays": str(root / "arrays"), "media": str(root), "title": ""}
    about |= {"dataset_id": "d", "version_id": "v"}
    folder.write_spec(asdict(TrainSpec()) | about | spec)
    return folder


def text_folder(root: Path, rows: int = 150, **spec: Any) -> JobFolder:
    random = np.random.default_rng(0)
    labels = np.arange(rows) % 3
    topics = list(TOPICS.values())
    texts = [" ".join([*random.choice(topics[label], 4), *random.choice(["the", "a", "of"], 3)]) for label in labels]
    hashes = [hashlib.md5(text.encode()).hexdigest() for text in texts]
    return folder_of(root, "text", texts, hashes, labels, **{"model": "minilm"} | spec)


def image_folder(root: Path, rows: int = 45, large: int = 0, **spec: Any) -> JobFolder:
    """Noise in red, green or blue."""
    random = np.random.default_rng(0)
    labels, names, hashes = np.arange(rows) % 3, [], []
    for row, label in enumerate(labels):
        side = 140 if row < large else 24
        pixels = random.integers(0, 60, (side, side, 3), np.uint8)
        pixels[..., label] += 150
        Image.fromarray(pixels).save(root / f"{row}.png")
        names.append(f"{row}.png")
        hashes.append(hashlib.md5((root / names[-1]).read_bytes()).hexdigest())
    return folder_of(root, "image", names, hashes, labels, **{"model": "efficientnet"} | spec)


def run(folder: JobFolder) -> dict[str, Any]:
    result = train.main(folder, ProgressWriter(folder, raises_stopped=True))
    assert result is not None
    return to_json(result)


def payloads(folder: JobFolder) -> list[Any]:
    table = pq.read_table(folder.input / "rows.parquet")
    if folder.spec()["task"] == "text":
        return table.column("text").to_pylist()
    return [Path(folder.spec()["media"]) / name for name in table.column("media_id").to_pylist()]


def check_outputs(folder: JobFolder, tolerance: float = 1e-3, of_features: float = 5e-3) -> None:
    """The saved model says what was written, and what was written fits together."""
    probabilities = np.load(folder.output / "probabilities.npy")
    predicted = pq.read_table(folder.output / "predictions.parquet").to_pydict()
    assert probabilities.flags.f_contiguous
    assert predicted["example_id"] == list(range(100, 100 + len(probabilities)))
    assert predicted["predicted"] == probabilities.argmax(1).tolist()
    found, features = Predictor.open(folder.output / "model").predict(payloads(folder))
    assert np.abs(found - probabilities).max() < tolerance
    rows = np.load(folder.output / "feature_rows.npy") - 100
    assert [predicted["split"][row] for row in rows] == ["train"] * predicted["split"].count("train")
    assert np.allclose(np.load(folder.output / "features.npy"), features[rows], atol=of_features)


def test_embeddings_in_bfloat16_give_a_saved_model_that_is_as_close_as_they_are(tmp_path: Path, monkeypatch) -> None:
    processor(monkeypatch, "bfloat16")
    folder = text_folder(tmp_path, rows=30)
    run(folder)
    check_outputs(folder, tolerance=0.03, of_features=0.05)


@pytest.mark.usefixtures("float32")
def test_texts_are_learnt_from_the_embeddings_that_a_scan_caches(tmp_path: Path) -> None:
    folder = text_folder(tmp_path)
    result = run(folder)
    assert result["splits"]["test"]["accuracy"] > 0.9
    assert result["splits"]["train"]["rows"] == 90
    check_outputs(folder)
    events = [event for event in read_events(folder) if event["event"] == "metrics"]
    steps = [event["step"] for event in events if "accuracy" not in event["values"]]
    assert steps == list(range(1, result["steps"] + 1))
    told = [event["values"]["loss"] for event in events if event["split"] == "train" and "loss" in event["values"]]
    assert len(told) == len(steps), "the curve of the loss is of one figure"
    assert events[-1]["split"] == "validation"
    from core.jobs.rows import read_rows
    from core.modalities.encoders import make_encoder

    rows = read_rows(folder, "text", Path())
    scanned = make_encoder("minilm", "text")
    scanned.encode = None  # type: ignore[attr-defined,method-assign]
    assert scanned.embed(rows.payloads, tmp_path / "arrays", lambda done, total: None).shape == (150, 384)


@pytest.mark.parametrize("large", [0, 4])
def test_images_of_one_size_or_several_are_learnt_by_the_bundled_network(tmp_path: Path, large: int) -> None:
    folder = image_folder(tmp_path, large=large)
    assert run(folder)["splits"]["test"]["accuracy"] == 1
    check_outputs(folder, 1e-4)


@pytest.mark.parametrize("kind", ["roberta", "distilbert"])
def test_any_text_model_of_a_folder_is_solved_on_what_its_last_layer_is_given(tmp_path: Path, kind: str) -> None:
    folder = text_folder(tmp_path, model=str(text_model(tmp_path / "base", kind)))
    assert run(folder)["splits"]["train"]["accuracy"] > 0.9
    check_outputs(folder, 1e-5)


def test_any_image_model_of_a_folder_is_solved_on_what_its_last_layer_is_given(tmp_path: Path) -> None:
    folder = image_folder(tmp_path, model=str(image_model(tmp_path / "base", "resnet")))
    assert run(folder)["splits"]["train"]["accuracy"] > 0.9
    check_outputs(folder, 1e-5)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    folder = text_folder(tmp_path, seed=3, model=str(text_model(tmp_path / "base")))
    weights = []
    for _ in range(2):
        run(folder)
        weights.append((folder.output / "model" / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]


def test_balanced_weights_help_the_rare_class(tmp_path: Path) -> None:
    recalls = []
    for weighting in ("none", "balanced"):
        folder = text_folder(tmp_path, class_weights=weighting, model=str(text_model(tmp_path / "base")))
        table = pq.read_table(folder.input / "rows.parquet")
        labels = np.where(np.arange(150) % 15 == 0, 0, np.arange(150) % 2 + 1)
        random = np.random.default_rng(1).permutation(labels)
        pq.write_table(table.set_column(2, "label", pa.array(random, pa.int32())), folder.input / "rows.parquet")
        run(folder)
        recalls.append(np.load(folder.output / "probabilities.npy")[:, 0].mean())
    assert recalls[1] > recalls[0] * 2


def test_a_stop_keeps_what_was_encoded_and_ends_without_a_result(tmp_path: Path) -> None:
    folder = text_folder(tmp_path, model=str(text_model(tmp_path / "base")))
    progress = ProgressWriter(folder, raises_stopped=True)
    update = progress.update

    def stop_when_solving(stage: str, *rest: Any) -> None:
        if stage == "solving":
            folder.request_stop()
        update(stage, *rest)

    progress.update = stop_when_solving  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        train.main(folder, progress)
    folder.clear()
    result = run(folder)
    assert '"stage": "encoding"' not in folder.progress_path.read_text().split('"solving"')[-1]
    assert result["splits"]["test"]["rows"] == 30


def test_rows_that_release_0_1_wrote_for_a_job_are_read_when_it_is_started_again(tmp_path: Path) -> None:
    folder = text_folder(tmp_path, rows=6)
    path = folder.input / "rows.parquet"
    pq.write_table(pq.read_table(path).rename_columns({"example_id": "row_id"}), path)
    assert read_rows(folder, "text", tmp_path).example_ids.tolist() == list(range(100, 106))


def test_a_train_split_of_one_class_is_refused(tmp_path: Path) -> None:
    folder = text_folder(tmp_path)
    table = pq.read_table(folder.input / "rows.parquet")
    pq.write_table(table.set_column(2, "label", pa.array([0] * 150, pa.int32())), folder.input / "rows.parquet")
    with pytest.raises(UsageError, match="The split train has 90 rows of 1 class"):
        run(folder)


def test_a_model_whose_last_layer_has_no_bias_is_refused_before_the_work(tmp_path: Path) -> None:
    folder = text_folder(tmp_path, model=str(text_model(tmp_path / "base", "gpt2")))
    with pytest.raises(ModelError, match="Use the strategy last or full"):
        run(folder)
    assert not list(folder.output.iterdir())


def test_a_quick_retrain_of_a_bundled_model_never_imports_transformers_once_embeddings_are_cached(
    tmp_path: Path,
) -> None:
    import subprocess
    import sys

    folder = text_folder(tmp_path)
    run(folder)
    code = (
        "import sys; from pathlib import Path; from core.queue import *; from core.jobs.train import run as train;"
        f"folder = JobFolder(Path({str(folder.path)!r}));"
        "train.main(folder, ProgressWriter(folder));"
        "sys.exit(any(name in sys.modules for name in ('transformers', 'accelerate', 'sentence_transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
