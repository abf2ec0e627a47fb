"""The bundled network: what transformers makes of a saved one without Winnow, and that it learns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import ModelError
from core.finetune.classifiers import log_mel, speech
from core.finetune.classifiers.classifier import load_classifier
from core.finetune.predictor import Predictor
from core.modalities.audio import features, speech_body
from core.modalities.audio.log_mel import changed
from core.modalities.audio.opening import opened
from core.modalities.audio.speech import changed as changed_speech
from tests.sounds import saved, wav
from tests.unit.modalities.audio.models import spectrogram_transformer, wav2vec2

TASK, LABELS = "audio-classification", ("beep", "hum", "hiss")
ALONE = """
import json
import sys
import numpy as np
from transformers import pipeline

for folder in sys.argv[2:]:
    asked = pipeline("audio-classification", model=folder, trust_remote_code=True, device="cpu")
    found = asked({"raw": np.load(sys.argv[1]), "sampling_rate": 16000}, top_k=3)
    print(json.dumps({one["label"]: one["score"] for one in found}))
assert not any(name.split(".")[0] == "core" for name in sys.modules), "Winnow was there"
"""


def _alone(folders: Sequence[Path], wave: np.ndarray, tmp_path: Path) -> list[dict[str, float]]:
    """What a Python without Winnow says of a sound, by transformers' own pipeline with each of the models."""
    np.save(tmp_path / "wave.npy", wave)
    others = [place for place in sys.path if "site-packages" in place]
    ran = subprocess.run(
        [sys.executable, "-c", ALONE, str(tmp_path / "wave.npy"), *map(str, folders)],
        cwd=tmp_path,
        env={"HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(others)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def test_saved_models_say_the_same_in_transformers_pipeline_without_winnow(tmp_path: Path) -> None:
    torch.manual_seed(1)
    folders = [tmp_path / name for name in ("statistics", "convolution", "solved", "speech")]
    log_mel.write(folders[0], LABELS, torch.randn(3, features.WIDTH) / 50, torch.randn(3))
    load_classifier("log-mel", TASK, LABELS, seed=1, side=48).save(folders[1], {})
    speech.write(folders[2], LABELS, torch.randn(3, speech_body.WIDTH), torch.randn(3))
    load_classifier("speech", TASK, LABELS, seed=1).save(folders[3], {})
    wave = opened(wav(4), 16_000)
    said = _alone(folders, wave, tmp_path)
    for folder, theirs, width in zip(folders, said, (features.WIDTH, 1536, *2 * (speech_body.WIDTH,)), strict=True):
        predictor = Predictor.open(folder)
        assert predictor.classifier.task.name == TASK
        [mine], [seen] = predictor.predict([wave])
        assert len(seen) == width
        assert theirs == {label: pytest.approx(float(one), abs=1e-4) for label, one in zip(LABELS, mine, strict=True)}


@pytest.mark.parametrize("model", ["log-mel", "speech"])
def test_a_sound_in_a_file_and_the_same_sound_open_are_predicted_alike(model: str, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(saved(opened(wav(2), 16_000), 16_000))
    predictor = Predictor(load_classifier(model, TASK, LABELS, seed=1))
    both, _ = predictor.predict([tmp_path / "a.wav", opened((tmp_path / "a.wav"), 16_000)])
    assert both[0] == pytest.approx(both[1], abs=1e-6)


def test_a_model_of_other_features_is_refused(tmp_path: Path) -> None:
    log_mel.write(tmp_path, LABELS, torch.zeros(3, features.WIDTH), torch.zeros(3))
    about = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(about | {"features": features.VERSION + 1}))
    with pytest.raises(ModelError, match=f"made for version {features.VERSION + 1} of its features"):
        Predictor.open(tmp_path)


@pytest.mark.parametrize(
    ("change", "shape"), [(changed, (4, 1, 24, 48)), (changed_speech, (4, 90, 32))], ids=["log-mel", "speech"]
)
def test_while_it_learns_a_sound_is_changed_and_the_same_draw_changes_it_alike(
    change: Callable[[torch.Tensor], torch.Tensor], shape: tuple[int, ...]
) -> None:
    given = torch.randn(*shape)
    torch.manual_seed(3)
    one = change(given)
    torch.manual_seed(3)
    assert torch.equal(change(given), one)
    assert one.shape == given.shape and not torch.allclose(one, given, atol=0.1)


def test_what_the_speech_model_says_is_of_the_sound_as_it_is() -> None:
    model = load_classifier("speech", TASK, LABELS, seed=1).model
    given = torch.from_numpy(features.speech_picture(opened(wav(2), 16_000)))[None]
    model.classifier.weight.data *= 100
    model.dropout.p = 0.0
    with torch.inference_mode():
        asked, learning = (model.train(mode)(given).logits for mode in (False, True))
        assert torch.equal(model.eval()(given).logits, asked)
    assert not torch.allclose(asked, learning, atol=0.01)


@pytest.mark.parametrize("make", [wav2vec2, spectrogram_transformer])
def test_any_audio_classifier_of_transformers_is_a_classifier(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    classifier = load_classifier(str(make(tmp_path / "base")), TASK, LABELS)
    classifier.save(tmp_path / "model", {})
    predictor = Predictor.open(tmp_path / "model")
    assert (predictor.classifier.task.name, predictor.labels) == (TASK, LABELS)
    found, _ = predictor.predict([opened(wav(seed), 16_000) for seed in range(3)])
    assert found.sum(1) == pytest.approx(np.ones(3), abs=1e-5)
