"""The bundled network: what transformers makes of a saved one without Winnow, and that it learns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.finetune.classifiers import log_mel
from core.finetune.classifiers.classifier import load_classifier
from core.finetune.predictor import Predictor
from core.modalities.audio import features
from core.modalities.audio.log_mel import changed
from core.modalities.audio.opening import opened
from tests.sounds import saved, wav
from tests.unit.modalities.audio.models import spectrogram_transformer, wav2vec2

TASK, LABELS = "audio-classification", ("beep", "hum", "hiss")
ALONE = """
import sys
import numpy as np
import torch
from transformers import pipeline

asked = pipeline("audio-classification", model=sys.argv[1], trust_remote_code=True, device="cpu")
assert not any(name.split(".")[0] == "core" for name in sys.modules), "Winnow was there"
found = asked({"raw": np.load(sys.argv[2]), "sampling_rate": 16000}, top_k=3)
print({one["label"]: one["score"] for one in found})
"""


def _alone(folder: Path, wave: np.ndarray, tmp_path: Path) -> dict[str, float]:
    """What a Python without Winnow says of a sound, by transformers' own pipeline."""
    np.save(tmp_path / "wave.npy", wave)
    others = [place for place in sys.path if "site-packages" in place]
    ran = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder), str(tmp_path / "wave.npy")],
        cwd=tmp_path,
        env={"HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(others)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return dict(eval(ran.stdout.strip().splitlines()[-1]))


@pytest.mark.parametrize("body", ["statistics", "convolution"])
def test_a_saved_model_says_the_same_in_transformers_pipeline_without_winnow(body: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    if body == "statistics":
        log_mel.write(tmp_path / "model", LABELS, torch.randn(3, features.WIDTH) / 50, torch.randn(3))
    else:
        load_classifier("log-mel", TASK, LABELS, seed=1, side=48).save(tmp_path / "model", {})
    predictor = Predictor.open(tmp_path / "model")
    assert predictor.classifier.task.name == TASK
    wave = opened(wav(4), 16_000)
    [mine], [seen] = predictor.predict([wave])
    assert len(seen) == (features.WIDTH if body == "statistics" else 2048)
    said = _alone(tmp_path / "model", wave, tmp_path)
    assert said == {label: pytest.approx(float(value), abs=1e-4) for label, value in zip(LABELS, mine, strict=True)}


def test_a_sound_in_a_file_and_the_same_sound_open_are_predicted_alike(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(saved(opened(wav(2), 16_000), 16_000))
    predictor = Predictor(load_classifier("log-mel", TASK, LABELS, seed=1))
    both, _ = predictor.predict([tmp_path / "a.wav", opened((tmp_path / "a.wav"), 16_000)])
    assert both[0] == pytest.approx(both[1], abs=1e-6)


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    log_mel.write(tmp_path, LABELS, torch.zeros(3, features.WIDTH), torch.zeros(3))
    about = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(about | {"features": features.VERSION + 1}))
    with pytest.raises(ModelError, match=f"made for version {features.VERSION + 1} of its features"):
        Predictor.open(tmp_path)


def test_while_it_learns_a_sound_is_changed_and_the_same_draw_changes_it_alike() -> None:
    given = torch.randn(4, 1, 24, 48)
    torch.manual_seed(3)
    one = changed(given)
    torch.manual_seed(3)
    assert torch.equal(changed(given), one)
    assert one.shape == given.shape and not torch.allclose(one, given, atol=0.1)


@pytest.mark.parametrize("make", [wav2vec2, spectrogram_transformer])
def test_any_audio_classifier_of_transformers_is_a_classifier(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    classifier = load_classifier(str(make(tmp_path / "base")), TASK, LABELS)
    classifier.save(tmp_path / "model", {})
    predictor = Predictor.open(tmp_path / "model")
    assert (predictor.classifier.task.name, predictor.labels) == (TASK, LABELS)
    found, _ = predictor.predict([opened(wav(seed), 16_000) for seed in range(3)])
    assert found.sum(1) == pytest.approx(np.ones(3), abs=1e-5)
