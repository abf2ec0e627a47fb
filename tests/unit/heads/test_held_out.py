"""Probabilities of models that are asked fold by fold: never of a row that they have learnt."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.heads.held_out import Ask, held_out_numbers, held_out_probabilities, held_out_words

ROWS, CLASSES, FOLDS = 600, 3, 5
Ints = NDArray[np.int64]


def memoriser(contents: Ints, labels: Ints) -> Ask:
    """Knows every content that it has learnt by heart, and says nothing of any other."""

    def ask(fold: int, train: Ints, held: Ints) -> NDArray[np.float32]:
        known = dict(zip(contents[train].tolist(), labels[train].tolist(), strict=True))
        found = np.full((len(held), CLASSES), 1 / CLASSES, np.float32)
        for place, content in enumerate(contents[held].tolist()):
            if content in known:
                found[place] = 0.01
                found[place, known[content]] = 0.98
        return found + np.random.default_rng(fold).uniform(0, 1e-3, found.shape).astype(np.float32)

    return ask


def accuracy(labels: Ints, clusters: Ints, contents: Ints) -> float:
    asked = memoriser(contents, labels)
    found = held_out_probabilities(asked, labels, clusters, CLASSES, folds=FOLDS, seed=0)
    assert found.probabilities.sum(1) == pytest.approx(np.ones(ROWS), abs=1e-4)
    return float((found.probabilities.argmax(1) == labels).mean())


def test_of_random_labels_a_model_that_learns_by_heart_knows_none() -> None:
    labels, rows = np.random.default_rng(0).integers(CLASSES, size=ROWS), np.arange(ROWS)
    assert accuracy(labels, rows, rows) < 0.42
    pairs = rows // 2  # each content twice, with the same label
    assert accuracy(labels[pairs], pairs, pairs) < 0.42
    assert accuracy(labels[pairs], rows, pairs) > 0.7  # were copies not kept together, it would know them


def test_rows_without_a_label_are_judged_and_not_learnt_from() -> None:
    labels = np.arange(60) % CLASSES
    labels[::10] = -1
    learnt, judged = [], []

    def ask(fold: int, train: Ints, held: Ints) -> NDArray[np.float32]:
        learnt.append(train)
        judged.append(held)
        return np.full((len(held), CLASSES), 1 / CLASSES, np.float32)

    found = held_out_probabilities(ask, labels, np.arange(60), CLASSES, folds=3, seed=1)
    assert sorted(np.concatenate(judged).tolist()) == list(range(60))
    assert not np.isin(np.concatenate(learnt), np.arange(0, 60, 10)).any()
    assert all(not np.isin(train, held).any() for train, held in zip(learnt, judged, strict=True))
    assert found.trained_rows == 54
    assert not found.judged[::10].any() and found.judged[1]


def test_one_temperature_makes_what_is_too_sure_honest() -> None:
    generator = np.random.default_rng(2)
    labels = generator.integers(CLASSES, size=ROWS)
    said = np.where(generator.random(ROWS) < 0.7, labels, (labels + 1) % CLASSES)

    def ask(fold: int, train: Ints, held: Ints) -> NDArray[np.float32]:
        found = np.full((len(held), CLASSES), 0.0005, np.float32)
        found[np.arange(len(held)), said[held]] = 0.999
        return found

    found = held_out_probabilities(ask, labels, np.arange(ROWS), CLASSES, folds=FOLDS, seed=0)
    assert found.temperature > 2
    assert found.probabilities.max(1).mean() == pytest.approx(0.7, abs=0.1)


def test_the_words_of_a_text_are_judged_together_and_land_where_they_stand() -> None:
    counts = np.array([3, 0, 2, 4, 1, 5] * 5)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    words = np.arange(offsets[-1])
    labels = (words % 4 == 0).astype(np.int64)

    def ask(fold: int, train: Ints, held: Ints) -> NDArray[np.float32]:
        own = np.concatenate([np.arange(offsets[row], offsets[row + 1]) for row in held])
        return np.stack([1 - own / 1000 - 0.1, own / 1000 + 0.1], 1).astype(np.float32)

    told, clusters = np.ones(30, bool), np.arange(30)
    found = held_out_words(ask, offsets, labels, told, clusters, 2, folds=3, seed=0)
    assert found.probabilities.shape == (len(words), 2)
    assert (np.diff(found.probabilities[:, 1]) > 0).all()


def test_numbers_are_those_of_the_models_as_they_stand() -> None:
    values = np.arange(40, dtype=np.float64)
    values[3] = np.nan

    def ask(fold: int, train: Ints, held: Ints) -> NDArray[np.float32]:
        assert 3 not in train
        return held[:, None].astype(np.float32)

    found = held_out_numbers(ask, values, np.arange(40), folds=4, seed=0)
    assert found.predicted.tolist() == list(range(40))
    assert found.trained_rows == 39
