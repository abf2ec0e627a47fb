"""Token classifiers: which piece of a word is learnt, how tags become spans, and what is saved."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch

from core.finetune.checkpoint import Checkpoints
from core.finetune.place import Place
from core.finetune.tokens.decoding import best_tags, spans_of_tags, tags_of, word_tags
from core.finetune.tokens.loop import TaggedTexts, TagLoop
from core.finetune.tokens.predictor import TagPredictor
from core.finetune.tokens.tagger import load_tagger, tag
from core.finetune.tokens.windows import Windows
from core.jobs.train.spans import learn_head
from core.modalities.text.bundled import bundled_text_model
from core.records import TrainSpec
from core.targets.spans.heavy import IGNORED
from tests.unit.finetune import models
from tests.unit.finetune.test_loop import Record

TYPES = ("LOC", "PER")
PLACE = Place(torch.device("cpu"))
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
    assert Windows.of(tokenizer, 64, [], []).windows == []
    (window,) = windows.windows
    tokens = tokenizer.convert_ids_to_tokens(window.ids)
    assert [tokens[place] for place in window.places] == ["un", "in", "paris"]
    assert window.words.tolist() == [0, 1, 2]
    labels = windows.examples(np.array([4, 0, 1, 2]), 0, PLACE.device).labels[0].tolist()
    given = [(place, label) for place, label in enumerate(labels) if label != IGNORED]
    assert given == list(zip(window.places.tolist(), [4, 0, 1], strict=True))
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
        learn_head(tagger, tag(tagger, windows, PLACE).features, tags, rows, spec, lambda step, loss: None)
    else:
        told = TaggedTexts(windows, spans, bounds)
        report = Record()
        assert TagLoop(tagger, told, told, TYPES, spec, PLACE, Checkpoints(tmp_path / "kept"), report).run()
        validated = [values for split, values in report.figures if split == "validation"]
        assert validated[-1]["entity_f1"] > 0.95 and validated[-1]["loss"] < validated[0]["loss"]
    moved = {name for name, value in tagger.model.named_parameters() if not torch.equal(value, before[name])}
    assert ("embeddings" in " ".join(moved)) is (strategy == "full")
    found, sure = tag(tagger, windows, PLACE).spans(bounds, TYPES)
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
    assert opened.read([json.dumps(text.split()) for text in texts]).spans == found


class _Scored(TagLoop):
    """A loop whose epochs are as good as is said here."""

    seen: ClassVar[list[torch.Tensor]] = []

    def _scores(self) -> dict[str, float]:
        self.seen.append(self._classifier.head().weight.detach().clone())
        return {"entity_f1": (0.1, 0.9, 0.3, 0.2, 0.8)[len(self.seen) - 1]}


def begun(folder: Path, kept: Path, spec: TrainSpec, report: Record, loop: type[TagLoop] = TagLoop) -> TagLoop:
    """A fine-tune of a small model on twenty sentences, with its checkpoints in `kept`."""
    texts, bounds, spans = sentences(20)
    tagger = load_tagger(str(folder), "token-classification", TYPES, max_tokens=32, seed=0)
    told = TaggedTexts(Windows.of(tagger.preparation.tokenizer, 32, texts, bounds), spans, bounds)
    tagger.freeze("full", 1)
    return loop(tagger, told, told, TYPES, spec, PLACE, Checkpoints(kept), report)


def test_the_best_epochs_weights_are_kept_and_patience_ends_it(tmp_path: Path) -> None:
    spec = TrainSpec(strategy="full", epochs=5, batch=8, learning_rate=1e-2, patience=2)
    loop = begun(models.text_model(tmp_path / "m"), tmp_path / "kept", spec, Record(), _Scored)
    assert loop.run()
    assert (loop.state.epoch, loop.state.best_epoch) == (4, 2)
    assert torch.equal(loop._classifier.head().weight, _Scored.seen[1])


@pytest.mark.parametrize("stop_at", [1, 5])
def test_a_run_that_was_stopped_ends_with_the_very_weights(tmp_path: Path, stop_at: int) -> None:
    folder = models.text_model(tmp_path / "m")
    spec = TrainSpec(strategy="full", epochs=3, batch=8, learning_rate=1e-2, class_weights="balanced")
    whole = begun(folder, tmp_path / "whole", spec, Record())
    assert whole.run()
    stopped = begun(folder, tmp_path / "kept", spec, Record(stop_at))
    assert not stopped.run() and stopped.state.step == stop_at
    report = Record()
    resumed = begun(folder, tmp_path / "kept", spec, report)
    assert resumed.run() and "Went on from step" in report.notes[0]
    ends = [dict(loop._classifier.model.named_parameters()) for loop in (whole, resumed)]
    assert all(torch.equal(value, ends[1][name]) for name, value in ends[0].items())


def test_a_step_is_the_mean_loss_of_its_words_however_it_is_cut(tmp_path: Path) -> None:
    folder, spec = models.text_model(tmp_path / "m"), TrainSpec(strategy="full", epochs=1, batch=8, learning_rate=1e-2)
    ends = []
    for micro in (8, 3):
        loop = begun(folder, tmp_path / str(micro), spec, Record())
        loop._learner.micro = [micro]
        for module in loop._classifier.model.modules():  # what is dropped depends on the part
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        assert loop.run()
        ends.append(loop._classifier.head().weight.detach().clone())
    assert torch.allclose(ends[0], ends[1], atol=1e-5)
