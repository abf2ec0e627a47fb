"""A worker for the tests of scan collection: writes two tiers as a scan does, waiting for `input/go` in between."""

from __future__ import annotations

import json
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs.entry import run
from core.queue import JobFolder, ProgressWriter

TIERS = ("lexical", "lexical + minilm")


def main(folder: JobFolder, progress: ProgressWriter) -> dict[str, Any]:
    example_ids = pq.read_table(folder.input / "rows.parquet")["example_id"].to_pylist()
    for order, tier in enumerate(TIERS):
        progress.update(tier, order, len(TIERS))
        _write(folder, order, example_ids)
        progress.event("tier", tier=tier, order=order, final=order == len(TIERS) - 1)
        while order == 0 and not (folder.input / "go").exists():
            progress.update("waiting", 0)
            time.sleep(0.05)
    return {}


def _write(folder: JobFolder, order: int, example_ids: list[int]) -> None:
    tier = folder.output / str(order)
    tier.mkdir(exist_ok=True)
    table = {
        "example_id": pa.array(example_ids, pa.int64()),
        "issue_type": ["label"] * len(example_ids),
        "score": pa.array([0.5] * len(example_ids), pa.float32()),
        "is_issue": [True] * len(example_ids),
        "given": pa.array([0] * len(example_ids), pa.int32()),
        "suggested": pa.array([1] * len(example_ids), pa.int32()),
        "why": ["{}"] * len(example_ids),
        "rank": pa.array(range(1, len(example_ids) + 1), pa.int64()),
    }
    pq.write_table(pa.table(table), tier / "issues.parquet")
    (tier / "summary.json").write_text(json.dumps({"rows": len(example_ids)}))


if __name__ == "__main__":
    run(main)
