"""Runs one query in a process of its own, which has the views' files and nothing else; see `core.reading`.

Four fences, each enough for most of what people try: the query's tree is checked; the engine reaches no other file,
loads nothing and takes no setting; its transaction reads only, over files that are attached to be read; and the process
writes no file, gets only so much memory, and is ended when its time is over.
"""

from __future__ import annotations

import json
import os
import re
import resource
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import duckdb
import numpy as np

from core.errors import UsageError
from core.records import EXAMPLE_ID
from core.sql import identifier, literal
from core.store.query.check import DEEP, DEPTH, too_deep, views_in
from core.words import stored

ENGINE_MB = 400
"""DuckDB's own share; nothing spills to the disk."""
OWN_BYTES = 900 * 1024**2
"""What the process may ask for beyond what it has at its start."""
MAX_SQL = 20_000
"""Characters of a query."""
CELL = 10_000
"""Characters of a cell that are handed on."""
ALL_CELLS = 16_000_000
"""Characters of all cells together."""
MAX_COLUMNS = 200
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_SAFE = 2**53
_ENDLESS = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
"""Types that have an infinity, which Python's do not."""
_INNER = re.compile(r"^[A-Za-z ]+ Error: ")
_PIVOTS = re.compile(r"\bpivot\b", re.IGNORECASE)
_PLACE = re.compile(r"\n\s*LINE \d+:.*", re.DOTALL)


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """`sql` over `views` (name → file, or None where it is not there yet), as {columns, rows, total, reads}, or
    with `ids` as {ids, reads}: every row id of the result, once, as int64. {lacks} where it reads views that are not
    there, or whose file is none.

    To be called in a process of its own, after `fence`. Raises `UsageError` for what is no query, what may not be
    asked, and what DuckDB cannot answer.
    """
    sql, files = request["sql"], request["views"]
    if len(sql) > MAX_SQL:
        raise UsageError(f"The query has {len(sql):,} characters, and {MAX_SQL:,} is the most.", "Make it shorter.")
    engine = _engine()
    try:
        return _answer(engine, sql, files, request)
    except RecursionError as error:  # of the check, which follows the nesting
        raise too_deep() from error
    except duckdb.OutOfMemoryException as error:
        raise UsageError(
            f"The query needs more than {ENGINE_MB} MB of memory.",
            "Narrow it with WHERE, select fewer columns, or group before sorting and joining.",
        ) from error
    except duckdb.Error as error:
        raise _said(str(error), [file for file in files.values() if file is not None]) from error
    except (ValueError, OverflowError) as error:  # such as a year that Python has no date for
        raise UsageError(f"A value of the result cannot be shown: {error}.", "Cast its column to VARCHAR.") from error


def _said(message: str, files: Sequence[str]) -> UsageError:
    """DuckDB's error in words that name no file of ours."""
    for file in files:
        message = message.replace(file, "a copy of a view")
    return too_deep() if DEEP in message else UsageError(f"DuckDB says: {tidied(message)}", _hint(message))


def _answer(
    engine: duckdb.DuckDBPyConnection, sql: str, files: Mapping[str, str | None], request: Mapping[str, Any]
) -> dict[str, Any]:
    tree = _one(engine, "SELECT json_serialize_sql(?)", sql)
    used = views_in(json.loads(tree), list(files), bool(_PIVOTS.search(sql)))
    if lacks := [view for view in used if files[view] is None]:
        return {"lacks": lacks}
    checked = _one(engine, "SELECT json_deserialize_sql(?)", tree)  # what was looked at is what runs
    if lost := _attach(engine, {view: file for view, file in files.items() if view in used and file is not None}):
        return {"lacks": lost}
    found = _ids(engine, checked) if request["ids"] else _rows(engine, checked, request["limit"])
    return found | {"reads": used}


