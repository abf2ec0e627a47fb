"""A small scanned dataset, made of the store's own calls: what a load and a scan leave behind, without their jobs."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.records import Dataset, Reader, Scan, Schema
from core.store.scans import add_tier
from tests.staged import taken_in

LABELS = ("business", "sport", "tech")
ROWS = 90
FLAGGED = 40
"""The worst-ranked rows carry the flag."""


def load(
    context: Context, folder: Path, name: str = "news", classes: int = 3, names: tuple[str, ...] = LABELS
) -> Dataset:
    """Rows `Story i about LABEL` in splits train and test, with a category and a number as attributes."""
    names, rows = (names, ROWS) if classes == len(names) else (tuple(f"c{i:03}" for i in range(classes)), 2 * classes)
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "text", "label", "split", "desk", "words"])
        for row in range(rows):
            label = names[row % len(names)]
            split = "test" if row % 5 == 0 else "train"
            writer.writerow(
                [f"k{row}", f"Story {row} about {label}", label, split, "uk" if row % 2 else "us", row * 10]
            )
    schema = Schema("text", "text", "label", "split", "key", ("desk", "words"))
    return taken_in(context.store, Reader(sql=f"read_csv('{path}')"), schema, name)


JOB = "20260101-000000-scan-abc123"


def scan(
    context: Context, folder: Path, dataset: Dataset, *, tier: int = 0, final: bool = True, job_id: str = JOB
) -> Scan:
    """One tier in which row i has rank i + 1 and looks like the class after its own."""
    rows = range(dataset.row_count)
    classes = len(dataset.labels)
    path = folder / f"issues-{tier}.parquet"
    table = pa.table(
        {
            "example_id": pa.array(rows, pa.int64()),
            "issue_type": ["label"] * len(rows),
            "score": pa.array([(row + 0.5) / len(rows) for row in rows], pa.float32()),
            "is_issue": [row < FLAGGED for row in rows],
            "given": pa.array([row % classes for row in rows], pa.int32()),
            "suggested": pa.array([(row + 1) % classes for row in rows], pa.int32()),
            "why": [json.dumps(_why(row, len(rows))) for row in rows],
            "rank": pa.array([row + 1 for row in rows], pa.int64()),
        }
    )
    pq.write_table(table, path)
    return add_tier(
        context.store,
        job_id=job_id,
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        tier=("lexical", "lexical + minilm")[tier],
        tier_order=tier,
        settings={"labels": list(dataset.labels)},
        summary=_summary(dataset, tier),
        by="ada",
        issues_parquet=path,
        final=final,
    )


def also_outliers(context: Context) -> None:
    """The scan has looked for outliers too: the rows that are not flagged, the last one worst, without a suggestion."""
    why = json.dumps({"distance": 0.9, "usual": 0.3})
    with context.store.write() as cursor:
        cursor.execute(
            """INSERT INTO issues SELECT scan_id, example_id, 'outlier', score, NOT is_issue, given_label, NULL, ?,
               91 - rank FROM issues WHERE issue_type = 'label'""",
            [why],
        )
    found = {"outlier": {"flagged": 50, "by_chance": 0.01, "compared": 90, "sampled": False}}
    _add_found(context, found)


def also_near_duplicates(
    context: Context, groups: Mapping[int, Sequence[int]], conflicting: Sequence[int] = ()
) -> None:
    """The scan has found these groups too: rows by the group's first, which stands for it."""
    rows = [
        (
            row,
            row != group,
            json.dumps(
                {"group": group, "size": len(members), "kept": group, "exact": row != group}
                | {"conflicting": group in conflicting, "neighbours": [group if row != group else members[1]]}
                | {"similarities": [1.0]}
            ),
        )
        for group, members in groups.items()
        for row in members
    ]
    about = {"groups": len(groups), "exact": sum(flag for _, flag, _ in rows), "conflicting": len(conflicting)}
    found = {"near_duplicate": about | {"flagged": sum(flag for _, flag, _ in rows)}}
    with context.store.write() as cursor:
        cursor.execute(
            """INSERT INTO issues
               SELECT scan_id, example_id, 'near_duplicate', 1.0, false, given_label, NULL, '{}', rank
               FROM issues WHERE issue_type = 'label'"""
        )
        for row, flag, why in rows:
            cursor.execute(
                """UPDATE issues SET is_issue = ?, why = ?, score = ? WHERE issue_type = 'near_duplicate'
                   AND example_id = ?""",
                [flag, why, 0.5 if flag else 1.0, row],
            )
    _add_found(context, found)


def also_content(context: Context) -> None:
    """The scan has found markup in rows 4 and 7, of which row 7 is too short as well."""
    markup = {"kinds": ["markup"], "values": [2.0], "usual": [0.0], "found": ["<br />"]}
    both = {"kinds": ["too_short", "markup"], "values": [1.0, 1.0], "usual": [6.0, 0.0], "found": ["", "&amp;"]}
    with context.store.write() as cursor:
        for rank, (row, why) in enumerate(((7, both), (4, markup)), 1):
            cursor.execute(
                """INSERT INTO issues SELECT scan_id, example_id, 'content', 0.1 * ?, true, given_label, NULL, ?, ?
                   FROM issues WHERE issue_type = 'label' AND example_id = ?""",
                [rank, json.dumps(why), rank, row],
            )
    found = {"flagged": 2, "kinds": {"markup": 2, "too_short": 1}, "common": {"unreadable": 0.31}}
    _add_found(context, {"content": found})


def _add_found(context: Context, found: Mapping[str, Any]) -> None:
    """Puts what further types say behind what the summary has; the label type's stands in it as of old."""
    for scan_id, text in context.store.fetch("SELECT scan_id, summary FROM scans"):
        summary = json.loads(text)
        summary["found"] = summary.get("found", {"label": {}}) | found
        with context.store.write() as cursor:
            cursor.execute("UPDATE scans SET summary = ? WHERE scan_id = ?", [json.dumps(summary), scan_id])


def _why(row: int, rows: int) -> dict[str, Any]:
    return {
        "given_probability": 0.04,
        "suggested_probability": 0.91,
        "given_threshold": 0.71,
        "suggested_threshold": 0.82,
        "neighbours": [(row + step) % rows for step in (1, 4, 7, 10, 13)],
        "similarities": [0.9, 0.8, 0.7, 0.6, 0.5],
    }


def _summary(dataset: Dataset, tier: int) -> dict[str, Any]:
    labels = dataset.labels
    return {
        "tier": ("lexical", "lexical + minilm")[tier],
        "encoders": [{"name": "lexical", "weight": 1.0, "log_loss": 0.2, "accuracy": 0.9}],
        "rows": dataset.row_count,
        "flagged": FLAGGED,
        "share_wrong": {"estimate": 0.123, "low": 0.1, "high": 0.15},
        "untold": None,
        "curve": [[10, 9.5, 8.0, 10.0], [40, 20.0, 12.0, 30.0], [dataset.row_count, 25.0, 15.0, 40.0]],
        "classes": [
            {"label": label, "support": 30, "flagged": 13, "noise": 0.1 * (place + 1), "threshold": 0.7}
            | {"noise_low": 0.05 * (place + 1), "noise_high": 0.2 * (place + 1)}
            for place, label in enumerate(labels)
        ],
        "joint": [[labels[0], labels[1], 11], [labels[0], labels[0], 20]],
        "temperature": 1.0,
        "log_loss": 0.2,
        "accuracy": 0.9,
        "folds": 5,
        "clusters": 0,
        "seconds": {"encode": 0.1},
        "notes": ["Class sport is small."],
    }
