"""How well cells of a table are found that were made wrong, and rows of which most was taken out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from sklearn.datasets import load_breast_cancer

from bench.planted.scored import SEED, Ways, compared, spoiled_rows
from bench.row import Row
from core.modalities.table_row.faults.find import suspicions as of_tables


def rows() -> Iterator[Row]:
    """Measurements of cells of breast tissue, with a column of towns and one of numbers that are texts."""
    generator = np.random.default_rng(SEED)
    values = load_breast_cancer().data
    table: dict[str, list[object]] = {str(at): values[:, at].tolist() for at in range(values.shape[1])}
    table["town"] = generator.choice(TOWNS, len(values)).tolist()
    table["dose"] = [str(one) for one in generator.normal(size=len(values)).round(3)]
    planted = spoiled_rows(len(values), OF_TABLES, generator)
    for row, way in planted.items():
        OF_TABLES[way](table, row, generator)
    yield from compared("table rows", of_tables(pa.table(table)), planted)


def _far_off(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    """A point that was left out, in places."""
    column = table[str(generator.integers(0, 4))]
    column[row] = float(column[row]) * 10.0 ** generator.integers(2, 5)  # type: ignore[arg-type]


def _negative(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    column = table[str(generator.integers(0, 4))]
    column[row] = -float(column[row])  # type: ignore[arg-type]


def _word(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    table["dose"][row] = str(generator.choice(("high", "1,5 mg", "see note", "~2")))


def _stand_in(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    if generator.random() < 0.5:
        table["4"][row] = -999.0
    else:
        table["dose"][row] = str(generator.choice(("n/a", "?", "unknown", "-")))


def _misspelt(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    town = str(table["town"][row])
    at = int(generator.integers(1, len(town) - 1))
    swapped = town[:at] + town[at + 1] + town[at] + town[at + 2 :]
    table["town"][row] = str(generator.choice((town[:at] + town[at + 1 :], swapped, town.upper(), f" {town}")))


def _gaps(table: dict[str, list[object]], row: int, generator: np.random.Generator) -> None:
    for name in generator.choice(list(table), round(0.7 * len(table)), replace=False):
        table[name][row] = None


TOWNS = ("Lisbon", "Vienna", "Warsaw", "Helsinki", "Rotterdam")
OF_TABLES: Ways = {
    "far_off": _far_off,
    "below_zero": _negative,
    "no_number": _word,
    "stand_in": _stand_in,
    "spelling": _misspelt,
    "mostly_missing": _gaps,
}
