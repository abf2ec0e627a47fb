"""What every task tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PayloadKind = Literal["text", "image"]


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of labelled data. Plain facts, so that the web process can read them without a heavy library."""

    name: str
    """As the command line and the store have it."""
    title: str
    """As a person reads it."""
    payload_kind: PayloadKind
    """What an example is: its text, or an image file in the workspace's media. Everything that differs between texts
    and images goes by this, never by the task's name."""
    icon: str
    """A Material symbol, before a dataset's name."""
    row_height: int
    """Pixels of a row of the ranked list."""
    default_encoders: tuple[str, ...]
    """Names in `core.modalities.encoders.ENCODERS` that a scan uses unless told otherwise, quickest first."""
