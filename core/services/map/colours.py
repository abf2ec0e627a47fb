"""What a map may be coloured by, and the points of a version so coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.context import Context
from core.errors import NotFoundError
from core.issues import ISSUE_TYPES
from core.profile.values import shown_apart
from core.records import Dataset, RowFilter, Version
from core.services.issues.listing import latest_scan
from core.services.map.projections import Projection
from core.services.runs.listing import done_runs
from core.sql import identifier, literal
from core.store.ids import checked_id
from core.store.maps.rows import ALL, points
from core.store.rows import rows_of
from core.tasks import target_of
from core.words import later

GROUPS = 12
"""Values that have a colour and a shape of their own, the commonest; the rest are others."""
BANDS = 5
"""Of numbers: as many rows in each as can be."""
LABEL, ISSUE, SCORE, SPLIT = "label", "issue", "score", "split"
ATTRIBUTE, RUN = "attribute:", "run:"
TITLES: Mapping[str, str] = {
    LABEL: later("class"),
    ISSUE: later("issue"),
    SCORE: later("label score"),
    SPLIT: later("split"),
}
RIGHT, WRONG = "right", "wrong"
OTHERS, NOTHING = GROUPS, GROUPS + 1
"""The codes of points whose value is none of the commonest, and of those without any."""
_SCORES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_MIXED = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Coloured:
    """The n points of a version, in an order that has nothing to do with where they lie: the first k of those in sight
    are a sample of them."""

    example_ids: NDArray[np.int64]
    places: NDArray[np.float32]
    """(n, 2)"""
    codes: NDArray[np.uint8]
    """(n,) position in `names`, `OTHERS` or `NOTHING`."""
    names: tuple[str, ...]
    """The values that have a colour of their own; of numbers `low – high`."""
    by: str
    bands: bool
    """Whether they are bands of a number, from the lowest on; of scores from the highest on, since a map marks the last
    ones most, and low scores are what is looked for."""


@dataclass(frozen=True, slots=True)
class _Value:
    """What a point's value is in SQL."""

    sql: str
    join: str = ""
    edges: tuple[float, ...] = ()
    """Of bands that are always the same."""
    kind: str = "category"
    """`category`, `number` or `time`."""
    falling: bool = False
    """Whether its bands go from the highest on."""


def colours(context: Context, dataset: Dataset, version: Version) -> list[str]:
    """What the map of a version can be coloured by."""
    scanned = latest_scan(context, version.version_id) is not None
    told = [] if target_of(dataset).located else [LABEL]  # hardly two texts have the same spans
    found = [*told, *([ISSUE, SCORE] if scanned else []), SPLIT]
    found += [f"{RUN}{run.number}" for run in done_runs(context, dataset.dataset_id)]
    return found + [f"{ATTRIBUTE}{one.column}" for one in dataset.attributes if one.kind != "text"]


def coloured(
    context: Context, dataset: Dataset, version: Version, shown: Projection, by: str, where: RowFilter = ALL
) -> Coloured:
    """The points of a version on a map that the filter keeps. Raises `NotFoundError` for a colour that it has not. A
    second for a million rows."""
    value = _value(context, dataset, version, by)
    table = points(context.store, shown.path, version.version_id, value.sql, value.join, where)
    example_ids = table.column("example_id").to_numpy().astype(np.int64)
    x, y = (table.column(name).to_numpy().astype(np.float32) for name in "xy")
    column = table.column("value").combine_chunks()
    codes, names = _banded(column, value) if value.kind != "category" else _grouped(column)
    if value.kind == "category" and by.startswith(ATTRIBUTE):
        of = next(one for one in dataset.attributes if one.column == by.removeprefix(ATTRIBUTE))
        instead = shown_apart(rows_of(context.store, version.version_id), of, names)
        names = tuple(instead.get(name, name) for name in names)
    order = np.argsort(example_ids.astype(np.uint64) * _MIXED, kind="stable")
    places = np.stack([x[order], y[order]]).T  # each of the two lies in one piece
    return Coloured(example_ids[order], places, codes[order], names, by, value.kind != "category")


