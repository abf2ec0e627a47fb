"""Reads images or sounds: decodes, measures and stores each, and writes the rows for the store to take in.

spec.json   a `LoadSpec`
input/      where a table lists the files: listing.parquet (one row a file), lines.parquet and set_aside.parquet,
            written by the store's engine
output/     rows.parquet (the columns of `core.sources.images.listing`, then the listing's attributes),
            rejected.parquet (file, line, reason, content)

Imports no heavy library: a load of 1,797 digits must not wait seconds for one. Hub datasets are `core.jobs.hub.run`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError
from core.jobs import entry
from core.jobs.load.spec import STAGES, LoadResult, LoadSpec
from core.modalities.file_fault import FileFault
from core.queue import JobFolder, ProgressWriter
from core.records import Schema
from core.sources import samples
from core.sources.images import source as imagefolder
from core.sources.images.kinds import FileKind, Kept, kind_of
from core.sources.images.listing import KEPT
from core.sources.images.payload import Finder
from core.sources.rejects import RejectWriter
from core.sources.tabular import FILE_COLUMN, LINE_COLUMN, REASON_COLUMN
from core.tasks import task_named

CHUNK = 64
"""Files that one process takes at a time."""
_SERIAL = 256
"""So few files are done sooner in one process."""


@dataclass(frozen=True, slots=True)
class Item:
    """One file to be read."""

    name: str
    payload: Any
    """A member of a folder or archive, or what stood in the column of files."""
    label: str | None
    split: str | None = None
    id: str | None = None
    file: str = ""
    line: int | None = None
    fault: str = ""
    attributes: Mapping[str, object] | None = None


Outcome = tuple[str, Kept | str]
"""The file's name and its measures, or the reason against it."""


class _Hand:
    """What one process needs to read files. Made once per process."""

    current: _Hand

    def __init__(self, kind: FileKind, media: Path, finder: Finder) -> None:
        self.keep = kind.keep
        self.media = media
        self.finder = finder
        self.opener = imagefolder.Opener()

    def take(self, items: Sequence[tuple[str, Any]]) -> list[Outcome]:
        return [self._one(name, payload) for name, payload in items]

    def _one(self, name: str, payload: Any) -> Outcome:
        try:
            if isinstance(payload, imagefolder.Member):
                return name, self.keep(self.opener.read(payload), self.media)
            found, content = self.finder.content(payload)
            return name or found, self.keep(content, self.media)
        except FileFault as fault:
            return name, str(fault)


def _prepare(kind: FileKind, media: Path, finder: Finder) -> None:
    _Hand.current = _Hand(kind, media, finder)


def _take(items: Sequence[tuple[str, Any]]) -> list[Outcome]:
    return _Hand.current.take(items)


def decode(
    items: Iterator[Item], total: int | None, kind: FileKind, media: Path, finder: Finder
) -> Iterator[tuple[Item, Outcome]]:
    """Every item with what came of it, in order. Several processes where that pays; a bounded number is under way."""
    chunks = iter(lambda: list(islice(items, CHUNK)), [])
    workers = len(os.sched_getaffinity(0))
    if workers == 1 or (total is not None and total <= _SERIAL):
        _prepare(kind, media, finder)
        for chunk in chunks:
            yield from zip(chunk, _take([(item.name, item.payload) for item in chunk]), strict=True)
        return
    waiting: deque[tuple[list[Item], Future[list[Outcome]]]] = deque()
    context = get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=(kind, media, finder)) as pool:
        try:
            for chunk in chunks:
                waiting.append((chunk, pool.submit(_take, [(item.name, item.payload) for item in chunk])))
                if len(waiting) > 2 * workers:
                    done, future = waiting.popleft()
                    yield from zip(done, _taken(done, future), strict=True)
            for done, future in waiting:
                yield from zip(done, _taken(done, future), strict=True)
        finally:
            pool.shutdown(cancel_futures=True)


def _taken(items: Sequence[Item], future: Future[list[Outcome]]) -> list[Outcome]:
    """What came of a chunk. Raises SourceError where reading it ended the process."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        first, last = (item.name or _shown(item.payload) for item in (items[0], items[-1]))
        raise SourceError(
            f"One of the files from {first} to {last} brings its reader down.",
            "It is damaged: find it by halving these, take it out, and load again.",
        ) from error


def _of_folder(found: Sequence[imagefolder.Member]) -> Iterator[Item]:
    for member in found:
        name = member.name.rsplit("/", 1)[-1]
        yield Item(
            name, member, member.label, member.split, member.name, member.shown, member.ordinal, fault=member.fault
        )


def _of_digits() -> Iterator[Item]:
    for number, (name, label, content) in enumerate(samples.digits(), 1):
        yield Item(name, content, label, file="digits", line=number)


def _of_listing(listing: Path, schema: Schema) -> Iterator[Item]:
    """The rows of a listing, group by group."""
    lines = _lines(listing.with_name("lines.parquet"))
    with pq.ParquetFile(listing) as file:
        for batch in file.iter_batches(CHUNK):
            for row in batch.to_pylist():
                yield Item(
                    "",
                    row[schema.payload],
                    _label(row, schema),
                    _text(row, schema.split),
                    _text(row, schema.id),
                    Path(row.get(FILE_COLUMN) or "").name,
                    row.get(LINE_COLUMN) or next(lines.get(row.get(FILE_COLUMN) or "", iter(())), None),
                    fault=row.get(REASON_COLUMN) or "",
                    attributes={name: row[name] for name in schema.attributes},
                )


def _lines(path: Path) -> dict[str, Iterator[int]]:
    """File → the lines of its rows in order, as far as they are known."""
    if not path.exists():
        return {}
    found: dict[str, list[int]] = {}
    for row in pq.read_table(path).to_pylist():
        found.setdefault(row["file"], []).append(row["line"])
    return {file: iter(lines) for file, lines in found.items()}


def _label(row: Mapping[str, object], schema: Schema) -> str | None:
    """The text form of a row's label; None where it has none that can be read."""
    target = task_named(schema.task).target
    if not target.several:
        return _text(row, schema.label)
    found = target.classes_in(schema, row)
    return None if found is None else target.label_of(found)


