"""Words through a text model, and how they are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.arrays.device import device
from core.arrays.precision import inference_dtype
from core.modalities.model_files import config
from core.modalities.text import word_vectors as room
from core.modalities.text.backends import LoadedModel, open_text_encoder
from core.modalities.text.bundled import bundled_text_model
from core.modalities.text.word_shapes import shapes
from core.modalities.text.word_vectors import WordVectors, encoded, word_vectors
from tests.unit.modalities.corpus import text_payloads

TEXTS = ["Where is Redondo Beach?", "", "\u200b", "Ada Lovelace wrote unbelievably early programs."]
BOUNDS = [np.array([(0, 5), (6, 8), (9, 16), (17, 22), (22, 23)]), np.empty((0, 2), np.int64)]
BOUNDS += [np.array([(0, 1)]), np.array([(0, 3), (4, 12), (13, 18), (19, 31), (32, 37), (38, 47)])]


def _near(where: torch.device) -> float:
    """How far off values of up to 4.5 may be: some CPUs multiply in bfloat16 too."""
    return 5e-3 if inference_dtype(where) == torch.float32 else 5e-2


def embed(texts: list[str], bounds: list[np.ndarray], arrays: Path) -> WordVectors:
    payloads = text_payloads(texts)
    return word_vectors("minilm", bundled_text_model(), payloads.take, bounds, payloads.digests, arrays)


def test_a_word_is_the_mean_of_its_subwords_in_the_middle_layer_as_transformers_has_it(tmp_path: Path) -> None:
    from transformers import AutoModel, AutoTokenizer

    folder = bundled_text_model()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    found = embed(TEXTS, BOUNDS, tmp_path)
    assert found.offsets.tolist() == [0, 5, 5, 6, 12]
    given = tokenizer(TEXTS[3], return_tensors="pt", return_offsets_mapping=True)
    ends = given.pop("offset_mapping")[0].tolist()
    with torch.no_grad():
        states = model(**given, output_hidden_states=True).hidden_states[config(folder)["num_hidden_layers"] // 2][0]
    near = _near(device())
    for place, (start, stop) in enumerate(BOUNDS[3].tolist()):
        inside = [at for at, (one, other) in enumerate(ends) if one >= start and other <= stop and other > one]
        assert np.allclose(found.values[6 + place], states[inside].mean(0), atol=near)
    assert not found.values[5].any()


def test_words_are_encoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = embed(TEXTS, BOUNDS, tmp_path)
    monkeypatch.setattr(room, "encoded", lambda *_: pytest.fail("encoded again"))
    again = embed(TEXTS[::-1], BOUNDS[::-1], tmp_path)
    assert np.array_equal(again.values[:6], first.values[6:])
    assert np.array_equal(again.values[7:], first.values[:5])


def test_no_word_of_a_long_text_is_cut_off() -> None:
    """What stands far behind the model's end is what it is in a text of its own, since most of its surroundings are."""
    sentence = "Ada Lovelace met Charles Babbage in London . "
    encoder = open_text_encoder("minilm", bundled_text_model(), 64, torch.device("cpu"))
    text = sentence * 40
    bounds = np.array([(start + 4, start + 12) for start in range(0, len(text), len(sentence))])
    (found,) = encoded(encoder, 3, [text], [bounds])
    assert found.shape == (40, 384)
    lengths = np.linalg.norm(found.astype(np.float32), axis=1)
    assert ((found @ found.T).astype(np.float32) / np.outer(lengths, lengths)).min() > 0.8


def test_transformers_and_the_short_way_agree() -> None:
    folder = bundled_text_model()
    short = open_text_encoder("minilm", folder, 32, torch.device("cpu"))
    from transformers import AutoModel, AutoTokenizer

    long = LoadedModel(AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder), 32, short.where)
    texts, bounds = [*TEXTS, TEXTS[3] * 9], [*BOUNDS, BOUNDS[3] + 4 * 48]
    for one, other in zip(encoded(short, 3, texts, bounds), encoded(long, 3, texts, bounds), strict=True):
        assert np.allclose(one, other, atol=_near(short.where))


def test_shapes_are_of_a_word_and_of_those_beside_it_in_its_text() -> None:
    words, offsets = ["in", "Paris", ".", "NATO", "2nd", "of"], np.array([0, 4, 4, 6])
    found = shapes(words, offsets)
    assert found.shape == (6, 66)
    own, before, after = found[:, :22], found[:, 22:44], found[:, 44:]
    capital, upper, digit, begins = (own[:, place].tolist() for place in (0, 3, 7, 18))
    assert capital == [0, 1, 0, 1, 0, 0]
    assert upper == [0, 0, 0, 1, 0, 0]
    assert digit == [0, 0, 0, 0, 1, 0]
    assert begins == [1, 0, 0, 1, 1, 0]
    assert np.array_equal(before[1], own[0]) and np.array_equal(after[0], own[1])
    assert not before[4].any() and not after[3].any()
