"""Writes a version as a folder for `datasets.load_from_disk`, with the `datasets` library itself.

spec.json   {task, labels, media, out}
input/      rows.parquet, as `core.store.export.export_rows` writes it
Writes the folder beside `out` and renames it there.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.jobs import ProgressWriter, RunFolder
from core.tasks import TASKS
from core.worker import entry

_BATCH = 500


def export(folder: RunFolder, progress: ProgressWriter) -> dict[str, Any]:
    """Returns {splits: {name or null: rows}}."""
    spec = folder.spec()
    out = Path(spec["out"])
    unfinished = out.with_name(f"{out.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    rows = folder.input / "rows.parquet"
    found = {split: _split(rows, split, spec, progress) for split in _splits(rows)}
    try:
        _save(found, unfinished)
        unfinished.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return {"splits": {str(split): len(part) for split, part in found.items()}}


def _splits(rows: Path) -> list[str | None]:
    return list(dict.fromkeys(pq.read_table(rows, columns=["split"])["split"].to_pylist()))


def _save(found: dict[str | None, Any], out: Path) -> None:
    """One dataset where there are no splits, else a `DatasetDict` with a part for each."""
    from datasets import DatasetDict

    if list(found) == [None]:
        found[None].save_to_disk(out)
    else:
        DatasetDict(dict(zip(part_names(list(found)), found.values(), strict=True))).save_to_disk(out)


def part_names(splits: Sequence[str | None]) -> list[str]:
    """The splits as the library names parts, which are letters, digits and `_`; each name once. Rows in no split are
    the part `unassigned`."""
    names: list[str] = []
    for split in splits:
        name = re.sub(r"\W+", "_", split or "unassigned").strip("_") or "part"
        names.append(name if name not in names else f"{name}_{len(names) + 1}")
    return names


def _split(rows: Path, split: str | None, spec: dict[str, Any], progress: ProgressWriter) -> Any:
    from datasets import Dataset

    features = _features(pq.read_schema(rows), spec)
    return Dataset.from_generator(
        _records,
        features=features,
        gen_kwargs={"rows": str(rows), "split": split, "media": spec["media"] if _has_images(spec) else None},
        cache_dir=str(rows.parent / "cache"),
    )


def _features(schema: pa.Schema, spec: dict[str, Any]) -> Any:
    """Labels as ClassLabel with the dataset's class names, images as Image, the rest as the types they have."""
    from datasets import ClassLabel, Features, Image

    dropped = {"split", "media_id"} if _has_images(spec) else {"split"}
    kept = pa.schema([field for field in schema if field.name not in dropped])
    features = Features.from_arrow_schema(kept)
    for column in ("label", "given_label"):
        features[column] = ClassLabel(names=spec["labels"])
    return Features({"image": Image(), **features}) if _has_images(spec) else features


def _has_images(spec: dict[str, Any]) -> bool:
    return TASKS[spec["task"]].payload_kind == "image"


def _records(rows: str, split: str | None, media: str | None) -> Iterator[dict[str, Any]]:
    with pq.ParquetFile(rows) as file:
        for batch in file.iter_batches(_BATCH):
            for row in batch.to_pylist():
                if row.pop("split") != split:
                    continue
                if media is not None:
                    path = Path(media) / row.pop("media_id")
                    row["image"] = {"bytes": path.read_bytes(), "path": row["text"]}
                yield row


if __name__ == "__main__":
    entry.run(export)
