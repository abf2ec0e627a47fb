"""A version as a file or folder, in any of six formats."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from core.context import Context
from core.errors import UsageError, WinnowError
from core.files import whole
from core.jobs.export.plan import foresee_export
from core.jobs.export.web import export_datasets
from core.jobs.foresight import staged
from core.jobs.mask.web import export_masked
from core.records import Dataset, RowFilter
from core.services.lists.asked import COLUMNS, LIKE, row_filter, rows_listed
from core.services.lists.columns import row_columns, with_similarity
from core.services.privacy.always import always_masked, can_mask
from core.services.similar.nearest import can_compare, similar_rows
from core.services.spans.export import export_conll, export_json_lines
from core.sources.images.source import SKIPPED, TABLE
from core.store import export as store
from core.store.datasets import get_dataset
from core.store.export_lists import export_list
from core.store.relations import relation
from core.store.rows import count_rows
from core.store.search.alike import alike as alike_by_filter
from core.store.versions import get_version
from core.targets import Target
from core.tasks import TASKS, Task, task_named

FORMATS = ("csv", "parquet", "jsonl", "datasets")
"""Of every task; a modality in files has a folder format besides."""
CONLL = "conll"
"""Of tasks whose labels are spans."""
TABLES = ("csv", "parquet", "jsonl")
"""Those that hold any part of a version."""
_ROWS_AT_ONCE = 1000
_SPLITS = {None, "train", "validation", "test"}
"""Splits that a load reads from folders by these names."""
_NAME_BYTES = 200
"""File systems end names at 255, of which an unpacker may want some."""


def export(
    context: Context,
    version_id: str,
    format: str,  # noqa: A002
    out: Path,
    plain: bool = False,
    named: bool = False,
    masked: bool = False,
) -> Path:
    """Writes every row of a version with its labels as of then to `out`, which must not exist, and returns it. Labels
    are as they are stored; `named` puts a column of their names beside them, in a table, and `masked` writes the kind
    of personal data in place of it.

    `csv` (formulas escaped, unless it is to be `plain`), `parquet` and `jsonl` are files, `imagefolder` and
    `audiofolder` are ZIPs of one folder per class, `conll` is a file or a folder with one for each split, and
    `datasets` is a folder for `datasets.load_from_disk`, written by a process of its own. Takes as long as it takes: a
    page calls it off its script thread. Raises UsageError where the format does not exist or does not fit the task.
    """
    dataset = get_dataset(context.store, get_version(context.store, version_id).dataset_id)
    task = task_named(dataset.task)
    has_folders = next((one.modality for one in TASKS.values() if one.modality.folder_format == format), None)
    if format not in FORMATS and has_folders is None and format != CONLL:
        raise UsageError(f"Format '{format}' not found.", f"There are: {', '.join(all_formats())}.")
    if has_folders not in (None, task.modality):
        raise UsageError(
            f"'{dataset.name}' has no {has_folders.many} (task {task.name}).", "Export it as csv or datasets."
        )
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write elsewhere.")
    masked = masked or (format in TABLES and always_masked(context, dataset.dataset_id))
    if masked and (format not in TABLES or not can_mask(task)):
        raise UsageError(
            f"Personal data of '{dataset.name}' cannot be masked as {format} (task {task.name}).",
            "Texts and rows of tables can be masked, as csv, parquet and jsonl, where labels are not places in them.",
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    written = _written(context, dataset, version_id, format, out, plain, named, masked)
    _learn(context, version_id, format, time.monotonic() - began)
    return written


def _written(
    context: Context,
    dataset: Dataset,
    version_id: str,
    format: str,  # noqa: A002
    out: Path,
    plain: bool,
    named: bool,
    masked: bool,
) -> Path:
    task = task_named(dataset.task)
    if format == "datasets":
        always = always_masked(context, dataset.dataset_id)
        hide = partial(export_masked, context, dataset, version_id, format="parquet", plain=False, named=False)
        return export_datasets(context, dataset, version_id, out, hide if always else None)
    if format == task.modality.folder_format:
        return _folders(context, version_id, out, task.target)
    if format == CONLL:
        if not task.target.located:
            raise UsageError(f"'{dataset.name}' has no spans (task {task.name}).", "Export it as csv or datasets.")
        return export_conll(context, dataset, version_id, out, folder_name)
    if format == "jsonl" and task.target.located and not named:
        return export_json_lines(context, dataset, version_id, out)
    table: store.Format = "csv" if format == "csv" else "parquet" if format == "parquet" else "jsonl"
    if masked:
        return export_masked(context, dataset, version_id, out, table, plain, named)
    return store.export_rows(context.store, version_id, out, table, plain, named)


def _learn(context: Context, version_id: str, format: str, seconds: float) -> None:  # noqa: A002
    """How long this took is how long it will take. A file is no worse for that it cannot be kept."""
    try:
        [stage] = staged(context, [foresee_export(context, version_id, format)])
        context.queue.learn_of(stage, seconds)
    except (OSError, sqlite3.Error, WinnowError) as error:
        logging.getLogger("winnow").warning("how long an export took is not kept: %s", error)


def export_rows(
    context: Context,
    dataset: Dataset,
    version_id: str,
    query: Mapping[str, str],
    format: str,  # noqa: A002
    out: Path,
    plain: bool = False,
) -> int:
    """Writes the rows of a version that a link lets through (`core.services.lists.asked`), sorted and with the columns
    as it says, to `out`, which must not exist; returns how many. Raises UsageError for a format that is no table and
    for what the list has not."""
    if format not in TABLES:
        raise UsageError(f"A part of a version is no {format!r}.", f"Write it as one of {', '.join(TABLES)}.")
    if out.exists():
        raise UsageError(f"{out} exists already.", "Move it away, or write elsewhere.")
    where, shown = row_filter(dataset, query), rows_listed(dataset, query)
    columns = shown.columns if query.get(COLUMNS) else row_columns(dataset)
    file_format: store.Format = "csv" if format == "csv" else "parquet" if format == "parquet" else "jsonl"
    like = query.get(LIKE, "")
    if like.isdigit():
        alike = _most_like(context, dataset, version_id, int(like), where)
        where, columns = RowFilter(example_ids=tuple(alike)), with_similarity(columns)
        export_list(context.store, version_id, out, file_format, where, shown.order, columns, plain, alike)
        return len(alike)
    found = alike_by_filter(context.store, version_id, where)
    if found is not None:
        columns = with_similarity(columns)
    export_list(context.store, version_id, out, file_format, where, shown.order, columns, plain, found)
    return count_rows(context.store, version_id, where)


def _most_like(
    context: Context, dataset: Dataset, version_id: str, example_id: int, where: RowFilter
) -> dict[int, float]:
    """How alike the rows most like one are, of those that the filter keeps. Raises UsageError where nothing is kept to
    compare it by."""
    found = None
    if can_compare(dataset):
        found = similar_rows(context, dataset, get_version(context.store, version_id), example_id, where)
    if found is None:
        raise UsageError(
            f"No embedding of row {example_id} is on disk.", "A scan makes and keeps them; rows of tables have none."
        )
    return dict(found.rows)


def formats_of(task: Task) -> tuple[str, ...]:
    """The formats that a dataset of a task can be exported in."""
    folders = task.modality.folder_format
    spans = (CONLL,) if task.target.located else ()
    return (*FORMATS, *spans, *((folders,) if folders else ()))


def all_formats() -> tuple[str, ...]:
    """Every format of any task."""
    return tuple(dict.fromkeys(name for task in TASKS.values() for name in formats_of(task)))


def _folders(context: Context, version_id: str, out: Path, target: Target) -> Path:
    """`[split/]class/name`, of several classes `[split/]name`; a name that occurs twice in a folder gets its row id.
    Where folders cannot say what a class or split is, a table says it of every file."""
    folder_of: dict[str, str] = {}
    taken: set[str] = set()
    splits: set[str | None] = set()
    with (
        whole(out) as part,
        zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive,
        tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as table,
    ):
        for example_id, media_id, name, label, split in _files(context, version_id):
            said = target.classes_of(label) if target.several else label
            folders = [_own_folder(each, folder_of) for each in (split, None if target.several else label) if each]
            stem, suffix = folder_name(Path(name or media_id).stem), Path(media_id).suffix
            inner = "/".join((*folders, f"{stem}{suffix}"))
            if inner.lower() in taken:
                inner = "/".join((*folders, f"{stem}-{example_id}{suffix}"))
            taken.add(inner.lower())
            archive.write(context.workspace.media / media_id, inner)
            splits.add(split)
            row = {"file_name": inner, "label": said, "split": split}
            table.write(json.dumps(row, ensure_ascii=False) + "\n")
        if target.several or not (splits <= _SPLITS and all(folder == name for name, folder in folder_of.items())):
            table.seek(0)
            archive.writestr(TABLE, table.read())
    return out


def _files(context: Context, version_id: str) -> Iterator[tuple[int, str, str, str, str | None]]:
    """(example_id, media_id, file name, label, split), page by page."""
    rows = relation(context.store, version_id)
    last = -1
    while True:
        page = context.store.fetch(
            f"""SELECT example_id, media_id, text, label, split FROM {rows} WHERE example_id > ? ORDER BY example_id
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
