"""Versions that can be made again: what has to be kept of them outside the store, and the making."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from core.records import KeptVersion
from core.store.database import Database
from core.store.versions import add_fingerprint, apply_acts, apply_splits, insert_kept, list_versions, versions_as_kept

Outcome = Literal["there", "made", "differs", "impossible"]
"""`differs`: made, but not with the rows that it had."""


def to_keep(db: Database, known: Collection[str]) -> list[KeptVersion]:
    """How each version came to be that is not among `known`, a parent before its children. A split of a million rows
    takes a tenth of a second."""
    rows = db.fetch(
        """SELECT version_id, dataset_id, v.job_id FROM versions v JOIN datasets USING (dataset_id)
           WHERE state <> 'loading' ORDER BY dataset_id, number"""
    )
    found = []
    for version_id, dataset_id, job_id in rows:
        if version_id not in known:
            version = next(one for one in versions_as_kept(db, dataset_id) if one.version_id == version_id)
            found.append(KeptVersion(version, job_id, _splits(db, version_id) if version.kind == "split" else None))
    return found


def make_again(db: Database, kept: KeptVersion) -> Outcome:
    """Makes a version under its own id and number, of its parent and the acts up to the same one. `impossible` where
    its parent is not there or it does not know its newest act; one that is there stays."""
    version = kept.version
    here = {one.version_id: one for one in list_versions(db, version.dataset_id)}
    if version.version_id in here:
        return "there"
    parent = here.get(version.parent_id or "")
    if parent is None or (kept.splits is None and version.acts_up_to is None):
        return "impossible"
    db.newest_act()
    with db.write() as cursor:
        insert_kept(cursor, kept)
        if kept.splits is not None:
            apply_splits(cursor, version.version_id, parent, pq.read_table(pa.BufferReader(kept.splits)))
        elif version.acts_up_to is not None:
            apply_acts(cursor, version.version_id, parent, version.acts_up_to)
    made = add_fingerprint(db, version.version_id)
    return "made" if not version.fingerprint or made.fingerprint == version.fingerprint else "differs"


def _splits(db: Database, version_id: str) -> bytes:
    """Also of rows that the version puts back as they were loaded, where its parent had them otherwise: NULL."""
    with db.cursor() as cursor:
        table = cursor.execute(
            """SELECT example_id, split FROM overrides o WHERE version_id = $1 AND (split IS NOT NULL OR EXISTS (
                   SELECT 1 FROM overrides p JOIN versions v ON v.version_id = $1 AND p.version_id = v.parent_id
                   WHERE p.example_id = o.example_id AND p.split IS NOT NULL))
               ORDER BY example_id""",
            [version_id],
        ).to_arrow_table()
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd")
    written: bytes = buffer.getvalue().to_pybytes()
    return written
