"""What can still be read of a damaged ledger, row by row, put into one that is whole."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.ledger.sqlite.file import LedgerFile
from core.sqlite_log import LOG, problem_of_log, without_bad_frames

_TABLES = (
    "decisions",
    "runs",
    "effects",
    "versions",
    "views",
    "chosen_columns",
    "bulk_acts",
    "put_away",
    "class_names",
    "tag_acts",
    "rules",
    "mask_rules",
    "masked_copies",
)
"""Tables with a number for each row. Figures follow their runs; claims run out by themselves."""
_NO_ROW = (sqlite3.IntegrityError, sqlite3.InterfaceError)
"""What is raised where that which was read is no row of the table."""
_PAGE = 4096
_COUNT, _CHANGES, _FREE, _VALID_FOR = 28, 24, 32, 92
"""Where SQLite's header has its pages, its changes, its list of free pages, and the change that its count was of."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What came of it."""

    acts: int
    """Acts that were read and that the whole ledger did not have."""
    missing: int
    """Numbers of acts up to the newest known of which no act is there; some may be of datasets deleted for good."""


def salvage(damaged: Path, target: Path, newest_known: int = 0) -> Salvaged:
    """Puts every readable row of `damaged` that `target` lacks into it, all or none; `target` is made where it is not
    there, and its next act gets a number above all that are known. `damaged` is left as it is. What keeps `target` from
    being written, such as a full disk, is raised."""
    ledger = LedgerFile(target)
    try:
        with ledger.write() as whole:
            before, kept = _acts(whole)
            with tempfile.TemporaryDirectory() as scratch:
                for copy in _readable(damaged, target, Path(scratch)):
                    with closing(sqlite3.connect(copy, isolation_level=None)) as broken:
                        newest_known = max(newest_known, _take(broken, whole, copy.stat().st_size, kept))
            after, newest = _acts(whole)
            _number_after(whole, max(newest, newest_known))
            (there,) = whole.execute("SELECT count(*) FROM decisions WHERE seq > ?", [kept]).fetchone()
        return Salvaged(after - before, max(0, max(newest, newest_known) - kept - there))
    finally:
        ledger.close()


def newest_in(path: Path) -> int:
    """The greatest number that a file knows to have been given to an act; 0 where that cannot be read."""
    if not path.is_file():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _newest(connection, "decisions") or 0
    except sqlite3.DatabaseError:
        return 0


def number_after(path: Path, newest: int) -> None:
    """Has the next act of a ledger get a number above `newest`."""
    ledger = LedgerFile(path)
    try:
        with ledger.connection() as connection:
            _number_after(connection, newest)
    finally:
        ledger.close()


