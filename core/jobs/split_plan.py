"""How splits are made: asked for with a load, or of a version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from core.errors import UsageError

Method = Literal["random", "stratified", "grouped", "leak-safe"]


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """How splits are made. Raises UsageError where it cannot be done."""

    method: str
    """`random`, `stratified`, `grouped` (by `group_column`) or `leak-safe` (by near-duplicate cluster)."""
    shares: Mapping[str, float]
    """Part → share; they add up to 1."""
    seed: int = 0
    group_column: str | None = None
    """An attribute's column: rows with the same value stay in one part."""

    def __post_init__(self) -> None:
        if self.method not in get_args(Method):
            raise UsageError(f"Split method '{self.method}' not found.", f"There are: {', '.join(get_args(Method))}.")
        if not self.shares or min(self.shares.values()) <= 0:
            raise UsageError(f"Shares {dict(self.shares)}: every part needs a share above 0.", "Leave empty parts out.")
        if abs(sum(self.shares.values()) - 1) > 1e-6:
            total = sum(self.shares.values())
            raise UsageError(f"The shares add up to {total:.4g}.", "Make them 1 in all, such as 0.8, 0.1 and 0.1.")
        if (self.method == "grouped") != (self.group_column is not None):
            raise UsageError(
                f"method '{self.method}' and group_column {self.group_column!r} do not go together.",
                "Name a group_column with method 'grouped', and only with it.",
            )
