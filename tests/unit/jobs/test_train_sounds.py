"""Fine-tunes of the bundled model of sounds begin with the last layer that a quick retrain solves for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from safetensors.numpy import load_file

from core.finetune.checkpoint import Checkpoints
from core.finetune.classifiers.classifier import load_classifier
from core.jobs.fits import rows as fits
from core.jobs.fits.solved_head import begins_solved
from core.queue import JobFolder
from core.records import Strategy, TrainSpec
from tests.sounds import wav
from tests.unit.jobs.test_train_head import folder_of, run

HERTZ = (300.0, 800.0, 2_000.0)
STILL = {"epochs": 1, "learning_rate": 1e-8, "batch": 8}
"""So that nothing but the beginning can be right."""


def sound_folder(root: Path, rows: int = 36, **spec: Any) -> JobFolder:
    """Tones of three heights."""
    root.mkdir()
    labels = np.arange(rows) % 3
    names = [f"{row}.wav" for row in range(rows)]
    for row, name in enumerate(names):
        (root / name).write_bytes(wav(row, HERTZ[labels[row]]))
    hashes = [hashlib.md5((root / name).read_bytes()).hexdigest() for name in names]
    return folder_of(root, "audio-classification", names, hashes, labels, **{"model": "speech"} | spec)


@pytest.mark.parametrize("strategy", ["last", "full"])
def test_before_its_first_step_it_says_what_a_quick_retrain_says(tmp_path: Path, strategy: Strategy) -> None:
    quick = sound_folder(tmp_path / "quick", strategy="head")
    slow = sound_folder(tmp_path / "slow", strategy=strategy, **STILL)
    assert run(quick)["splits"]["test"]["accuracy"] > 0.9
    assert run(slow)["splits"]["test"]["accuracy"] > 0.9
    theirs, mine = (load_file(one.output / "model" / "model.safetensors") for one in (quick, slow))
    # On a GPU the features come in half precision, so that the layer is not to the last digit the same.
    assert np.corrcoef(mine["classifier.weight"].ravel(), theirs["classifier.weight"].ravel())[0, 1] > 0.99
    assert np.corrcoef(mine["classifier.bias"], theirs["classifier.bias"])[0, 1] > 0.99


def test_of_sounds_with_several_classes_too(tmp_path: Path) -> None:
    folder = sound_folder(tmp_path / "several", strategy="full", class_weights="balanced", **STILL)
    folder.write_spec(folder.spec() | {"task": "multi-label-audio"})
    file = folder.input / "rows.parquet"
    table = pq.read_table(file)
    sets = pa.array([[row % 3, 2] if row % 3 == 1 else [row % 3] for row in range(36)], pa.list_(pa.int32()))
    pq.write_table(table.set_column(table.column_names.index("label"), "label", sets), file)
    assert run(folder)["splits"]["test"]["macro_f1"] > 0.9


def test_a_run_that_goes_on_from_a_checkpoint_solves_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved = []
    monkeypatch.setattr(fits, "solve_head", lambda *given: solved.append(given))
    monkeypatch.setattr(Checkpoints, "any", property(lambda self: bool(solved)))
    folder = sound_folder(tmp_path / "run", rows=18, strategy="full", **STILL)
    run(folder)
    run(folder)
    assert len(solved) == 1


def test_models_of_which_it_was_measured_that_it_helps_begin_so() -> None:
    def solved(model: str, task: str) -> bool:
        return begins_solved(load_classifier(model, task, ("a", "b")), TrainSpec(model=model, strategy="full"))

    assert solved("speech", "audio-classification") and solved("speech", "multi-label-audio")
    assert not solved("log-mel", "audio-classification")
    assert not solved("minilm", "text") and not solved("minilm", "text-regression")
