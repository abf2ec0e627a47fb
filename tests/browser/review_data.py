"""Scanned datasets made of the store's own calls, for a server that is not started yet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from core.context import Context
from core.modalities.audio.facts import AUDIO
from core.records import Dataset, Decision, Reader, Schema
from core.services.context import open_context
from core.settings import Workspace
from core.sources.images.image import keep
from core.sources.images.sound import keep as keep_sound
from core.store.scans import add_tier
from tests.sounds import wav
from tests.staged import taken_in

HOSTILE = '<img src=x onerror="document.title=1"> & <b>bold</b>'
"""The first text: nothing of it may become markup."""


@contextmanager
def opened(folder: Path) -> Iterator[Context]:
    """The workspace of a server that is not running."""
    context = open_context(Workspace((folder / "workspace").resolve()))
    yield context
    context.close()


def decided(folder: Path) -> list[Decision]:
    """Every act on the one dataset of the workspace, oldest first. The server must not be running."""
    with opened(folder) as context:
        (dataset_id,) = {row[0] for row in context.store.fetch("SELECT dataset_id FROM datasets")}
        return context.ledger.decisions.page(dataset_id, limit=1000)[::-1]


def make_texts(folder: Path, rows: int = 60, classes: int = 5, texts: Sequence[str] | None = None) -> Dataset:
    """Row i is labelled `class i` (five digits) and looks like the class after; row 0 is hostile without `texts`."""
    texts = texts or [HOSTILE, *(f"Story {row}" for row in range(1, rows))]
    path = folder / "texts.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for row in range(rows):
            writer.writerow([texts[row], f"class {row % classes:05d}"])
    with opened(folder) as context:
        dataset = _ingest(context, Reader(sql=f"read_csv('{path}')"), Schema("text", "text", "label"), "texts")
        given = [row % classes for row in range(rows)]
        _scan(context, folder, dataset, given, [(row + 1) % classes for row in given])
    return dataset


def make_digits(folder: Path, rows: int = 120) -> Dataset:
    """Images of 8 × 8 pixels in ten classes; each looks like the class after its own."""
    noise = np.random.default_rng(0).integers(0, 255, (rows, 8, 8), dtype=np.uint8)
    with opened(folder) as context:
        lines = []
        for row in range(rows):
            content = io.BytesIO()
            Image.fromarray(noise[row]).save(content, "PNG")
            measures = asdict(keep(content.getvalue(), context.workspace.media))
            lines.append({"image": f"digit-{row}.png", "label": str(row % 10), **measures})
        path = folder / "digits.parquet"
        pq.write_table(pa.Table.from_pylist(lines), path)
        reader = Reader(sql=f"read_parquet('{path}')", media=True)
        schema = Schema("image", "image", "label", attributes=("width", "height", "brightness", "contrast"))
        dataset = _ingest(context, reader, schema, "digits")
        given = [row % 10 for row in range(rows)]
        _scan(context, folder, dataset, given, [(row + 1) % 10 for row in given])
    return dataset


def _ingest(context: Context, reader: Reader, schema: Schema, name: str) -> Dataset:
    return taken_in(context.store, reader, schema, name, source="test")


def _scan(context: Context, folder: Path, dataset: Dataset, given: Sequence[int], suggested: Sequence[int]) -> None:
    rows = len(given)
    why = {"given_probability": 0.05, "suggested_probability": 0.9, "given_threshold": 0.7, "suggested_threshold": 0.8}
    table = pa.table(
        {
            "example_id": pa.array(range(rows), pa.int64()),
            "issue_type": ["label"] * rows,
            "score": pa.array([(row + 0.5) / rows for row in range(rows)], pa.float32()),
            "is_issue": [True] * rows,
            "given": pa.array(given, pa.int32()),
            "suggested": pa.array(suggested, pa.int32()),
            "why": [
                json.dumps(
                    why | {"neighbours": [(row + step) % rows for step in (1, 2, 3)], "similarities": [0.9, 0.8, 0.7]}
                )
                for row in range(rows)
            ],
            "rank": pa.array([row + 1 for row in range(rows)], pa.int64()),
        }
    )
    path = folder / "issues.parquet"
    pq.write_table(table, path)
    add_tier(
        context.store,
        job_id=f"scan-{dataset.dataset_id}",
        dataset_id=dataset.dataset_id,
        version_id=dataset.latest_version_id,
        tier="lexical",
        tier_order=0,
        settings={"labels": list(dataset.labels)},
        summary={
            "tier": "lexical",
            "rows": rows,
            "flagged": rows,
            "untold": None,
            "curve": [[rows, rows, rows, rows]],
            "share_wrong": {"estimate": 1.0, "low": 0.9, "high": 1.0},
            "classes": [
                {"label": label, "support": rows // len(dataset.labels), "noise": None, "threshold": 0.7}
                for label in dataset.labels
            ],
        },
        by="ada",
        issues_parquet=path,
        final=True,
    )


def make_sounds(folder: Path, rows: int = 12) -> Dataset:
    """Tones in three classes; each looks like the class after its own."""
    with opened(folder) as context:
        lines = []
        for row in range(rows):
            measures = asdict(keep_sound(wav(row, 300.0 + 200 * (row % 3), 1.5), context.workspace.media))
            lines.append({"audio": f"call-{row}.wav", "label": ("owl", "wren", "tit")[row % 3], **measures})
        path = folder / "calls.parquet"
        pq.write_table(pa.Table.from_pylist(lines), path)
        reader = Reader(sql=f"read_parquet('{path}')", media=True)
        schema = Schema("audio", "audio", "label", attributes=AUDIO.measures)
        dataset = _ingest(context, reader, schema, "calls")
        given = [("owl", "tit", "wren").index(line["label"]) for line in lines]
        _scan(context, folder, dataset, given, [(one + 1) % 3 for one in given])
    return dataset
