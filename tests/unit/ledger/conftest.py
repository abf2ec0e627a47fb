"""A ledger on a fresh file, and acts for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from core.ledger.sqlite import SqliteLedger
from core.records import Action, Decision
from core.store.ids import new_id
from core.store.times import now

DATASET, VERSION = "d" * 32, "a" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger(path)
    yield opened
    opened.close()


def act(
    example_id: int,
    action: Action = "keep",
    *,
    key: str | None = None,
    at: datetime | None = None,
    label: str | None = None,
    undoes: Decision | None = None,
    by: str = "bob",
) -> Decision:
    """An act of `by` on version `VERSION`, now unless said otherwise."""
    return Decision(
        new_id(), key or new_id(), DATASET, VERSION, example_id, action, label, by, at or now(), None, {},
        undoes.decision_id if undoes else None,
    )  # fmt: skip
