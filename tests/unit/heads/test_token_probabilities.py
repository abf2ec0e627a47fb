"""Own probabilities of tokens: brought to types from types or tags, and refused where they fit another text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from core.errors import ProbabilitiesError
from core.heads.token_probabilities import read_token_probabilities

IDS, COUNTS, TYPES = np.array([4, 7, 9]), np.array([8, 0, 12]), ("LOC", "PER")
GIVEN = np.array([0, 1, 2, 0, 0, 1, 0, 2] * 2 + [0, 0, 1, 2])
GOOD = np.full((20, 3), 0.1) + 0.7 * np.eye(3)[GIVEN]
TAGS = {
    "I-PER": GOOD[:, 2] / 4,
    "O": GOOD[:, 0],
    "B-PER": GOOD[:, 2] * 0.75,
    "B-LOC": GOOD[:, 1] / 2,
    "I-LOC": GOOD[:, 1] / 2,
}


def saved(path: Path, columns: dict[str, np.ndarray]) -> Path:
    pyarrow.parquet.write_table(pa.table(columns), path)
    return path


def read(path: Path) -> np.ndarray:
    return read_token_probabilities(path, IDS, COUNTS, TYPES, GIVEN)


def test_types_and_tags_say_the_same(tmp_path: Path) -> None:
    ids = np.repeat(IDS, COUNTS)
    assert np.allclose(read(saved(tmp_path / "tags.parquet", TAGS | {"example_id": ids})), GOOD)
    types = {name: GOOD[:, place] for name, place in (("PER", 2), ("O", 0), ("LOC", 1))}
    assert np.allclose(read(saved(tmp_path / "types.parquet", types)), GOOD)
    np.save(tmp_path / "tags.npy", np.stack([TAGS[one] for one in ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")], 1))
    assert np.allclose(read(tmp_path / "tags.npy"), GOOD)


def test_what_is_of_other_texts_is_refused_with_the_line(tmp_path: Path) -> None:
    ids = np.repeat(IDS, [7, 0, 13])
    with pytest.raises(ProbabilitiesError, match="Line 8 is of example_id 9, where the dataset has a token of 4"):
        read(saved(tmp_path / "p.parquet", TAGS | {"example_id": ids}))
    with pytest.raises(ProbabilitiesError, match=r"shape \(19, 3\), the dataset needs \(20, 3\)"):
        read(saved(tmp_path / "p.parquet", {name: column[:19] for name, column in TAGS.items()}))
    with pytest.raises(ProbabilitiesError, match="chance alone"):
        read(saved(tmp_path / "p.parquet", TAGS | {name: np.roll(column, 1) for name, column in TAGS.items()}))
