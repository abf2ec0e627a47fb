"""Writes down in the ledger how versions came to be, so that they outlive the store."""

from __future__ import annotations

from core.context import Context
from core.store.upkeep.again import to_keep


def record_versions(context: Context) -> None:
    """Takes in every version that the ledger does not know yet: called by whoever has made one, and from time to time,
    for what was made just before a process ended."""
    with context.beside.turn("record-versions"):
        context.ledger.versions.keep(to_keep(context.store, context.ledger.versions.ids()))
