"""Rows that a load sets aside, with file, line and reason: told by the reader, a load job, or their own values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from core.records import CsvFile, Reader
from core.store.columns import Plan
from core.store.database import Cursor, Database
from core.store.lines import lines_of_bytes, lines_of_records
from core.store.names import literal

_CONTENT = 500
_REASONS: Mapping[str, str] = {
    "CAST": "value does not fit its column's type",
    "MISSING COLUMNS": "too few columns",
    "TOO MANY COLUMNS": "too many columns",
    "UNQUOTED VALUE": "quotes in the wrong place",
    "LINE SIZE OVER MAXIMUM": "line too long",
    "INVALID ENCODING": "bytes that cannot be decoded",
    "INVALID STATE": "quotes in the wrong place",
}
"""DuckDB's error type → what a person reads."""


def keep_rejected(db: Database, cursor: Cursor, reader: Reader, dataset_id: str, table: str) -> int:
    """Writes every row set aside into `rejected_rows` and returns how many.

    `cursor` is the one that read the source: the reader's own rejects are temporary tables of its connection. `table`
    still holds the unusable rows among the others, in the source's order.
    """
    told = told_lines(cursor, reader) if reader.rejects else None
    unusable = _unusable_lines(cursor, reader, table, told)
    with db.write_with(cursor):
        if told is not None:
            keep_told(cursor, dataset_id, told)
        if unusable is not None:
            _keep_unusable(cursor, reader, dataset_id, table, unusable)
        if reader.rejected_parquet is not None:
            cursor.execute(
                "INSERT INTO rejected_rows SELECT ?, file, line, reason, left(content, ?) FROM read_parquet(?)",
                [dataset_id, _CONTENT, reader.rejected_parquet],
            )
        counted = cursor.execute("SELECT count(*) FROM rejected_rows WHERE dataset_id = ?", [dataset_id]).fetchone()
    return int(counted[0]) if counted else 0


def told_lines(cursor: Cursor, reader: Reader) -> pa.Table:
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
    lines = [counted.get(file, {}).get(position, line) for file, position, line in found]
    return pa.table(
        {
            "file": pa.array([file for file, _, _ in found], pa.string()),
            "position": pa.array([position for _, position, _ in found], pa.uint64()),
            "line": pa.array(lines, pa.int64()),
        }
    )


def keep_told(cursor: Cursor, dataset_id: str, told: pa.Table) -> None:
    reason = " ".join(f"WHEN '{kind}' THEN {literal(text)}" for kind, text in _REASONS.items())
    cursor.register("told", told)
    cursor.execute(
        f"""INSERT INTO rejected_rows
            SELECT ?, parse_filename(t.file), t.line,
                   CASE e.error_type::VARCHAR {reason} ELSE lower(e.error_type::VARCHAR) END || ': ' || e.error_message,
                   left(ltrim(e.csv_line, chr(10) || chr(13)), ?)
            FROM (SELECT * FROM reject_errors
                  QUALIFY row_number() OVER (PARTITION BY scan_id, file_id, line ORDER BY byte_position) = 1) e
            JOIN reject_scans s USING (scan_id, file_id)
            JOIN told t ON t.file = s.file_path AND t.position = e.line_byte_position""",
        [dataset_id, _CONTENT],
    )
    cursor.unregister("told")


def _unusable_lines(cursor: Cursor, reader: Reader, table: str, told: pa.Table | None) -> pa.Table | None:
    """(position, line) of each unusable row whose line has to be worked out, or None where no row is unusable."""
    counted = cursor.execute(f"SELECT count({Plan.REASON}) FROM {table}").fetchone()
    if not counted or not counted[0]:
        return None
    lines: dict[int, int] = {}
    for file in reader.csv_files if reader.line_column is None else ():
        lines.update(_lines_in(cursor, file, reader, table, told))
    return pa.table({"position": pa.array(lines.keys(), pa.int64()), "line": pa.array(lines.values(), pa.int64())})


def _lines_in(cursor: Cursor, file: CsvFile, reader: Reader, table: str, told: pa.Table | None) -> dict[int, int]:
    of_file = "true" if reader.file_column is None else "load_file = ?"
    parameters = [] if reader.file_column is None else [file.path]
    first, accepted = cursor.execute(
        f"SELECT min(rowid), count(*) FROM {table} WHERE {of_file}", parameters
    ).fetchone() or (0, 0)
    unusable = cursor.execute(
        f"SELECT rowid FROM {table} WHERE {of_file} AND {Plan.REASON} IS NOT NULL", parameters
    ).fetchall()
    if not unusable:
        return {}
    rows = told.to_pylist() if told is not None else []
    refused = {row["line"] for row in rows if row["file"] == file.path}
    lines = lines_of_records(file, refused, {rowid - first for (rowid,) in unusable}, accepted)
    return {first + ordinal: line for ordinal, line in lines.items()}


def _keep_unusable(cursor: Cursor, reader: Reader, dataset_id: str, table: str, lines: pa.Table) -> None:
    """A CSV row whose line is not certain gets none; in other formats the row's number stands for the line."""
    number = "t.rowid + 1" if not reader.csv_files and reader.file_column is None else "NULL"
    file = reader.csv_files[0].path if len(reader.csv_files) == 1 else ""
    cursor.register("lines", lines)
    cursor.execute(
        f"""INSERT INTO rejected_rows
            SELECT ?, parse_filename(coalesce(t.load_file, ?)), coalesce(t.load_line, l.line, {number}), t.{Plan.REASON},
                   left(coalesce(nullif(trim(t.text), ''), t.given_label, ''), ?)
            FROM {table} t LEFT JOIN lines l ON l.position = t.rowid
            WHERE t.{Plan.REASON} IS NOT NULL""",
        [dataset_id, file, _CONTENT],
    )
    cursor.unregister("lines")


def _is_plain(file: str, reader: Reader) -> bool:
    encodings = {known.path: known.encoding for known in reader.csv_files}
    return Path(file).is_file() and encodings.get(file, "utf-8") == "utf-8" and not file.endswith((".gz", ".zst"))
