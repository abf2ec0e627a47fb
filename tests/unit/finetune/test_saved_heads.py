"""What is solved on embeddings says the same once it is saved as a plain model of transformers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModelForImageClassification, AutoModelForSequenceClassification

from core.arrays.device import device
from core.finetune.classifiers import carrying, mean_pooling
from core.finetune.classifiers.classifier import load_classifier
from core.finetune.predictor import Predictor
from core.modalities.image.efficientnet_encoder import _features, _load
from core.modalities.text.bundled import bundled_text_model
from core.modalities.text.heavy import pooling_model
from tests.unit.finetune.models import text_model

TEXTS = ["Where is my card?", "My new card has not arrived yet.", "The exchange rate is wrong. " * 30, "", "rate"]


def unit_means(folder: Path) -> np.ndarray:
    """Sentence embeddings of the texts by plain transformers."""
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = (kind.from_pretrained(folder) for kind in (AutoTokenizer, AutoModel))
    rows = []
    for text in TEXTS:
        tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=32, padding=False)
        with torch.inference_mode():
            mean = model.eval()(**tokens).last_hidden_state[0].mean(0)
        rows.append(torch.nn.functional.normalize(mean, dim=0).numpy())
    return np.stack(rows)


@pytest.mark.parametrize("bundled", [True, False])
def test_a_head_on_mean_embeddings_becomes_a_plain_bert_classifier(tmp_path: Path, bundled: bool) -> None:
    encoder = bundled_text_model() if bundled else text_model(tmp_path / "encoder")
    given = torch.from_numpy(mean_pooling.inputs(unit_means(encoder)))
    torch.manual_seed(0)
    weight, bias = torch.randn(3, given.shape[1]) * 0.5, torch.randn(3)
    mean_pooling.write(tmp_path / "saved", encoder, ["a", "b", "c"], weight, bias, 32)
    assert not pooling_model(str(tmp_path / "saved"))
    probabilities, features = Predictor.open(tmp_path / "saved").predict(TEXTS)
    assert np.allclose(features, given, atol=2e-3)
    assert np.allclose(probabilities, (given @ weight.T + bias).softmax(1), atol=1e-3)
    _, unused = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved", output_loading_info=True)
    assert not unused["missing_keys"] and not unused["unexpected_keys"]


def pictures(side: int) -> list[Image.Image]:
    """Noise of several grains, from flat to sharp."""
    random = np.random.default_rng(0)
    grains = [random.integers(0, 255, (grain, grain, 3), np.uint8) for grain in (1, 2, 5, 20, side)]
    return [Image.fromarray(grain).resize((side, side), Image.Resampling.BICUBIC) for grain in grains]


def scaled(side: int, noise: int) -> torch.Tensor:
    """Pixels of `pictures` as the network was trained: about −1 … 1."""
    resized = [image.resize((side, side), Image.Resampling.BILINEAR) for image in pictures(noise)]
    return torch.from_numpy((np.stack(resized).astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)


def pooled(pixels: torch.Tensor) -> np.ndarray:
    """What the scan's encoder gives for them."""
    with torch.inference_mode():
        return _features(_load(), pixels.to(device())).cpu().numpy()


@pytest.mark.parametrize("side", [96, 224])
def test_efficientnet_is_the_same_network_in_transformers(side: int) -> None:
    classifier = load_classifier("efficientnet", "image", ["a", "b"], side=side)
    features = Predictor(classifier).predict(pictures(50))[1]
    assert np.allclose(features, pooled(scaled(side, 50))[:, -1280:], atol=1e-4)


@pytest.mark.parametrize("side", [96, 224])
def test_a_head_on_three_layers_becomes_a_plain_efficientnet_classifier(tmp_path: Path, side: int) -> None:
    pixels = scaled(side, 60)
    means = torch.from_numpy(pooled(pixels))
    torch.manual_seed(0)
    weight, bias = torch.randn(3, means.shape[1]) * 0.05, torch.randn(3)
    carrying.write(tmp_path, ["a", "b", "c"], weight, bias, side)
    probabilities, features = Predictor.open(tmp_path).predict(pictures(60))
    assert np.allclose(features, carrying.inputs(means), atol=1e-4)
    assert np.allclose(probabilities, (means @ weight.T + bias).softmax(1), atol=1e-4)
    processor = AutoImageProcessor.from_pretrained(tmp_path)
    assert torch.equal(processor(pictures(60), return_tensors="pt")["pixel_values"], pixels)
    _, info = AutoModelForImageClassification.from_pretrained(tmp_path, output_loading_info=True)
    assert {name for name in info["missing_keys"] if "num_batches" not in name} == set()
    assert not info["unexpected_keys"]


def test_widths_come_out_of_the_factor_as_meant() -> None:
    from transformers import EfficientNetConfig
    from transformers.models.efficientnet.modeling_efficientnet import round_filters

    about = EfficientNetConfig(**carrying.config(96))
    assert [round_filters(about, width) for width in about.out_channels] == list(carrying.WIDTHS)
    assert round_filters(about, 32) == carrying.STEM
    assert round_filters(about, 1280) == carrying.TOP
