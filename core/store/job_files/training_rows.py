"""The rows that a model learns from and is tested on: a version's rows, each in a split that has a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.records import ReviewedRows, Version
from core.sql import literal
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.ids import checked_id
from core.store.job_files.label_positions import register_names, reviewed_spans_sql, spans_sql, strata_sql
from core.store.names import examples_table
from core.store.relations import CONTENT_HASH, relation, reviewed_sql
from core.store.versions import get_version
from core.targets import Target
from core.tasks import task_named

TRAIN = "train"
UNLABELLED = "unlabelled"
"""The split of rows without a label: neither learnt from nor tested on, and predicted as all others."""
Names = Mapping[str | None, str]
"""A version's own split, None for rows in none → the split's name here; a split that it does not have keeps its own."""
Shares = Mapping[str, float]
"""Split → its share of the rows named `train`; empty: they all stay there."""


def splits_of_version(db: Database, version_id: str) -> dict[str | None, int]:
    """The version's own splits and their labelled rows, by name; None for rows in none."""
    rows = db.fetch(
        f"""SELECT split, count(*) FROM {relation(db, version_id)} WHERE label IS NOT NULL
            GROUP BY split ORDER BY split NULLS LAST"""
    )
    return {split: int(count) for split, count in rows}


def count_training_rows(
    db: Database, version_id: str, names: Names, shares: Shares
) -> dict[str, dict[str | None, int]]:
    """Split → class → rows, as `write_training_rows` would write them; None for rows without one."""
    counts: dict[str, dict[str | None, int]] = {}
    sql = f"SELECT split, label, count(*) FROM ({_rows_sql(db, version_id, names, shares)}) GROUP BY ALL ORDER BY ALL"
    for split, label, rows in db.fetch(sql):
        counts.setdefault(split, {})[label] = int(rows)
    return counts


