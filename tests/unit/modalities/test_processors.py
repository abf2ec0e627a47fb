"""Image processors of transformers in two halves that together give what each gives as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers as hub
from PIL import Image

from core.finetune.classifiers import efficientnet
from core.modalities.image.lite import CENTRE, SPREAD
from core.modalities.image.pixels import Resized
from core.modalities.image.processors import halves, load_processor, pixel_values

PROCESSORS: dict[str, Any] = {
    "vit": lambda: hub.ViTImageProcessorPil(size={"height": 32, "width": 48}),
    "vit, not normalised": lambda: hub.ViTImageProcessorPil(size={"height": 32, "width": 32}, do_normalize=False),
    "vit, not rescaled": lambda: hub.ViTImageProcessorPil(
        size={"height": 32, "width": 32},
        do_rescale=False,
        image_mean=[120.0, 110.0, 100.0],
        image_std=[60.0, 61.0, 62.0],
    ),
    "resnet": lambda: hub.ConvNextImageProcessorPil(
        size={"shortest_edge": 32}, crop_pct=0.875, image_mean=[0.485, 0.456, 0.406], image_std=[0.229, 0.224, 0.225]
    ),
    "convnext, warped": lambda: hub.ConvNextImageProcessorPil(size={"shortest_edge": 384}),
    "clip": lambda: hub.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 30, "width": 28}),
    "crop larger than the image": lambda: hub.CLIPImageProcessorPil(
        size={"shortest_edge": 20}, crop_size={"height": 40, "width": 40}
    ),
    "efficientnet": lambda: hub.EfficientNetImageProcessorPil(size={"height": 32, "width": 32}, rescale_offset=True),
    "mobilevit, channels turned": lambda: hub.MobileViTImageProcessorPil(
        size={"shortest_edge": 40}, crop_size={"height": 32, "width": 32}
    ),
}
SIZES = [(40, 30), (17, 90), (100, 99), (1, 1)]


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8))


@pytest.mark.parametrize("name", PROCESSORS)
def test_cutting_and_scaling_give_what_the_processor_gives(name: str, tmp_path: Path) -> None:
    PROCESSORS[name]().save_pretrained(tmp_path)
    processor = load_processor(tmp_path)
    found = halves(processor)
    assert found is not None
    for size in SIZES:
        image = noise(*size)
        pixels = found.cut(image)
        assert pixels.dtype == np.uint8
        assert pixels.shape == (*found.cut.size, 3)
        scaled = found.scaling(torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None])[0].numpy()
        assert np.abs(scaled - pixel_values(processor, image)).max() < 1e-4


def test_a_processor_that_only_resizes_shares_its_pixels_with_all_that_do(tmp_path: Path) -> None:
    one = halves(hub.ViTImageProcessorPil(size={"height": 96, "width": 96}))
    bundled = halves(hub.EfficientNetImageProcessorPil(**efficientnet.processor(96)))
    assert one is not None
    assert bundled is not None
    assert one.cut == bundled.cut == Resized(96, 96, Image.Resampling.BILINEAR)
    cropping = halves(hub.CLIPImageProcessorPil(size={"shortest_edge": 96}, crop_size={"height": 96, "width": 96}))
    assert cropping is not None
    assert cropping.cut.size == one.cut.size
    assert cropping.cut.key != one.cut.key


def test_the_bundled_efficientnet_sees_the_very_pixels_that_its_network_was_trained_on() -> None:
    found = halves(hub.EfficientNetImageProcessorPil(**efficientnet.processor(96)))
    assert found is not None
    image = noise(32, 32)
    resized = np.asarray(image.resize((96, 96), Image.Resampling.BILINEAR), np.float32)
    expected = (resized - np.float32(CENTRE)) / np.float32(SPREAD)
    scaled = found.scaling(torch.from_numpy(found.cut(image).copy())[None].permute(0, 3, 1, 2))[0].permute(1, 2, 0)
    assert np.array_equal(scaled.numpy(), expected)


def test_scaled_pixels_stay_in_the_order_in_memory_in_which_they_came() -> None:
    found = halves(hub.ViTImageProcessorPil(size={"height": 8, "width": 8}))
    assert found is not None
    pixels = torch.randint(0, 256, (2, 8, 8, 3), dtype=torch.uint8).permute(0, 3, 1, 2)
    assert found.scaling(pixels).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    "processor",
    [
        hub.ViTImageProcessorPil(do_resize=False),
        hub.YolosImageProcessorPil(size={"shortest_edge": 20, "longest_edge": 40}),
    ],
)
def test_a_processor_whose_images_differ_in_size_has_no_halves(processor: Any) -> None:
    assert halves(processor) is None


def test_a_processor_that_changes_values_other_than_along_a_line_has_no_halves() -> None:
    class Squares(hub.ViTImageProcessorPil):  # type: ignore[misc]
        def _preprocess(self, images: Any, **settings: Any) -> Any:
            squared = [(image.astype(np.float32) ** 2 / 255).astype(np.uint8) for image in images]
            return super()._preprocess(squared, **settings)

    assert halves(Squares(size={"height": 8, "width": 8})) is None
