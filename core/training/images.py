"""Images as a classifier takes them: resized and scaled pixels."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from core.errors import ModelError
from core.models.pictures import open_image

THREADS = 4


@dataclass(frozen=True, slots=True)
class Images:
    """An image processor of transformers, on its PIL backend."""

    processor: Any

    @staticmethod
    def of(folder: Path, name: str) -> Images:
        """The processor in the model's folder. Raises ModelError where there is none."""
        from transformers import AutoImageProcessor

        try:
            processor = AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
                folder, backend="pil", trust_remote_code=False, local_files_only=True
            )
        except Exception as error:
            raise ModelError(
                f"{name} has no image processor that transformers can load: {str(error).splitlines()[0]}",
                "Save the processor into the model's folder with processor.save_pretrained.",
            ) from error
        return Images(processor)

    def encode(self, payloads: Sequence[Any]) -> list[NDArray[np.float32]]:
        """Pixels (3, height, width) of each image, given as a path or opened."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(self._pixels, payloads))

    def collate(self, encoded: Sequence[NDArray[np.float32]]) -> dict[str, Tensor]:
        """`pixel_values`, float32 (b, 3, height, width)."""
        return {"pixel_values": torch.from_numpy(np.stack(encoded))}

    def save(self, folder: Path) -> None:
        """Writes the processor's settings."""
        self.processor.save_pretrained(folder)

    def _pixels(self, payload: Path | Image.Image) -> NDArray[np.float32]:
        image = payload if isinstance(payload, Image.Image) else open_image(payload)
        return np.asarray(self.processor(images=image, return_tensors="np")["pixel_values"][0], np.float32)
