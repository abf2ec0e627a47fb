"""How many texts have wrong spans: an interval that covers the truth where the model knows the words, a reason where it
does not."""

from __future__ import annotations

import numpy as np
import pytest

from core.issues.label.span_share import text_facts, wrong_texts
from core.issues.signals import LabelledWords, Signals

WORDS, TYPES = 8, 3


def drawn(texts: int, wrong: float, hard: float, seed: int) -> tuple[Signals, float]:
    """Texts of eight words of which a share `wrong` have a word of another type, and whose model is unsure, and errs
    half of the time, of a share `hard` of its words."""
    draw = np.random.default_rng(seed)
    truth = np.where(draw.random((texts, WORDS)) < 0.2, draw.integers(1, TYPES, (texts, WORDS)), 0)
    given, bad = truth.copy(), draw.random(texts) < wrong
    place = draw.integers(0, WORDS, texts)
    given[bad, place[bad]] = (truth[bad, place[bad]] + draw.integers(1, TYPES, int(bad.sum()))) % TYPES
    looks, unsure = truth.ravel().copy(), draw.random(texts * WORDS) < hard
    errs = unsure & (draw.random(texts * WORDS) < 0.5)
    looks[errs] = (looks[errs] + draw.integers(1, TYPES, int(errs.sum()))) % TYPES
    most = np.where(unsure, draw.uniform(0.4, 0.7, len(looks)), draw.uniform(0.985, 0.999, len(looks)))
    shares = np.repeat(((1 - most) / (TYPES - 1))[:, None], TYPES, 1)
    shares[np.arange(len(looks)), looks] = most
    return signals_of(given, shares), float(bad.mean())


def signals_of(given: np.ndarray, shares: np.ndarray, known: np.ndarray | None = None) -> Signals:
    texts, words = given.shape
    bounds = np.tile(np.stack([np.arange(words), np.arange(words) + 1], 1), (texts, 1))
    offsets, nothing = np.arange(texts + 1) * words, [()] * texts
    found = LabelledWords([""] * texts, nothing, offsets, bounds, given.ravel(), shares, np.ones(given.size, bool))
    rows = np.zeros((texts, TYPES - 1))
    others = {} if known is None else {"known": known}
    return Signals.of(rows.astype(np.int8), rows, np.ones(texts, bool), words=found, **others)


@pytest.mark.parametrize("share", [0.0, 0.04, 0.08, 0.16])
def test_planted_shares_are_covered_and_told(share: float) -> None:
    for seed in range(4):
        signals, wrong = drawn(1_500, share, 0.02, seed)
        found = wrong_texts(signals)
        assert found.untold is None
        assert found.share.low <= wrong <= found.share.high
        assert abs(found.share.estimate - wrong) < 0.05


def test_of_a_model_that_is_often_unsure_it_is_not_told() -> None:
    signals, wrong = drawn(1_500, 0.08, 0.2, 0)
    found = wrong_texts(signals)
    assert found.share.low <= wrong <= found.share.high
    assert found.untold is not None and "The model disagrees with" in found.untold


def test_of_a_model_that_knows_nothing_anything_is_possible() -> None:
    draw = np.random.default_rng(0)
    shares = draw.dirichlet(np.ones(TYPES), 400 * WORDS)
    found = wrong_texts(signals_of(draw.integers(0, TYPES, (400, WORDS)), shares))
    assert found.untold is not None and "no better than chance" in found.untold
    assert (found.share.low, found.share.high) == (0.0, 1.0)


def test_texts_that_people_have_confirmed_are_right() -> None:
    signals, _ = drawn(400, 0.1, 0.02, 1)
    words, known = signals.words, np.arange(400) < 200
    one = wrong_texts(signals_of(words.labels.reshape(400, WORDS), np.asarray(words.probabilities), known))
    other = wrong_texts(signals.among(np.arange(200, 400)))
    assert one.share.high == pytest.approx(other.share.high / 2)
    assert one.rows.tolist() == list(range(200, 400))


def test_what_is_read_of_a_text_by_hand() -> None:
    shares = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.5, 0.5, 0], [1, 0, 0]])
    words = LabelledWords(
        ["a b", "c d", ""], [(), (), ()], np.array([0, 2, 4, 4]), np.zeros((4, 2), np.int64), np.array([0, 1, 0, 1]),
        shares, np.array([True, True, True, False]),
    )  # fmt: skip
    facts = text_facts(words)
    assert facts.disagrees.tolist() == [False, False, False]
    assert facts.sure == pytest.approx([0.9 * 0.8, 0.5, 1.0])
