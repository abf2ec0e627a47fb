"""Labels of a version that were changed while a model's answer was on the screen."""

from __future__ import annotations

from core.store.acts.mirror import ACTS
from core.store.database import Database


def changed_in_sight(db: Database, version_id: str, run_id: str, split: str) -> dict[str, int]:
    """Of the rows of a split that a run predicts: how many labels of the version were changed by a decision that was
    not made blind, by what the suggestion was from, such as `run 3` or a scan's tier."""
    db.newest_act()
    return db.remembered(("in sight", version_id, run_id, split), lambda: _counted(db, version_id, run_id, split))


def _counted(db: Database, version_id: str, run_id: str, split: str) -> dict[str, int]:
    rows = db.fetch(
        f"""SELECT d.shown->>'$.tier' AS tier, count(*) FROM overrides o
            JOIN {ACTS} d ON d.decision_id = o.decision_id
            JOIN predictions p ON p.run_id = ? AND p.split = ? AND p.example_id = o.example_id
            WHERE o.version_id = ? AND d.action = 'relabel' AND (d.shown->>'$.blind') IS NULL
                AND (d.shown->>'$.tier') IS NOT NULL
            GROUP BY 1""",
        [run_id, split, version_id],
    )
    return {str(tier): int(count) for tier, count in rows}
