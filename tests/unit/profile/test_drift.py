"""Whether splits hold rows of the same kind, on rows in which one attribute was made to drift."""

from __future__ import annotations

import numpy as np

from core.profile.drift import by_split, drift
from core.profile.wording import wording
from core.records import Attribute
from tests.unit.profile.conftest import MakeRows, TableRows

N = 800
SHOP, PRICE = Attribute("shop", "shop", "category"), Attribute("price", "price", "number")


def drifted(make_rows: MakeRows) -> TableRows:
    """A quarter of the rows is test; of these four in five are of the shop `east`, of train half; prices are alike."""
    rng = np.random.default_rng(0)
    split = np.where(np.arange(N) % 4 == 0, "test", "train").astype(object)
    shop = np.where(rng.random(N) < np.where(split == "test", 0.8, 0.5), "east", "west")
    split[:5] = None
    texts = [f"an order {'by telephone' if part == 'test' else 'of someone'}" for part in split]
    return make_rows(
        {
            "example_id": list(range(N)),
            "text": texts,
            "label": ["a"] * N,
            "split": split.tolist(),
            "shop": shop.tolist(),
            "price": rng.normal(size=N).tolist(),
        }
    )


def test_the_attribute_that_drifts_comes_first_and_the_other_is_chance(make_rows: MakeRows) -> None:
    shop, price = drift(drifted(make_rows), [PRICE, SHOP])
    assert (shop.table.attribute, price.table.attribute) == ("shop", "price")
    assert not shop.chance and shop.p_value < 1e-6 and 0.2 < shop.size.estimate < 0.4
    assert price.chance
    assert shop.table.labels == ("train", "test") and shop.table.counts.sum() == N - 5, "no split, no row"


def test_words_that_mark_a_split_are_found(make_rows: MakeRows) -> None:
    found = wording(by_split(drifted(make_rows)))
    assert {(one.word, one.label) for one in found.ties} == {
        ("by", "test"), ("telephone", "test"), ("of", "train"), ("someone", "train"),
    }  # fmt: skip


def test_one_split_has_nothing_to_differ_from(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ["a"] * 60, "split": ["train"] * 60, "shop": ["east", "west"] * 30})
    assert drift(rows, [SHOP]) == ()
