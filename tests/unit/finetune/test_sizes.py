"""The sizes of a model that are read from its folder are those that it has once it is loaded and trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker

from core.finetune.classifiers import efficientnet
from core.finetune.classifiers.classifier import load_classifier
from core.finetune.memory.estimate import PLACES, Load, memory_needed
from core.finetune.memory.sizes import (
    LITE_BLOCKS,
    LITE_KERNELS,
    LITE_SIDES,
    LITE_SMALL_UP_TO,
    Sizes,
    bundled_text_folder,
    lite_sizes,
    sizes_of,
)
from core.modalities.image import lite
from core.modalities.text.bundled import bundled_text_model
from core.records import TrainSpec
from tests.unit.finetune.models import image_model, text_model

FULL = TrainSpec(strategy="full")


def _kept(model: Any, inputs: dict[str, torch.Tensor]) -> int:
    """Bytes of the tensors that a forward pass leaves behind, as torch counts them."""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
    tracker = MemTracker()
    tracker.track_external(model)
    with tracker:
        before = sum(one["Total"] for one in tracker.get_tracker_snapshot("current").values())
        logits = model(**inputs).logits
        after = sum(one["Total"] for one in tracker.get_tracker_snapshot("current").values())
    assert logits.requires_grad
    return int(after - before)


def _foreseen(sizes: Sizes, load: Load, spec: TrainSpec = FULL) -> float:
    """What is foreseen for that: all that a larger batch adds."""
    none, some = (memory_needed(sizes, spec, one, device="cpu") for one in (Load(0, load.tokens), load))
    working = 0.5 * max(sizes.kept, default=0) * 4 * load.examples
    return (some - none - working) / PLACES["cpu"].allocator


def test_the_bundled_text_model_is_found_and_measured_without_being_loaded() -> None:
    assert bundled_text_folder() == bundled_text_model()
    sizes = sizes_of(bundled_text_model())
    assert sizes is not None and sizes.embedding == (30522, 384) and sizes.positions == 512
    model = load_classifier("minilm", "text", ("a", "b")).model
    assert sizes.parameters == sum(one.numel() for one in model.bert.parameters())
    assert sizes.layers == tuple(sum(one.numel() for one in layer.parameters()) for layer in model.bert.encoder.layer)


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert"])
def test_layers_of_small_text_models_are_counted_as_transformers_builds_them(tmp_path: Path, kind: str) -> None:
    folder = text_model(tmp_path / kind, kind)
    sizes = sizes_of(folder)
    classifier = load_classifier(str(folder), "text", ("a", "b"))
    classifier.freeze("last", 1)
    learning = sum(one.numel() for one in classifier.model.parameters() if one.requires_grad)
    assert sizes is not None and sizes.encoder is not None and len(sizes.layers) == 2
    # Heads, which the folder has none of, are the difference.
    assert 0 <= learning - (sizes.layers[-1] + sizes.after) <= 16 * 16 + 16 + 2 * 16 + 2


@pytest.mark.parametrize(("kind", "layers"), [("vit", 2), ("resnet", 2)])
def test_small_image_models_are_known_by_their_config(tmp_path: Path, kind: str, layers: int) -> None:
    sizes = sizes_of(image_model(tmp_path / kind, kind))
    assert sizes is not None and len(sizes.layers) == layers


def test_of_what_it_does_not_know_it_says_nothing(tmp_path: Path) -> None:
    assert sizes_of(image_model(tmp_path / "convnext", "convnext")) is None
    assert sizes_of(text_model(tmp_path / "gpt2", "gpt2")) is None
    assert sizes_of(tmp_path) is None
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text(json.dumps({"model_type": "bert", "hidden_size": 16}))
    (broken / "model.safetensors").write_bytes(b"\xff" * 16)
    assert sizes_of(broken) is None


def test_the_table_of_the_bundled_image_model_is_the_one_that_it_is_built_from() -> None:
    config = efficientnet.config(224)
    assert [list(column) for column in zip(*LITE_BLOCKS, strict=True)][:3] == [
        config["num_block_repeats"],
        config["out_channels"],
        config["expand_ratios"],
    ]
    assert (LITE_SIDES, LITE_SMALL_UP_TO) == ((lite.SMALL_SIDE, lite.LARGE_SIDE), lite.SMALL_UP_TO)
    model = efficientnet.build(("a", "b"), 96)
    built = [block.depthwise_conv.depthwise_conv for block in model.efficientnet.encoder.blocks]
    kernels = [kernel for (blocks, *_), kernel in zip(LITE_BLOCKS, LITE_KERNELS, strict=True) for _ in range(blocks)]
    assert [convolution.kernel_size[0] for convolution in built] == kernels
    gates = sum(value.numel() for name, value in model.named_parameters() if ".squeeze_excite." in name)
    body = sum(value.numel() for value in model.efficientnet.parameters())
    assert lite_sizes(96).parameters == body - gates


@pytest.mark.parametrize("side", LITE_SIDES)
def test_what_the_bundled_image_model_keeps_per_image_is_foreseen(side: int) -> None:
    kept = _kept(efficientnet.build(("a", "b"), side), {"pixel_values": torch.rand(2, 3, side, side)})
    sizes = lite_sizes(side)
    assert 4 * 2 * (sum(sizes.kept) + sum(sizes.kept_around)) == pytest.approx(kept, rel=0.06)


@pytest.mark.parametrize("kind", ["basic", "bottleneck"])
def test_what_a_resnet_keeps_per_image_is_foreseen(tmp_path: Path, kind: str) -> None:
    from transformers import ResNetConfig, ResNetForImageClassification

    model = ResNetForImageClassification(
        ResNetConfig(embedding_size=32, hidden_sizes=[64, 128, 256], depths=[2, 2, 2], layer_type=kind)
    )
    model.save_pretrained(tmp_path)
    sizes = sizes_of(tmp_path, side=96)
    assert sizes is not None
    kept = _kept(model, {"pixel_values": torch.rand(2, 3, 96, 96)})
    assert 4 * 2 * (sum(sizes.kept) + sum(sizes.kept_around)) == pytest.approx(kept, rel=0.1)


def test_what_a_vit_keeps_per_image_is_foreseen(tmp_path: Path) -> None:
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(hidden_size=192, num_hidden_layers=4, num_attention_heads=3, intermediate_size=768)
    model = ViTForImageClassification(config)
    model.save_pretrained(tmp_path)
    sizes = sizes_of(tmp_path)
    assert sizes is not None and sizes.encoder is not None and sizes.encoder.image_tokens == 197
    assert sizes.parameters == sum(one.numel() for one in model.parameters())
    kept = _kept(model, {"pixel_values": torch.rand(2, 3, 224, 224)})
    working = 4 * (8 * 192 + 2 * 768) * 197 * 2 // 2 / PLACES["cpu"].allocator
    assert _foreseen(sizes, Load(2)) - working == pytest.approx(kept, rel=0.06)


def test_fewer_layers_recomputed_layers_and_sixteen_bits_need_less() -> None:
    sizes = sizes_of(bundled_text_model())
    assert sizes is not None
    load = Load(32, 128)
    full = memory_needed(sizes, FULL, load, device="cuda")
    last = memory_needed(sizes, TrainSpec(strategy="last"), load, device="cuda")
    recomputed = TrainSpec(strategy="full", gradient_checkpointing="on")
    assert last < full and memory_needed(sizes, recomputed, load, device="cuda") < full
    assert memory_needed(sizes, FULL, load, device="cuda", precision="bf16") < full
    assert memory_needed(sizes, FULL, Load(32, 128, words=1000), device="cuda") == full - 12 * (30522 - 1000) * 384
