"""Sounds as a classifier takes them: spectrograms for the bundled network, samples for any other model's extractor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.arrays.ahead import ahead
from core.errors import ModelError
from core.modalities.audio.opening import THREADS, Wave, header, waves
from core.modalities.encoder import Batch, RowEncoder
from core.modalities.inputs import Given, LoadedInputs
from core.modalities.payloads import Payloads
from core.modalities.preparation import Stages

SECONDS = 30.0
"""A longer sound is cut to its middle for a model that takes samples."""
CPU_SAMPLES, SAMPLES = 1 << 20, 1 << 24
"""Samples of a batch: on the CPU, and on an accelerator."""
STAGE = "spectrograms"
"""Of a run, while it makes them."""
MEASURED = 256
"""Sounds whose length says how long the dataset's sounds are."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the bundled network's extractor makes of sounds."""

    extractor: Any
    window: ClassVar[int] = 256
    channels_last: ClassVar[bool] = False

    def encode(self, payloads: Sequence[Path | Wave]) -> list[NDArray[Any]]:
        """What the network is given of each sound, given as a path or opened. Raises SourceError for one that cannot be
        read."""
        return [self.extractor.given(one) for one in waves(payloads, self.extractor.sampling_rate)]

    def collate(self, encoded: Sequence[NDArray[Any]]) -> Given:
        return {"input_features": torch.from_numpy(np.stack(encoded))}

    def ready(self, batch: Given) -> Given:
        return batch

    def cost(self, encoded: NDArray[Any]) -> int:
        return 1

    def most(self, where: torch.device) -> int:
        return 64 if where.type == "cpu" else 1024

    def cache_key(self, config: Any) -> str:
        return f"{config.body}-{config.bands}-{config.frames}"

    def inputs(self, payloads: Payloads, arrays: Path, where: torch.device, stages: Stages) -> LoadedInputs:
        """Made once for all runs whose network sees sounds alike."""
        found = _Kept(self).embed(payloads, arrays, stages(STAGE))
        shape = (-1, self.extractor.frames, self.extractor.feature_size)

        def load(rows: NDArray[np.int64]) -> dict[str, Tensor]:
            return {"input_features": torch.from_numpy(np.ascontiguousarray(found[rows]).reshape(shape))}

        return LoadedInputs(np.arange(len(payloads)), load, self.ready, (64, 1024))

    def save(self, folder: Path) -> None:
        self.extractor.save_pretrained(folder)


class _Kept(RowEncoder):
    """Spectrograms by content, like embeddings."""

    kind: Literal["audio"] = "audio"
    name = "spectrograms"

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures

    @property
    def key(self) -> str:
        return f"spectrograms-{self._pictures.extractor.feature_size}-{self._pictures.extractor.frames}-1"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        parts = [rows[start : start + 64] for start in range(0, len(rows), 64)]
        for part, encoded in ahead(parts, lambda part: self._pictures.encode(payloads.items(part))):
            yield part, np.stack(encoded).reshape(len(part), -1)


@dataclass(frozen=True, slots=True)
class Waves:
    """A feature extractor of transformers."""

    extractor: Any
    window: ClassVar[int] = 64
    channels_last: ClassVar[bool] = False

    @staticmethod
    def of(folder: Path, name: str) -> Waves:
        """The extractor in the model's folder. Raises ModelError where there is none."""
        from transformers import AutoFeatureExtractor

        extractors: Any = AutoFeatureExtractor
        try:
            extractor = extractors.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
            int(extractor.sampling_rate)
        except Exception as error:
            raise ModelError(
                f"{name} has no feature extractor for sounds that transformers can load: {str(error).splitlines()[0]}",
                "Save the extractor into the model's folder with extractor.save_pretrained.",
            ) from error
        return Waves(extractor)

    def encode(self, payloads: Sequence[Path | Wave]) -> list[Wave]:
        """Samples of each sound, given as a path or opened, at the rate that the model wants. Raises SourceError for
        one that cannot be read."""
        most = round(SECONDS * self.extractor.sampling_rate)
        return [_middle(one, most) for one in waves(payloads, self.extractor.sampling_rate)]

    def collate(self, encoded: Sequence[Wave]) -> Given:
        """One batch as the extractor makes it, padded to its longest sound."""
        found = self.extractor(
            list(encoded), sampling_rate=self.extractor.sampling_rate, padding=self._padding(), return_tensors="pt"
        )
        return {name: value for name, value in found.items() if isinstance(value, Tensor)}

    def ready(self, batch: Given) -> Given:
        return batch

    def cost(self, encoded: Wave) -> int:
        return len(encoded)

    def most(self, where: torch.device) -> int:
        return CPU_SAMPLES if where.type == "cpu" else SAMPLES

    def cache_key(self, config: Any) -> str:
        return ""

    def inputs(self, payloads: Payloads, arrays: Path, where: torch.device, stages: Stages) -> LoadedInputs:
        """Opened each time that they are due. On an accelerator all are as long as the longest, silence behind them, so
        that what it does can be recorded once."""
        rows = np.arange(len(payloads))
        longest = 0 if where.type == "cpu" else _longest(payloads, self.extractor.sampling_rate)

        def load(some: NDArray[np.int64]) -> dict[str, Tensor]:
            found = self.encode(payloads.items(some))
            return self.collate([np.pad(one, (0, max(0, longest - len(one)))) for one in found])

        return LoadedInputs(rows, load, self.ready, (8, 64))

    def save(self, folder: Path) -> None:
        self.extractor.save_pretrained(folder)

    def _padding(self) -> Any:
        """Extractors of spectrograms make all of one length by themselves, which is what they call their longest."""
        return "max_length" if hasattr(self.extractor, "num_mel_bins") or hasattr(self.extractor, "n_samples") else True


def typical_seconds(payloads: Payloads) -> float:
    """What 95 of 100 sounds are no longer than, by a sample of their headers."""
    sample = np.linspace(0, len(payloads) - 1, min(MEASURED, len(payloads))).astype(np.int64)
    return float(np.quantile(_seconds(payloads, sample), 0.95))


def _longest(payloads: Payloads, rate: int) -> int:
    return round(min(SECONDS, float(_seconds(payloads, np.arange(len(payloads))).max())) * rate)


def _seconds(payloads: Payloads, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    with ThreadPoolExecutor(THREADS) as pool:
        return np.array([seconds for seconds, _ in pool.map(header, payloads.items(rows))])


def _middle(wave: Wave, most: int) -> Wave:
    start = max(0, len(wave) - most) // 2
    return wave[start : start + most]
