"""Images through a transformers model: its pooled output or the mean over its last hidden layer, of length 1."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.errors import ModelError
from core.modalities.encoder import Batch
from core.modalities.image.image_encoder import ImageEncoder, batches, on_device, paths
from core.modalities.image.opening import open_image
from core.modalities.image.pixels import threads
from core.modalities.image.processors import halves, load_processor, pixel_values
from core.modalities.model_files import fingerprint, model_folder
from core.modalities.payloads import Payloads


class ImageModel(ImageEncoder):
    """Any image model that transformers' AutoModel loads from safetensors, by folder or hub id."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = model_folder(name)

    @cached_property
    def key(self) -> str:
        return f"image-{fingerprint(self._folder)}"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        processor, model = self._load()
        found = halves(processor)
        if found is not None:
            yield from self.through(payloads, rows, found, partial(_pooled, model))
            return

        def whole(path: Path) -> NDArray[np.float32]:
            return pixel_values(processor, open_image(path)).astype(np.float32)

        with ThreadPoolExecutor(threads()) as pool:
            each = math.prod(whole(paths(payloads, rows[:1])[0]).shape[1:])

            def load(part: NDArray[np.int64]) -> NDArray[np.float32]:
                return np.stack(list(pool.map(whole, paths(payloads, part))))

            yield from batches(rows, each, load, partial(_pooled, model))

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoModel

        try:
            processor = load_processor(self._folder)
            model = AutoModel.from_pretrained(
                self._folder, trust_remote_code=False, local_files_only=True, use_safetensors=True
            )
        except Exception as error:
            raise ModelError(
                f"transformers cannot load {self.name} as an image model: {str(error).splitlines()[0]}",
                "Give a folder or hub id of an image encoder such as ViT, with its image processor.",
            ) from error
        return processor, on_device(getattr(model, "vision_model", model))


def _pooled(model: Any, pixels: Tensor) -> Tensor:
    """(m, d), rows of length 1."""
    output = model(pixel_values=pixels)
    pooled = getattr(output, "pooler_output", None)
    if pooled is None:
        hidden = output.last_hidden_state.float()
        pooled = hidden.mean(1) if hidden.ndim == 3 else hidden.mean((2, 3))
    return torch.nn.functional.normalize(pooled.flatten(1).float(), dim=1)
