"""Moves what a workspace of release 0.1.0 kept in DuckDB into the ledger. Whenever it breaks off, it can start again:
what is written twice stands once, and the tables go last."""

from __future__ import annotations

from core.ledger.contract import Ledger
from core.store.acts.earlier import drop_earlier, earlier_decisions, earlier_effects, earlier_runs, has_earlier
from core.store.database import Database


def move_acts(store: Database, ledger: Ledger) -> None:
    """To be called at opening, before anybody acts; does nothing where nothing is left to move."""
    if not has_earlier(store):
        return
    ledger.decisions.append(earlier_decisions(store))
    for run, metrics in earlier_runs(store):
        ledger.runs.restore(run, metrics)
    for effect in earlier_effects(store):
        ledger.effects.add(
            effect_id=effect.effect_id,
            dataset_id=effect.dataset_id,
            version_id=effect.version_id,
            settings=effect.settings,
            summary=effect.summary,
            by=effect.by,
            at=effect.at,
        )
    drop_earlier(store)
