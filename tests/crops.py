"""A small scanned dataset whose labels are several classes each, made of the store's own calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.context import Context
from core.records import Dataset, Reader, Scan, Schema
from core.store.scans import add_tier
from core.targets.multi_label.facts import label_of
from tests.staged import taken_in

CLASSES = ("barley", "corn", "grain", "wheat", "zinc")
SUGGESTED: Mapping[int, tuple[str, ...]] = {
    0: ("corn", "grain"),
    1: ("corn", "grain", "wheat"),
    2: (),
    3: ("barley", "grain"),
    4: ("wheat",),
    5: ("grain", "wheat"),
}
"""What flagged rows look like; the others look like what they are labelled."""
ROWS = 30


def given(row: int) -> tuple[str, ...]:
    """Every fifth row is about nothing, the others about one or two of the classes; rows 0 to 5 are wrong."""
    wrong: dict[int, tuple[str, ...]] = {
        0: ("grain", "wheat"),
        1: ("corn", "grain"),
        2: ("zinc",),
        3: ("barley",),
        4: (),
        5: ("corn", "wheat"),
    }
    true = ((), ("grain", "wheat"), ("corn", "grain"), ("zinc",), ("barley", "grain"))
    return wrong.get(row, true[row % len(true)])


def load(
    context: Context, folder: Path, name: str = "crops", labels: Sequence[Sequence[str] | None] | None = None
) -> Dataset:
    """Rows `Report i on CLASSES`, or with these labels."""
    found = [given(row) for row in range(ROWS)] if labels is None else labels
    path = folder / f"{name}.parquet"
    texts = [f"Report {row} on {' and '.join(one or ()) or 'nothing'}" for row, one in enumerate(found)]
    table = {"text": texts, "tags": pa.array([None if one is None else list(one) for one in found])}
    pq.write_table(pa.table(table), path)
    schema = Schema("multi-label-text", "text", "tags")
    return taken_in(context.store, Reader(sql=f"read_parquet('{path}')"), schema, name, source="parquet")


def scan(context: Context, folder: Path, dataset: Dataset, labels: Sequence[Sequence[str]] | None = None) -> Scan:
    """One tier: row i has rank i + 1, and those of `SUGGESTED` are flagged; with labels of one's own each looks like
    what it is labelled."""
    rows = range(ROWS)
    found = [given(row) for row in rows] if labels is None else labels
    suggested = [SUGGESTED.get(row, found[row]) for row in rows] if labels is None else labels
    path = folder / "issues.parquet"
    table = pa.table(
        {
            "example_id": pa.array(rows, pa.int64()),
            "issue_type": ["label"] * ROWS,
            "score": pa.array([(row + 0.5) / ROWS for row in rows], pa.float32()),
            "is_issue": [row in SUGGESTED for row in rows],
            "given": pa.array(map(label_of, found), pa.string()),
            "suggested": pa.array(map(label_of, suggested), pa.string()),
            "why": [json.dumps({"neighbours": [(row + 1) % ROWS], "similarities": [0.9]}) for row in rows],
            "rank": pa.array([row + 1 for row in rows], pa.int64()),
        }
    )
    pq.write_table(table, path)
    return add_tier(
        context.store,
        job_id="20260101-000000-scan-abc123",
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        tier="lexical",
        tier_order=0,
        settings={"labels": list(dataset.labels)},
        summary=_summary(),
        by="ada",
        issues_parquet=path,
        final=True,
    )


def _summary() -> dict[str, Any]:
    classes = [{"label": name, "support": 9, "flagged": 2, "missing": 1, "extra": 1} for name in CLASSES]
    share = {"share_wrong": {"estimate": 0.2, "low": 0.15, "high": 0.25}, "untold": None}
    return {"tier": "lexical", "rows": ROWS, "flagged": len(SUGGESTED), "classes": classes, "seconds": {}} | share
