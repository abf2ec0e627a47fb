"""Asks a query of a version's views: writes the copies that it reads, and has a fenced process answer it. Where many
rows have to be masked for a copy, a job makes it."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.context import Context
from core.errors import JobError, StoppedError, UsageError
from core.jobs.masked_rows.web import start_copy
from core.reading.query import SECONDS, query
from core.records import ENDED, Dataset, Job, QueryResult, ResultColumn, Version
from core.services.follow import until_ended
from core.store.masked import HERE
from core.store.query.copies import TURN, copy_file, make_copy
from core.store.query.views import VIEWS, QueryView, columns_of, quoted, views_of

ROWS = 5_000
"""Rows of a result that are handed on."""
MAX_ROWS = 100_000
_OF_TYPES = re.compile("VARCHAR|Could not convert string|Cannot extract field|Cannot mix values")
"""DuckDB's words of values that are texts where others are wanted."""
_BY = "SQL"
"""Who asks for masked copies: they are everybody's."""
Answer = TypeVar("Answer")
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


class CopyFirstError(Exception):
    """The query reads rows that a job masks before."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.title)
        self.job = job


@dataclass(frozen=True, slots=True)
class ViewColumns:
    """A view, and how a query writes its columns."""

    name: str
    columns: tuple[tuple[str, str], ...]
    """Name, in double quotes where it has to be, and type."""
    were: Mapping[str, str]
    """The types as they were loaded of those that are texts because they are masked, by name as above."""


def ask(
    context: Context,
    dataset: Dataset,
    version: Version,
    sql: str,
    rows: int = ROWS,
    seconds: float = SECONDS,
    show: Callable[[Job], None] = lambda job: None,
) -> QueryResult:
    """The first `rows` of what a query gives; where its copy has to be masked before, waits for that and has `show`
    tell how far it is. Raises `UsageError` for what may not be asked or takes too much, `JobError` where the copy was
    not made."""
    return _once_masked(context, lambda: ask_now(context, dataset, version, sql, rows, seconds), show)


def ask_now(
    context: Context, dataset: Dataset, version: Version, sql: str, rows: int = ROWS, seconds: float = SECONDS
) -> QueryResult:
    """The same without waiting: raises `CopyFirstError` with the job that masks the copy."""
    began = time.monotonic()
    found = _asked(context, dataset, version, sql, rows=rows, ids=False, seconds=seconds)
    columns = tuple(ResultColumn(one["name"], one["type"]) for one in found["columns"])
    return QueryResult(columns, tuple(map(tuple, found["rows"])), found["total"], time.monotonic() - began)


def row_ids(
    context: Context, dataset: Dataset, version: Version, sql: str
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Every row id that a query gives, once, and the views that it reads. Waits and raises as `ask`, and raises
    `UsageError` where the result has no column of them."""
    asked = partial(_asked, context, dataset, version, sql, rows=0, ids=True)
    found = _once_masked(context, asked, lambda job: None)
    return np.frombuffer(found["ids"], np.int64), tuple(found["reads"])


def _once_masked(context: Context, ask_it: Callable[[], Answer], show: Callable[[Job], None]) -> Answer:
    """What a query gives, once the copies that it reads are made. Raises `JobError` where one is not, `StoppedError`
    where nobody waits for it any more: the job goes on."""
    given_up = _GIVEN_UP.get()

    def look(job: Job) -> None:
        if job.status not in ENDED and (context.beside.leaving or given_up()):
            raise StoppedError("Stopped before the end; nothing was kept.", "Start it again when you want it.")
        show(job)

    while True:
        try:
            return ask_it()
        except CopyFirstError as first:
            job = until_ended(context, first.job.job_id, look)
            if job.status != "done":
                said = job.error or f"{job.title} was {job.status}."
                raise JobError(said, "Run the query again, which starts it anew.") from None


def state(context: Context, dataset: Dataset, version: Version) -> dict[str, str]:
    """A word for what each view holds now, by its name: another content has another word."""
    return {name: view.digest for name, view in _views(context, dataset, version).items()}


def columns(context: Context, dataset: Dataset, version: Version) -> list[ViewColumns]:
    """The views and their columns."""
    views = _views(context, dataset, version)
    found = {name: columns_of(context.store, views[name]) for name in VIEWS}
    return [
        ViewColumns(
            name,
            tuple((quoted(one), kind) for one, kind in found[name]),
            {quoted(one): kind for one, kind in views[name].were.items()},
        )
        for name in VIEWS
    ]


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
            try:
                answer = query(
                    context.beside,
                    sql,
                    there,
                    rows,
                    ids=ids,
                    seconds=seconds,
                    stopped=lambda: context.beside.leaving or given_up(),
                )
            except UsageError as error:
                if (explained := _explained(error, sql, views["rows"].were)) is not None:
                    raise explained from error
                raise
        lacks = answer.get("lacks")
        if not lacks:
            return answer
        with context.beside.turn(TURN):
            for name in lacks:
                if there[name] is not None:
                    files[name].unlink(missing_ok=True)
                if views[name].bare and version.row_count > HERE and not files[name].exists():
                    raise CopyFirstError(start_copy(context, dataset, version, views[name], _BY))
                make_copy(context.store, folder, dataset.dataset_id, views[name])
    raise UsageError("The query's copies of the data went while it ran.", "Run it again.")


def _explained(error: UsageError, sql: str, were: Mapping[str, str]) -> UsageError | None:
    """What is said of an error of types where the query names columns that are texts because they are masked; else
    None."""
    named = [one for one in were if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", sql, re.IGNORECASE)]
    if not named or not _OF_TYPES.search(error.message):
        return None
    told, reason = ", ".join(f"{one} ({were[one]})" for one in named), error.message
    return UsageError(
        f"This dataset is always masked, so these columns are texts here, with masks in place of what was loaded: "
        f"{told}. {reason}",
        "Compare them with texts, or filter a list by them instead: its filters look at the rows as they are.",
    )


def _turns() -> threading.Semaphore:
    return threading.Semaphore(_AT_ONCE)
