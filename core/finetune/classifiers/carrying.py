"""EfficientNet-lite0 widened so that its classifier is given the means of middle layers too, as the scan's encoder is.

A quick retrain solves the last layer alone, and for small images the last layer sees too little (see
`modalities.image.lite.POOLED`). transformers' class has one way from the image to the classifier, so the channels of
a middle block are carried along it, beside the others and untouched by them:

    a block that adds to its input       adds 0 to what is carried
    any other block                      expand, ReLU6 and project pass HALF + x / REACH · HALF on, which ReLU6 leaves
                                         alone as long as |x| < REACH; where it halves its input, the depthwise kernel
                                         is the mean of 2 × 2 pixels, which leaves the mean over all of them as it is
    the last convolution                 the same, so that pooling ends in HALF + mean / REACH · HALF

What the class wants of widths (a factor for all of them, one expansion for each stage) is filled up with zeros.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from core.finetune.classifiers import efficientnet
from core.finetune.classifiers.classifier import label_names
from core.modalities.image.lite import LAST, POOLED
from core.targets import Target
from core.targets.one_class.facts import ONE_CLASS

HALF = 3.0
"""Half the range of ReLU6."""
REACH = 128.0
EPSILON = 1e-3
"""Of the batch norms."""
MIDDLE, LATE = (channels for _, channels in POOLED)
WIDTHS = (16, 24, 40, 80, 136, LATE + MIDDLE, 320 + LATE + MIDDLE)
"""Channels that each stage gives: what it gave, what is carried, and zeros where the next one needs more to expand."""
EXPANSION = (1, 6, 6, 6, 6, 6, 5)
STEM = 40
TOP = LAST + LATE + MIDDLE
"""Width of the classifier's input: the last layer's channels, then block 14's, then block 10's."""
FACTOR = TOP / LAST
BEGINS, ENDS = 11, 15
"""The blocks that change the number of channels after the first pooled one."""
ROOT = "efficientnet.encoder"


def head_for(weight: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
    """The head of the widened model, (k, TOP) and (k,), that says what a head on the pooled means says whose columns
    are block 10's, block 14's and the last layer's."""
    middle, late, last = torch.split(weight, [MIDDLE, LATE, LAST], 1)
    carried = torch.cat([late, middle], 1) * (REACH / HALF)
    return torch.cat([last, carried], 1), bias - carried.sum(1) * HALF


def inputs(pooled: Tensor) -> Tensor:
    """What the classifier is given, (n, TOP), for pooled means (n, d), see `modalities.image.efficientnet_encoder`."""
    middle, late, last = torch.split(pooled, [MIDDLE, LATE, LAST], 1)
    return torch.cat([last, HALF + torch.cat([late, middle], 1) * (HALF / REACH)], 1)


def write(
    folder: Path, labels: Sequence[str], weight: Tensor, bias: Tensor, side: int, target: Target = ONE_CLASS
) -> None:
    """Writes the widened model with a head on the pooled means (weight (k, d), bias (k,)) and its image processor.

    Without transformers: importing it takes longer than all of the quick retrain.
    """
    folder.mkdir(parents=True, exist_ok=True)
    state = body()
    state["classifier.weight"], state["classifier.bias"] = (part.contiguous().cpu() for part in head_for(weight, bias))
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    about = {"architectures": ["EfficientNetForImageClassification"], "model_type": "efficientnet", "dtype": "float32"}
    _write_json(folder / "config.json", about | config(side) | label_names(labels, target))
    processor = {"image_processor_type": "EfficientNetImageProcessor"} | efficientnet.processor(side)
    _write_json(folder / "preprocessor_config.json", processor)


def config(side: int) -> dict[str, Any]:
    """The settings of the widened `EfficientNetConfig`."""
    return efficientnet.config(side) | {
        "width_coefficient": FACTOR,
        "in_channels": [_before_factor(width) for width in (STEM, *WIDTHS[:-1])],
        "out_channels": [_before_factor(width) for width in WIDTHS],
        "expand_ratios": list(EXPANSION),
        "hidden_dim": TOP,
    }


