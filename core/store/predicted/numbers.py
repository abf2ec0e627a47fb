"""What runs predict where labels are numbers, as arrays. `truth` is as in `core.store.predictions`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.store.database import Database

NUMBER = "CAST({column} AS DOUBLE)"


@dataclass(frozen=True, slots=True)
class PredictedNumbers:
    """n rows of a split that all runs have predicted and that have a label, by row."""

    example_ids: NDArray[np.int64]
    true: NDArray[np.float64]
    predicted: tuple[NDArray[np.float64], ...]
    """(n,) of each run."""
    half: tuple[NDArray[np.float64], ...]
    """(n,) half of the interval around each prediction."""


def predicted_numbers(db: Database, run_ids: Sequence[str], split: str, truth: str) -> PredictedNumbers:
    """The rows of a split that these runs have predicted."""
    names = [f"p{place}" for place in range(len(run_ids))]
    joins = "".join(f" JOIN predictions {name} ON {name}.example_id = p0.example_id" for name in names[1:])
    where = " AND ".join(f"{name}.run_id = ? AND {name}.split = ?" for name in names)
    columns = ", ".join(
        f"{NUMBER.format(column=f'{name}.predicted')} AS {name}, CAST({name}.confidence AS DOUBLE) AS {name}_half"
        for name in names
    )
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT p0.example_id, {NUMBER.format(column="t.label")} AS true, {columns}
                FROM predictions p0 JOIN {truth} t ON t.example_id = p0.example_id AND t.label IS NOT NULL{joins}
                WHERE {where} ORDER BY p0.example_id""",
            [value for run_id in run_ids for value in (run_id, split)],
        ).fetchnumpy()
    return PredictedNumbers(
        np.asarray(found["example_id"], np.int64),
        np.asarray(found["true"], np.float64),
        tuple(np.asarray(found[name], np.float64) for name in names),
        tuple(np.asarray(found[f"{name}_half"], np.float64) for name in names),
    )
