"""Fetches a hub dataset with the `datasets` library and writes each split as Parquet.

spec.json   a `HubSpec`, with what `core.jobs.load.run` needs where the rows are to become a dataset
output/     <split>.parquet, images undecoded

Where the schema says that they are images, the process then becomes `core.jobs.load.run` on the same job folder.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import SourceError
from core.jobs import entry
from core.jobs.hub.spec import HubResult, HubSpec
from core.queue import JobFolder, ProgressWriter
from core.records import Schema
from core.sources.base import FILE_SPLIT_COLUMN
from core.sources.features import class_names
from core.sources.hub import fetched
from core.tasks import task_named

_BATCH = 1000
_ANSWER_SECONDS = 8.0
"""How long the hub may take to say anything at all."""


def fetch(folder: JobFolder, progress: ProgressWriter) -> HubResult:
    """Fetches every split. Raises SourceError where the hub cannot be reached or has no such dataset."""
    spec = folder.spec_as(HubSpec)
    progress.update("Asking the hub", 0)
    splits = _open(spec.id, spec.config, streaming=spec.rows is not None)
    written = {}
    for name, split in splits.items():
        written[str(name)] = _write(split, folder, str(name), spec.rows, progress)
    schema = spec.schema
    if schema and task_named(schema.task).modality.in_files:
        _write_listing(folder, schema)
        os.execv(sys.executable, [sys.executable, "-m", "core.jobs.load.run", str(folder.path)])  # noqa: S606  its own arguments
    return HubResult(written)


def _write_listing(folder: JobFolder, schema: Schema) -> None:
    """One table of images over all splits, with class names for class numbers: what `core.jobs.load.run` reads."""
    wanted = {*schema.roles, *schema.attributes}
    writer = None
    for part in fetched(folder.output):
        with pq.ParquetFile(part.path) as file:
            names = class_names(file.schema_arrow)
            for batch in file.iter_batches(_BATCH):
                table = pa.table(batch)
                if FILE_SPLIT_COLUMN not in table.column_names:
                    table = table.append_column(FILE_SPLIT_COLUMN, pa.array([part.split] * len(table), pa.string()))
                table = _named(table.select([name for name in table.column_names if name in wanted]), names)
                table = table.replace_schema_metadata(None)
                writer = writer or pq.ParquetWriter(folder.input / "listing.parquet", table.schema)
                writer.write_table(table)
        part.path.unlink()
    if writer is not None:
        writer.close()


def _named(table: pa.Table, names: Mapping[str, Sequence[str]]) -> pa.Table:
    """With the names of classes in place of their numbers; lists of numbers stay as they are."""
    for place, field in enumerate(table.schema):
        if field.name in names and pa.types.is_integer(field.type):
            numbers = pc.if_else(pc.greater_equal(table[place], 0), table[place], None)
            table = table.set_column(place, field.name, pa.array(names[field.name]).take(numbers))
    return table


def _open(dataset: str, config: str | None, streaming: bool) -> Any:
    here = Path(dataset)
    if here.exists() and not here.is_absolute():
        raise SourceError(
            f"'{dataset}' is a file or folder where Winnow runs, which `datasets` would read instead of the hub's.",
            "Load it by its path, or name it as owner/name.",
        )
    if not here.exists():
        _look_for_the_hub()
    import datasets
    from datasets.exceptions import DatasetNotFoundError
    from datasets.packaged_modules import _PACKAGED_DATASETS_MODULES as FORMATS

    if dataset in FORMATS:  # the library's readers of files, which would look for some where Winnow runs
        raise SourceError(
            f"'{dataset}' is a file format of `datasets` and no dataset of the hub.",
            "Name a dataset as owner/name, or load files by their path.",
        )

    try:
        return datasets.load_dataset(dataset, config, streaming=streaming, trust_remote_code=None)
    except DatasetNotFoundError as error:
        raise SourceError(
            f"The hub has no dataset '{dataset}' that is open to this machine.",
            "Check the id. A private or gated one needs HF_TOKEN set where Winnow is started.",
        ) from error
    except (ConnectionError, OSError, TimeoutError) as error:
        raise unreachable(dataset) from error
    except (ValueError, RuntimeError) as error:
        raise SourceError(
            f"'{dataset}' cannot be loaded: {error}",
            f"Name a configuration as {dataset}:NAME where it asks for one. Datasets that need their own code to run "
            "are refused.",
        ) from error


def _look_for_the_hub() -> None:
    """Without a hub that answers, goes on as with HF_HUB_OFFLINE: what was fetched before is found at once, and
    anything else missed at once. Left to itself, the library asks for half a minute. Call it before `datasets` is
    imported, which takes the setting over."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return
    answers: SimpleQueue[bool] = SimpleQueue()
    # In a thread, since no setting bounds looking a name up and trying all of its addresses.
    threading.Thread(target=lambda: answers.put(_answers(constants.ENDPOINT)), daemon=True).start()
    try:
        constants.HF_HUB_OFFLINE = not answers.get(timeout=_ANSWER_SECONDS)
    except Empty:
        constants.HF_HUB_OFFLINE = True


def _answers(endpoint: str) -> bool:
    """Whether anybody does, whatever the answer: by the library's own client, with its proxies and certificates."""
    from httpx2 import TransportError
    from huggingface_hub import get_session

    try:
        get_session().head(endpoint, timeout=_ANSWER_SECONDS)
    except TransportError:
        return False
    return True


def unreachable(dataset: str) -> SourceError:
    """What to say, and to do, when there is no way to the hub."""
    return SourceError(
        f"The hub cannot be reached from this machine, so '{dataset}' cannot be fetched.",
        "Connect it (HTTPS_PROXY, or HF_ENDPOINT for a mirror; unset HF_HUB_OFFLINE), or where there is a network run "
        f"datasets.load_dataset('{dataset}').save_to_disk('folder'), copy the folder here and load that.",
    )


def _write(split: Any, folder: JobFolder, name: str, rows: int | None, progress: ProgressWriter) -> int:
    """One split as Parquet in batches; images as the bytes or paths they came as."""
    features = split.features
    total = None if rows is not None else len(split)
    taken = split.take(rows) if rows is not None else split
    target = folder.output / f"{name}.parquet"
    done = 0
    writer = None
    try:
        for table in taken.with_format("arrow").iter(batch_size=_BATCH):
            schema = features.arrow_schema if features else table.schema
            writer = writer or pq.ParquetWriter(target, schema)
            writer.write_table(table.cast(schema), row_group_size=_BATCH)
            done += table.num_rows
            progress.update(f"Fetching {name}", done, total)
    finally:
        if writer is not None:
            writer.close()
    return done


if __name__ == "__main__":
    entry.run(fetch)
