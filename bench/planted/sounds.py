"""How well spoken digits are found that were silenced, clipped, cut, repeated or read at another rate."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import numpy as np
import soundfile

from bench.data import DATA
from bench.planted.scored import SEED, Ways, compared, spoiled_rows
from bench.row import Row
from core.modalities.audio.faults.find import suspicions as of_sounds
from core.modalities.audio.measures import measured


def _silence(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return generator.normal(0, 3e-4, len(wave)).astype(np.float32), rate


def _loud(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return (wave / np.abs(wave).max() * generator.uniform(3, 12)).clip(-1, 1), rate


def _cut(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return wave[len(wave) // 3 :][: len(wave) // int(generator.integers(9, 16))], rate


def _over(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return np.tile(wave, int(generator.integers(7, 15))), rate


def _faster(wave: np.ndarray, rate: int, generator: np.random.Generator) -> tuple[np.ndarray, int]:
    return np.repeat(wave, 2), 2 * rate


OF_SOUNDS: Ways = {"silent": _silence, "clipped": _loud, "brief": _cut, "lengthy": _over, "odd_rate": _faster}


def rows() -> Iterator[Row]:
    generator = np.random.default_rng(SEED)
    with zipfile.ZipFile(DATA / "spoken_digits" / "recordings.zip") as archive:
        names = sorted(one for one in archive.namelist() if one.endswith(".wav"))
        sounds = [soundfile.read(io.BytesIO(archive.read(name)), dtype="float32") for name in names]
    planted = spoiled_rows(len(sounds), OF_SOUNDS, generator)
    for row, way in planted.items():
        sounds[row] = OF_SOUNDS[way](*sounds[row], generator)
    every = [measured(np.asarray(wave, np.float32)[:, None], rate) for wave, rate in sounds]
    names = ["seconds", "sample_rate", "silent_share", "clipped_share"]
    measures = {name: np.array([getattr(one, name) for one in every], float) for name in names}
    yield from compared("sounds", of_sounds(measures), planted)