def fence() -> None:
    """Bounds the process: no file is written, memory is finite, and whoever serves pages goes first."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    most = _data_bytes() + OWN_BYTES
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def _data_bytes() -> int:
    with open("/proc/self/statm") as said:  # noqa: PTH123
        return int(said.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "memory_limit": f"{ENGINE_MB}MB",
            "temp_directory": "",
            "threads": 2,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "python_enable_replacements": False,
            "max_expression_depth": DEPTH,
        }
    )


def _attach(engine: duckdb.DuckDBPyConnection, files: Mapping[str, str]) -> list[str]:
    """Makes the views, and then shuts everything else. Returns those whose file has gone or cannot be read."""
    for view, file in files.items():
        try:
            engine.execute(f"ATTACH {literal(file)} AS {identifier(f'of {view}')} (READ_ONLY)")
        except duckdb.Error:
            return [view]
        engine.execute(f"CREATE VIEW {identifier(view)} AS SELECT * FROM {identifier(f'of {view}')}.copy")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    engine.execute("BEGIN TRANSACTION READ ONLY")
    return []


def _one(engine: duckdb.DuckDBPyConnection, sql: str, value: str) -> str:
    found = engine.execute(sql, [value]).fetchone()
    return str(found[0]) if found else ""


def _rows(engine: duckdb.DuckDBPyConnection, sql: str, limit: int) -> dict[str, Any]:
    bound = engine.sql(sql)  # which runs nothing yet
    kinds = [str(kind) for kind in bound.types]
    columns = [{"name": str(name), "type": kind} for name, kind in zip(bound.columns, kinds, strict=True)]
    if len(columns) > MAX_COLUMNS:
        raise UsageError(f"The result has {len(columns):,} columns, and {MAX_COLUMNS} is the most.", "Name fewer.")
    found = engine.execute(_said_whole(sql, kinds))
    rows: list[list[Any]] = []
    room = ALL_CELLS
    while len(rows) <= limit and room > 0 and (more := found.fetchmany(min(1_000, limit + 1 - len(rows)))):
        for row in more:
            cells = [_cell(value) for value in row[: len(columns)]]
            if len(row) > len(columns):
                for place, endless in row[-1].items():
                    cells[int(place)] = cells[int(place)] if endless is None else endless
            room -= sum(len(cell) for cell in cells if isinstance(cell, str))
            rows.append(cells)
            if room <= 0:
                break
    cut = len(rows) > limit or room <= 0
    rows = rows[:limit]
    total = len(rows)
    if cut:
        counted = engine.execute(f"SELECT count(*) FROM ({sql})").fetchone()
        total = int(counted[0]) if counted else total
    return {"columns": columns, "rows": rows, "total": total}


def _said_whole(sql: str, kinds: Sequence[str]) -> str:
    """The query, with intervals as DuckDB writes them: a month is not thirty days; and behind its columns, where one
    may have an infinite time, what that is called, by the place of the column."""
    endless = [place for place, kind in enumerate(kinds) if kind in _ENDLESS]
    if not endless and "INTERVAL" not in kinds:
        return sql
    shown = [f"c{place}::VARCHAR" if kind == "INTERVAL" else f"c{place}" for place, kind in enumerate(kinds)]
    if endless:
        each = (f"'{place}': CASE WHEN NOT isfinite(c{place}) THEN c{place}::VARCHAR END" for place in endless)
        shown.append(f"{{{', '.join(each)}}}")
    names = ", ".join(f"c{place}" for place in range(len(kinds)))
    return f"SELECT {', '.join(shown)} FROM ({sql}) AS asked({names})"


def _cell(value: Any) -> Any:
    """As a table shows it: numbers, times and truth as they are, all else as text."""
    if value is None or isinstance(value, bool | datetime | date | time):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else None if np.isnan(value) else str(value)
    if isinstance(value, int):
        return value if abs(value) <= _SAFE else str(value)
    if isinstance(value, Decimal):
        return float(value) if Decimal(repr(float(value))) == value else f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= CELL else f"{text[:CELL]}…"


def _ids(engine: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    described = engine.execute(f"SELECT * FROM ({sql}) LIMIT 0").description
    kinds = {str(name).lower(): str(kind) for name, kind, *_ in described}
    if kinds.get(EXAMPLE_ID) not in _INTEGERS:
        raise UsageError(
            f"The result has no column {EXAMPLE_ID!r} of row numbers, so it names no rows.",
            f"Select {EXAMPLE_ID} as well, or leave grouping out.",
        )
    found = engine.execute(f"SELECT DISTINCT {EXAMPLE_ID}::BIGINT AS id FROM ({sql}) WHERE {EXAMPLE_ID} IS NOT NULL")
    return {"ids": np.ascontiguousarray(found.fetchnumpy()["id"], np.int64).tobytes()}


def tidied(message: str) -> str:
    """DuckDB's words without the kind of error, the line of a text that nobody typed, and names of our own."""
    said = _PLACE.sub("", _INNER.sub("", message.strip()))
    said = re.sub(r'"?of (\w+)"?\.(main\.)?"?copy"?', r"\1", said)
    return " ".join(said.split()).rstrip(".!") + "."


def _hint(message: str) -> str:
    if "not found in FROM" in message or "does not have a column" in message:
        return stored("Take a column from the list of views; a name with blanks or capitals goes in double quotes.")
    if message.startswith("Conversion"):
        return stored("TRY_CAST gives NULL where a value cannot be converted.")
    return stored("Correct the query and run it again.")
