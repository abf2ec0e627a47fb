"""What a command has to say, in its own process and on the way to another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: to machines and to people."""

    data: Any
    """JSON values, records or lists of them."""
    text: str
    failed: bool = False
    """Whether it is an answer and a failure at once, such as a run that was stopped: the exit code is 1."""

    @property
    def json(self) -> str:
        """The data as one line of JSON."""
        return json.dumps(self.data, default=_plain, ensure_ascii=False)

    @property
    def plain(self) -> Any:
        """The data as whoever reads that line has it."""
        return json.loads(self.json)


def _plain(value: Any) -> Any:
    """What `json` cannot write by itself: records, moments, paths."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
