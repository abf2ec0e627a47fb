"""What sounds are as vectors: the instant encoder, near-duplicates, and any model of transformers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from core.modalities.audio import features
from core.modalities.audio.facts import AUDIO
from core.modalities.audio.heavy import input_size, near_space
from core.modalities.audio.statistics_encoder import LogMelStatistics
from core.modalities.encoders import make_encoder
from core.progress import unheard
from tests.sounds import saved, tone, wav
from tests.unit.modalities.audio.models import spectrogram_transformer, wav2vec2
from tests.unit.modalities.audio.sets import stored


def test_parts_of_time_weigh_alike_whatever_the_length() -> None:
    rows = np.repeat(np.arange(5, dtype=np.float32)[:, None], features.BANDS, 1)
    means = features.part_means(rows, features.PARTS)
    assert means.shape == (features.PARTS, features.BANDS)
    assert means.mean() == pytest.approx(rows.mean(), abs=1e-5)
    assert means[0, 0] == pytest.approx(0) and means[-1, 0] == pytest.approx(4)


@pytest.mark.parametrize("samples", [1, 100, 513])
def test_the_shortest_sound_has_statistics(samples: int) -> None:
    found = features.statistics(np.zeros(samples, np.float32))
    assert found.shape == (features.WIDTH,)
    assert np.isfinite(found).all()


def test_neither_loudness_nor_silence_around_counts() -> None:
    wave = tone(1, rate=16_000)
    quieter = np.concatenate([np.zeros(4_000, np.float32), wave * 0.2, np.zeros(2_000, np.float32)])
    one, other, another = (features.statistics(each) for each in (wave, quieter, tone(2, hertz=900, rate=16_000)))
    assert np.corrcoef(one, other)[0, 1] > 0.99 > np.corrcoef(one, another)[0, 1]


def test_the_same_recording_saved_anew_is_a_near_duplicate_and_another_is_not(tmp_path: Path) -> None:
    sweep = [tone(seed, hertz=200 + 150 * seed, seconds=0.6, rate=16_000) for seed in range(4)]
    contents = [saved(wave, 16_000) for wave in sweep] + [saved(sweep[0] * 0.5, 16_000, "OGG")]
    payloads = stored(tmp_path / "media", contents)
    found = near_space(payloads, tmp_path / "arrays", (), unheard)
    alike = found @ found.T
    assert alike[0, 4] > AUDIO.near_similarity
    others = alike[:4, :4][~np.eye(4, dtype=bool)]
    assert others.max() < AUDIO.near_similarity


@pytest.mark.parametrize("make", [wav2vec2, spectrogram_transformer])
def test_any_audio_model_of_transformers_encodes(make: Callable[[Path], Path], tmp_path: Path) -> None:
    payloads = stored(tmp_path / "media", [wav(seed, seconds=0.2 + 0.1 * seed) for seed in range(5)])
    encoder = make_encoder(str(make(tmp_path / "model")), "audio")
    vectors = encoder.embed(payloads, tmp_path / "arrays", unheard)
    assert vectors.shape == (5, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert (encoder.embed(payloads, tmp_path / "arrays", unheard) == vectors).all()


def test_what_is_no_audio_model_says_so(tmp_path: Path) -> None:
    from tests.unit.finetune.models import text_model

    payloads = stored(tmp_path / "media", [wav(1)])
    with pytest.raises(ModelError, match=r"audio model|feature extractor"):
        make_encoder(str(text_model(tmp_path / "model")), "audio").embed(payloads, tmp_path / "arrays", unheard)
    with pytest.raises(ModelError, match="is for sounds"):
        make_encoder("log-mel", "text")


def test_the_network_sees_longer_sounds_in_more_frames(tmp_path: Path) -> None:
    payloads = stored(tmp_path / "media", [wav(seed, seconds=0.5) for seed in range(20)])
    long = stored(tmp_path / "media", [wav(seed, seconds=2.0) for seed in range(20)])
    assert (input_size(payloads), input_size(long)) == (32, 104)
    assert LogMelStatistics().embed(payloads, tmp_path / "arrays", unheard).shape == (20, features.WIDTH)