def _readable(damaged: Path, target: Path, scratch: Path) -> Iterator[Path]:
    """Copies of the damaged file to read: as it is, and with the first page, which says where the tables begin, of the
    whole one. SQLite puts the tables of one schema at the same places."""
    if not damaged.is_file():
        return
    as_it_is = scratch / "as-it-is.sqlite"
    shutil.copyfile(damaged, as_it_is)
    log = damaged.with_name(damaged.name + LOG)
    if log.is_file():
        content_of_log = log.read_bytes()
        if problem_of_log(damaged):
            content_of_log = without_bad_frames(content_of_log)
        as_it_is.with_name(as_it_is.name + LOG).write_bytes(content_of_log)
    if _opens(as_it_is):
        yield as_it_is
        return
    content = bytearray(damaged.read_bytes())
    donor = scratch / "donor.sqlite"
    with closing(sqlite3.connect(target)) as source, closing(sqlite3.connect(donor)) as copied:
        source.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE")
    if len(content) < 2 * _PAGE:
        return
    content[:_PAGE] = donor.read_bytes()[:_PAGE]
    content[_COUNT : _COUNT + 4] = (len(content) // _PAGE).to_bytes(4, "big")
    content[_VALID_FOR : _VALID_FOR + 4] = content[_CHANGES : _CHANGES + 4]
    content[_FREE : _FREE + 8] = bytes(8)
    repaired = scratch / "repaired.sqlite"
    repaired.write_bytes(content)
    if _opens(repaired):
        yield repaired


def _opens(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.DatabaseError:
        return False
    return "decisions" in found


def _take(broken: sqlite3.Connection, whole: sqlite3.Connection, size: int, kept: int) -> int:
    """Copies what can be read; returns the greatest number of an act that the broken file knows of."""
    newest = 0
    for table in _TABLES:
        # Columns that came later than the file keep what a new row has in them.
        shared = {column: name for column in _columns(whole, table) if (name := _named(broken, table, column))}
        columns, own = list(shared), list(shared.values())
        if "seq" not in shared:
            continue
        high = _newest(broken, table) or kept + size // 64
        for row in _rows(broken, f"SELECT {', '.join(own)} FROM {table}", 1, high):
            with suppress(*_NO_ROW):
                whole.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({_marks(row)})", row)
            if table == "decisions":
                newest = max(newest, int(row[0]))
            elif table == "runs":
                with suppress(*_NO_ROW):
                    _figures(broken, whole, dict(zip(columns, row, strict=True)))
    return max(newest, _newest(broken, "decisions") or 0)


def _rows(broken: sqlite3.Connection, select: str, low: int, high: int) -> Iterator[tuple[Any, ...]]:
    """The rows with the numbers from `low` to `high`; where some cannot be read, those of each half."""
    waiting = [(low, high)]
    while waiting:
        first, last = waiting.pop()
        try:
            found = broken.execute(f"{select} WHERE seq BETWEEN ? AND ? ORDER BY seq", [first, last]).fetchall()
        except sqlite3.DatabaseError:
            if first < last:
                middle = (first + last) // 2
                waiting += [(middle + 1, last), (first, middle)]
            continue
        yield from found


def _figures(broken: sqlite3.Connection, whole: sqlite3.Connection, run: dict[str, object]) -> None:
    """A run that had ended, in place of one that is under way, with its figures; one that was deleted, in place of any,
    without."""
    if run.get("deleted_at") is not None:
        whole.execute("DELETE FROM metrics WHERE run_id = ?", [run["run_id"]])
        whole.execute(
            "UPDATE runs SET summary = '{}', deleted_at = ?, deleted_by = ? WHERE run_id = ?",
            [run["deleted_at"], run["deleted_by"], run["run_id"]],
        )
        return
    whole.execute("UPDATE runs SET summary = ? WHERE run_id = ? AND summary = '{}'", [run["summary"], run["run_id"]])
    columns = ", ".join(_columns(whole, "metrics"))
    try:
        rows = broken.execute(f"SELECT {columns} FROM metrics WHERE run_id = ?", [run["run_id"]]).fetchall()
    except sqlite3.DatabaseError:
        return
    for row in rows:
        with suppress(*_NO_ROW):
            whole.execute(f"INSERT OR IGNORE INTO metrics ({columns}) VALUES ({_marks(row)})", row)


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", [table])]


def _named(connection: sqlite3.Connection, table: str, column: str) -> str | None:
    """What a column was called in a file of an earlier release."""
    try:
        known = _columns(connection, table)
    except sqlite3.DatabaseError:
        return None
    earlier = {"example_id": "row_id"}.get(column)
    return column if column in known else earlier if earlier in known else None


def _newest(connection: sqlite3.Connection, table: str) -> int | None:
    try:
        row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]).fetchone()
        return int(row[0]) if row else 0
    except (sqlite3.DatabaseError, ValueError, TypeError):
        return None


def _acts(connection: sqlite3.Connection) -> tuple[int, int]:
    """How many acts there are, and the number of the newest."""
    count, newest = connection.execute("SELECT count(*), coalesce(max(seq), 0) FROM decisions").fetchone()
    return int(count), int(newest)


def _number_after(connection: sqlite3.Connection, newest: int) -> None:
    changed = connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'decisions'", [newest])
    if not changed.rowcount:
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('decisions', ?)", [newest])


def _marks(row: Sequence[object]) -> str:
    return ", ".join("?" * len(row))