def _text(row: Mapping[str, object], column: str | None) -> str | None:
    return None if column is None or row[column] is None else str(row[column])


class _Rows:
    """Writes good rows in batches; attributes keep the types that they have in the listing."""

    def __init__(self, path: Path, kind: FileKind, attributes: pa.Schema) -> None:
        self.count, self._listing = 0, kind.listing
        self._kept = (*KEPT, *kind.modality.measures)
        self.schema = pa.schema([*kind.listing.rows, *attributes])
        self._writer = pq.ParquetWriter(path, self.schema)
        self._rows: list[Mapping[str, object]] = []

    def add(self, item: Item, name: str, stored: Kept) -> None:
        row: dict[str, object] = {
            self._listing.name: name or stored.content_hash[:12],
            self._listing.label: item.label,
            self._listing.split: item.split,
            self._listing.id: item.id,
        }
        row |= {FILE_COLUMN: item.file, LINE_COLUMN: item.line}
        row |= {field: getattr(stored, field) for field in self._kept}
        for attribute, value in (item.attributes or {}).items():
            row[self._listing.stored_name(attribute)] = value
        self._rows.append(row)
        self.count += 1
        if len(self._rows) >= 4096:
            self.flush()

    def flush(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self.schema))
        self._rows = []

    def close(self) -> None:
        self.flush()
        self._writer.close()


def _attributes(listing: Path, schema: Schema, kind: FileKind) -> pa.Schema:
    found, named = pq.read_schema(listing), kind.listing.stored_name
    return pa.schema([found.field(name).with_name(named(name)) for name in schema.attributes])


def _shown(payload: Any) -> str:
    if isinstance(payload, imagefolder.Member):
        return payload.name
    if isinstance(payload, dict):
        return str(payload.get("path") or "")
    return payload if isinstance(payload, str) else ""


def load(folder: JobFolder, progress: ProgressWriter) -> LoadResult:
    """Reads every file. Raises SourceError where none is usable."""
    spec = folder.spec_as(LoadSpec)
    listing = folder.input / "listing.parquet"
    kind = kind_of(task_named(spec.schema.task).modality)
    items, total = _items(spec, listing, kind)
    finder = Finder(spec.folders, spec.within)
    rows = _Rows(
        folder.output / "rows.parquet",
        kind,
        _attributes(listing, spec.schema, kind) if listing.exists() else pa.schema([]),
    )
    with RejectWriter(folder.output / "rejected.parquet") as rejects:
        _copy_rejected(folder.input / "set_aside.parquet", rejects)
        try:
            _run(
                decode(items, total, kind, spec.media, finder),
                total,
                rows,
                rejects,
                progress.update,
                STAGES[kind.source],
            )
        finally:
            rows.close()
    if not rows.count:
        reason = rejects.first
        raise SourceError(
            f"None of the {rejects.count:,} {kind.modality.many} could be used. The first: {reason}.",
            "Check the paths and files.",
        )
    return LoadResult(rows.count, rejects.count)


def _items(spec: LoadSpec, listing: Path, kind: FileKind) -> tuple[Iterator[Item], int | None]:
    if listing.exists():
        with pq.ParquetFile(listing) as file:
            return _of_listing(listing, spec.schema), file.metadata.num_rows
    if spec.source == samples.DIGITS.name:
        return _of_digits(), None
    found = imagefolder.members(spec.locations, spec.within, kind)
    return _of_folder(found), len(found)


def _run(
    outcomes: Iterator[tuple[Item, Outcome]],
    total: int | None,
    rows: _Rows,
    rejects: RejectWriter,
    update: Callable[[str, float, float | None], None],
    stage: str,
) -> None:
    for count, (item, (name, outcome)) in enumerate(outcomes, 1):
        reason = item.fault or (outcome if isinstance(outcome, str) else "")
        if reason:
            rejects.add(item.file, item.line, reason, _shown(item.payload))
        elif not isinstance(outcome, str):
            rows.add(item, name, outcome)
        update(stage, count, total)


def _copy_rejected(path: Path, rejects: RejectWriter) -> None:
    if path.exists():
        for row in pq.read_table(path).to_pylist():
            rejects.add(row["file"] or "", row["line"], row["reason"], row["content"] or "")


if __name__ == "__main__":
    entry.run(load)
