"""Job folders of scans for benchmarks: the same files that the store writes for a job, without a store."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from core.queue import JobFolder, ProgressWriter, read_events
from core.records import ScanSpec
from core.tasks import task_named
from core.typed import from_json, to_json


@dataclass(frozen=True, slots=True)
class _Moment:
    t: float


def scan_folder(
    root: Path,
    task: str,
    payloads: Sequence[str],
    labels: Sequence[str],
    *,
    hashes: Sequence[str] | None = None,
    media: Path | None = None,
    probabilities: str | None = None,
    spec: ScanSpec | None = None,
) -> JobFolder:
    """A job folder at `root` for these texts, or image files relative to `media`, and the given labels' text forms."""
    folder = JobFolder(root).create()
    is_text, target = not task_named(task).modality.in_files, task_named(task).target
    names = target.classes(set(labels))
    index = {name: position for position, name in enumerate(names)}
    positions = [[index[one] for one in target.classes_of(label)] for label in labels]
    hashes = hashes or [hashlib.md5(payload.encode()).hexdigest() for payload in payloads]
    missing = pa.nulls(len(labels), pa.string())
    pq.write_table(
        pa.table(
            {
                "example_id": np.arange(len(labels)),
                "content_hash": pa.array(hashes, pa.string()),
                "label": pa.array(positions, pa.list_(pa.int32()))
                if target.several
                else pa.array([one for (one,) in positions], pa.int32()),
                "split": missing,
                "text": pa.array(payloads, pa.string()) if is_text else missing,
                "media_id": missing if is_text else pa.array(payloads, pa.string()),
            }
        ),
        folder.input / "rows.parquet",
    )
    asked = spec or ScanSpec(())
    folder.write_spec(
        asdict(asked)
        | {
            "dataset_id": "bench",
            "version_id": "bench",
            "task": task,
            "labels": names,
            "encoders": list(asked.encoders or task_named(task).modality.encoders),
            "arrays": str(root / "arrays"),
            "media": str(media or root),
            "probabilities": probabilities,
        }
    )
    return folder


def run_scan(folder: JobFolder) -> dict[str, Any]:
    """Runs the scan job's own function in this process."""
    from core.jobs.scan.run import main

    return to_json(main(folder, ProgressWriter(folder)))


def tier_times(folder: JobFolder) -> list[float]:
    """When each tier was whole, in epoch seconds, the instant one first."""
    events = (event for event in read_events(folder) if event["event"] == "tier")
    return [from_json(_Moment, event, str(folder.progress_path)).t for event in events]


def scores(folder: JobFolder, tier: int | None = None) -> pa.Table:
    """The label issues of a tier, the best one unless told otherwise, by row id."""
    best = max(int(path.name) for path in folder.output.iterdir() if path.name.isdigit()) if tier is None else tier
    return pq.read_table(folder.output / str(best) / "issues.parquet", filters=[("issue_type", "=", "label")])
