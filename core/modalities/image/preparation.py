"""Images as a classifier takes them: cut to pixels on the CPU, scaled on the device where the model is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from core.errors import ModelError
from core.modalities.image.image_encoder import stored_pixels
from core.modalities.image.opening import open_image
from core.modalities.image.pixels import decoded, threads
from core.modalities.image.processors import Halves, halves, load_processor, pixel_values
from core.modalities.inputs import Given, LoadedInputs
from core.modalities.payloads import Payloads
from core.modalities.preparation import Stages

CPU_PIXELS, PIXELS = 1 << 20, 1 << 24
"""Pixels of a batch of images, per channel: on the CPU, and on an accelerator."""
STAGE = "pixels"
"""Of a run, while it cuts its images."""


@dataclass(frozen=True, slots=True)
class Images:
    """An image processor of transformers, on its PIL backend, and its two halves."""

    processor: Any
    halves: Halves | None
    """None where the processor does not first cut to uint8 and then scale: images are then made ready by the
    processor alone, as float32, each time that they are due."""
    window: ClassVar[int] = 256
    channels_last: ClassVar[bool] = True

    @staticmethod
    def by(processor: Any) -> Images:
        """What makes images ready as this processor does."""
        return Images(processor, halves(processor))

    @staticmethod
    def of(folder: Path, name: str) -> Images:
        """The processor in the model's folder. Raises ModelError where there is none."""
        try:
            processor = load_processor(folder)
        except Exception as error:
            raise ModelError(
                f"{name} has no image processor that transformers can load: {str(error).splitlines()[0]}",
                "Save the processor into the model's folder with processor.save_pretrained.",
            ) from error
        return Images.by(processor)

    def encode(self, payloads: Sequence[Path | Image.Image]) -> list[NDArray[Any]]:
        """Pixels (3, height, width) of each image, given as a path or opened: uint8, not scaled yet; float32 where
        there are no halves. Raises SourceError for an image that cannot be read."""
        if self.halves is not None:
            return list(decoded(payloads, self.halves.cut).transpose(0, 3, 1, 2))
        with ThreadPoolExecutor(threads()) as pool:
            return list(pool.map(self._whole, payloads))

    def collate(self, encoded: Sequence[NDArray[Any]]) -> dict[str, Tensor]:
        """`pixel_values` (b, 3, height, width), of the encoded images' dtype, channels last in memory."""
        pixels = np.stack([one.transpose(1, 2, 0) for one in encoded])
        return {"pixel_values": torch.from_numpy(pixels).permute(0, 3, 1, 2)}

    def on_device(self, inputs: dict[str, Tensor], where: torch.device) -> dict[str, Tensor]:
        """What `collate` gave, on the device `where`, as the model takes it: uint8 pixels travel as they are, and are
        scaled there to float32."""
        pixels = inputs["pixel_values"].to(where, non_blocking=True)
        if self.halves is not None and pixels.dtype == torch.uint8:
            pixels = self.halves.scaling(pixels)
        return {"pixel_values": pixels}

    def ready(self, batch: Given) -> Given:
        return self.on_device(batch, batch["pixel_values"].device)

    def cost(self, encoded: NDArray[Any]) -> int:
        """Pixels, per channel."""
        return int(encoded.shape[1] * encoded.shape[2])

    def most(self, where: torch.device) -> int:
        return CPU_PIXELS if where.type == "cpu" else PIXELS

    def cache_key(self, config: Any) -> str:
        return str(getattr(config, "image_size", ""))

    def inputs(self, payloads: Payloads, arrays: Path, where: torch.device, stages: Stages) -> LoadedInputs:
        """Pixels, cut once for all runs whose models see images alike; images where there are no halves."""
        rows = np.arange(len(payloads))
        if self.halves is None:
            return LoadedInputs(rows, lambda some: self.collate(self.encode(payloads.items(some))), self.ready)
        with stored_pixels(payloads, arrays, self.halves.cut) as pixels:
            pixels.fill(rows, stages(STAGE))
        return LoadedInputs(rows, lambda some: self.collate(list(pixels.of(some).transpose(0, 3, 1, 2))), self.ready)

    def save(self, folder: Path) -> None:
        """Writes the processor's settings."""
        self.processor.save_pretrained(folder)

    def _whole(self, payload: Path | Image.Image) -> NDArray[np.float32]:
        image = payload if isinstance(payload, Image.Image) else open_image(payload)
        return pixel_values(self.processor, image).astype(np.float32)
