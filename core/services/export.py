"""A version as a file or folder, in any of five formats."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from core.errors import JobError, UsageError
from core.files import whole
from core.queue import RunFolder
from core.records import Dataset
from core.services.context import Context
from core.settings import PROJECT
from core.sources.images.source import SKIPPED, TABLE
from core.store import export as store
from core.store.datasets import get_dataset
from core.store.relations import relation
from core.store.versions import get_version
from core.tasks import TASKS

Format = Literal["csv", "parquet", "jsonl", "datasets", "imagefolder"]
_ROWS_AT_ONCE = 1000
_SPLITS = {None, "train", "validation", "test"}
"""Splits that a load reads from folders by these names."""
_NAME_BYTES = 200
"""File systems end names at 255, of which an unpacker may want some."""


def export(context: Context, version_id: str, format: str, out: Path) -> Path:  # noqa: A002
    """Writes every row of a version with its labels as of then to `out`, which must not exist, and returns it.

    `csv` (formulas escaped), `parquet` and `jsonl` are files, `imagefolder` is a ZIP of one folder per class, and
    `datasets` is a folder for `datasets.load_from_disk`, written by a process of its own. Takes as long as it takes:
    a page calls it off its script thread. Raises UsageError where the format does not exist or does not fit the task.
    """
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    if format not in get_args(Format):
        raise UsageError(f"Format '{format}' not found.", f"There are: {', '.join(get_args(Format))}.")
    if format == "imagefolder" and TASKS[dataset.task].payload_kind != "image":
        raise UsageError(f"'{dataset.name}' has no images (task {dataset.task}).", "Export it as csv or datasets.")
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write elsewhere.")
    out.parent.mkdir(parents=True, exist_ok=True)
    if format == "datasets":
        return _datasets(context, dataset, version_id, out)
    if format == "imagefolder":
        return _imagefolder(context, version_id, out)
    if format == "csv":
        return store.export_rows(context.store, version_id, out, "csv")
    return store.export_rows(context.store, version_id, out, "parquet" if format == "parquet" else "jsonl")


def _datasets(context: Context, dataset: Dataset, version_id: str, out: Path) -> Path:
    with tempfile.TemporaryDirectory() as run:
        work = RunFolder(Path(run)).create()
        store.export_rows(context.store, version_id, work.input / "rows.parquet", "parquet")
        labels, media = list(dataset.labels), str(context.workspace.media)
        work.write_spec({"task": dataset.task, "labels": labels, "media": media, "out": str(out.resolve())})
        command = [sys.executable, "-m", "core.jobs.export.run", run]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, check=False, text=True)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise JobError(work.error() or f"The export failed: {last}", "Try again, or export as parquet.")
    return out


def _imagefolder(context: Context, version_id: str, out: Path) -> Path:
    """`[split/]class/name`; a name that occurs twice in a folder gets its row id. Where a folder cannot say what its
    class or split is, a table says it of every image."""
    folder_of: dict[str, str] = {}
    taken: set[str] = set()
    splits: set[str | None] = set()
    with (
        whole(out) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as table,
    ):
        for row_id, media_id, name, label, split in _images(context, version_id):
            folders = [_own_folder(each, folder_of) for each in (split, label) if each]
            stem, suffix = folder_name(Path(name or "image").stem), Path(media_id).suffix
            inner = "/".join((*folders, f"{stem}{suffix}"))
            if inner.lower() in taken:
                inner = "/".join((*folders, f"{stem}-{row_id}{suffix}"))
            taken.add(inner.lower())
            archive.write(context.workspace.media / media_id, inner)
            splits.add(split)
            row = {"file_name": inner, "label": label, "split": split}
            table.write(json.dumps(row, ensure_ascii=False) + "\n")
        if not (splits <= _SPLITS and all(folder == name for name, folder in folder_of.items())):
            table.seek(0)
            archive.writestr(TABLE, table.read())
    return out


def _images(context: Context, version_id: str) -> Iterator[tuple[int, str, str, str, str | None]]:
    """(row_id, media_id, file name, label, split), page by page."""
    rows = relation(context.store, version_id)
    last = -1
    while True:
        page = context.store.fetch(
            f"""SELECT row_id, media_id, text, label, split FROM {rows} WHERE row_id > ? ORDER BY row_id
                LIMIT {_ROWS_AT_ONCE}""",
            [last],
        )
        if not page:
            return
        yield from page
        last = page[-1][0]


def _own_folder(name: str, known: dict[str, str]) -> str:
    """The folder of a class or split, kept in `known`: two of them never share one, as `a/b` and `a:b` would."""
    if name not in known:
        folder, others = folder_name(name), {other.lower() for other in known.values()}
        known[name] = folder if folder.lower() not in others else f"{folder}-{len(known) + 1}"
    return known[name]


def folder_name(name: str) -> str:
    """A class or split as the name of a folder: what a file system or an unpacker may refuse becomes `_`."""
    safe = re.sub(r'[\x00-\x1f<>:"/\\|?*]', "_", name).strip(" .")
    safe = safe.encode()[:_NAME_BYTES].decode(errors="ignore")
    return f"_{safe}" if not safe or safe.startswith(SKIPPED) else safe


def file_name(text: str) -> str:
    """Names from the data as the name of a file: what a file system or a shell may refuse becomes a dash."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in text)
