"""Small sounds made on the spot, good and bad."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from numpy.typing import NDArray


def tone(seed: int, hertz: float = 440.0, seconds: float = 0.3, rate: int = 8_000) -> NDArray[np.float32]:
    """A tone that fades in and out, a little noisy: another seed, another sound."""
    random, time = np.random.default_rng(seed), np.arange(int(seconds * rate)) / rate
    loud = 0.3 * np.sin(np.pi * time / seconds)
    pitch = hertz * random.uniform(0.95, 1.05)
    return np.asarray(loud * np.sin(2 * np.pi * pitch * time) + random.normal(0, 0.01, len(time)), np.float32)


def saved(samples: NDArray[np.floating], rate: int = 8_000, form: str = "WAV") -> bytes:
    """A file of samples (n,) or (n, channels)."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=form)
    return out.getvalue()


def wav(seed: int, hertz: float = 440.0, seconds: float = 0.3) -> bytes:
    """A tone as a WAV file."""
    return saved(tone(seed, hertz, seconds))
