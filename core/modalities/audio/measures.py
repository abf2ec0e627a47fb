"""What a load measures of a sound, and how it looks: its spectrogram as an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.modalities.audio.features import RANGE, RATE, log_mel
from core.modalities.audio.opening import Wave, at_rate

LOUDEST = 0.999
"""From there on a sample counts as clipped: nothing louder can be recorded."""
FRAME_SECONDS, SILENT = 0.02, -50.0
"""A frame counts as silent below so many decibels of full scale."""
QUIETEST = -120.0
"""The level of digital silence."""
BANDS = 64
"""Of pitch in a spectrogram."""
COLOURS = ((0, 0, 4), (60, 15, 110), (140, 41, 129), (222, 73, 104), (254, 159, 109), (252, 253, 191))
"""From silent to loud: evenly rising in lightness (matplotlib's magma)."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one sound."""

    seconds: float
    sample_rate: int
    channels: int
    level_dbfs: float
    """Root mean square of all samples, in decibels of full scale; `QUIETEST` for digital silence."""
    clipped_share: float
    """Of the samples, those as loud as can be recorded."""
    silent_share: float
    """Of its frames of 20 ms, the silent ones."""


def measured(samples: NDArray[np.float32], rate: int) -> Measures:
    """The measures of samples (n, channels)."""
    frame = max(1, min(len(samples), round(FRAME_SECONDS * rate)))
    power = np.square(samples, dtype=np.float64).mean(1)
    frames = power[: len(power) // frame * frame].reshape(-1, frame).mean(1)
    return Measures(
        seconds=round(len(samples) / rate, 4),
        sample_rate=rate,
        channels=samples.shape[1],
        level_dbfs=round(float(_decibels(power.mean())), 2),
        clipped_share=round(float((np.abs(samples) >= LOUDEST).mean()), 6),
        silent_share=round(float((_decibels(frames) < SILENT).mean()), 4),
    )


def spectrogram(wave: Wave, rate: int, width: int, height: int) -> Image.Image:
    """The sound of one channel as an image: time from left to right, pitch from low to high, loud is light."""
    mel = log_mel(at_rate(wave, rate, RATE), BANDS)
    loud = (mel - mel.max()) / RANGE + 1
    grey = Image.fromarray(np.rint(255 * loud.T[::-1]).astype(np.uint8))
    sized = grey.resize((width, height), Image.Resampling.BOX if len(mel) > width else Image.Resampling.BILINEAR)
    sized.putpalette(_palette())
    return sized.convert("RGB")


def _palette() -> list[int]:
    at = np.linspace(0, 255, len(COLOURS))
    channels = [np.interp(np.arange(256), at, [colour[one] for colour in COLOURS]) for one in range(3)]
    return [int(value) for value in np.stack(channels, 1).ravel()]


def _decibels(power: NDArray[np.float64] | np.floating) -> NDArray[np.float64]:
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (QUIETEST / 10))))
