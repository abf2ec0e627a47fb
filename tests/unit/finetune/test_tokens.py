"""Token classifiers: which piece of a word is learnt, how tags become spans, and what is saved."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from core.finetune.tokens.decoding import best_tags, spans_of_tags, tags_of, word_tags
from core.finetune.tokens.learning import Hearing, learn
from core.finetune.tokens.predictor import TagPredictor
from core.finetune.tokens.tagger import load_tagger, tag
from core.finetune.tokens.windows import Windows
from core.jobs.train.spans import learn_head
from core.modalities.text.bundled import bundled_text_model
from core.records import TrainSpec
from core.targets.spans.heavy import IGNORED
from tests.unit.finetune import models

TYPES = ("LOC", "PER")
CPU = torch.device("cpu")
WORDS = ["goal", "match", "team", "bank", "market", "shares", "actor", "scene", "film"]


def sentences(count: int = 80, seed: int = 0) -> tuple[list[str], list[np.ndarray], list[list[tuple[int, int, str]]]]:
    """`bank` and `market` are places, `actor scene` is a person of two words."""
    generator = np.random.default_rng(seed)
    texts, bounds, spans = [], [], []
    for _ in range(count):
        words = generator.choice(["the", "a", "of", "goal", "film", "bank", "market", "actor"], 5).tolist()
        words = [part for word in words for part in (["actor", "scene"] if word == "actor" else [word])]
        starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
        places = np.stack([starts, starts + [len(word) for word in words]], 1)
        own = [
            (int(start), int(stop) + (6 if word == "actor" else 0), "PER" if word == "actor" else "LOC")
            for word, (start, stop) in zip(words, places, strict=True)
            if word in ("bank", "market", "actor")
        ]
        texts.append(" ".join(words))
        bounds.append(places)
        spans.append(sorted(own))
    return texts, bounds, spans


def test_the_first_piece_of_each_word_has_its_tag() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bundled_text_model())
    text, bounds = "unbelievably in Paris \u200b", np.array([(0, 12), (13, 15), (16, 21), (22, 23)])
    windows = Windows.of(tokenizer, 64, [text], [bounds])
    (window,) = windows.windows
    tokens = tokenizer.convert_ids_to_tokens(window.ids)
    assert [tokens[place] for place in window.places] == ["un", "in", "paris"]
    assert window.words.tolist() == [0, 1, 2]
    tags = windows.tags(np.array([0]), np.array([4, 0, 1, 2]), len(window.ids))[0].tolist()
    assert [tag for tag in tags if tag != IGNORED] == [4, 0, 1]
    assert windows.words == 4


def test_each_word_of_a_long_text_is_spoken_for_by_one_window() -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(bundled_text_model())
    words = ["goal", "unbelievably"] * 60
    starts = np.cumsum([0, *(len(word) + 1 for word in words[:-1])])
    bounds = np.stack([starts, starts + [len(word) for word in words]], 1)
    windows = Windows.of(tokenizer, 40, [" ".join(words)], [bounds])
    assert len(windows.windows) > 5 and windows.lengths.max() == 40
    spoken = np.concatenate([one.words[one.own] for one in windows.windows])
    assert np.array_equal(np.sort(spoken), np.arange(len(words)))


def test_tags_and_spans_are_two_ways_to_say_the_same() -> None:
    _, bounds, spans = sentences()
    tags = word_tags(spans, bounds, TYPES)
    cuts = np.cumsum([len(one) for one in bounds])[:-1]
    again = [spans_of_tags(own, words, TYPES) for own, words in zip(np.split(tags, cuts), bounds, strict=True)]
    assert again == spans
    assert tags_of(TYPES) == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


@pytest.mark.parametrize("seed", range(5))
def test_the_best_tags_are_those_of_all_sequences_that_are_allowed(seed: int) -> None:
    shares = np.random.default_rng(seed).dirichlet(np.full(5, 0.5), 4)

    def allowed(tags: tuple[int, ...]) -> bool:
        pairs = zip((0, *tags), tags, strict=False)
        return all(tag == 0 or tag % 2 == 1 or before in (tag - 1, tag) for before, tag in pairs)

    every = [tags for tags in product(range(5), repeat=4) if allowed(tags)]
    best = max(every, key=lambda tags: np.log(shares[np.arange(4), tags]).sum())
    assert best_tags(shares).tolist() == list(best)


@pytest.mark.parametrize("strategy", ["head", "last", "full"])
def test_a_model_learns_spans_and_transformers_runs_it(tmp_path: Path, strategy: str) -> None:
    from transformers import pipeline

    folder = models.text_model(tmp_path / "bert")
    texts, bounds, spans = sentences()
    tagger = load_tagger(str(folder), "token-classification", TYPES, max_tokens=32, seed=0)
    windows = Windows.of(tagger.preparation.tokenizer, 32, texts, bounds)
    tags = word_tags(spans, bounds, TYPES)
    tagger.freeze(strategy, 1)
    before = {name: value.clone() for name, value in tagger.model.named_parameters()}
    spec = TrainSpec(strategy=strategy, epochs=25, batch=8, learning_rate=2e-2, class_weights="balanced")
    if strategy == "head":
        rows = np.repeat(np.arange(len(texts)), [len(one) for one in bounds])
        learn_head(tagger, tag(tagger, windows, CPU).features, tags, rows, spec, lambda step, loss: None)
    else:
        learn(tagger, windows, tags, spec, CPU, Hearing(lambda *_: False, lambda epoch, _: float(epoch)))
    moved = {name for name, value in tagger.model.named_parameters() if not torch.equal(value, before[name])}
    assert ("embeddings" in " ".join(moved)) is (strategy == "full")
    found, sure = tag(tagger, windows, CPU).spans(bounds, TYPES)
    assert np.mean([one == other for one, other in zip(found, spans, strict=True)]) > 0.95
    assert ((sure > 0) & (sure <= 1)).all()
    tagger.save(tmp_path / "saved", {})
    ask = pipeline("token-classification", str(tmp_path / "saved"), aggregation_strategy="simple")
    for text, own in list(zip(texts, found, strict=True))[:5]:
        said = [(one["start"], one["end"], one["entity_group"]) for one in ask(text)]
        assert said == own
    assert TagPredictor.claims(tmp_path / "saved") and not TagPredictor.claims(folder)
    opened = TagPredictor.open(tmp_path / "saved")
    read = opened.read(texts)
    assert (opened.labels, read.spans) == (TYPES, found)
    assert read.sure == pytest.approx(sure, abs=1e-5)
    for scores, own, least in zip(read.scores, read.spans, read.sure, strict=True):
        assert len(scores) == len(own) and all(least - 1e-6 <= score <= 1 for score in scores)
    tokens = [
        json.dumps([text[start:stop] for start, stop in words]) for text, words in zip(texts, bounds, strict=True)
    ]
    assert opened.read(tokens).spans == found


def test_the_best_epochs_weights_are_kept_and_patience_ends_it(tmp_path: Path) -> None:
    texts, bounds, spans = sentences(20)
    tagger = load_tagger(str(models.text_model(tmp_path)), "token-classification", TYPES, max_tokens=32, seed=0)
    windows = Windows.of(tagger.preparation.tokenizer, 32, texts, bounds)
    tagger.freeze("full", 1)
    seen: list[torch.Tensor] = []

    def score(epoch: int, steps: float) -> float:
        seen.append(tagger.head().weight.detach().clone())
        return (0.1, 0.9, 0.3, 0.2, 0.8)[epoch - 1]

    spec = TrainSpec(strategy="full", epochs=5, batch=8, learning_rate=1e-2, patience=2)
    learnt = learn(tagger, windows, word_tags(spans, bounds, TYPES), spec, CPU, Hearing(lambda *_: False, score))
    assert (learnt.epochs, learnt.best_epoch) == (4, 2)
    assert torch.equal(tagger.head().weight, seen[1])


def test_whoever_asks_it_to_stop_is_heard(tmp_path: Path) -> None:
    texts, bounds, spans = sentences(20)
    tagger = load_tagger(str(models.text_model(tmp_path)), "token-classification", TYPES, max_tokens=32, seed=0)
    windows = Windows.of(tagger.preparation.tokenizer, 32, texts, bounds)
    spec = TrainSpec(strategy="full", epochs=5, batch=8, learning_rate=1e-2)
    hearing = Hearing(lambda step, *_: step == 2, lambda *_: 0.0)
    learnt = learn(tagger, windows, word_tags(spans, bounds, TYPES), spec, CPU, hearing)
    assert (learnt.stopped, learnt.steps) == (True, 2)
