"""Writes a version as a folder for `datasets.load_from_disk`, with the `datasets` library itself.

spec.json   an `ExportSpec`
input/      rows.parquet, as `core.store.export.export_rows` writes it
Writes the folder whole or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.files import whole
from core.jobs import entry
from core.jobs.export.spec import ExportResult, ExportSpec
from core.modalities import MEDIA, WORDS, Modality
from core.modalities.heavy import heavy_modality
from core.queue import JobFolder, ProgressWriter
from core.tasks import task_named

_BATCH = 500
_LABELS = ("label", "given_label")


def export(folder: JobFolder, progress: ProgressWriter) -> ExportResult:
    """Writes every split."""
    spec = folder.spec_as(ExportSpec)
    rows = folder.input / "rows.parquet"
    found = {split: _split(rows, split, spec, place) for place, split in enumerate(_splits(rows))}
    with whole(spec.out) as part:
        _save(found, part)
    return ExportResult({str(split): len(rows_of) for split, rows_of in found.items()})


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


def _split(rows: Path, split: str | None, spec: ExportSpec, place: int) -> Any:
    """One split as a dataset over an Arrow file. Values go there as the columns that they are: as Python's objects,
    large numbers and nanoseconds would not come through."""
    from datasets import Dataset

    target = rows.with_name(f"split-{place}.arrow")
    with pq.ParquetFile(rows) as file:
        own = _modality(spec).name
        names = [f"{own}_source" if _in_files(spec) and name == own else name for name in file.schema_arrow.names]
        schema = pa.schema([field.with_name(name) for field, name in zip(file.schema_arrow, names, strict=True)])
        features = _features(schema, spec)
        with pa.ipc.new_stream(target, features.arrow_schema) as writer:
            for batch in file.iter_batches(_BATCH):
                table = pa.table(batch).rename_columns(names)
                own = pc.is_null(table["split"]) if split is None else pc.equal(table["split"], split)
                writer.write_table(_columns(table.filter(own), features.arrow_schema, spec))
    return Dataset.from_file(str(target))


def _features(schema: pa.Schema, spec: ExportSpec) -> Any:
    """Labels as ClassLabel with the dataset's class names, or as lists of it, files as what they are, the rest as the
    types they have."""
    from datasets import ClassLabel, Features
    from datasets import Sequence as ListOf

    dropped = {"split", MEDIA} if _in_files(spec) else {"split"}
    kept = pa.schema([field.with_type(_plain(field.type)) for field in schema if field.name not in dropped])
    features = Features.from_arrow_schema(kept)
    names = ClassLabel(names=list(spec.labels))
    for column in _LABELS if _of_classes(spec) else ():
        features[column] = ListOf(names) if task_named(spec.task).target.several else names
    if not _in_files(spec):
        return features
    return Features({_modality(spec).name: heavy_modality(_modality(spec)).dataset_feature(), **features})


def _plain(type_: pa.DataType) -> pa.DataType:
    """The type that the library knows: UUIDs and JSON as text."""
    return pa.string() if isinstance(type_, pa.BaseExtensionType) else type_


def _modality(spec: ExportSpec) -> Modality:
    return task_named(spec.task).modality


def _of_classes(spec: ExportSpec) -> bool:
    """Whether labels are made of classes alone."""
    target = task_named(spec.task).target
    return not target.located and not target.numeric


def _in_files(spec: ExportSpec) -> bool:
    return _modality(spec).in_files


def _columns(table: pa.Table, schema: pa.Schema, spec: ExportSpec) -> pa.Table:
    classes = pa.array(spec.labels, pa.string())
    columns = []
    for field in schema:
        if _in_files(spec) and field.name == _modality(spec).name:
            columns.append(_files(table, spec.media).cast(field.type))
        elif field.name in _LABELS and _of_classes(spec):
            columns.append(_numbers(table[field.name].combine_chunks(), classes).cast(field.type))
        elif isinstance(table.schema.field(field.name).type, pa.BaseExtensionType):
            values = table[field.name].to_pylist()
            columns.append(pa.array([None if value is None else str(value) for value in values], pa.string()))
        else:
            columns.append(table[field.name])
    return pa.Table.from_arrays(columns, schema=schema)


def _numbers(labels: pa.Array, classes: pa.Array) -> pa.Array:
    """Class numbers for class names, in lists where the labels are lists."""
    if not pa.types.is_list(labels.type):
        return pc.index_in(labels, value_set=classes)
    numbers = pc.index_in(labels.flatten(), value_set=classes)
    ends = pc.cumulative_sum(pc.list_value_length(labels))
    return pa.ListArray.from_arrays(pa.concat_arrays([pa.array([0], pa.int32()), ends]), numbers)


def _files(table: pa.Table, media: Path) -> pa.Array:
    found = zip(table[MEDIA].to_pylist(), table[WORDS].to_pylist(), strict=True)
    return pa.array([{"bytes": (media / media_id).read_bytes(), "path": name} for media_id, name in found])


if __name__ == "__main__":
    entry.run(export)