def _value(context: Context, dataset: Dataset, version: Version, by: str) -> _Value:
    known = colours(context, dataset, version)
    if by not in known:
        raise NotFoundError(f"A map cannot be coloured by {by!r}.", f"It can by: {', '.join(known)}.")
    target = target_of(dataset)
    if by.startswith(ATTRIBUTE):
        one = next(one for one in dataset.attributes if one.column == by.removeprefix(ATTRIBUTE))
        column = f"r.{identifier(one.column)}"
        if one.kind == "number":
            return _Value(f"CAST({column} AS DOUBLE)", kind="number")
        return _Value(f"epoch({column})", kind="time") if one.kind == "time" else _Value(f"CAST({column} AS VARCHAR)")
    if by.startswith(RUN):
        run = context.ledger.runs.get(dataset.dataset_id, by.removeprefix(RUN))
        join = f"""LEFT JOIN (SELECT example_id, any_value(predicted) AS predicted FROM predictions
                   WHERE run_id = {literal(run.run_id)} GROUP BY example_id) p USING (example_id)"""
        if target.number_sql is not None:
            return _Value(
                f"abs({target.number_sql('r.label')} - {target.number_sql('p.predicted')})", join, kind="number"
            )
        said = f"CASE WHEN p.predicted = r.label THEN '{RIGHT}' WHEN p.predicted <> r.label THEN '{WRONG}' END"
        return _Value(said, join)
    if by in (ISSUE, SCORE):
        return _of_scan(context, version, by)
    if by == LABEL and target.number_sql is not None:
        return _Value(f"CAST({target.number_sql('r.label')} AS DOUBLE)", kind="number")
    return _Value(f"r.{by}")


def _of_scan(context: Context, version: Version, by: str) -> _Value:
    scan = latest_scan(context, version.version_id)
    assert scan is not None, "it is offered only where there is one"
    of_scan = f"FROM issues WHERE scan_id = '{checked_id(scan.scan_id, 'scan')}'"
    if by == SCORE:
        join = f"""LEFT JOIN (SELECT example_id, score {of_scan} AND issue_type = {literal(scan.types[0])}) i
                   USING (example_id)"""
        return _Value("CAST(i.score AS DOUBLE)", join, _SCORES, "number", falling=True)
    order = ", ".join(literal(name) for name in ISSUE_TYPES)
    first = f"arg_min(issue_type, list_position([{order}], issue_type))"
    join = f"""LEFT JOIN (SELECT example_id, {first} AS issue {of_scan} AND is_issue GROUP BY example_id) i
               USING (example_id)"""
    return _Value("i.issue", join)


def _grouped(column: pa.Array) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    encoded = pc.cast(column, pa.string()).dictionary_encode()
    values = encoded.dictionary.to_pylist()
    places = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
    counts = np.bincount(places, minlength=len(values) + 1)
    order = sorted(range(len(values)), key=lambda place: (-counts[place], values[place]))[:GROUPS]
    lookup = np.full(len(values) + 1, OTHERS, np.uint8)
    lookup[order] = np.arange(len(order))
    lookup[len(values)] = NOTHING
    return lookup[places], tuple(values[place] for place in order)


def _banded(column: pa.Array, value: _Value) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    numbers = np.asarray(column.to_numpy(zero_copy_only=False), np.float64)
    known = numbers[np.isfinite(numbers)]
    codes = np.full(len(numbers), NOTHING, np.uint8)
    if not len(known):
        return codes, ()
    shares = np.linspace(0, 1, BANDS + 1)
    edges = np.asarray(value.edges) if value.edges else np.unique(np.quantile(known, shares, method="lower"))
    if len(edges) == 1:
        edges = np.array([edges[0], edges[0]])
    bands = np.clip(np.searchsorted(edges, known, "right") - 1, 0, len(edges) - 2)
    codes[np.isfinite(numbers)] = bands.astype(np.uint8)
    said = [_day(edge) if value.kind == "time" else f"{edge:.4g}" for edge in edges]
    names = tuple(f"{low} – {high}" for low, high in pairwise(said))
    if value.falling:
        codes[codes != NOTHING] = len(names) - 1 - codes[codes != NOTHING]
        return codes, names[::-1]
    return codes, names


def _day(seconds: Any) -> str:
    return f"{datetime.fromtimestamp(float(seconds), UTC):%Y-%m-%d}"
