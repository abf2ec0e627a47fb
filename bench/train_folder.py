"""Job folders of fine-tunes for benchmarks, and the command with which the app starts one: no store, no queue."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs.train.spec import TrainResult
from core.queue import JobFolder
from core.queue.local.slots import find_slots
from core.queue.local.start import Start, accelerated
from core.records import TrainSpec
from core.typed import from_json

MODULE = "core.jobs.train.run"


def train_folder(
    root: Path,
    task: str,
    payloads: Sequence[str],
    labels: Sequence[int],
    splits: Sequence[str],
    names: Sequence[str],
    spec: TrainSpec,
    *,
    arrays: Path | None = None,
    hashes: Sequence[str] | None = None,
    media: Path | None = None,
) -> JobFolder:
    """A job folder at `root` for these texts, or image files relative to `media`: `labels` are positions in `names`,
    `spec` has no defaults left. What jobs keep for later ones goes to `arrays`, by itself a folder of its own."""
    folder = JobFolder(root).create()
    missing = pa.nulls(len(labels), pa.string())
    text = task == "text"
    table = {
        "example_id": pa.array(range(len(labels)), pa.int64()),
        "content_hash": hashes or [hashlib.sha256(payload.encode()).hexdigest() for payload in payloads],
        "label": pa.array(labels, pa.int32()),
        "split": pa.array(splits, pa.string()),
        "text": pa.array(payloads, pa.string()) if text else missing,
        "media_id": missing if text else pa.array(payloads, pa.string()),
    }
    pq.write_table(pa.table(table), folder.input / "rows.parquet")
    about = {"task": task, "labels": list(names), "title": "bench", "dataset_id": "", "version_id": ""}
    places = {"arrays": str(arrays or root / "arrays"), "media": str(media or "")}
    folder.write_spec(asdict(spec) | about | places)
    return folder


def train_command(folder: JobFolder) -> tuple[list[str], dict[str, str]]:
    """The command that runs the folder's job on the first device, and what its environment has besides."""
    slot = find_slots()[0]
    loops = folder.spec()["strategy"] != "head"
    how = accelerated(1, on_cpu=slot.name == "cpu") if loops else Start()
    command = [sys.executable, *how.launcher, "-m", MODULE, str(folder.path)]
    return command, {**slot.environment, **how.environment}


def train_result(folder: JobFolder) -> TrainResult | None:
    """What the folder's job has returned; None where it has not ended well."""
    found = folder.result()
    return None if found is None else from_json(TrainResult, found, str(folder.path))
