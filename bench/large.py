"""A dataset of a million rows, or of `WINNOW_BENCH_ROWS`, for benchmarks of what is done in the store."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb

from core.context import Context
from core.records import Dataset, Reader, RowFilter, Schema
from core.services.context import open_context
from core.settings import Workspace
from core.store.datasets import get_dataset
from core.store.ingest.ingest import ingest
from core.store.ingest.stage import stage
from core.store.rows import count_and_page_of_ids, get_rows

ROWS = int(os.environ.get("WINNOW_BENCH_ROWS", "1000000"))
TIMES = 20
_MADE = """
    SELECT 'The story of ' || j || ' and what it is for you, told in ' || (1 + j % 97) || ' words'
             || repeat(' more', (hash(j) % 30)::INTEGER) AS text,
           'class ' || least((-ln(1 - random()) * 9)::INTEGER, 49) AS label,
           CASE WHEN i % 5 = 0 THEN 'test' ELSE 'train' END AS split,
           'region ' || (hash(i + 1) % 12) AS region, 'shop ' || (hash(i + 2) % 900) AS shop,
           random() * 100 AS price, DATE '2020-01-01' + (i % 1500)::INTEGER AS day
    FROM (SELECT i, i % ({rows} * 19 // 20) AS j FROM range({rows}) t(i))"""
"""Texts of about 130 characters, 50 uneven classes, 5 % of the rows repeated, two categories, a number, a date."""


@contextmanager
def large_dataset() -> Iterator[tuple[Context, Dataset]]:
    """The dataset in a workspace of its own, which goes with it."""
    with tempfile.TemporaryDirectory(prefix="winnow-bench-") as folder:
        context = open_context(Workspace(Path(folder) / "workspace").create())
        try:
            load_large(context, Path(folder))
            yield context, get_dataset(context.store, "large")
        finally:
            context.close()


def load_large(context: Context, folder: Path) -> Path:
    """The rows as the dataset `large`, and the file that they come from."""
    path = folder / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        connection.execute(f"COPY ({_MADE.format(rows=ROWS)}) TO '{path}' (FORMAT parquet)")
    schema = Schema("text", "text", "label", "split", None, ("region", "shop", "price", "day"))
    take_in(context, path, schema)
    return path


def take_in(context: Context, path: Path, schema: Schema) -> Dataset:
    """A Parquet file as the dataset `large`."""
    return ingest(
        context.store,
        partial(stage, Reader(sql=f"read_parquet('{path}')"), schema, path.parent),
        schema,
        name="large",
        source="parquet",
        licence="",
        by="bench",
        on_progress=lambda done, total: None,
        stopped=lambda: False,
    )


def page_of(context: Context, version_id: str, where: RowFilter) -> Callable[[], object]:
    """What a list of rows asks for: how many the filter leaves, and its first page."""

    def page() -> object:
        _, found = count_and_page_of_ids(context.store, version_id, where, 500)
        return get_rows(context.store, version_id, found[:50])

    return page


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def p95(work: Callable[[], object], times: int = TIMES) -> float:
    """Seconds, after one try that does not count."""
    work()
    return sorted(seconds(work) for _ in range(times))[int(0.95 * times) - 1]
