"""Runs one long statement so that it can be watched and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import duckdb

from core.errors import StoppedError
from core.progress import Report
from core.store.database import Cursor

POLL_SECONDS = 0.1


def execute(cursor: Cursor, sql: str, parameters: Sequence[Any], report: Report, stopped: Callable[[], bool]) -> None:
    """Executes `sql`, telling `report` the share done of 1 about ten times a second.

    Raises `StoppedError` once `stopped` says so, and whatever the two callables raise: the statement is interrupted
    then and has had no effect.
    """
    cursor.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    ended = threading.Event()
    causes: list[BaseException] = []

    def watch() -> None:
        try:
            while not ended.wait(POLL_SECONDS):
                if stopped():
                    raise StoppedError("Stopped before the end; nothing was kept.", "Start it again when you want it.")
                report(max(0.0, cursor.query_progress()) / 100, 1)
        except BaseException as cause:
            causes.append(cause)
            cursor.interrupt()

    watcher = threading.Thread(target=watch, name="store-watch", daemon=True)
    watcher.start()
    try:
        cursor.execute(sql, parameters)
    except duckdb.InterruptException as error:
        if not causes:
            raise
        raise causes[0] from error
    finally:
        ended.set()
        watcher.join()