def body() -> dict[str, Tensor]:
    """All weights but the head's."""
    state = {name: value for name, value in efficientnet.body().items() if ".squeeze_excite." not in name}
    given, block = STEM, 0
    stem = "efficientnet.embeddings"
    _widen_layer(state, f"{stem}.convolution", f"{stem}.batchnorm", STEM, 3)
    for stage, repeats in enumerate(efficientnet.REPEATS):
        for _ in range(repeats):
            inner = given * EXPANSION[stage]
            _widen(state, f"{ROOT}.blocks.{block}", given, inner, WIDTHS[stage])
            state |= efficientnet.open_gate(f"{ROOT}.blocks.{block}", inner)
            given, block = WIDTHS[stage], block + 1
    _widen_layer(state, f"{ROOT}.top_conv", f"{ROOT}.top_bn", TOP, given)
    _carry_through(state, BEGINS, first=672, source=0, channels=MIDDLE, target=LATE, halves=True)
    _carry_through(state, ENDS, first=1152, source=0, channels=LATE + MIDDLE, target=320, halves=False)
    _shift_in(state, f"{ROOT}.top_conv", f"{ROOT}.top_bn", LAST, 320, LATE + MIDDLE)
    return state


def _widen(state: dict[str, Tensor], block: str, given: int, inner: int, gives: int) -> None:
    """Fills a block's tensors up with zeros to `given` channels in, `inner` within and `gives` out."""
    if inner != given:
        _widen_layer(state, f"{block}.expansion.expand_conv", f"{block}.expansion.expand_bn", inner, given)
    _widen_layer(state, f"{block}.depthwise_conv.depthwise_conv", f"{block}.depthwise_conv.depthwise_norm", inner, 1)
    _widen_layer(state, f"{block}.projection.project_conv", f"{block}.projection.project_bn", gives, inner)


def _widen_layer(state: dict[str, Tensor], convolution: str, norm: str, out: int, into: int) -> None:
    state[f"{convolution}.weight"] = _padded(state[f"{convolution}.weight"], out, (into,))
    for name in ("weight", "bias", "running_mean", "running_var"):
        state[f"{norm}.{name}"] = _padded(state[f"{norm}.{name}"], out, ())


def _padded(value: Tensor, out: int, into: Sequence[int]) -> Tensor:
    """`value` in the corner of a tensor of zeros that has `out` rows and `into` columns."""
    shape = (out, *into, *value.shape[1 + len(into) :])
    padded = value.new_zeros(shape)
    padded[tuple(slice(size) for size in value.shape)] = value
    return padded


def _carry_through(
    state: dict[str, Tensor], block: int, *, first: int, source: int, channels: int, target: int, halves: bool
) -> None:
    """Takes channels from `source` through a block to `target`, by way of its inner channels from `first`."""
    name = f"{ROOT}.blocks.{block}"
    _shift_in(state, f"{name}.expansion.expand_conv", f"{name}.expansion.expand_bn", first, source, channels)
    inner = slice(first, first + channels)
    kernel = state[f"{name}.depthwise_conv.depthwise_conv.weight"]
    middle = (kernel.shape[-1] - 1) // 2
    if halves:
        # Padded by one fewer on the left and above: the pixel pair that a kernel stands on begins at middle − 1.
        kernel[inner, 0, middle - 1 : middle + 1, middle - 1 : middle + 1] = 0.25
    else:
        kernel[inner, 0, middle, middle] = 1.0
    _plain_norm(state, f"{name}.depthwise_conv.depthwise_norm", inner, 0.0)
    rows = torch.arange(channels)
    state[f"{name}.projection.project_conv.weight"][target + rows, first + rows] = REACH / HALF
    _plain_norm(state, f"{name}.projection.project_bn", slice(target, target + channels), -REACH)


def _shift_in(state: dict[str, Tensor], convolution: str, norm: str, first: int, source: int, channels: int) -> None:
    """Lets rows `first` … of a 1 × 1 convolution give HALF + x / REACH · HALF of the channels from `source`."""
    rows = torch.arange(channels)
    state[f"{convolution}.weight"][first + rows, source + rows] = HALF / REACH
    _plain_norm(state, norm, slice(first, first + channels), HALF)


def _plain_norm(state: dict[str, Tensor], norm: str, rows: slice, bias: float) -> None:
    """Makes a batch norm add `bias` and do nothing else."""
    state[f"{norm}.weight"][rows] = 1.0
    state[f"{norm}.bias"][rows] = bias
    state[f"{norm}.running_var"][rows] = 1.0 - EPSILON


def _before_factor(width: int) -> int:
    """A width that the factor, and rounding to multiples of 8, make `width` (transformers' `round_filters`)."""
    return next(one for one in range(1, width + 1) if int(one * FACTOR + 4) // 8 * 8 == width >= 0.9 * one * FACTOR)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
