"""Which row is in which group of an attribute, or of several together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.profile.by_group.crossed import grouped, place_sql, sides
from core.profile.records import Group, GroupTable, Rows
from core.records import CROSS, Attribute

Integers = NDArray[np.int64]


def members(rows: Rows, attributes: Sequence[Attribute]) -> tuple[tuple[Group, ...], Integers, Integers]:
    """The groups that can be opened, the largest first or bands in order; and of the rows that have a label and are in
    one of them (m,) `example_id` and (m,) position of the group."""
    table = grouped(rows, attributes)
    kept = tuple(group for group in table.groups if group.where is not None)
    held = [_own(table)] if len(attributes) == 1 else [sides(rows, one) for one in attributes]
    places = ", ".join(
        f"{place_sql(one, side)} AS at{n}" for n, (one, side) in enumerate(zip(attributes, held, strict=True))
    )
    known = " AND ".join(f"at{n} IS NOT NULL" for n in range(len(attributes)))
    found = rows.fetch(
        f"SELECT * FROM (SELECT example_id, {places} FROM {rows.relation} WHERE label IS NOT NULL) WHERE {known}"
    )
    index = {group.name: place for place, group in enumerate(kept)}
    named = ((int(row), CROSS.join(side[at].name for side, at in zip(held, ats, strict=True))) for row, *ats in found)
    pairs = [(row, index[name]) for row, name in named if name in index]
    ids, positions = np.array(pairs, np.int64).reshape(-1, 2).T
    return kept, ids, positions


def _own(table: GroupTable) -> list[Group]:
    return [group for group in table.groups if group.where is not None]
