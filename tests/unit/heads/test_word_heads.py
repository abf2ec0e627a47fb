"""Heads on words: what they say of texts that they have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from core.heads.words import Words, form_shares, word_probabilities


def corpus(texts: int = 300, length: int = 12, seed: int = 0) -> tuple[Words, np.ndarray]:
    """Words of which one in six is of type 1 or 2, told by a noisy vector."""
    generator = np.random.default_rng(seed)
    labels = generator.choice(3, texts * length, p=[5 / 6, 1 / 12, 1 / 12])
    vectors = np.eye(3)[labels] @ generator.normal(size=(3, 16)) + generator.normal(size=(len(labels), 16))
    forms = generator.integers(200, size=len(labels))
    shapes = np.zeros((len(labels), 2), np.float32)
    return Words(np.arange(0, texts * length + 1, length), forms, shapes, vectors.astype(np.float16)), labels


def judge(words: Words, labels: np.ndarray, **settings: int) -> np.ndarray:
    texts = np.arange(len(words.offsets) - 1)
    return word_probabilities(words, labels, texts, 3, **{"folds": 5, "seed": 0} | settings).probabilities


def test_words_are_told_apart_and_probabilities_are_honest_although_most_outside_are_not_learnt_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words, labels = corpus()
    monkeypatch.setattr("core.heads.words.LEAST_OUTSIDE", 10)
    monkeypatch.setattr("core.heads.words.RATIO", 1)
    found = judge(words, labels)
    assert np.allclose(found.sum(1), 1, atol=1e-5)
    assert (found.argmax(1) == labels).mean() > 0.9
    assert np.allclose(found.mean(0), np.bincount(labels) / len(labels), atol=0.02)


def test_a_text_is_judged_without_what_its_own_cluster_says() -> None:
    """Type 2 stands in one cluster alone: no head that judges it can know the type."""
    words, labels = corpus()
    labels = np.where(labels == 2, 0, labels)
    labels[:3] = 2
    clusters = np.arange(len(words.offsets) - 1)
    clusters[1] = 0
    found = word_probabilities(words, labels, clusters, 3, folds=5, seed=0)
    assert not found.judged[:3].any()
    assert found.judged[labels == 1].all()
    assert found.probabilities[:24, 2].max() < 0.01


def test_shares_of_a_form_are_those_in_other_texts() -> None:
    forms, text = np.array([7, 7, 7, 3]), np.array([0, 1, 1, 2])
    found = form_shares(forms, np.array([1, 2, 2, 0]), text, 3)
    usual = np.array([1, 1, 2]) / 4
    assert np.allclose(found[0, :3], np.log((np.array([0, 0, 2]) + usual) / 3) - np.log(usual), atol=1e-6)
    assert np.allclose(found[1, :3], np.log((np.array([0, 1, 0]) + usual) / 2) - np.log(usual), atol=1e-6)
    assert np.allclose(found[3], 0)
    assert found[:3, 3] == pytest.approx(np.log1p([2, 1, 1]))


def test_without_vectors_words_are_told_by_how_they_are_written() -> None:
    words, labels = corpus()
    shapes = np.eye(3, dtype=np.float32)[labels]
    found = judge(Words(words.offsets, words.forms, shapes, None), labels)
    assert (found.argmax(1) == labels).mean() > 0.99
