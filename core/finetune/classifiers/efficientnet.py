"""The bundled EfficientNet-lite0 as transformers' `EfficientNetForImageClassification`, which loads it like any other.

Lite0 is the B0 network with ReLU6 for swish and without squeeze-and-excitation (Tan, EfficientNet-Lite, 2020). That
class always has the latter; here it multiplies by sigmoid(`OPEN`), which is 1 in float32. Both pad alike wherever a
layer that halves its input sees an even one: at input sizes that are multiples of 32. The image processor fixes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from core.modalities.image.lite import CENTRE, LAST, SPREAD, weights
from core.modalities.image.preparation import Images
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

OPEN = 100.0
FIXED = (".squeeze_excite.",)
"""What fine-tuning leaves alone."""
REPEATS = (1, 2, 2, 3, 3, 4, 1)
"""Blocks of each stage."""
EXPANSION = (1, 6, 6, 6, 6, 6, 6)
CHANNELS = (16, 24, 40, 80, 112, 192, 320)
STEM = 32
NAMES = (
    ("_conv_stem.", "efficientnet.embeddings.convolution."),
    ("_bn0.", "efficientnet.embeddings.batchnorm."),
    ("_conv_head.", "efficientnet.encoder.top_conv."),
    ("_bn1.", "efficientnet.encoder.top_bn."),
)
BLOCK_NAMES = (
    ("._expand_conv.", ".expansion.expand_conv."),
    ("._bn0.", ".expansion.expand_bn."),
    ("._depthwise_conv.", ".depthwise_conv.depthwise_conv."),
    ("._bn1.", ".depthwise_conv.depthwise_norm."),
    ("._project_conv.", ".projection.project_conv."),
    ("._bn2.", ".projection.project_bn."),
)


def build(labels: Sequence[str], side: int, target: Target = ONE_CLASS) -> Any:
    """The model with a head of its own, drawn from torch's global generator."""
    from transformers import EfficientNetConfig, EfficientNetForImageClassification

    from core.finetune.classifiers.classifier import label_names

    model = EfficientNetForImageClassification(EfficientNetConfig(**config(side), **label_names(labels, target)))
    model.load_state_dict(body(), strict=False)
    return model


def images(side: int) -> Images:
    """What makes images ready: resized to side × side, about −1 … 1."""
    from transformers import EfficientNetImageProcessorPil

    return Images.by(EfficientNetImageProcessorPil(**processor(side)))


def config(side: int) -> dict[str, Any]:
    """The settings of `EfficientNetConfig`."""
    return {
        "image_size": side,
        "width_coefficient": 1.0,
        "depth_coefficient": 1.0,
        "in_channels": [STEM, *CHANNELS[:-1]],
        "out_channels": list(CHANNELS),
        "num_block_repeats": list(REPEATS),
        "expand_ratios": list(EXPANSION),
        "squeeze_expansion_ratio": 0.0,
        "hidden_act": "relu6",
        "hidden_dim": LAST,
        "batch_norm_momentum": 0.01,
        "dropout_rate": 0.2,
    }


def processor(side: int) -> dict[str, Any]:
    """The settings of the image processor: the same pixels, bit by bit, as the scan's encoder sees."""
    return {
        "do_resize": True,
        "size": {"height": side, "width": side},
        "resample": 2,
        "do_center_crop": False,
        "do_rescale": False,
        "do_normalize": True,
        "image_mean": [CENTRE] * 3,
        "image_std": [SPREAD] * 3,
        "include_top": False,
    }


def body() -> dict[str, Tensor]:
    """All weights but the head's, under transformers' names."""
    state: dict[str, Tensor] = {}
    for name, value in weights().items():
        if name.startswith("_blocks."):
            state["efficientnet.encoder." + _renamed(name.removeprefix("_"), BLOCK_NAMES)] = value
        elif not name.startswith("_fc."):
            state[_renamed(name, NAMES)] = value
    for index in range(sum(REPEATS)):
        block = f"efficientnet.encoder.blocks.{index}"
        state |= open_gate(block, len(state[f"{block}.depthwise_conv.depthwise_conv.weight"]))
    return state


def open_gate(block: str, channels: int) -> dict[str, Tensor]:
    """Squeeze-and-excitation of a block that lets everything through."""
    gate = f"{block}.squeeze_excite"
    return {
        f"{gate}.reduce.weight": torch.zeros(1, channels, 1, 1),
        f"{gate}.reduce.bias": torch.zeros(1),
        f"{gate}.expand.weight": torch.zeros(channels, 1, 1, 1),
        f"{gate}.expand.bias": torch.full((channels,), OPEN),
    }


def _renamed(name: str, names: Sequence[tuple[str, str]]) -> str:
    for old, new in names:
        if old in name:
            return name.replace(old, new)
    raise KeyError(name)
