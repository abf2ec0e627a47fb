"""Near-duplicates among sparse rows of many terms, which are cut by planes in fewer dimensions than they have."""

import numpy as np
import scipy.sparse as sp

from core.duplicates.near import SKETCH, near_duplicate_groups
from tests.unit.modalities.corpus import silent

ROWS, COPIES, TERMS, WORDS = 4_000, 400, 20_000, 30


def _pairs(shared: int) -> sp.csr_matrix:
    """Rows of `WORDS` equal terms of 20,000; the last ones share so many with one each of the first."""
    generator = np.random.default_rng(0)
    terms = np.array([generator.choice(TERMS, WORDS, replace=False) for _ in range(ROWS)])
    terms[-COPIES:, :shared] = terms[:COPIES, :shared]
    values = np.full(ROWS * WORDS, 1 / np.sqrt(WORDS), np.float32)
    return sp.csr_matrix((values, terms.ravel(), np.arange(0, ROWS * WORDS + 1, WORDS)), shape=(ROWS, TERMS))


def _digests() -> np.ndarray:
    return np.array([f"{row:016d}" for row in range(ROWS)], "S16")


def test_rows_are_found_that_share_as_much_as_asked_and_no_others() -> None:
    assert TERMS > SKETCH
    for shared in (29, 28, 26):
        rows = _pairs(shared)
        cosines = np.asarray(rows[-COPIES:].multiply(rows[:COPIES]).sum(1)).ravel()
        alike = cosines >= 0.9 - 1e-6
        groups = near_duplicate_groups(rows, _digests(), 0.9, silent)
        found = groups[-COPIES:] == np.arange(COPIES)
        assert not found[~alike].any()
        assert found[alike].mean() > 0.97
        assert len(np.unique(groups)) == ROWS - found.sum()


def test_the_first_row_of_a_cluster_names_it() -> None:
    rows = _pairs(29)[::-1]
    groups = near_duplicate_groups(rows, _digests(), 0.9, silent)
    together = np.flatnonzero(groups != np.arange(ROWS))
    assert (groups[together] < together).all()
    assert (groups[groups] == groups).all()
