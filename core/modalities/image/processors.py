"""What an image processor of transformers does, in two halves: cutting an image to uint8 pixels, which is done once on
the CPU and kept, and scaling them, which is done on the device where the model is.

Both halves are found by trying the processor, not by reading its settings, so that any processor that works this way
is understood, whatever it calls its settings.
"""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from core.modalities.image.pixels import Cut, Resized, Uint8

TOLERANCE = 1e-3
"""How far the two halves together may be from what the processor gives."""
PROBES = ((64, 48), (31, 97), (300, 200))
"""Width and height of the images that a processor is tried on."""
SCALING = ("do_rescale", "do_normalize", "include_top")
"""What a processor is told to leave out when it only cuts."""
CUTTING = ("do_resize", "do_center_crop", "do_pad")
"""What it is told to leave out when it only scales."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """Pixels of 0–255 times `factor` plus `offset`, each of three channels by its own."""

    factor: tuple[float, ...]
    offset: tuple[float, ...]

    def __call__(self, pixels: Tensor) -> Tensor:
        """Float32 (b, 3, height, width) of uint8, in the same order in memory and on the same device."""
        factor, offset = _constants(self, pixels.device)
        return (pixels * factor).add_(offset)


@dataclass(frozen=True, slots=True)
class Halves:
    """A processor that first cuts and then scales."""

    cut: Cut
    scaling: Scaling


@dataclass(frozen=True, slots=True)
class Processed:
    """Whatever a processor does before it scales."""

    processor: Any
    key: str
    size: tuple[int, int]

    def __call__(self, image: Image.Image) -> Uint8:
        return np.ascontiguousarray(pixel_values(self.processor, image).transpose(1, 2, 0))


def load_processor(folder: Path) -> Any:
    """The image processor in a model's folder, on its PIL backend. Raises whatever transformers does."""
    from transformers import AutoImageProcessor

    return AutoImageProcessor.from_pretrained(  # type: ignore[no-untyped-call]
        folder, backend="pil", trust_remote_code=False, local_files_only=True
    )


def pixel_values(processor: Any, image: Image.Image) -> NDArray[Any]:
    """(3, height, width) as the processor gives it."""
    return np.asarray(processor(images=image, return_tensors="np")["pixel_values"][0])


def halves(processor: Any) -> Halves | None:
    """The two halves; None for a processor that works in another way: that scales before it resizes, pads with scaled
    values, or gives images of several sizes."""
    try:
        return _halves(processor)
    except Exception:  # what it is not made for it may refuse in any way; as a whole it says so itself
        return None


def _halves(processor: Any) -> Halves | None:
    cutter, scaling = _without(processor, SCALING), _scaling(processor)
    random = np.random.default_rng(0)
    probes = [Image.fromarray(random.integers(0, 256, (height, width, 3), np.uint8)) for width, height in PROBES]
    found = [pixel_values(cutter, probe) for probe in probes]
    first = found[0]
    if scaling is None or any(one.dtype != np.uint8 or one.shape != first.shape or len(one) != 3 for one in found):
        return None
    for probe, pixels in zip(probes, found, strict=True):
        scaled = scaling(torch.from_numpy(np.ascontiguousarray(pixels))).numpy()
        if not np.allclose(scaled, pixel_values(processor, probe), atol=TOLERANCE, rtol=0):
            return None
    size = int(first.shape[1]), int(first.shape[2])
    resized = Resized(*size, Image.Resampling(getattr(processor, "resample", None) or Image.Resampling.BILINEAR))
    if all(np.array_equal(resized(probe).transpose(2, 0, 1), one) for probe, one in zip(probes, found, strict=True)):
        return Halves(resized, scaling)
    settings = json.dumps(cutter.to_dict(), sort_keys=True, default=str)
    key = f"processed-{size[0]}x{size[1]}-{hashlib.sha256(settings.encode()).hexdigest()[:12]}-1"
    return Halves(Processed(cutter, key, size), scaling)


def _scaling(processor: Any) -> Scaling | None:
    """What the processor makes of each of the 256 values, as a line; None where it is none."""
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    table = pixel_values(_without(processor, CUTTING), Image.fromarray(np.stack([every] * 3, -1)))
    values = table.reshape(3, 256).astype(np.float64)
    offset, factor = values[:, 0], (values[:, 255] - values[:, 0]) / 255
    line = factor[:, None] * np.arange(256) + offset[:, None]
    if not np.allclose(line, values, atol=TOLERANCE, rtol=0):
        return None
    return Scaling(tuple(factor.tolist()), tuple(offset.tolist()))


def _without(processor: Any, switches: tuple[str, ...]) -> Any:
    """The processor with these switched off, where it has them."""
    other = copy.copy(processor)
    for name in switches:
        if getattr(processor, name, None):
            setattr(other, name, False)
    return other


@lru_cache(maxsize=16)
def _constants(scaling: Scaling, device: torch.device) -> tuple[Tensor, Tensor]:
    """Factor and offset, (3, 1, 1), on the device: copied there once, since each copy waits for it."""
    with torch.inference_mode(False):
        factor, offset = (
            torch.tensor(values, dtype=torch.float32).view(3, 1, 1).to(device)
            for values in (scaling.factor, scaling.offset)
        )
    return factor, offset
