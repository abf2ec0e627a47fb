"""The log-mel spectrogram of a sound and what it comes to in numbers. numpy alone: a saved model brings this file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float32]]

VERSION = 1
"""Counts up when any of this file changes what it gives: a model that was saved before then says so."""
RATE = 16_000
"""Samples per second."""
WINDOW, HOP = 512, 160
"""Samples of a frame, and from one to the next: 10 ms."""
LOWEST, HIGHEST = 20.0, 8_000.0
"""Hz."""
RANGE = 10.0
"""What is so much quieter than the loudest, in nepers of power (43 dB), is cut off there."""
AT_ONCE = 4096
"""Frames that are transformed together."""
TRIMMED = 6.0
"""A sound begins and ends where it is less than so much quieter than its loudest, in nepers of power (26 dB)."""
BANDS, PARTS = 24, 16
"""Bands of pitch and parts of time in `statistics`."""
WIDTH = PARTS * BANDS + 3 * BANDS
"""How many numbers these are."""
SPEECH_BANDS, SPEECH_LOWEST, SPEECH_HIGHEST = 32, 60.0, 3_800.0
"""Bands and Hz of what the speech embedding was trained on."""
SPEECH_WINDOW, SPEECH_RANGE = 400, 8.0
"""Samples, and bels of power below the loudest where it ends."""
SHORTEST, LONGEST = 1.5, 30.0
"""Seconds that it is given at least, silence before and after, and at most, the middle."""


def separate(given: Any, rate: int | None, wanted: int) -> list[Array]:
    """One sound, (n,) samples, or several as a list of sounds. Raises ValueError for another rate than `wanted`."""
    if rate not in (None, wanted):
        raise ValueError(f"The sound has {rate} samples per second; the model wants {wanted}.")
    one = getattr(given, "ndim", 0) == 1 or (isinstance(given, list | tuple) and not np.ndim(given[0]))
    return [np.asarray(sound, np.float32) for sound in ([given] if one else given)]


def log_mel(wave: Array, bands: int) -> Array:
    """(frames, bands): the log power of a sound of `RATE` samples a second, from low to high."""
    found = np.log(_power(np.pad(wave, WINDOW // 2), WINDOW, mel_filters(bands)) + np.float32(1e-10))
    return np.asarray(np.maximum(found, found.max() - RANGE), np.float32)


def _power(wave: Array, window: int, filters: Array) -> Array:
    """(frames, bands) through filters (frequencies, bands), of so many samples in the middle of each frame."""
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(wave, np.float32), WINDOW)[::HOP]
    weights = np.pad(np.hanning(window + 1)[:-1], (WINDOW - window) // 2).astype(np.float32)
    parts = (frames[start : start + AT_ONCE] * weights for start in range(0, len(frames), AT_ONCE))
    power = [(np.abs(np.fft.rfft(part)) ** 2).astype(np.float32) @ filters for part in parts]
    return np.asarray(np.concatenate(power), np.float32)


def speech_picture(wave: Array) -> Array:
    """(frames, `SPEECH_BANDS`): the log power that the speech embedding is given of a sound of `RATE` samples a second:
    bels above those of 16-bit samples' unit, less 2, of the sound at half its full height."""
    most, least = round(LONGEST * RATE), round(SHORTEST * RATE)
    start = max(0, len(wave) - most) // 2
    sound = np.asarray(wave[start : start + most], np.float32)
    sound = sound * np.float32(2**14 / max(float(np.abs(sound).max(initial=0.0)), 1e-6))
    lacking = max(0, least - len(sound))
    sound = np.pad(sound, (lacking // 2, lacking - lacking // 2))
    found = np.log10(np.maximum(_power(sound, SPEECH_WINDOW, speech_filters()), np.float32(1e-10)))
    return np.asarray(np.maximum(found, found.max() - SPEECH_RANGE) + 2, np.float32)


def padded(pictures: Sequence[Array]) -> tuple[Array, np.ndarray[Any, np.dtype[np.int64]]]:
    """(b, frames, bands) of spectrograms of any length, the shorter ones with zeros behind, and their lengths (b,)."""
    frames = np.array([len(one) for one in pictures])
    found = np.zeros((len(pictures), frames.max(), pictures[0].shape[1]), np.float32)
    for place, one in enumerate(pictures):
        found[place, : len(one)] = one
    return found, frames


@lru_cache(maxsize=1)
def speech_filters() -> Array:
    """(frequencies, bands) of the speech embedding: evenly spaced on Slaney's mel scale, which is linear up to
    1,000 Hz."""
    steps = np.linspace(_slaney(SPEECH_LOWEST), _slaney(SPEECH_HIGHEST), SPEECH_BANDS + 2)
    above = 1000 * np.exp(np.log(6.4) / 27 * (steps - 15))
    return _triangles(np.where(steps < 15, steps * 200 / 3, above))


def _slaney(hz: float) -> float:
    return hz * 3 / 200 if hz < 1000 else float(15 + np.log(hz / 1000) * 27 / np.log(6.4))


@lru_cache(maxsize=4)
def mel_filters(bands: int) -> Array:
    """(frequencies, bands): overlapping triangles of equal area, evenly spaced on the mel scale."""
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST, HIGHEST))
    edges = 700 * (10 ** (np.linspace(low, high, bands + 2) / 2595) - 1)
    return _triangles(edges)


def _triangles(edges: np.ndarray[Any, Any]) -> Array:
    """(frequencies, bands), each of area 1 from its lower to its upper neighbour's middle, of the edges in Hz."""
    frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE)[:, None]
    rising = (frequencies - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - frequencies) / (edges[2:] - edges[1:-1])
    areas = np.maximum(0, np.minimum(rising, falling)) * 2 / (edges[2:] - edges[:-2])
    return np.asarray(areas, np.float32)


def normalised(mel: Array) -> Array:
    """Of mean 0 and deviation 1, so that neither the microphone nor the distance to it counts."""
    return np.asarray((mel - mel.mean()) / (mel.std() + 1e-5), np.float32)


def picture(wave: Array, bands: int, frames: int) -> Array:
    """(frames, bands): what the convolutional network is given of a sound, as long as it may be."""
    return part_means(normalised(trimmed(log_mel(wave, bands))), frames)


def statistics(wave: Array) -> Array:
    """(`WIDTH`,): the means of each band over equal parts of the sound, then over all of it the mean, the deviation and
    the deviation of the change from frame to frame of each band."""
    mel = normalised(trimmed(log_mel(wave, BANDS)))
    change = np.diff(mel, axis=0).std(0) if len(mel) > 1 else np.zeros(BANDS, np.float32)
    return np.concatenate([part_means(mel, PARTS).ravel(), mel.mean(0), mel.std(0), change]).astype(np.float32)


def trimmed(mel: Array) -> Array:
    """Without the silence before and after."""
    loud = np.flatnonzero(mel.max(1) > mel.max() - TRIMMED)
    return mel[loud[0] : loud[-1] + 1] if len(loud) else mel


def part_means(mel: Array, parts: int) -> Array:
    """(parts, bands): the mean over each of so many equal parts of time, which may begin within a frame."""
    edges = np.linspace(0, len(mel), parts + 1)
    before = np.minimum(edges.astype(np.int64), len(mel) - 1)
    summed = np.concatenate([np.zeros((1, mel.shape[1])), np.cumsum(mel, 0, dtype=np.float64)])
    up_to = summed[before] + (edges - before)[:, None] * mel[before]
    return np.asarray(np.diff(up_to, axis=0) * parts / len(mel), np.float32)
