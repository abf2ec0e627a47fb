"""Sounds for jobs, see `core.modalities.heavy`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.modalities.audio.opening import opened
from core.modalities.audio.preparation import Pictures, Waves, typical_seconds
from core.modalities.encoder import Encoder
from core.modalities.model_files import model_folder
from core.modalities.payloads import Measures, Payloads
from core.modalities.preparation import Preparation
from core.modalities.suspicion import Suspicion
from core.progress import Report

FRAMES_PER_SECOND = 50
STEP, FEWEST, MOST = 8, 24, 512
"""A spectrogram has a multiple of so many frames, at least and at most these; a longer sound is seen less finely."""


def encoder(name: str) -> Encoder:
    from core.modalities.audio.encoder import AudioModel

    return AudioModel(name)


def near_space(payloads: Payloads, arrays: Path, encoders: Sequence[Encoder], tick: Report) -> NDArray[np.float32]:
    """24 bands of pitch over 16 parts of time."""
    from core.modalities.audio.statistics_encoder import LogMelStatistics, near_rows

    return near_rows(LogMelStatistics().embed(payloads, arrays, tick))


def faults(payloads: Payloads, measures: Measures, arrays: Path, tick: Report) -> dict[str, Suspicion]:
    from core.modalities.audio.faults.find import suspicions

    return suspicions(measures)


def folder_of(model: str) -> Path:
    return model_folder(model)


def auto_class() -> Any:
    from transformers import AutoModelForAudioClassification

    from core.modalities.audio import log_mel, speech

    log_mel.register()
    speech.register()
    return AutoModelForAudioClassification


def preparation(folder: Path, name: str, model: Any, max_tokens: int) -> Pictures | Waves:
    from core.modalities.audio.log_mel import LogMelConfig, LogMelFeatureExtractor
    from core.modalities.audio.speech import SpeechConfig, SpeechFeatureExtractor

    if isinstance(model.config, SpeechConfig):
        return Waves(SpeechFeatureExtractor.from_pretrained(folder, local_files_only=True))
    if isinstance(model.config, LogMelConfig):
        return Pictures(LogMelFeatureExtractor.from_pretrained(folder, local_files_only=True))
    return Waves.of(folder, name)


def input_size(payloads: Payloads) -> int:
    """Of the bundled network: the frames that each sound is seen in, by how long nearly every one is."""
    wanted = math.ceil(typical_seconds(payloads) * FRAMES_PER_SECOND / STEP) * STEP
    return max(FEWEST, min(MOST, wanted))


def pooling_model(name: str) -> None:
    return None


def opened_file(content: bytes, preparation: Preparation) -> Any:
    assert isinstance(preparation, Pictures | Waves)
    return opened(content, preparation.extractor.sampling_rate)


def dataset_feature() -> Any:
    from datasets import Audio

    return Audio(decode=False)
