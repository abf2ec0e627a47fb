"""What a list of datasets says of each, read for all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.records import Version
from core.store.acts.mirror import ACTS
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class ShareFound:
    """What the newest scan of a version says of its labels."""

    version_id: str
    share: float | None
    """Of wrong labels, 0–1; None where it cannot be told."""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ActsDone:
    """The newest verdicts on a dataset."""

    dataset_id: str
    by: str
    at: datetime


def versions_of(db: Database, dataset_ids: Sequence[str]) -> list[Version]:
    """Every version of these datasets, oldest first."""
    return db.records(
        Version,
        """SELECT version_id, dataset_id, number, parent_id, kind, note, fingerprint, row_count, created_at, created_by,
                  acts_up_to
           FROM versions WHERE list_contains(?::VARCHAR[], dataset_id) ORDER BY dataset_id, number""",
        [list(dataset_ids)],
    )


def shares_found(db: Database, dataset_ids: Sequence[str]) -> list[ShareFound]:
    """Of each version of these datasets that was scanned, by the best tier of its newest scan. A scan's row holds all
    that it says of the dataset: only the share is read out of it."""
    return db.records(
        ShareFound,
        """SELECT version_id,
                  CASE WHEN coalesce(summary->>'$.found.label.untold', summary->>'$.untold', '') = ''
                  THEN CAST(coalesce(summary->>'$.found.label.share_wrong.estimate', summary->>'$.share_wrong.estimate')
                            AS DOUBLE) END AS share,
                  created_at AS at, created_by AS by
           FROM (SELECT *, min(rowid) OVER (PARTITION BY job_id) AS taken_in FROM scans
                 WHERE list_contains(?::VARCHAR[], dataset_id))
           QUALIFY row_number() OVER (PARTITION BY version_id ORDER BY taken_in DESC, tier_order DESC) = 1""",
        [list(dataset_ids)],
    )


def newest_acts(db: Database, dataset_ids: Sequence[str]) -> list[ActsDone]:
    """Who acted last on each of these datasets; those on which nobody has are absent."""
    db.newest_act()
    return db.records(
        ActsDone,
        f"""SELECT dataset_id, arg_max(reviewer, seq) AS by, arg_max(decided_at, seq) AS at FROM {ACTS}
            WHERE list_contains(?::VARCHAR[], dataset_id) GROUP BY dataset_id""",
        [list(dataset_ids)],
    )
