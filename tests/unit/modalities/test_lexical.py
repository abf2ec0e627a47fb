from pathlib import Path

import numpy as np

from core.modalities.text.lexical import Lexical
from tests.unit.modalities.corpus import silent, text_payloads

SPORT = ["the team won the match", "a late goal won the cup", "the striker scored a goal for the team"]
MONEY = ["shares fell on the market", "the bank raised its rates", "the market fears higher bank rates"]


def test_texts_about_one_thing_lie_closer_than_texts_about_another(tmp_path: Path) -> None:
    embeddings = Lexical().embed(text_payloads(SPORT * 2 + MONEY * 2), tmp_path, silent)
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosines = unit @ unit.T
    assert cosines[:6, :6].mean() > cosines[:6, 6:].mean() + 0.2


def test_few_directions_keep_what_all_terms_say(tmp_path: Path) -> None:
    lexical, payloads = Lexical(), text_payloads([f"{one} {two}" for one in SPORT for two in MONEY])
    terms, embeddings = lexical.terms(payloads, silent), lexical.embed(payloads, tmp_path, silent)
    assert np.allclose(embeddings @ embeddings.T, (terms @ terms.T).toarray(), atol=1e-4)


def test_addresses_and_user_names_do_not_tell_texts_apart() -> None:
    texts = ["flood in town http://t.co/abc @you", "flood in town https://x.org/1 @me", "sunny day at sea", "a b c d"]
    terms = Lexical().terms(text_payloads(texts), silent).toarray()
    assert np.allclose(terms[0], terms[1])


def test_texts_without_any_word_do_no_harm(tmp_path: Path) -> None:
    embeddings = Lexical().embed(text_payloads(["", "!!!", *SPORT, *SPORT]), tmp_path, silent)
    assert np.isfinite(embeddings).all()
    assert not embeddings[:2].any()


def test_long_texts_without_blanks_between_words_are_told_apart_by_their_characters(tmp_path: Path) -> None:
    sport, money = "球队昨晚赢得了比赛前锋踢进两球教练很满意", "银行上调利率股市下跌投资者担心通货膨胀加剧"
    generator = np.random.default_rng(0)
    texts = ["".join(generator.permutation(list(of * 30))) for of in (sport, money) for _ in range(8)]
    embeddings = Lexical().embed(text_payloads(texts), tmp_path, silent)
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosines = unit @ unit.T
    assert cosines[:8, :8].mean() > cosines[:8, 8:].mean() + 0.2
