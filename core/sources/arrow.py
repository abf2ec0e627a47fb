"""Arrow files (feather, IPC file and stream) and the folders that `datasets.save_to_disk` writes.

Their batches are turned into Parquet in the scratch folder, which the store then reads; none of it is decoded here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.settings import expanded
from core.sources import parquet
from core.sources.base import Bench, Source
from core.sources.guess import split_name
from core.sources.paths import Part, existing, has_suffix, parts

SUFFIXES = (".arrow", ".feather", ".ipc")
_SAMPLE_ROWS = 2000


@contextmanager
def batches(path: Path) -> Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]:
    """The schema and the record batches of an Arrow file in either layout."""
    try:
        with pa.memory_map(str(path)) as mapped:
            try:
                file = pa.ipc.open_file(mapped)
                yield file.schema, (file.get_batch(i) for i in range(file.num_record_batches))
            except pa.ArrowInvalid:
                mapped.seek(0)
                stream = pa.ipc.open_stream(mapped)
                yield stream.schema, iter(stream)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(f"{path.name} is not a readable Arrow file: {error}", "Check the file.") from error


def _to_parquet(part: Part, bench: Bench, number: int, rows: int | None = None) -> Part:
    """The file (or its first rows) as Parquet in the scratch folder."""
    folder = bench.scratch / str(number)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / part.path.name
    done = 0
    with batches(part.path) as (schema, found), pq.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in found:
            bench.check_stop()
            writer.write_batch(batch if rows is None else batch.slice(0, rows - done))
            done += batch.num_rows
            if rows is not None and done >= rows:
                break
    return Part(target, part.split)


def _is_saved(location: str) -> bool:
    folder = expanded(location)
    return (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file()


def _saved_parts(locations: Sequence[str], bench: Bench) -> list[Part]:
    """The Arrow files of saved folders, each with the split of its folder in a `DatasetDict`."""
    found: list[Part] = []
    for location in locations:
        root = existing(location, bench.within)
        listing = root / "dataset_dict.json"
        try:
            splits = list(json.loads(listing.read_text())["splits"]) if listing.is_file() else [None]
            for split in splits:
                folder = root / split if split else root
                state = json.loads((folder / "state.json").read_text())
                name = split_name(split) or split if split else None
                files = [existing(str(folder / file["filename"]), (root,)) for file in state["_data_files"]]
                found += [Part(file, name) for file in files]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{location} is not a complete saved dataset: {error}", "Save it again.") from error
    if not found:
        raise SourceError(f"{locations[0]} holds no data files.", "Save the dataset again.")
    return found


def _preview(source: str, files: Sequence[Part], bench: Bench) -> Preview:
    samples = [_to_parquet(part, bench, number, _SAMPLE_ROWS) for number, part in enumerate(files)]
    shown = parquet.preview_of_parts(source, samples, bench)
    splits = [part.split for part in files if part.split]
    notes = [note for note in shown.notes if "→" not in note] + ([f"Splits: {', '.join(splits)}"] if splits else [])
    return Preview(shown.source, shown.columns, shown.rows, shown.guess, tuple(notes))


def _reader(files: Sequence[Part], schema: Schema, bench: Bench) -> Reader:
    return parquet.reader_of([_to_parquet(part, bench, i) for i, part in enumerate(files)], schema, bench)


SOURCE = Source(
    "arrow",
    "Arrow or Feather",
    "tabular",
    lambda location: has_suffix(location, SUFFIXES) and not _is_saved(location),
    lambda locations, bench: _preview("arrow", parts(locations, SUFFIXES, bench.within), bench),
    lambda locations, schema, bench: _reader(parts(locations, SUFFIXES, bench.within), schema, bench),
    suffixes=SUFFIXES,
)
SAVED = Source(
    "saved",
    "Folder saved by datasets",
    "tabular",
    _is_saved,
    lambda locations, bench: _preview("saved", _saved_parts(locations, bench), bench),
    lambda locations, schema, bench: _reader(_saved_parts(locations, bench), schema, bench),
)
