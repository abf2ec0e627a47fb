"""Rows that a load sets aside, with file, line and reason: reported by the reader, a load job, or their own values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from core.records import CsvFile, Reader
from core.sql import literal
from core.store.database import Cursor
from core.store.ingest.lines import lines_of_bytes, lines_of_records
from core.store.ingest.usable import Test
from core.words import later
from core.words.stored import PLACEHOLDER

_CONTENT = 500


def _number_in(pattern: str, of: str = "max") -> str:
    """An expression for the figure of that kind in DuckDB's errors of a line, the largest or the smallest, as text;
    NULL for none. A line has an error for each cell that is missing or too many."""
    found = f"TRY_CAST(regexp_extract(e.error_message, {literal(pattern)}, 1) AS BIGINT)"
    return f"CAST({of}({found}) OVER of_line AS VARCHAR)"


_REASONS: Mapping[str, tuple[str, str]] = {
    "MISSING COLUMNS": (
        later("too few columns"),
        later("too few columns: {found} where the table has {expected}; {column} is the first that is missing"),
    ),
    "TOO MANY COLUMNS": (
        later("too many columns"),
        later("too many columns: {cells} where the table has {expected}"),
    ),
    "UNQUOTED VALUE": (
        later("quotes in the wrong place"),
        later("quotes in the wrong place: in column {column}; a quote inside a quoted cell is written twice"),
    ),
    "LINE SIZE OVER MAXIMUM": (later("line too long"), later("line too long: {size} bytes, the limit is {limit}")),
    "INVALID ENCODING": (
        later("bytes that cannot be decoded"),
        later("bytes that cannot be decoded: in column {column}; the rest of the file is UTF-8"),
    ),
}
"""DuckDB's error type → what a person reads: in short, and with what DuckDB says besides. Where it does not say that,
its own words stand behind the short form."""
_REASONS_ALSO = {"INVALID STATE": "UNQUOTED VALUE"}
_SAID: Mapping[str, str] = {
    "found": _number_in("Found: ([0-9]+)", "min"),
    "cells": _number_in("Found: ([0-9]+)"),
    "expected": _number_in("Columns: ([0-9]+)"),
    "limit": _number_in("size of ([0-9]+)"),
    "size": _number_in("Size: ?([0-9]+)"),
    "column": "nullif(e.column_name, '')",
}
"""Expressions for the values of the long form."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many rows a load set aside."""

    count: int
    """In all."""
    unusable: int
    """Those of them that the reader took and that still lie in the table."""


def make_rejected_rows(cursor: Cursor) -> None:
    """The table in which an engine gathers what a source sets aside."""
    cursor.execute("CREATE TABLE rejected_rows (file VARCHAR, line BIGINT, reason VARCHAR, content VARCHAR)")


def keep_rejected(cursor: Cursor, reader: Reader, rows: str, test: Test, path: Path) -> Rejected:
    """Writes every row set aside to the Parquet file `path` (file, line, reason, content).

    `cursor` is the one that read the source: the reader's own rejects are temporary tables of its connection. The
    relation `rows` still holds the unusable rows among the others; its `rowid` is their place in the source's order.
    """
    make_rejected_rows(cursor)
    reported = reported_lines(cursor, reader) if reader.rejects else _reported([], [])
    (unusable,) = cursor.execute(f"SELECT count(*) FROM {rows} WHERE {test.fails}").fetchone() or (0,)
    if reported.num_rows:
        keep_reported(cursor, reported)
    if unusable:
        _keep_unusable(cursor, reader, rows, test, _unusable_lines(cursor, reader, rows, test, reported))
    return Rejected(write_rejected(cursor, reader, path), int(unusable))


def write_rejected(cursor: Cursor, reader: Reader, path: Path) -> int:
    """Writes what was gathered, and what the source set aside beforehand, to a Parquet file; returns the rows."""
    if reader.rejected_parquet is not None:
        sql = "INSERT INTO rejected_rows SELECT file, line, reason, left(content, ?) FROM read_parquet(?)"
        cursor.execute(sql, [_CONTENT, reader.rejected_parquet])
    cursor.execute(f"COPY rejected_rows TO {literal(str(path))} (FORMAT parquet)")
    (count,) = cursor.execute("SELECT count(*) FROM rejected_rows").fetchone() or (0,)
    return int(count)


def reported_lines(cursor: Cursor, reader: Reader) -> pa.Table:
    """(file, position, line) of each record that the reader refused. DuckDB counts records, not lines, so the line is
    counted from the byte position; where the file's bytes are not its text, DuckDB's own number has to do."""
    found = cursor.execute(
        """SELECT DISTINCT s.file_path, e.line_byte_position, e.line
           FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id)"""
    ).fetchall()
    positions: dict[str, list[int]] = {}
    for file, position, _ in found:
        positions.setdefault(file, []).append(position)
    counted = {file: lines_of_bytes(Path(file), at) for file, at in positions.items() if _is_plain(file, reader)}
    return _reported(found, [counted.get(file, {}).get(position, line) for file, position, line in found])


