import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.jobs.groups.assignment import grouped_parts, indices, random_parts, stratified_parts

SHARES = [0.8, 0.1, 0.1]


def test_random_parts_have_the_shares_and_depend_on_the_seed_alone() -> None:
    parts = random_parts(1000, SHARES, seed=3)
    assert np.bincount(parts).tolist() == [800, 100, 100]
    assert (parts == random_parts(1000, SHARES, seed=3)).all()
    assert (parts != random_parts(1000, SHARES, seed=4)).any()


def test_every_class_has_the_same_shares_when_stratified() -> None:
    labels = np.repeat([0, 1, 2], [700, 200, 100])
    parts = stratified_parts(labels, SHARES, seed=0)
    for label, size in enumerate([700, 200, 100]):
        assert np.bincount(parts[labels == label]).tolist() == [size * 8 // 10, size // 10, size // 10]


def test_many_small_classes_still_add_up_to_the_shares() -> None:
    labels = np.repeat(np.arange(200), 4)
    assert np.bincount(stratified_parts(labels, SHARES, seed=0)) == pytest.approx([640, 80, 80], abs=3)


def test_a_class_with_one_row_goes_into_one_part() -> None:
    assert len(stratified_parts(np.array([0, 0, 0, 1]), SHARES, seed=0)) == 4


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), min_size=3, max_size=200),
    st.integers(0, 5),
)
def test_no_group_is_ever_in_two_parts(rows: list[tuple[int, int]], seed: int) -> None:
    labels = np.array([label for label, _ in rows])
    groups = indices([group for _, group in rows])
    assume(len(np.unique(groups)) >= len(SHARES))
    parts = grouped_parts(labels, groups, SHARES, seed)
    assert set(parts) <= {0, 1, 2}
    for group in np.unique(groups):
        assert len(set(parts[groups == group])) == 1


def test_groups_do_not_keep_the_classes_from_their_shares() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 1500, 3000)
    labels = rng.integers(0, 5, 3000)
    parts = grouped_parts(labels, indices(groups.tolist()), SHARES, seed=1)
    for label in range(5):
        shares = np.bincount(parts[labels == label], minlength=3) / (labels == label).sum()
        assert shares == pytest.approx(SHARES, abs=0.03)


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    assert indices(["a", None, None, "a"]).tolist() == [0, 1, 2, 0]


def test_fewer_groups_than_parts_with_a_share_are_refused() -> None:
    with pytest.raises(UsageError, match="2 groups: too few for 3 splits"):
        grouped_parts(np.zeros(4, np.int64), np.array([0, 0, 1, 1]), [0.8, 0.1, 0.1], 0)
    assert set(grouped_parts(np.zeros(4, np.int64), np.array([0, 0, 1, 1]), [0.5, 0.0, 0.5], 0)) == {0, 2}


@pytest.mark.parametrize(
    ("sizes", "shares", "expected"),
    [
        ((40, 30, 30), SHARES, [40, 30, 30]),
        ((25, 25, 25, 25), SHARES, [50, 25, 25]),
        ((20,) * 5, [0.9, 0.05, 0.05], [60, 20, 20]),
        ((90, 4, 3, 3), [0.5, 0.0, 0.5], [90, 0, 10]),
    ],
)
def test_no_part_with_a_share_is_left_without_a_row(
    sizes: tuple[int, ...], shares: list[float], expected: list[int]
) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    parts = grouped_parts(np.arange(len(groups)) % 2, groups, shares, 0)
    assert np.bincount(parts, minlength=len(shares)).tolist() == expected
    assert len(np.unique(np.stack([groups, parts]), axis=1).T) == len(sizes)
