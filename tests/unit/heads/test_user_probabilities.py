from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from core.errors import ProbabilitiesError
from core.heads.user_probabilities import Numbering, read_probabilities

LABELS = ("cat", "dog", "emu")
EXAMPLE_IDS = np.arange(10, 40)
GIVEN = np.arange(30) % 3
GOOD = np.full((30, 3), 0.1) + 0.7 * np.eye(3)[GIVEN]
FORTY = Numbering(40)


def _read(path: Path, numbering: Numbering = FORTY) -> np.ndarray:
    return read_probabilities(path, EXAMPLE_IDS, LABELS, GIVEN, numbering)


def _saved(folder: Path, matrix: np.ndarray) -> Path:
    np.save(folder / "p.npy", matrix)
    return folder / "p.npy"


def test_an_array_is_taken_as_it_is_in_its_own_precision(tmp_path: Path) -> None:
    read = _read(_saved(tmp_path, GOOD))
    assert read.dtype == np.float64
    assert (read == GOOD).all()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_is_brought_into_order_by_its_names_and_example_ids(tmp_path: Path, suffix: str) -> None:
    shuffled = np.random.default_rng(0).permutation(30)
    columns = {name: GOOD[shuffled, index] for index, name in reversed(list(enumerate(LABELS)))}
    table = pa.table(columns | {"example_id": EXAMPLE_IDS[shuffled]})
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


def _with_ids(folder: Path, example_ids: object, matrix: np.ndarray = GOOD, name: str = "example_id") -> Path:
    columns = {name: matrix[:, index] for index, name in enumerate(LABELS)}
    pa.csv.write_csv(pa.table(columns | {name: example_ids}), folder / "p.csv")
    return folder / "p.csv"


def test_a_row_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProbabilitiesError, match="1 rows of the dataset are not in the file, first example_id 39"):
        _read(_with_ids(tmp_path, EXAMPLE_IDS - 1))


def test_rows_that_a_version_leaves_out_may_stand_in_the_file(tmp_path: Path) -> None:
    more = np.concatenate([GOOD, GOOD[:10]])
    assert np.allclose(_read(_with_ids(tmp_path, np.concatenate([EXAMPLE_IDS, np.arange(10)]), more)), GOOD)


@pytest.mark.parametrize(
    ("example_ids", "message"),
    [
        (
            np.concatenate([EXAMPLE_IDS, [40, 41]]),
            r"example_id 40, 41, and the dataset has the rows 0 to 39.*Two are aside",
        ),
        (np.concatenate([EXAMPLE_IDS, [39, 0]]), "example_id 39 more than once"),
        ([*map(str, EXAMPLE_IDS), "x", "1"], "no whole number"),
        ([*EXAMPLE_IDS.tolist(), None, 1], "no whole number"),
    ],
)
def test_example_ids_of_another_count_are_refused(tmp_path: Path, example_ids: object, message: str) -> None:
    path = _with_ids(tmp_path, example_ids, np.concatenate([GOOD, GOOD[:2]]))
    with pytest.raises(ProbabilitiesError, match=message):
        _read(path, Numbering(40, " Two are aside."))


def test_a_column_example_id_of_which_the_source_has_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProbabilitiesError, match="may be either"):
        _read(_with_ids(tmp_path, EXAMPLE_IDS), Numbering(40, taken=("example_id",)))


def test_the_name_that_release_0_1_had_for_ids_is_read_too(tmp_path: Path) -> None:
    path = _with_ids(tmp_path, EXAMPLE_IDS, name="row_id")
    assert np.allclose(_read(path, Numbering(40, taken=("example_id",))), GOOD)
    for numbering in (Numbering(40, taken=("row_id",)), Numbering(40, ambiguous=True)):
        with pytest.raises(ProbabilitiesError, match="column row_id of its own"):
            _read(path, numbering)


def test_unnamed_columns_that_fit_each_others_labels_are_refused(tmp_path: Path) -> None:
    labels, given = ("clay", "loam", "sand", "silt"), np.repeat([0, 1, 2, 3], [60, 20, 20, 10])
    matrix = np.full((110, 4), 0.04) + 0.84 * np.eye(4)[given]

    def read(columns: list[int]) -> np.ndarray:
        np.save(tmp_path / "soil.npy", matrix[:, columns])
        return read_probabilities(tmp_path / "soil.npy", np.arange(110), labels, given, Numbering(110))

    assert np.allclose(read([0, 1, 2, 3]), matrix)
    with pytest.raises(ProbabilitiesError, match="The columns of loam, sand fit each other's labels better"):
        read([0, 2, 1, 3])
    with pytest.raises(ProbabilitiesError, match="The columns of loam, sand, silt fit each other's labels better"):
        read([0, 2, 3, 1])


def test_a_weak_model_and_noisy_labels_are_no_other_order(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    for trial in range(20):
        given = draw.integers(0, 8, 400)
        matrix = draw.dirichlet(np.ones(8), 400)
        seen = np.where(draw.random(400) < 0.3, given, draw.integers(0, 8, 400))
        matrix = 0.7 * matrix + 0.3 * np.eye(8)[seen]
        np.save(tmp_path / f"{trial}.npy", matrix)
        labels = tuple("abcdefgh")
        read_probabilities(tmp_path / f"{trial}.npy", np.arange(400), labels, given, Numbering(400))


def test_an_array_that_would_run_code_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ProbabilitiesError, match="cannot be read"):
        _read(tmp_path / "p.npy")


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.pkl").write_bytes(b"")
    with pytest.raises(ProbabilitiesError, match=r"p\.pkl is no \.npy"):
        _read(tmp_path / "p.pkl")
