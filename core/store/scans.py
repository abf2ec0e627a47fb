"""Scans: one row per finished tier, and the taking in of its issues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import NotFoundError
from core.records import Scan
from core.store.database import Cursor, Database
from core.store.ids import new_id
from core.store.job_files import job_file
from core.store.times import loaded, now, stored

_COLUMNS = ", ".join(field.name for field in fields(Scan))


def has_tier(db: Database, job_id: str, tier_order: int) -> bool:
    """Whether a tier of a job has been taken in."""
    found = db.fetch_one("SELECT 1 FROM scans WHERE job_id = ? AND tier_order = ?", [job_id, tier_order])
    return found is not None


def add_tier(
    db: Database,
    *,
    job_id: str,
    dataset_id: str,
    version_id: str,
    tier: str,
    tier_order: int,
    settings: Mapping[str, Any],
    summary: Mapping[str, Any],
    by: str,
    issues_parquet: Path,
    final: bool,
    beside: str = "",
) -> Scan:
    """Takes in one tier of a scan; a second call for the same job and order changes nothing and returns the first.
    `beside`: the scan that it ranks anew, whose lists it has where it has none of its own.

    What the job was told of the dataset gives the names of the class indices in the file; without it the dataset's
    labels do, which may have more by now.
    """
    with db.write() as cursor:
        known = cursor.execute(
            "SELECT scan_id FROM scans WHERE job_id = ? AND tier_order = ?", [job_id, tier_order]
        ).fetchone()
        scan_id = known[0] if known else new_id()
        if not known:
            _take_in(cursor, scan_id, issues_parquet, _names_of(settings) or _labels(cursor, dataset_id))
            if beside:
                summary = _with_the_rest(cursor, scan_id, beside, summary)
            cursor.execute(
                f"INSERT INTO scans ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(scan_id, job_id, dataset_id, version_id, tier, tier_order),
                    *(stored(now()), by, json.dumps(dict(settings)), json.dumps(dict(summary)), final),
                ],
            )
    return get_scan(db, scan_id)


def forget_job(db: Database, job_id: str) -> None:
    """Takes every tier of a job out, with its lists, so that the scan before it is the newest."""
    with db.write() as cursor:
        cursor.execute("DELETE FROM issues WHERE scan_id IN (SELECT scan_id FROM scans WHERE job_id = ?)", [job_id])
        cursor.execute("DELETE FROM scans WHERE job_id = ?", [job_id])


def get_scan(db: Database, scan_id: str) -> Scan:
    """One tier of a scan. Raises `NotFoundError`."""
    found = db.remembered(("scan", scan_id), lambda: _scans(db, "WHERE scan_id = ?", scan_id))
    if not found:
        raise NotFoundError(f"Scan {scan_id!r} not found.", "Take one from the version's list of scans.")
    return found[0]


def latest_scan(db: Database, version_id: str) -> Scan | None:
    """The best tier so far of the version's newest scan, or None where it was never scanned."""
    found = _scans(db, f"WHERE version_id = ? {_NEWEST_FIRST} LIMIT 1", version_id)
    return found[0] if found else None


def newest_scan(db: Database, dataset_id: str) -> Scan | None:
    """As `latest_scan`, over all versions of a dataset."""
    found = _scans(db, f"WHERE dataset_id = ? {_NEWEST_FIRST} LIMIT 1", dataset_id)
    return found[0] if found else None


_NEWEST_FIRST = "ORDER BY min(rowid) OVER (PARTITION BY job_id) DESC, tier_order DESC"
"""By the order in which they were taken in, whatever the clock said."""


def _take_in(cursor: Cursor, scan_id: str, issues_parquet: Path, labels: list[str]) -> None:
    """Labels in the file are positions in `labels`, or texts as the store has them."""
    texts = pq.read_schema(issues_parquet).field("given").type == pa.string()
    given, suggested = ("i.given", "i.suggested") if texts else ("g.name", "s.name")
    join = "" if texts else "LEFT JOIN names g ON g.class = i.given LEFT JOIN names s ON s.class = i.suggested"
    names = pa.table({"class": pa.array(range(len(labels)), pa.int64()), "name": pa.array(labels, pa.string())})
    cursor.register("names", names)
    cursor.execute(
        f"""INSERT INTO issues
           SELECT ?, i.example_id, i.issue_type, i.score, i.is_issue, {given}, {suggested}, i.why, i.rank
           FROM {job_file(cursor, issues_parquet)} i {join}
           ORDER BY i.rank""",
        [scan_id],
    )
    cursor.unregister("names")


def _with_the_rest(cursor: Cursor, scan_id: str, former: str, summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """The lists of the former scan that a new one lacks; on its own list the rows that were left out or have another
    label now keep their former line, after all others. Returns the summary with what the former one says of the rest,
    or as it is where that is gone."""
    found = cursor.execute("SELECT summary FROM scans WHERE scan_id = ?", [former]).fetchone()
    if found is None:
        return summary
    cursor.execute(
        """DELETE FROM issues n USING issues f WHERE n.scan_id = ? AND f.scan_id = ? AND f.issue_type = n.issue_type
           AND f.example_id = n.example_id AND f.given_label IS DISTINCT FROM n.given_label""",
        [scan_id, former],
    )
    cursor.execute(
        """INSERT INTO issues
           SELECT ?, f.example_id, f.issue_type, f.score, f.is_issue, f.given_label, f.suggested_label, f.why,
                  f.rank + (SELECT coalesce(max(rank), 0) FROM issues n
                            WHERE n.scan_id = ? AND n.issue_type = f.issue_type)
           FROM issues f WHERE f.scan_id = ? AND (f.issue_type, f.example_id) NOT IN (
               SELECT issue_type, example_id FROM issues WHERE scan_id = ?)
           ORDER BY f.rank""",
        [scan_id, scan_id, former, scan_id],
    )
    before = json.loads(found[0])
    own = summary.get("found", {})
    rest = {name: about for name, about in before.get("found", {}).items() if name not in own}
    return {**summary, "rows": before["rows"], "found": {**own, **rest}}


def _names_of(settings: Mapping[str, Any]) -> list[str]:
    return list(settings.get("about", settings).get("labels") or ())


def _labels(cursor: Cursor, dataset_id: str) -> list[str]:
    row = cursor.execute("SELECT labels FROM datasets WHERE dataset_id = ?", [dataset_id]).fetchone()
    return list(row[0]) if row else []


def _scans(db: Database, clauses: str, of: str) -> list[Scan]:
    rows = db.fetch_named(f"SELECT {_COLUMNS} FROM scans {clauses}", [of])
    return [
        Scan(
            **row
            | {
                "created_at": loaded(row["created_at"]),
                "settings": json.loads(row["settings"]),
                "summary": json.loads(row["summary"]),
            }
        )
        for row in rows
    ]
