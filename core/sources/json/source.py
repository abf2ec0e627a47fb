"""JSON lines, and JSON documents that hold a table: previews and readers of what `core.sources.json.rows` finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.sources.base import Bench, Source
from core.sources.delimited.encoding import detect, read_sample
from core.sources.json.rows import Row, Rows, open_rows
from core.sources.paths import Part, has_suffix, parts
from core.sources.rejects import RejectWriter
from core.sources.tabular import Found, preview_of
from core.sources.values import Copier, Copy, found_in, reader_of

SUFFIXES = (".jsonl", ".ndjson", ".json")
_SAMPLE_ROWS = 2000
_BATCH_ROWS = 20_000
_BATCH_SIZE = 4 * 1024**2
"""Characters of the file that become one batch, about."""
_TRUTH = ("false", "true")


def _open(part: Part) -> tuple[Rows, str]:
    """The file's rows, and what a person is told of it."""
    encoding = detect(read_sample(part.path))
    rows = open_rows(part.path, encoding)
    return rows, f"{part.path.name}: {rows.layout}, {encoding.title}"


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for an empty file, a layout that holds no table, and a broken JSON list."""
    return preview_of("json", [_sampled(part) for part in parts(locations, SUFFIXES, bench.within)])


def _sampled(part: Part) -> Found:
    rows, note = _open(part)
    taken = list(islice(rows.rows, _SAMPLE_ROWS))
    good = [row.fields for row in taken if row.fields is not None]
    if not good:
        raise _nothing_usable(part, len(taken), taken[0].fault if taken else "")
    size = sum(row.size + 1 for row in taken)
    complete = len(taken) < _SAMPLE_ROWS
    estimate = len(good) if complete else round(len(good) * max(1.0, part.path.stat().st_size / size))
    return found_in(part, good, _TRUTH, note, estimate)


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all files, typed by all their rows; broken ones are set aside beforehand."""
    rejected = bench.scratch / "rejected.parquet"
    with RejectWriter(rejected) as rejects:
        copies = [
            _copied(part, bench, rejects, bench.scratch / str(number))
            for number, part in enumerate(parts(locations, SUFFIXES, bench.within))
        ]
    return reader_of(copies, schema, rejected if rejects.count else None)


def _copied(part: Part, bench: Bench, rejects: RejectWriter, folder: Path) -> Copy:
    rows, note = _open(part)
    copier = Copier(part, folder, _TRUTH)
    before = rejects.count
    total, done = part.path.stat().st_size, 0
    for batch in _batches(rows.rows):
        bench.check_stop()
        for row in batch:
            if row.fields is None:
                rejects.add(part.path.name, row.place, row.fault, row.content)
        good = [row for row in batch if row.fields is not None]
        if good:
            copier.add([row.fields for row in good if row.fields is not None], [row.place for row in good])
        done += sum(row.size + 1 for row in batch)
        bench.on_progress(min(done, total), total)
    if not copier.count:
        raise _nothing_usable(part, rejects.count - before, rejects.first)
    return copier.copy(note)


def _nothing_usable(part: Part, count: int, reason: str) -> SourceError:
    if not count:
        return SourceError(f"{part.path.name} has no usable row.", "Write a JSON object for each row.")
    return SourceError(
        f"{part.path.name} has no usable row: all {count:,} rows were set aside, the first for '{reason}'.",
        "Write a JSON object for each row.",
    )


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += row.size
        if len(batch) >= _BATCH_ROWS or size >= _BATCH_SIZE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


SOURCE = Source(
    "json",
    "JSON or JSON lines",
    "tabular",
    lambda location: has_suffix(location, SUFFIXES),
    preview,
    reader,
    suffixes=SUFFIXES,
)
