"""Whether splits hold rows of the same kind, on rows in which one attribute was made to drift."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.profile.drift import drift
from core.profile.drift.content import told_apart
from core.profile.drift.sides import against, by_split, splits, stretches
from core.profile.wording import wording
from core.records import Attribute, ColumnFilter, RowFilter
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
    shop, price = drift(splits(drifted(make_rows), [PRICE, SHOP]))
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
    assert drift(splits(rows, [SHOP])) == ()


def sorted_file(make_rows: MakeRows, n: int = 500) -> TableRows:
    """The first half is of class a, the second of b; prices rise along the file; shops are mixed."""
    return make_rows(
        {
            "example_id": list(range(10, 10 + n)),
            "text": ["a row"] * n,
            "label": ["a" if row < n / 2 else "b" for row in range(n)],
            "shop": ["east" if row % 2 else "west" for row in range(n)],
            "price": [float(row) for row in range(n)],
        }
    )


def test_a_file_in_the_order_of_its_labels_is_found_and_its_stretches_open_their_rows(make_rows: MakeRows) -> None:
    rows = sorted_file(make_rows)
    sides = stretches(rows, [SHOP, PRICE])
    assert [one.rows for one in sides.sides] == [50] * 10
    assert [(one.first, one.last) for one in sides.sides][::9] == [(10, 59), (460, 509)]
    assert sides.sides[1].where == RowFilter(
        columns=(ColumnFilter("example_id", ">=", ("60",)), ColumnFilter("example_id", "<", ("110",)))
    )
    found = {one.table.attribute: one for one in drift(sides)}
    label, price, shop = found["label"], found["price"], found["shop"]
    assert list(found)[-1] == "shop"
    assert label.size.estimate > 0.95 and not label.chance and not price.chance and shop.chance
    assert label.table.counts.tolist() == [[50] * 5 + [0] * 5, [0] * 5 + [50] * 5]
    assert [group.where for group in label.table.groups] == [RowFilter(label="a"), RowFilter(label="b")]


def test_rows_in_no_order_are_not_taken_for_ordered(make_rows: MakeRows) -> None:
    rng = np.random.default_rng(1)
    columns = {
        "example_id": list(range(500)),
        "label": rng.choice(["a", "b"], 500).tolist(),
        "price": rng.normal(size=500).tolist(),
    }
    assert all(one.chance for one in drift(stretches(make_rows(columns), [PRICE])))


def test_a_file_of_few_rows_has_fewer_stretches(make_rows: MakeRows) -> None:
    for n in (0, 1, 3):
        rows = make_rows({"example_id": list(range(n)), "label": ["a"] * n, "price": [1.0] * n})
        sides = stretches(rows, [PRICE])
        assert sum(one.rows for one in sides.sides) == n
        assert drift(sides) == ()


def test_two_datasets_are_held_against_each_other_by_what_both_have(make_rows: MakeRows) -> None:
    rows = sorted_file(make_rows)
    later = TableRows(
        rows._connection,
        "(SELECT example_id, text, CASE label WHEN 'a' THEN 'A' ELSE label END AS label, shop AS store,"
        " CAST(price * 2 AS INTEGER) AS price FROM examples WHERE shop = 'east' OR example_id % 4 = 0)",
        rows.target,
    )
    sides = against(rows, later, [(SHOP, Attribute("shop", "store", "category")), (PRICE, PRICE)], {"A": "a", "b": "b"})
    assert [(one.name, one.rows, one.where) for one in sides.sides] == [
        ("here", 500, RowFilter()), ("there", 375, None),
    ]  # fmt: skip
    found = {one.table.attribute: one for one in drift(sides)}
    assert not found["price"].chance and not found["shop"].chance and found["label"].chance
    assert found["label"].table.counts.sum() == 875 and len(found["label"].table.groups) == 2, "A is what a is here"
    assert wording(sides.among).ties == ()


def test_embeddings_of_another_kind_are_told_apart_and_those_of_the_same_are_not() -> None:
    rng = np.random.default_rng(0)
    side = rng.random(600) < 0.3
    alike = rng.normal(size=(600, 20)).astype(np.float32)
    content = np.arange(600)
    same = told_apart(alike, side, content)
    assert same is not None and same.auc.low < 0.5 < same.auc.high and same.p_value > 0.05
    moved = alike.copy()
    moved[side, 0] += 1.5
    told = told_apart(moved, side, content)
    assert told is not None and told.auc.low > 0.75 and told.p_value < 1e-12
    assert told.auc.estimate == pytest.approx(roc_auc_score(side, told.scores), abs=0.02)
    assert told_apart(alike[:50], side[:50], content[:50]) is None, "fewer than 30 rows say nothing"


def test_a_quarter_of_another_kind_is_found_where_there_are_hardly_more_rows_than_features() -> None:
    rng, found = np.random.default_rng(0), 0
    for _ in range(12):
        vectors = rng.normal(size=(400, 320)) / np.sqrt(1 + np.arange(320) / 20)
        vectors[:25] += 0.25 * rng.normal(size=320)
        told = told_apart(vectors.astype(np.float32), np.arange(400) < 100, np.arange(400))
        found += told is not None and told.p_value < 0.05
    assert found >= 11, "a tenth of the ridge finds fewer"


def test_copies_are_not_recognised_as_the_side_that_they_were_seen_on() -> None:
    rng = np.random.default_rng(0)
    content = np.repeat(np.arange(60), 10)
    vectors = rng.normal(size=(60, 200)).astype(np.float32)[content]
    told = told_apart(vectors, content % 2 == 0, content)
    assert told is not None and told.auc.estimate < 0.7, "each content was seen by no model that judges it"


@pytest.mark.parametrize(("rows", "width", "copies"), [(200, 8, 1), (200, 64, 1), (240, 32, 2)])
def test_rows_of_one_kind_are_told_apart_no_more_often_than_by_chance(rows: int, width: int, copies: int) -> None:
    rng = np.random.default_rng(3)
    content = np.repeat(np.arange(rows // copies), copies)
    found = []
    for _ in range(120):
        vectors = rng.normal(size=(rows // copies, width)).astype(np.float32)[content]
        found.append(told_apart(vectors, (rng.random(rows // copies) < 0.5)[content], content))
    told = [one for one in found if one is not None]
    assert len(told) > 100
    assert np.mean([one.p_value < 0.05 for one in told]) <= 0.1
    assert np.mean([one.auc.low <= 0.5 <= one.auc.high for one in told]) >= 0.9


def test_of_contents_that_are_all_the_same_nothing_is_said() -> None:
    same, side = np.ones((80, 4), np.float32), np.arange(80) < 40
    assert told_apart(same, side, np.zeros(80, np.int64)) is None
    told = told_apart(same, side, np.arange(80))
    assert told is not None and told.auc.estimate == 0.5 and told.p_value > 0.05


def test_few_rows_that_are_told_apart_wholly_leave_room_for_doubt() -> None:
    rng = np.random.default_rng(0)
    side = np.arange(60) < 30
    told = told_apart((rng.normal(size=(60, 5)) + 20 * side[:, None]).astype(np.float32), side, np.arange(60))
    assert told is not None and told.auc.estimate == 1 and 0.8 < told.auc.low < 0.95


def test_a_column_that_is_called_as_the_label_is_not_taken_for_it(make_rows: MakeRows) -> None:
    own = Attribute("own_label", "own_label", "category")
    rows = make_rows(
        {
            "example_id": list(range(400)),
            "label": [str(row % 2) for row in range(400)],
            "own_label": ["u" if row < 200 else "v" for row in range(400)],
        }
    )
    found = {one.table.attribute: one for one in drift(stretches(rows, [own]))}
    assert found["label"].chance and not found["own_label"].chance
    assert [group.where for group in found["label"].table.groups] == [RowFilter(label="0"), RowFilter(label="1")]
