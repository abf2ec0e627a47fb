import numpy as np
import scipy.sparse as sp

from core.duplicates.near import near_duplicate_groups
from core.modalities.image.heavy import unit_rows
from core.modalities.text.lexical import Lexical
from tests.unit.modalities.corpus import silent, text_payloads


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def _digests(count: int) -> np.ndarray:
    return np.array([f"{index:016d}" for index in range(count)], "S16")


def test_planted_near_duplicates_are_found_and_nothing_else() -> None:
    generator = np.random.default_rng(0)
    rows = generator.standard_normal((3_000, 64))
    rows[1_000:1_500] = rows[:500] + 0.02 * generator.standard_normal((500, 64))
    clusters = near_duplicate_groups(_unit(rows), _digests(3_000), 0.95, silent)
    assert (clusters[1_000:1_500] == np.arange(500)).all()
    assert len(np.unique(clusters)) == 2_500


def test_sparse_and_dense_rows_give_the_same_clusters() -> None:
    generator = np.random.default_rng(1)
    rows = generator.random((400, 50)) * (generator.random((400, 50)) < 0.2)
    rows[:, 0] += 0.01
    rows[200:240] = rows[:40] * 1.01
    dense = near_duplicate_groups(_unit(rows), _digests(400), 0.99, silent)
    sparse = near_duplicate_groups(sp.csr_matrix(_unit(rows)), _digests(400), 0.99, silent)
    assert (dense == sparse).all()
    assert (dense[200:240] == np.arange(40)).all()


def test_equal_contents_meet_even_where_there_is_nothing_to_compare() -> None:
    digests = np.array([b"a", b"b", b"a", b"c"], "S16")
    assert near_duplicate_groups(np.zeros((4, 3), np.float32), digests, 0.9, silent).tolist() == [0, 1, 0, 3]


def test_a_thousand_equal_rows_are_one_cluster() -> None:
    rows = np.repeat(_unit(np.random.default_rng(2).standard_normal((2, 8))), [1_000, 10], axis=0)
    assert len(np.unique(near_duplicate_groups(rows, _digests(1_010), 0.9, silent))) == 2


def test_a_text_with_one_word_changed_is_a_near_duplicate_and_another_sentence_is_not() -> None:
    base = "the council agreed on tuesday to build a new bridge over the river after years of debate among residents of"
    generator = np.random.default_rng(0)
    filler = [" ".join(generator.choice([*base.split(), "rain", "stock", "goal", "film"], 20)) for _ in range(40)]
    payloads = text_payloads([f"{base} the old town", f"{base} the old city", f"{base} the old town!", *filler])
    clusters = near_duplicate_groups(Lexical().terms(payloads, silent), payloads.digests, 0.9, silent)
    assert clusters[2] == 0
    assert clusters[1] == 0
    assert len(np.unique(clusters)) == 41


def test_a_brighter_copy_of_an_image_is_the_same_image() -> None:
    pixels = np.random.default_rng(0).random((3, 768), np.float32)
    pixels[1] = 0.5 * pixels[0] + 0.2
    rows = unit_rows(pixels)
    assert rows[0] @ rows[1] > 0.999
    assert rows[0] @ rows[2] < 0.5


def test_a_blank_image_is_like_no_other() -> None:
    assert not unit_rows(np.full((1, 768), 0.5, np.float32)).any()