def _reported(found: Sequence[tuple[str, int, int]], lines: Sequence[int]) -> pa.Table:
    return pa.table(
        {
            "file": pa.array([file for file, _, _ in found], pa.string()),
            "position": pa.array([position for _, position, _ in found], pa.uint64()),
            "line": pa.array(lines, pa.int64()),
        }
    )


def keep_reported(cursor: Cursor, reported: pa.Table) -> None:
    """Gathers the records that the reader refused, each with its line."""
    kinds = {**_REASONS, **{kind: _REASONS[like] for kind, like in _REASONS_ALSO.items()}}
    cases = " ".join(f"WHEN {literal(kind)} THEN {_reason(*said)}" for kind, said in kinds.items())
    reason = f"CASE e.error_type::VARCHAR {cases} ELSE lower(e.error_type::VARCHAR) || ': ' || e.error_message END"
    cursor.register("reported", reported)
    cursor.execute(
        f"""INSERT INTO rejected_rows
            SELECT parse_filename(t.file), t.line, e.reason, left(ltrim(e.csv_line, chr(10) || chr(13)), ?)
            FROM (SELECT *, {reason} AS reason FROM reject_errors e
                  WINDOW of_line AS (PARTITION BY scan_id, file_id, line, error_type)
                  QUALIFY row_number() OVER (PARTITION BY scan_id, file_id, line ORDER BY byte_position) = 1) e
            JOIN reject_scans s USING (scan_id, file_id)
            JOIN reported t ON t.file = s.file_path AND t.position = e.line_byte_position""",
        [_CONTENT],
    )
    cursor.unregister("reported")


def _reason(short: str, long: str) -> str:
    """An expression for why a record was refused."""
    texts = [literal(text) for text in PLACEHOLDER.split(long)[::2]]
    values = [_SAID[name] for name in PLACEHOLDER.findall(long)]
    parts = [one for pair in zip(texts, [*values, "''"], strict=True) for one in pair]
    return f"coalesce({' || '.join(parts)}, {literal(f'{short}: ')} || e.error_message)"


def _unusable_lines(cursor: Cursor, reader: Reader, rows: str, test: Test, reported: pa.Table) -> pa.Table:
    """(position, line) of the unusable rows of CSV files, as far as their lines are certain."""
    lines: dict[int, int] = {}
    for file in reader.csv_files:
        lines.update(_lines_in(cursor, file, len(reader.csv_files) > 1, rows, test, reported))
    positions = pa.array(list(lines), pa.int64())
    return pa.table({"position": positions, "line": pa.array(list(lines.values()), pa.int64())})


def _lines_in(cursor: Cursor, file: CsvFile, many: bool, rows: str, test: Test, reported: pa.Table) -> dict[int, int]:
    of_file = f"load_file = {literal(file.path)}" if many else "true"
    first, accepted = cursor.execute(f"SELECT min(rowid), count(*) FROM {rows} WHERE {of_file}").fetchone() or (0, 0)
    unusable = cursor.execute(f"SELECT rowid FROM {rows} WHERE {of_file} AND {test.fails}").fetchall()
    if not unusable:
        return {}
    refused = {row["line"] for row in reported.to_pylist() if row["file"] == file.path}
    lines = lines_of_records(file, refused, {rowid - first for (rowid,) in unusable}, accepted)
    return {first + ordinal: line for ordinal, line in lines.items()}


def _keep_unusable(cursor: Cursor, reader: Reader, rows: str, test: Test, lines: pa.Table) -> None:
    file, line = _place(reader, rows)
    cursor.register("lines", lines)
    cursor.execute(
        f"""INSERT INTO rejected_rows
            SELECT parse_filename({file}), coalesce(l.line, {line}), {test.reason},
                   left(coalesce(nullif(trim(text), ''), given_label, ''), ?)
            FROM (SELECT rowid AS position, * FROM {rows} WHERE {test.fails}) r
            LEFT JOIN lines l ON l.position = r.position""",
        [_CONTENT],
    )
    cursor.unregister("lines")


def _place(reader: Reader, rows: str) -> tuple[str, str]:
    """Expressions for an unusable row's file and line. A CSV row whose line is not certain gets none; in formats
    without lines the number of the row in its file stands in."""
    if len(reader.csv_files) == 1:
        return literal(reader.csv_files[0].path), "NULL"
    file = "r.load_file" if reader.file_column else "''"
    if reader.line_column or reader.csv_files:
        return file, "r.load_line" if reader.line_column else "NULL"
    same_file = "f.load_file = r.load_file" if reader.file_column else "true"
    return file, f"r.position + 1 - (SELECT min(f.rowid) FROM {rows} f WHERE {same_file})"


def _is_plain(file: str, reader: Reader) -> bool:
    encodings = {known.path: known.encoding for known in reader.csv_files}
    return Path(file).is_file() and encodings.get(file, "utf-8") == "utf-8" and not file.endswith((".gz", ".zst"))
