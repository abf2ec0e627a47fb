from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from core.errors import ProbabilitiesError
from core.signals.own import read_probabilities

LABELS = ("cat", "dog", "emu")
ROW_IDS = np.arange(10, 40)
GIVEN = np.arange(30) % 3
GOOD = np.full((30, 3), 0.1) + 0.7 * np.eye(3)[GIVEN]


def _read(path: Path) -> np.ndarray:
    return read_probabilities(path, ROW_IDS, LABELS, GIVEN)


def _saved(folder: Path, matrix: np.ndarray) -> Path:
    np.save(folder / "p.npy", matrix)
    return folder / "p.npy"


def test_an_array_is_taken_as_it_is_in_its_own_precision(tmp_path: Path) -> None:
    read = _read(_saved(tmp_path, GOOD))
    assert read.dtype == np.float64
    assert (read == GOOD).all()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_is_brought_into_order_by_its_names_and_row_ids(tmp_path: Path, suffix: str) -> None:
    shuffled = np.random.default_rng(0).permutation(30)
    columns = {name: GOOD[shuffled, index] for index, name in reversed(list(enumerate(LABELS)))}
    table = pa.table(columns | {"row_id": ROW_IDS[shuffled]})
    path = tmp_path / f"p.{suffix}"
    if suffix == "csv":
        pa.csv.write_csv(table, path)
    else:
        pa.parquet.write_table(table, path)
    assert np.allclose(_read(path), GOOD)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (GOOD[:29], r"shape \(29, 3\), the dataset needs \(30, 3\)"),
        (GOOD[:, :2], r"shape \(30, 2\)"),
        (GOOD * 2, "Row 0 sums to 2.0000 instead of 1"),
        (np.where(np.arange(30)[:, None] == 4, np.nan, GOOD), "Row 4 holds nan"),
        (GOOD - 0.2, "not a probability"),
        (GOOD[:, [1, 2, 0]], "mean probability of 0.100; chance alone gives 0.333"),
        (np.roll(GOOD, 1, axis=0), "mean probability of 0.100"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_value(tmp_path: Path, matrix: np.ndarray, message: str) -> None:
    with pytest.raises(ProbabilitiesError, match=message):
        _read(_saved(tmp_path, matrix))


def test_a_class_without_a_column_is_named(tmp_path: Path) -> None:
    pa.csv.write_csv(pa.table({"cat": GOOD[:, 0], "dog": GOOD[:, 1], "bird": GOOD[:, 2]}), tmp_path / "p.csv")
    with pytest.raises(ProbabilitiesError, match="No column for emu"):
        _read(tmp_path / "p.csv")


def test_a_row_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    columns = {name: GOOD[:, index] for index, name in enumerate(LABELS)}
    pa.csv.write_csv(pa.table(columns | {"row_id": ROW_IDS + 1}), tmp_path / "p.csv")
    with pytest.raises(ProbabilitiesError, match="1 rows of the dataset are not in the file, first row_id 10"):
        _read(tmp_path / "p.csv")


def test_an_array_that_would_run_code_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ProbabilitiesError, match="cannot be read"):
        _read(tmp_path / "p.npy")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.pkl").write_bytes(b"")
    with pytest.raises(ProbabilitiesError, match=r"p\.pkl is no \.npy"):
        _read(tmp_path / "p.pkl")
