"""Labels in their array form: the same questions of one class and of several."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from core.jobs.label_column import label_column
from core.targets.arrays import by_chance, class_pairs, distinct, most_probable, numbered, of_truth, same, where
from core.targets.multi_label.facts import MULTI_LABEL
from core.targets.one_class.facts import ONE_CLASS

ONE = np.array([2, 0, 2, 1])
SEVERAL = np.array([[1, 0, 1], [0, 0, 0], [1, 0, 1], [0, 1, 0]], np.int8)
PROBABLE = np.array([[0.7, 0.2, 0.5], [0.1, 0.4, 0.3], [0.6, 0.6, 0.6], [0.2, 0.9, 0.1]], np.float32)


@pytest.mark.parametrize("labels", [ONE, SEVERAL])
def test_equal_labels_and_no_others_are_the_same(labels: np.ndarray) -> None:
    assert same(labels, labels[[2, 0, 0, 3]]).tolist() == [True, False, True, True]
    numbers = numbered(labels)
    assert numbers[0] == numbers[2] and len(set(numbers.tolist())) == 3
    found, place = distinct(labels)
    assert len(found) == 3
    assert (found[place] == labels).all()


def test_class_numbers_are_numbers_already() -> None:
    assert numbered(ONE) is ONE


def test_the_classes_of_rows_are_paired_with_them() -> None:
    assert [part.tolist() for part in class_pairs(ONE)] == [[0, 1, 2, 3], [2, 0, 2, 1]]
    assert [part.tolist() for part in class_pairs(SEVERAL)] == [[0, 0, 2, 2, 3], [0, 2, 0, 2, 1]]


def test_rows_that_are_not_chosen_have_no_label() -> None:
    chosen = np.array([True, False, False, True])
    assert where(chosen, ONE).tolist() == [2, -1, -1, 1]
    left = where(chosen, SEVERAL)
    assert left.dtype == np.int8
    assert left.tolist() == [[1, 0, 1], [-1, -1, -1], [-1, -1, -1], [0, 1, 0]]


def test_the_most_probable_label_is_as_sure_as_its_least_sure_class() -> None:
    one, sure = most_probable(PROBABLE, several=False)
    assert one.tolist() == [0, 1, 0, 1] and sure.tolist() == PROBABLE.max(1).tolist()
    sets, sure = most_probable(PROBABLE, several=True)
    assert sets.tolist() == [[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]]
    assert sure == pytest.approx([0.5, 0.6, 0.6, 0.8])


def test_what_is_true_has_its_probability() -> None:
    assert of_truth(PROBABLE, ONE) == pytest.approx([0.5, 0.1, 0.6, 0.9])
    assert of_truth(PROBABLE, SEVERAL)[1] == pytest.approx([0.9, 0.6, 0.7])


def test_chance_is_what_labels_drawn_by_the_shares_of_the_classes_get() -> None:
    generator, shares = np.random.default_rng(0), np.array([0.2, 0.3, 0.5])
    drawn = generator.choice(3, 40_000, p=shares)
    one = of_truth(np.repeat(PROBABLE[:1], 40_000, 0), drawn).mean()
    assert by_chance(PROBABLE, shares, several=False)[0] == pytest.approx(one, abs=0.005)
    sets = (generator.random((40_000, 3)) < shares).astype(np.int8)
    several = of_truth(np.repeat(PROBABLE[:1], 40_000, 0), sets).mean()
    assert by_chance(PROBABLE, shares, several=True)[0] == pytest.approx(several, abs=0.005)


def test_files_hold_positions_of_one_class_and_texts_of_several() -> None:
    one = label_column(ONE_CLASS, ONE, ["a", "b", "c"])
    assert (one.type, one.to_pylist()) == (pa.int32(), [2, 0, 2, 1])
    several = label_column(MULTI_LABEL, where(np.array([True, True, True, False]), SEVERAL), ["a", "b", "c"])
    assert (several.type, several.to_pylist()) == (pa.string(), ['["a","c"]', "[]", '["a","c"]', None])
