import numpy as np

from core.duplicates.neighbours import nearest


def test_neighbours_are_those_of_a_full_comparison(monkeypatch) -> None:
    monkeypatch.setattr("core.duplicates.neighbours.BLOCK", 128)
    embeddings = np.random.default_rng(0).standard_normal((500, 16)).astype(np.float32)
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    found = nearest(embeddings, np.array([3, 499, 0]))
    assert found.rows.tolist() == np.argsort(-cosines, axis=1)[[3, 499, 0], :5].tolist()
    assert np.allclose(found.similarities, -np.sort(-cosines, axis=1)[[3, 499, 0], :5], atol=1e-5)


def test_fewer_rows_than_neighbours_give_fewer() -> None:
    assert nearest(np.eye(3, dtype=np.float32), np.arange(3)).rows.shape == (3, 2)


def test_no_queries_give_nothing() -> None:
    assert nearest(np.eye(3, dtype=np.float32), np.empty(0, np.int64)).rows.shape == (0, 2)
