"""A query over copies of a dataset's views, answered by a reader within its limits; see `core.store.query.sandbox`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.beside import Beside
from core.errors import UsageError, WinnowError
from core.reading.ask import Request, ask
from core.words import stored

SECONDS = 10.0
"""How long a query may take, not counting what it waits for a processor."""
MOST_SECONDS = 30.0
"""How long it may take with that: others wait for their turn."""
_NARROWER = stored("Narrow it with WHERE, or group before joining; a product of two views has too many rows.")


class _Query(Request):
    most_seconds = MOST_SECONDS

    def crashed(self, how: str) -> WinnowError:
        return UsageError(f"The query brings its process down ({how}).", "Write it with less nesting.")

    def too_large(self) -> WinnowError:
        return UsageError("The query needs more memory than a query gets.", _NARROWER)

    def too_slow(self, seconds: float) -> WinnowError:
        return UsageError(f"The query was stopped: it took longer than {seconds:g} s.", _NARROWER)

    def too_late(self, seconds: float) -> WinnowError:
        return UsageError(
            f"The query was stopped after {seconds:g} s: it waited for a processor for most of them.",
            stored("The machine is busy: run it again later, or narrow it with WHERE."),
        )


def query(
    beside: Beside,
    sql: str,
    views: Mapping[str, Path | None],
    limit: int,
    *,
    ids: bool = False,
    seconds: float = SECONDS,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """What `core.store.query.sandbox.answer` gives. Raises `UsageError` for what may not be asked or takes too much."""
    files = {name: None if path is None else str(path) for name, path in views.items()}
    request = {"what": "query", "sql": sql, "views": files, "limit": limit, "ids": ids}
    answer: dict[str, Any] = ask(beside, request, "The query", seconds=seconds, stopped=stopped, kind=_Query)
    return answer
