"""Images for jobs, see `core.modalities.heavy`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.modalities.encoder import Encoder
from core.modalities.image.opening import opened
from core.modalities.image.preparation import Images
from core.modalities.model_files import model_folder
from core.modalities.payloads import Measures, Payloads
from core.modalities.preparation import Preparation
from core.modalities.suspicion import Suspicion
from core.progress import Report

MEASURED = 256
"""Images whose size says what size the dataset's images have."""


def encoder(name: str) -> Encoder:
    from core.modalities.image.encoder import ImageModel

    return ImageModel(name)


def near_space(payloads: Payloads, arrays: Path, encoders: Sequence[Encoder], tick: Report) -> NDArray[np.float32]:
    """16 × 16 pixels."""
    from core.modalities.image.pixels_encoder import Pixels

    return unit_rows(Pixels().embed(payloads, arrays, tick))


def unit_rows(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, d) pixels as near-duplicates are looked for: each row less its own mean, scaled to length 1."""
    centred = pixels - pixels.mean(1, keepdims=True)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.where(lengths > 1e-3, centred / np.maximum(lengths, 1e-3), 0), np.float32)


def faults(payloads: Payloads, measures: Measures, arrays: Path, tick: Report) -> dict[str, Suspicion]:
    from core.modalities.image.faults.find import find

    return find(payloads, arrays, tick)


def folder_of(model: str) -> Path:
    return model_folder(model)


def auto_class() -> Any:
    from transformers import AutoModelForImageClassification

    return AutoModelForImageClassification


def preparation(folder: Path, name: str, model: Any, max_tokens: int) -> Images:
    return Images.of(folder, name)


def input_size(payloads: Payloads) -> int:
    """Of the bundled EfficientNet, by a sample of the images."""
    from core.modalities.image.image_encoder import fitting_sides
    from core.modalities.image.lite import common_side

    sample = np.linspace(0, len(payloads) - 1, min(MEASURED, len(payloads))).astype(np.int64)
    return common_side(fitting_sides(payloads, sample).tolist())


def pooling_model(name: str) -> None:
    return None


def opened_file(content: bytes, preparation: Preparation) -> Any:
    return opened(content)


def dataset_feature() -> Any:
    from datasets import Image

    return Image()
