"""Images through a transformers model: its pooled output or the mean over its last hidden layer, of length 1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.errors import ModelError
from core.models.device import device
from core.models.files import fingerprint, model_folder
from core.signals.encoder import Batch, RowEncoder
from core.signals.payloads import Payloads
from core.signals.pictures import prepared

BATCH = 32


class ImageModel(RowEncoder):
    """Any image model that transformers' AutoModel loads from safetensors, by folder or hub id."""

    kind: Literal["image"] = "image"

    def __init__(self, name: str) -> None:
        self.name = name
        self._folder = model_folder(name)

    @cached_property
    def key(self) -> str:
        return f"image-{fingerprint(self._folder)}"

    def encode(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[Batch]:
        processor, model = self._load()

        def ready(image: Image.Image) -> NDArray[np.float32]:
            return np.asarray(processor(images=image, return_tensors="np")["pixel_values"][0], np.float32)

        for batch, pixels in prepared(payloads, rows, ready, BATCH):
            yield batch, _pooled(model, torch.from_numpy(pixels))

    def _load(self) -> tuple[Any, Any]:
        from transformers import AutoImageProcessor, AutoModel

        try:
            processor = AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
                self._folder, backend="pil", trust_remote_code=False, local_files_only=True
            )
            model = AutoModel.from_pretrained(
                self._folder, trust_remote_code=False, local_files_only=True, use_safetensors=True
            )
        except Exception as error:
            raise ModelError(
                f"transformers cannot load {self.name} as an image model: {str(error).splitlines()[0]}",
                "Give a folder or hub id of an image encoder such as ViT, with its image processor.",
            ) from error
        return processor, getattr(model, "vision_model", model).eval().to(device())


@torch.inference_mode()
def _pooled(model: Any, pixels: torch.Tensor) -> NDArray[np.float32]:
    output = model(pixel_values=pixels.to(device()))
    pooled = getattr(output, "pooler_output", None)
    if pooled is None:
        hidden = output.last_hidden_state
        pooled = hidden.mean(1) if hidden.ndim == 3 else hidden.mean((2, 3))
    return np.asarray(torch.nn.functional.normalize(pooled.flatten(1).float(), dim=1).cpu().numpy(), np.float32)
