"""The measures of a profile where a row may have several classes, against counts made row by row."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from core.profile.association import correlation_ratio, cramers_v
from core.profile.balance import balance, split_balance
from core.profile.bias import association
from core.profile.duplicates import duplicates
from core.profile.groups import group_table
from core.profile.label_sets import COMMONEST, PAIRED, label_sets
from core.profile.shares import parity, shares_of
from core.records import Attribute
from core.targets import TARGETS
from tests.unit.profile.conftest import MakeRows, TableRows

MULTI = TARGETS["multi-label"]
DRAW = np.random.default_rng(5)
SETS = [
    [name for name, often in zip(("grain", "oil", "wheat"), (0.6, 0.3, 0.2), strict=True) if DRAW.random() < often]
    for _ in range(400)
]
DESKS = ["north" if "grain" in found or DRAW.random() < 0.3 else "south" for found in SETS]
AMOUNTS = [float(DRAW.normal(2 if "oil" in found else 0)) for found in SETS]
SPLITS = ["train" if row < 300 else "test" for row in range(400)]
DESK, AMOUNT = Attribute("desk", "desk", "category"), Attribute("amount", "amount", "number")


@pytest.fixture
def rows(make_rows: MakeRows) -> TableRows:
    labels = [MULTI.label_of(found) for found in SETS]
    hashes = ["twice" if row in (3, 4) else str(row) for row in range(400)]
    columns = {"label": labels, "split": SPLITS, "desk": DESKS, "amount": AMOUNTS, "content_hash": hashes}
    return make_rows(columns, MULTI)


def _counts(kept: list[list[str]]) -> Counter[str]:
    return Counter(name for found in kept for name in found)


def test_each_class_counts_and_shares_are_of_rows(rows: TableRows) -> None:
    found = balance(rows, ("grain", "oil", "wheat", "gone"))
    counts = _counts(SETS)
    assert {one.label: one.count for one in found.classes} == counts
    assert found.total == 400
    assert [one.share for one in found.classes] == [count / 400 for _, count in counts.most_common()]
    assert found.absent == ("gone",)
    assert 1 < found.effective_classes < 3


def test_splits_are_as_large_as_their_rows_and_are_not_tested(rows: TableRows) -> None:
    found = split_balance(rows, ("grain", "oil", "wheat"))
    assert (found.splits, found.sizes, found.test, found.cramers_v) == (("train", "test"), (300, 100), None, None)
    expected = [_counts(SETS[:300]), _counts(SETS[300:])]
    assert found.counts.tolist() == [[one[label] for label in found.labels] for one in expected]


def test_a_split_in_which_no_class_applies_is_there_with_its_rows(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ['["a"]', '["b"]', "[]", "[]", "[]"], "split": ["x", "x", "y", "y", "y"]}, MULTI)
    found = split_balance(rows, ("a", "b"))
    assert (found.splits, found.sizes, found.counts.tolist()) == (("y", "x"), (3, 2), [[0, 0], [1, 1]])
    assert found.balances[0].total == 3


def test_groups_are_as_large_as_their_rows(rows: TableRows) -> None:
    table = group_table(rows, DESK)
    assert {group.name: group.count for group in table.groups} == Counter(DESKS)
    for place, group in enumerate(table.groups):
        kept = [found for found, desk in zip(SETS, DESKS, strict=True) if desk == group.name]
        assert table.counts[place].tolist() == [_counts(kept)[label] for label in table.labels]
    share, low, high = shares_of(table)
    assert (share <= 1).all()
    assert (low <= share).all()
    assert (share <= high).all()
    assert {one.label: one.overall for one in parity(table)} == pytest.approx(
        {name: count / 400 for name, count in _counts(SETS).items()}
    )


def test_bands_of_a_number_are_as_large_as_their_rows(rows: TableRows) -> None:
    table = group_table(rows, AMOUNT)
    assert table.sizes.sum() == 400
    assert table.counts.sum() == sum(map(len, SETS))


def test_a_category_is_measured_against_the_class_that_it_is_most_tied_to(rows: TableRows) -> None:
    measured = association(rows, DESK)
    with_it = Counter(desk for found, desk in zip(SETS, DESKS, strict=True) if "grain" in found)
    counts = np.array([[with_it[desk], size - with_it[desk]] for desk, size in Counter(DESKS).most_common()])
    assert measured.value == cramers_v(counts)
    assert (measured.rows, measured.note) == (
        400, "Measured for each of 3 classes; this is 'grain', the one most tied to it."
    )  # fmt: skip


def test_a_number_is_measured_against_the_class_that_it_is_most_tied_to(rows: TableRows) -> None:
    measured = association(rows, AMOUNT)
    values = np.array(AMOUNTS)
    z = (values - values.mean()) / values.std()
    sides = [z[[("oil" in found) is there for found in SETS]] for there in (True, False)]
    moments = np.array([[len(s), s.mean(), *(((s - s.mean()) ** power).mean() for power in (2, 3, 4))] for s in sides])
    expected = correlation_ratio(moments)
    assert expected is not None
    assert measured.value is not None
    assert measured.value.estimate == pytest.approx(expected.estimate)
    assert "this is 'oil'" in measured.note


def test_a_class_that_every_row_has_is_tied_to_nothing(make_rows: MakeRows) -> None:
    rows = make_rows({"label": ['["a"]'] * 40, "desk": ["x", "y"] * 20, "amount": [1.0, 2.0] * 20}, MULTI)
    assert association(rows, DESK).value is None
    assert association(rows, AMOUNT).value is None


def test_contents_with_different_sets_are_in_conflict(make_rows: MakeRows) -> None:
    labels = ['["a","b"]', '["a"]', '["a"]', '["a"]']
    found = duplicates(make_rows({"label": labels, "content_hash": ["1", "1", "2", "2"]}, MULTI))
    assert (found.rows, found.conflicting_rows, found.pairs) == (4, 2, (('["a","b"]', '["a"]', 1),))


def test_labels_and_pairs_are_counted_as_row_by_row(rows: TableRows) -> None:
    found = label_sets(rows)
    assert (found.rows, found.none) == (400, SETS.count([]))
    assert found.cardinality == sum(map(len, SETS)) / 400
    whole = Counter(map(MULTI.label_of, SETS))
    assert found.distinct == len(whole)
    assert dict(found.commonest) == whole
    assert [count for _, count in found.commonest] == sorted(whole.values(), reverse=True)
    pairs = Counter(pair for names in SETS for pair in combinations(sorted(names), 2))
    counts = _counts(SETS)
    assert list(found.labels) == [name for name, _ in counts.most_common()]
    for row, one in enumerate(found.labels):
        for column, other in enumerate(found.labels):
            expected = counts[one] if one == other else pairs[min(one, other), max(one, other)]
            assert found.together[row, column] == expected


def test_of_many_classes_the_largest_are_paired_and_of_many_labels_the_commonest_shown(make_rows: MakeRows) -> None:
    sets = [[f"c{place:02}", "all"] for place in range(PAIRED + 5) for _ in range(PAIRED + 5 - place)]
    found = label_sets(make_rows({"label": list(map(MULTI.label_of, sets))}, MULTI))
    assert found.labels == ("all", *(f"c{place:02}" for place in range(PAIRED - 1)))
    assert (len(found.commonest), found.distinct) == (COMMONEST, PAIRED + 5)


def test_without_a_row_there_is_nothing_to_count(make_rows: MakeRows) -> None:
    found = label_sets(make_rows({"label": ["[]"]}, MULTI))
    assert (found.cardinality, found.none, found.labels, found.together.shape) == (0.0, 1, (), (0, 0))
    empty = label_sets(make_rows({"label": np.array([], dtype=str)}, MULTI))
    assert (empty.rows, empty.cardinality, empty.distinct) == (0, 0.0, 0)
