"""The health check of the server, asked as a load balancer would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb_extensions
import pytest

from core.ui.shell.context import app_context, close_contexts
from core.ui.shell.health import PATH, StoreHealth
from tests.odd.workbook import write_workbook


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("WINNOW_WORKSPACE", str(tmp_path / "workspace"))
    yield tmp_path
    close_contexts()


def status(path: str) -> int:
    """The status of a request to a server that itself always answers 200."""
    sent: list[dict[str, Any]] = []

    async def server(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    asyncio.run(StoreHealth(server)({"type": "http", "path": path}, receive, send))
    return int(sent[0]["status"])


def test_the_health_check_is_not_green_while_the_store_answers_nothing(opened: Path) -> None:
    assert status(PATH) == 200
    connection = app_context().store._connection
    duckdb_extensions.import_extension("excel")
    connection.load_extension("excel")
    with pytest.raises(Exception, match="99999"):
        connection.execute(f"FROM read_xlsx('{write_workbook(opened / 'bad.xlsx', wrong={3: 99_999})}')").fetchall()
    assert status("/data") == 200
    assert status(PATH) == 503
    assert status(PATH) == 200
