"""Any classifier of transformers, made small: loaded, frozen, used and saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import (
    AutoModelForImageClassification,
    AutoModelForSequenceClassification,
    AutoTokenizer,
    ViTImageProcessorPil,
)

from core.arrays.device import device
from core.errors import ModelError
from core.finetune.classifiers.classifier import Classifier, load_classifier
from core.finetune.examples import Examples
from core.finetune.forward import forward
from core.finetune.place import Place
from core.finetune.predictor import Predictor
from core.modalities.image.preparation import Images
from core.modalities.model_files import model_folder
from core.modalities.text.backends import open_text_encoder
from tests.training_support import token_inputs
from tests.unit.finetune.models import image_model, text_model

TEXTS = ["goal match", "bank market shares profit the a of", "film", ""]
LABELS = ["sport", "money", "film"]


def learning(classifier: Classifier) -> list[str]:
    return [name for name, parameter in classifier.model.named_parameters() if parameter.requires_grad]


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert", "gpt2"])
def test_a_text_model_predicts_as_plain_transformers_does_once_saved(tmp_path: Path, kind: str) -> None:
    classifier = load_classifier(str(text_model(tmp_path / "base", kind)), "text", LABELS, max_tokens=6, seed=1)
    classifier.save(tmp_path / "saved", {"spec": 1})
    probabilities, features = Predictor.open(tmp_path / "saved").predict(TEXTS)
    model = AutoModelForSequenceClassification.from_pretrained(tmp_path / "saved").eval()
    tokens = AutoTokenizer.from_pretrained(tmp_path / "saved")
    for row, text in enumerate(TEXTS):
        with torch.inference_mode():
            alone = model(**tokens(text, return_tensors="pt", truncation=True, return_token_type_ids=False)).logits
        assert np.allclose(alone.softmax(1)[0].numpy(), probabilities[row], atol=1e-5)
    assert features.shape == (4, 16)
    assert model.config.id2label == dict(enumerate(LABELS))


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
def test_what_a_fine_tune_predicts_is_what_its_saved_model_does(tmp_path: Path, kind: str) -> None:
    classifier = load_classifier(str(text_model(tmp_path / "base", kind)), "text", LABELS, max_tokens=6, seed=1)
    place = Place(device())
    examples = Examples(np.zeros(len(TEXTS), np.int64), token_inputs(classifier, TEXTS, place.device))
    probabilities, features = Predictor(classifier).predict(TEXTS)
    for found in forward(classifier, examples, np.arange(len(TEXTS)), place):
        assert np.allclose(found.probabilities, probabilities[found.rows], atol=1e-5)
        assert np.allclose(found.features, features[found.rows], atol=1e-5)


@pytest.mark.parametrize("kind", ["resnet", "vit", "convnext"])
def test_an_image_model_gets_a_head_for_the_classes_and_loads_plainly(tmp_path: Path, kind: str) -> None:
    classifier = load_classifier(str(image_model(tmp_path / "base", kind)), "image", LABELS, seed=1)
    assert not classifier.random
    classifier.save(tmp_path / "saved", {})
    noise = np.random.default_rng(0).integers(0, 255, (3, 40, 30, 3), np.uint8)
    images = [Image.fromarray(one) for one in noise]
    predictor = Predictor.open(tmp_path / "saved")
    probabilities, features = predictor.predict(images)
    assert features.shape == (3, 16)
    model = AutoModelForImageClassification.from_pretrained(tmp_path / "saved").eval()
    with torch.inference_mode():
        logits = model(**classifier.ready(classifier.collate(classifier.encode(images)))).logits
    assert np.allclose(logits.softmax(1).numpy(), probabilities, atol=1e-5)


def test_images_travel_as_bytes_and_are_scaled_where_the_model_is(tmp_path: Path) -> None:
    classifier = load_classifier(str(image_model(tmp_path / "base", "vit")), "image", LABELS)
    images = classifier.preparation
    assert isinstance(images, Images)
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 30, 3), np.uint8))
    batch = images.collate(images.encode([picture, picture]))
    assert batch["pixel_values"].dtype == torch.uint8
    assert batch["pixel_values"].shape == (2, 3, 32, 32)
    scaled = images.on_device(batch, torch.device("cpu"))["pixel_values"]
    expected = images.processor(images=picture, return_tensors="pt")["pixel_values"][0]
    assert torch.allclose(scaled[1], expected, atol=1e-6)
    assert images.on_device(batch, torch.device("meta"))["pixel_values"].device.type == "meta"


def test_a_processor_without_halves_prepares_images_as_a_whole(tmp_path: Path) -> None:
    folder = image_model(tmp_path / "base", "vit")
    ViTImageProcessorPil(do_resize=False).save_pretrained(folder)
    images = load_classifier(str(folder), "image", LABELS).preparation
    assert isinstance(images, Images)
    picture = Image.new("RGB", (32, 32), "white")
    (pixels,) = images.encode([picture])
    assert pixels.dtype == np.float32
    assert images.on_device(images.collate([pixels]), torch.device("cpu"))["pixel_values"].unique().tolist() == [1]


def test_the_same_seed_draws_the_same_head(tmp_path: Path) -> None:
    folder = str(text_model(tmp_path / "base"))
    heads = [load_classifier(folder, "text", LABELS, seed=seed).head().weight for seed in (1, 1, 2)]
    assert torch.equal(heads[0], heads[1])
    assert not torch.equal(heads[0], heads[2])


def test_features_are_what_the_last_layer_is_given(tmp_path: Path) -> None:
    classifier = load_classifier(str(text_model(tmp_path / "base", "roberta")), "text", LABELS)
    probabilities, features = Predictor(classifier).predict(TEXTS)
    head = classifier.head()
    with torch.inference_mode():
        again = head(torch.from_numpy(features).to(head.weight.device)).softmax(1).cpu().numpy()
    assert np.allclose(again, probabilities, atol=1e-6)


def test_freezing_leaves_the_last_layers_and_what_follows_them(tmp_path: Path) -> None:
    classifier = load_classifier(str(text_model(tmp_path / "base")), "text", LABELS)
    classifier.freeze("head", 1)
    assert learning(classifier) == ["classifier.weight", "classifier.bias"]
    classifier.freeze("last", 1)
    assert {name.split(".")[3] for name in learning(classifier) if ".layer." in name} == {"1"}
    assert "bert.pooler.dense.weight" in learning(classifier)
    assert not any("embeddings" in name for name in learning(classifier))
    classifier.freeze("full", 1)
    assert len(learning(classifier)) == len(list(classifier.model.parameters()))


def test_the_bundled_efficientnet_never_learns_its_gates() -> None:
    classifier = load_classifier("efficientnet", "image", LABELS, side=96)
    classifier.freeze("full", 0)
    assert not any("squeeze_excite" in name for name in learning(classifier))
    classifier.freeze("last", 1)
    assert all("blocks.15." in name or "top_" in name or "classifier" in name for name in learning(classifier))


def test_a_tokenizer_without_padding_borrows_another_token_or_is_refused(tmp_path: Path) -> None:
    borrowed = load_classifier(str(text_model(tmp_path / "unk", "gpt2", pad_token="")), "text", LABELS)
    assert borrowed.preparation.tokenizer.pad_token == "[UNK]"
    assert borrowed.model.config.pad_token_id is not None
    with pytest.raises(ModelError, match=r"no padding token.*Set tokenizer\.pad_token"):
        load_classifier(str(text_model(tmp_path / "none", "gpt2", pad_token="", unk_token="")), "text", LABELS)


def _without(folder: Path) -> None:
    for file in folder.glob("tokenizer*"):
        file.unlink()


DAMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no tokenizer": (_without, r"knows no words.*tokenizer\.save_pretrained"),
    "tokenizer of nothing": (lambda folder: (folder / "tokenizer.json").write_text("{}"), "tokenizer"),
    "config cut": (lambda folder: (folder / "config.json").write_text('{"a": '), r"config\.json is damaged: Expecting"),
    "config a list": (lambda folder: (folder / "config.json").write_text("[]"), "it holds no JSON object"),
    "config of nothing": (lambda folder: (folder / "config.json").write_text("{}"), "cannot load"),
    "unknown": (lambda folder: (folder / "config.json").write_text('{"model_type": "zork"}'), "cannot load .*zork"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_model_folder_that_lacks_something_says_what_for_training_and_for_scans(tmp_path: Path, damage: str) -> None:
    folder = text_model(tmp_path / "model", "bert")
    do, said = DAMAGES[damage]
    do(folder)
    with pytest.raises(ModelError, match=said) as found:
        load_classifier(str(folder), "text", LABELS)
    assert found.value.hint
    with pytest.raises(ModelError, match=said):
        open_text_encoder("it", model_folder(str(folder)), 32, torch.device("cpu"))


def test_what_cannot_be_a_classifier_says_what_to_do(tmp_path: Path) -> None:
    vit = image_model(tmp_path / "vit", "vit")
    with pytest.raises(ModelError, match=r"cannot load .* as a classifier of texts"):
        load_classifier(str(vit), "text", LABELS)
    (vit / "preprocessor_config.json").unlink()
    with pytest.raises(ModelError, match=r"no image processor.*processor\.save_pretrained"):
        load_classifier(str(vit), "image", LABELS)
    (vit / "model.safetensors").rename(vit / "pytorch_model.bin")
    with pytest.raises(ModelError, match="no safetensors weights"):
        load_classifier(str(vit), "image", LABELS)
    with pytest.raises(ModelError, match=r"minilm is for texts, this dataset has images\. Use efficientnet"):
        load_classifier("minilm", "image", LABELS)


def test_a_last_layer_without_a_bias_is_not_solved_for(tmp_path: Path) -> None:
    classifier = load_classifier(str(text_model(tmp_path / "base", "gpt2")), "text", LABELS)
    with pytest.raises(ModelError, match="no bias"):
        classifier.check_solvable()
