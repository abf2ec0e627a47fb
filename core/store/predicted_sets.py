"""What runs predict where a label is several classes: distinct sets, counted, and what they hold.

`truth` is as in `core.store.predictions`. Sets repeat, so that they are told apart, and taken apart, once each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.records import SetCounts, SetMembers
from core.store.database import Cursor, Database
from core.store.predictions import ClassesSql


def set_counts(db: Database, run_ids: Sequence[str], split: str, truth: str, classes_sql: ClassesSql) -> SetCounts:
    """How often each true set goes with each predicted one, over the rows of a split that all of these runs have."""
    tables = [f"p{place}" for place in range(len(run_ids))]
    joins = "".join(f" JOIN predictions {name} ON {name}.example_id = p0.example_id" for name in tables[1:])
    where = " AND ".join(f"{name}.run_id = ? AND {name}.split = ?" for name in tables)
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT t.label AS true, {", ".join(f"{name}.predicted AS {name}" for name in tables)}, count(*) AS rows
                FROM predictions p0 JOIN {truth} t ON t.example_id = p0.example_id AND t.label IS NOT NULL{joins}
                WHERE {where} GROUP BY ALL ORDER BY ALL""",
            [value for run_id in run_ids for value in (run_id, split)],
        ).to_arrow_table()
        true, *predicted, count = found.columns
        codes, sets = _numbered(
            pa.chunked_array([*true.chunks, *(c for one in predicted for c in one.chunks)], pa.string())
        )
        members = _members(cursor, sets, classes_sql)
    columns = codes.reshape(1 + len(run_ids), -1)
    return SetCounts(columns[0], tuple(columns[1:]), count.to_numpy().astype(np.int64), members)


def set_positions(
    db: Database, run_id: str, split: str, truth: str, classes_sql: ClassesSql
) -> tuple[NDArray[np.int64], NDArray[np.int64], SetMembers]:
    """Where the rows of a split lie in the run's array of probabilities, ascending, the number of each row's true set,
    both (rows,), and what these sets hold."""
    with db.cursor() as cursor:
        found = cursor.execute(
            f"""SELECT p.position, t.label FROM predictions p
                JOIN {truth} t ON t.example_id = p.example_id AND t.label IS NOT NULL
                WHERE p.run_id = ? AND p.split = ? ORDER BY p.position""",
            [run_id, split],
        ).to_arrow_table()
        position, label = found.columns
        codes, sets = _numbered(label)
        members = _members(cursor, sets, classes_sql)
    return position.to_numpy().astype(np.int64), codes, members


def _numbered(texts: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """The number of each text, and the distinct texts by it."""
    found = pc.dictionary_encode(texts).combine_chunks()
    if isinstance(found, pa.ChunkedArray):  # of nothing, or of one chunk alone
        found = pa.concat_arrays(found.chunks) if found.num_chunks else pa.array([], pa.string()).dictionary_encode()
    return found.indices.to_numpy(zero_copy_only=False).astype(np.int64), found.dictionary


def _members(cursor: Cursor, sets: pa.Array, classes_sql: ClassesSql) -> SetMembers:
    """What each of the distinct sets holds."""
    cursor.register("sets", pa.table({"number": pa.array(range(len(sets)), pa.int64()), "label": sets}))
    held = cursor.execute(f"SELECT number, unnest({classes_sql('label')}) AS name FROM sets").to_arrow_table()
    cursor.unregister("sets")
    name, names = _numbered(held.column("name"))
    return SetMembers(len(sets), held.column("number").to_numpy().astype(np.int64), name, tuple(names.to_pylist()))
