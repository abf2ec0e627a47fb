import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.heads.folds import assign_folds, unseen_rows


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10), st.integers(2, 6))
def test_no_cluster_is_ever_split(seed: int, folds: int, classes: int) -> None:
    generator = np.random.default_rng(seed)
    labels, clusters = generator.integers(classes, size=300), generator.integers(120, size=300)
    dealt = assign_folds(labels, clusters, folds, seed)
    assert dealt.min() >= 0
    assert dealt.max() < folds
    assert all(len(np.unique(dealt[clusters == cluster])) == 1 for cluster in np.unique(clusters))


def test_every_fold_gets_its_part_of_every_class() -> None:
    labels = np.repeat([0, 1, 2], [100, 50, 10])
    dealt = assign_folds(labels, np.arange(160), 5, seed=3)
    counts = np.stack([np.bincount(dealt[labels == label], minlength=5) for label in range(3)])
    assert counts.tolist() == [[20] * 5, [10] * 5, [2] * 5]


def test_two_examples_of_a_class_never_share_a_fold() -> None:
    for seed in range(20):
        assert len(set(assign_folds(np.array([0, 0, 1, 1, 1]), np.arange(5), 5, seed)[:2])) == 2


def test_the_same_seed_gives_the_same_folds_and_another_seed_others() -> None:
    labels = np.zeros(200, np.int64)
    first, again, other = (assign_folds(labels, np.arange(200), 5, seed) for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_a_class_within_one_fold_is_unseen() -> None:
    assert unseen_rows(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2])).tolist() == [False, False, True, True]
