"""Asks a query of a version's views: writes the copies that it reads, and has a fenced process answer it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.context import Context
from core.errors import UsageError
from core.reading.query import SECONDS, query
from core.records import Dataset, QueryResult, ResultColumn, Version
from core.store.query.copies import copy_file, make_copy
from core.store.query.views import VIEWS, QueryView, columns_of, quoted, views_of

ROWS = 5_000
"""Rows of a result that are handed on."""
MAX_ROWS = 100_000
_TURN = "sql copies"
_AT_ONCE = 2
"""Queries that run side by side; others wait."""


_GIVEN_UP: ContextVar[Callable[[], bool]] = ContextVar("given up", default=lambda: False)


@contextmanager
def stoppable(stopped: Callable[[], bool]) -> Iterator[None]:
    """In the block a query of this thread ends once `stopped` says so: with `StoppedError`."""
    before = _GIVEN_UP.set(stopped)
    try:
        yield
    finally:
        _GIVEN_UP.reset(before)


@dataclass(frozen=True, slots=True)
class ViewColumns:
    """A view, and how a query writes its columns."""

    name: str
    columns: tuple[tuple[str, str], ...]
    """Name, in double quotes where it has to be, and type."""


def ask(
    context: Context, dataset: Dataset, version: Version, sql: str, rows: int = ROWS, seconds: float = SECONDS
) -> QueryResult:
    """The first `rows` of what a query gives. Raises `UsageError` for what may not be asked or takes too much."""
    began = time.monotonic()
    found = _asked(context, dataset, version, sql, rows=rows, ids=False, seconds=seconds)
    columns = tuple(ResultColumn(one["name"], one["type"]) for one in found["columns"])
    return QueryResult(columns, tuple(map(tuple, found["rows"])), found["total"], time.monotonic() - began)


def row_ids(
    context: Context, dataset: Dataset, version: Version, sql: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Every row id that a query gives, once, and the views that it reads. Raises `UsageError` as `ask`, and where the
    result has no column of them."""
    found = _asked(context, dataset, version, sql, rows=0, ids=True)
    return np.frombuffer(found["ids"], np.int64), tuple(found["reads"])


def state(context: Context, dataset: Dataset, version: Version) -> dict[str, str]:
    """A word for what each view holds now, by its name: another content has another word."""
    return {name: view.digest for name, view in _views(context, dataset, version).items()}


def columns(context: Context, dataset: Dataset, version: Version) -> list[ViewColumns]:
    """The views and their columns."""
    views = _views(context, dataset, version)
    found = {name: columns_of(context.store, views[name]) for name in VIEWS}
    return [ViewColumns(name, tuple((quoted(one), kind) for one, kind in found[name])) for name in VIEWS]


def row_names(context: Context, dataset: Dataset, version: Version) -> set[str]:
    """The columns of the view `rows`, in small letters: case does not tell them apart."""
    return {name.lower() for name, _ in columns_of(context.store, _views(context, dataset, version)["rows"])}


def _views(context: Context, dataset: Dataset, version: Version) -> dict[str, QueryView]:
    runs = {run.run_id: run.number for run in context.ledger.runs.of(dataset.dataset_id)}
    return views_of(context.store, dataset, version, runs)


def _asked(
    context: Context,
    dataset: Dataset,
    version: Version,
    sql: str,
    *,
    rows: int,
    ids: bool,
    seconds: float = SECONDS,
) -> Mapping[str, Any]:
    if not sql.strip():
        raise UsageError("There is no query yet.", "Write a SELECT over the views, such as “SELECT * FROM rows”.")
    views, folder, given_up = _views(context, dataset, version), context.workspace.queries, _GIVEN_UP.get()
    for _ in range(len(views) + 1):
        files = {name: copy_file(folder, dataset.dataset_id, view) for name, view in views.items()}
        there = {name: file if file.exists() else None for name, file in files.items()}
        with context.beside.kept("sql turns", _turns):
            answer = query(
                context.beside,
                sql,
                there,
                rows,
                ids=ids,
                seconds=seconds,
                stopped=lambda: context.beside.leaving or given_up(),
            )
        lacks = answer.get("lacks")
        if not lacks:
            return answer
        with context.beside.turn(_TURN):
            for name in lacks:
                if there[name] is not None:
                    files[name].unlink(missing_ok=True)
                make_copy(context.store, folder, dataset.dataset_id, views[name])
    raise UsageError("The query's copies of the data went while it ran.", "Run it again.")


def _turns() -> threading.Semaphore:
    return threading.Semaphore(_AT_ONCE)