def write_training_rows(
    db: Database, version_id: str, out: Path, labels: Sequence[str], names: Names, shares: Shares
) -> Path:
    """Writes what a training job works on, by row id: `example_id`, `content_hash`, `label` (INTEGER, position in
    `labels`, or INTEGER[] where a label may be several classes), `split` (never NULL), `text`, `media_id`, and what
    `spans_sql` has.

    The rows named `train` are assigned by `shares`, within each class as loaded (the rarest of several), in the order
    of a digest of their content: equal content never stands in two splits, and a row has the same split in every
    version that has the same splits, whatever became of its label. Rows without a label have null for it, and are in a
    split of their own.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    rows = _rows_sql(db, version_id, names, shares)
    spans = spans_sql(get_dataset(db, get_version(db, version_id).dataset_id), "r")
    with db.cursor() as cursor:
        register_names(cursor, _target(db, version_id), labels, f"SELECT label FROM ({rows})")
        cursor.execute(
            f"""COPY (SELECT r.example_id, r.content_hash, n.class AS label, r.split, r.text, r.media_id{spans}
                      FROM ({rows}) r LEFT JOIN names n ON n.name = r.label
                      WHERE r.label IS NULL OR n.name IS NOT NULL ORDER BY r.example_id)
                TO {literal(str(out))} (FORMAT parquet)"""
        )
    return out


def count_reviewed_rows(db: Database, version_id: str, names: Names, shares: Shares) -> dict[str, ReviewedRows]:
    """Split → its rows that were loaded with a label and what became of them, as `write_reviewed_rows` would write
    them."""
    rows = db.fetch(
        f"""SELECT split, count(*), count(*) FILTER (reviewed <> given), count(*) FILTER (reviewed IS NULL)
            FROM ({_reviewed_rows_sql(db, version_id, names, shares)}) WHERE given IS NOT NULL
            GROUP BY split ORDER BY split"""
    )
    return {split: ReviewedRows(*(int(count) for count in counts)) for split, *counts in rows}


def write_reviewed_rows(
    db: Database, version_id: str, out: Path, labels: Sequence[str], names: Names, shares: Shares, kept: Sequence[str]
) -> Path:
    """Writes the labelled rows of the splits `kept` as loaded, by row id, in the splits that `write_training_rows`
    gives them: `example_id`, `content_hash`, `label` (INTEGER, position in `labels`, as loaded), `reviewed` (INTEGER,
    as the version has it, NULL where it excludes the row), `split`, `text`, `media_id`, and what `reviewed_spans_sql`
    has."""
    out.parent.mkdir(parents=True, exist_ok=True)
    splits, rows = ", ".join(literal(split) for split in kept), _reviewed_rows_sql(db, version_id, names, shares)
    spans = reviewed_spans_sql(get_dataset(db, get_version(db, version_id).dataset_id), "r")
    occurring = f"SELECT given FROM ({rows}) UNION ALL SELECT reviewed FROM ({rows})"
    with db.cursor() as cursor:
        register_names(cursor, _target(db, version_id), labels, occurring)
        cursor.execute(
            f"""COPY (SELECT r.example_id, r.content_hash, g.class AS label, n.class AS reviewed, r.split, r.text,
                             r.media_id{spans}
                      FROM ({rows}) r
                      JOIN names g ON g.name = r.given LEFT JOIN names n ON n.name = r.reviewed
                      WHERE r.split IN ({splits}) ORDER BY r.example_id)
                TO {literal(str(out))} (FORMAT parquet)"""
        )
    return out


def _target(db: Database, version_id: str) -> Target:
    return task_named(get_dataset(db, get_version(db, version_id).dataset_id).task).target


def _rows_sql(db: Database, version_id: str, names: Names, shares: Shares) -> str:
    version = get_version(db, version_id)
    rows = _split_sql(version, _target(db, version_id), relation(db, version_id), names, shares)
    split = f"CASE WHEN label IS NULL THEN {literal(UNLABELLED)} ELSE split END"
    return f"SELECT * REPLACE ({split} AS split) FROM ({rows})"


def _reviewed_rows_sql(db: Database, version_id: str, names: Names, shares: Shares) -> str:
    version = get_version(db, version_id)
    rows = reviewed_sql(version.dataset_id, version_id)
    return _split_sql(version, _target(db, version_id), rows, names, shares)


def _split_sql(version: Version, target: Target, relation: str, names: Names, shares: Shares) -> str:
    rows = f"SELECT * REPLACE ({_named(names)} AS split) FROM {relation}"
    if not shares:
        return rows
    assigned = _assigned_sql(version.dataset_id, version.version_id, target, names, shares)
    part = f"CASE WHEN r.split = {literal(TRAIN)} THEN d.part ELSE r.split END"
    return f"SELECT r.* REPLACE ({part} AS split) FROM ({rows}) r LEFT JOIN ({assigned}) d ON d.hash = r.content_hash"


def _assigned_sql(dataset_id: str, version_id: str, target: Target, names: Names, shares: Shares) -> str:
    """(hash, part) of every content that the version, excluded rows and all, has among its rows named `train`.

    Content that was loaded under several classes counts with the first of them. The splits other than `train` get
    their shares rounded; `train` has the rest, so that a class of few rows is learnt rather than tested.
    """
    others = {split: share for split, share in shares.items() if split != TRAIN}
    places, ahead = [], "0"
    for split, share in others.items():
        ahead = f"{ahead} + round(contents * {float(share)})"
        places.append(f"WHEN place < {ahead} THEN {literal(split)}")
    return f"""
        WITH loaded AS (
            SELECT {CONTENT_HASH} AS hash, min(given_label) AS given
            FROM (
                SELECT e.* REPLACE (coalesce(o.split, e.split) AS split) FROM {examples_table(dataset_id)} e
                LEFT JOIN (SELECT example_id, split FROM overrides
                           WHERE version_id = '{checked_id(version_id, "version")}') o USING (example_id))
            WHERE {_named(names)} = {literal(TRAIN)} GROUP BY ALL)
        SELECT hash, CASE {" ".join(places)} ELSE {literal(TRAIN)} END AS part FROM (
            SELECT hash, row_number() OVER (PARTITION BY stratum ORDER BY md5('0' || hash)) - 1 AS place,
                   count(*) OVER (PARTITION BY stratum) AS contents
            FROM ({strata_sql(target, "loaded")}))"""


def _named(names: Names) -> str:
    cases = [f"WHEN split = {literal(own)} THEN {literal(name)}" for own, name in names.items() if own is not None]
    nowhere = f"WHEN split IS NULL THEN {literal(names.get(None, TRAIN))}"
    return f"CASE {' '.join([nowhere, *cases])} ELSE split END"
