"""Opens sounds, the only place that does: formats that are known, length checked before decoding, one channel."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SourceError
from core.modalities.file_fault import FileFault
from core.settings import MAX_AUDIO_SAMPLES, MAX_AUDIO_SECONDS
from core.words import stored

Wave = NDArray[np.float32]
SUFFIXES = {"WAV": "wav", "WAVEX": "wav", "RF64": "wav", "FLAC": "flac", "OGG": "ogg", "MP3": "mp3", "MPEG": "mp3"}
"""libsndfile's name of a format that is read → what its files' names end in."""
THREADS = 4


class SoundFault(FileFault):
    """Why a sound is set aside."""


def open_sound(path: Path, rate: int) -> Wave:
    """`opened` of a sound that was loaded once. Raises SourceError where it cannot be read or is too long."""
    try:
        return opened(path, rate)
    except SoundFault as fault:
        raise SourceError(f"The sound {path.name} cannot be read: {fault}", "Load the dataset again.") from fault


def opened(source: Path | bytes, rate: int) -> Wave:
    """(n,) the mean of its channels at `rate` samples a second. Raises SoundFault as `decoded` does."""
    samples, own_rate, _ = decoded(source)
    return at_rate(samples.mean(1), own_rate, rate)


def waves(sounds: Sequence[Path | Wave], rate: int) -> list[Wave]:
    """`open_sound` of each that is a path, by several threads; those that are open already come back as they are."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(lambda one: one if isinstance(one, np.ndarray) else open_sound(one, rate), sounds))


def at_rate(wave: Wave, own: int, wanted: int) -> Wave:
    """Resampled from `own` to `wanted` samples a second, at least one."""
    import soxr

    found = wave if own == wanted else soxr.resample(wave, own, wanted)
    return np.asarray(found if len(found) else np.zeros(1), np.float32)


def decoded(source: Path | bytes) -> tuple[Wave, int, str]:
    """Samples (n, channels) in −1–1, how many there are a second, and the suffix of the format.

    Raises SoundFault for what is no sound, is broken, empty, or longer than `MAX_AUDIO_SECONDS`. The header says how
    long it is; no more than that is ever decoded, whatever it says.
    """
    with _open(source) as file:
        samples = file.read(MAX_AUDIO_SAMPLES // file.channels, dtype="float32", always_2d=True)
        if not len(samples):
            raise SoundFault(stored("empty sound: the file holds no samples"))
        if not np.isfinite(samples).all():
            raise SoundFault(stored("unreadable sound: some samples are no numbers"))
        return samples, file.samplerate, SUFFIXES[file.format]


def header(path: Path) -> tuple[float, int]:
    """Seconds and samples per second as the header has them. Raises SoundFault as `decoded` does."""
    with _open(path) as file:
        return file.frames / file.samplerate, file.samplerate


@contextmanager
def _open(source: Path | bytes) -> Iterator[Any]:
    """A sound of which only the header is read; what goes wrong within the block is the sound's fault."""
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            if file.format not in SUFFIXES:
                raise SoundFault(stored(f"sound of the format {file.format}, which is not read"))
            seconds = file.frames / file.samplerate
            if seconds > MAX_AUDIO_SECONDS:
                raise SoundFault(
                    stored(f"sound of {seconds / 60:,.1f} minutes, the limit is {MAX_AUDIO_SECONDS // 60} minutes")
                )
            if file.frames * file.channels > MAX_AUDIO_SAMPLES:
                raise SoundFault(
                    stored(
                        f"sound of {file.frames * file.channels / 1e6:,.0f} million samples, the limit is "
                        f"{MAX_AUDIO_SAMPLES / 1e6:,.0f} million"
                    )
                )
            yield file
    except SoundFault:
        raise
    except Exception as error:  # libsndfile says in its own words what is wrong with a file
        raise SoundFault(stored("unreadable sound: the file is broken, or of no known sound format")) from error
