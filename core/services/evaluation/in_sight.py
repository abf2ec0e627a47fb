"""Whether labels that a run is held against were changed while a model's answers were in sight."""

from __future__ import annotations

from typing import Protocol

from core.context import Context
from core.records import Run
from core.store.acts.in_sight import changed_in_sight
from core.words import say, say_n


class OfSplit(Protocol):
    """Whatever is held against the labels of a split."""

    @property
    def version_id(self) -> str:
        """The version that has them."""

    @property
    def split(self) -> str:
        """Its name."""


def in_sight(context: Context, run: Run, found: OfSplit) -> list[str]:
    """A sentence, where there is something to say: labels that follow a model raise its score, rightly or not."""
    tiers = changed_in_sight(context.store, found.version_id, run.run_id, found.split)
    changed, own = sum(tiers.values()), tiers.get(f"run {run.number}", 0)
    if not changed:
        return []
    labels = say_n("{n:,} of these labels was", "{n:,} of these labels were", changed)
    if own == changed:
        return [say("{labels} changed with this run's own answers in sight, which flatters its score.", labels=labels)]
    of_them = say(", {own:,} of them this run's own", own=own) if own else ""
    return [
        say(
            "{labels} changed with a model's answer in sight{of_them}: that flatters models which answer like it.",
            labels=labels,
            of_them=of_them,
        )
    ]
