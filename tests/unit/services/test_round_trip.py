"""Load, export, load again: whatever the value, its type and the format, it is what it was."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.context import Context
from core.reading.work import query
from core.records import Dataset, Schema
from core.services.export import export
from core.sources import SOURCES, Bench, find
from core.store.datasets import rejected
from core.store.export import Format
from tests.staged import taken_in

ROWS = 6
SOME = settings(deadline=None, max_examples=6, suppress_health_check=list(HealthCheck))
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)
DAYS = (datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1))
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "int64": (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    "uint64": (pa.uint64(), st.integers(0, 2**64 - 1)),
    "int8": (pa.int8(), st.integers(-128, 127)),
    "float64": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
    "float32": (pa.float32(), st.floats(allow_nan=False, allow_infinity=False, width=32)),
    "decimal": (pa.decimal128(20, 4), st.decimals(-(10**14), 10**14, places=4)),
    "bool": (pa.bool_(), st.booleans()),
    "text": (pa.string(), TEXT),
    "code": (pa.string(), st.text("0123456789eE.+-", min_size=1, max_size=6)),
    "date": (pa.date32(), st.dates(datetime.date(1, 1, 1))),
    "time": (pa.time64("us"), st.times()),
    "timestamp": (pa.timestamp("us"), st.datetimes(*DAYS)),
    "zoned": (pa.timestamp("us", "UTC"), st.datetimes(*DAYS, timezones=st.just(datetime.UTC))),
}
"""Types of a column, and values of each."""
ROLES = Schema("text", "text", "label", attributes=("n",))
_numbers = itertools.count()


def _arrow(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


WRITERS: dict[str, Callable[[pa.Table, Path], object]] = {
    "parquet": lambda table, path: pq.write_table(table, path),
    "arrow": _arrow,
    "feather": lambda table, path: feather.write_feather(table, str(path)),
}


def _table(kind: str, values: Sequence[Any]) -> pa.Table:
    columns = {"text": [f"text {row}" for row in range(ROWS)], "label": ["ab"[row % 2] for row in range(ROWS)]}
    return pa.table({**columns, "n": pa.array(values, KINDS[kind][0])})


def _load(context: Context, path: Path) -> Dataset:
    """As the app does, in this process: examined, read with its texts, labels and the column `n`."""
    (scratch := path.parent / f"scratch {path.name}").mkdir()
    source, bench = SOURCES[find([str(path)]).name], Bench(query, scratch)
    source.preview([str(path)], bench)
    assert source.reader
    reader = source.reader([str(path)], ROLES, bench)
    return taken_in(context.store, reader, ROLES, f"{path.name} {next(_numbers)}", source=source.name, by="tester")


def _values(context: Context, dataset: Dataset) -> list[Any]:
    assert (dataset.row_count, dataset.rejected_count) == (ROWS, 0), rejected(context.store, dataset.dataset_id, 3)
    (column,) = (one.column for one in dataset.attributes if one.name == "n")
    return [
        row[0]
        for row in context.store.fetch(f'SELECT "{column}" FROM examples_{dataset.dataset_id} ORDER BY example_id')
    ]


def _value(value: Any, kind: str) -> Any:
    """One value, whatever holds it: a number as a number, a time as it is written."""
    if value is None or value == "":
        return None
    if kind in ("int64", "uint64", "int8", "decimal"):
        return Decimal(str(value))
    if kind in ("float64", "float32"):
        return float(value)
    if kind == "bool":
        return str(value).lower()
    if kind == "zoned":
        value = datetime.datetime.fromisoformat(str(value))
        return (value if value.tzinfo else value.replace(tzinfo=datetime.UTC)).timestamp()
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(str(value))
    if kind == "time":
        return datetime.time.fromisoformat(str(value))
    return str(value)


@pytest.mark.parametrize("format_name", WRITERS)
@pytest.mark.parametrize("kind", KINDS)
@SOME
@given(data=st.data())
def test_what_is_kept_is_what_was_written(
    context: Context, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str, format_name: str
) -> None:
    values = data.draw(st.lists(st.none() | KINDS[kind][1], min_size=ROWS, max_size=ROWS))
    path = tmp_path_factory.mktemp("trip") / f"a.{format_name}"
    WRITERS[format_name](_table(kind, values), path)
    found = _values(context, _load(context, path))
    assert [_value(one, kind) for one in found] == [_value(one, kind) for one in values]


@pytest.mark.parametrize("format_name", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("kind", KINDS)
@SOME
@given(data=st.data())
def test_what_was_exported_and_loaded_again_is_the_same(
    context: Context, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kind: str, format_name: Format
) -> None:
    values = data.draw(st.lists(KINDS[kind][1], min_size=ROWS, max_size=ROWS))
    folder = tmp_path_factory.mktemp("trip")
    pq.write_table(_table(kind, values), folder / "a.parquet")
    first = _load(context, folder / "a.parquet")
    again = _load(context, export(context, first.latest_version_id, format_name, folder / f"b.{format_name}"))
    assert [_value(one, kind) for one in _values(context, again)] == [_value(one, kind) for one in values]
