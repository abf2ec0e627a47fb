"""Datasets on the Hugging Face hub, by id. The `datasets` library reads them in a job of its own (`core.jobs.hub.run`),
never in the process that imports this; here is what an id looks like and how what the job wrote is shown and read."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.settings import expanded
from core.sources import parquet
from core.sources.base import Bench, Source
from core.sources.guess import split_name
from core.sources.paths import Part

_ID = re.compile(r"(?:hub:)?(?P<id>\w[\w.-]*(?:/\w[\w.-]*)?)(?::(?P<config>\w[\w.-]*))?")
"""No part begins with a dot: `datasets` reads `../name` as a folder of this machine."""


def parse(location: str) -> tuple[str, str | None]:
    """Id and configuration of `owner/name` or `owner/name:configuration`. Raises SourceError for anything else."""
    found = _ID.fullmatch(location)
    if found is None:
        raise SourceError(f"'{location}' is no hub id.", "It looks like owner/name, or owner/name:configuration.")
    return found["id"], found["config"]


def _claims(location: str) -> bool:
    return bool(_ID.fullmatch(location)) and not expanded(location).exists()


def fetched(folder: Path) -> list[Part]:
    """The Parquet files that the job wrote, one a split."""
    files = sorted(folder.glob("*.parquet"), key=lambda file: (file.stem != "train", file.stem))
    if not files:
        raise SourceError("The hub dataset has no rows.", "Choose another dataset or configuration.")
    return [Part(file, split_name(file.stem) or file.stem if len(files) > 1 else None) for file in files]


def cached() -> tuple[Path, ...]:
    """Where the libraries keep what they fetch: the only files that the rows of a dataset from the hub may name."""
    home = os.environ.get("HF_HOME") or f"{os.environ.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
    kept = (("HF_HUB_CACHE", "hub"), ("HF_DATASETS_CACHE", "datasets"))
    return tuple(expanded(os.environ.get(variable) or f"{home}/{folder}").resolve() for variable, folder in kept)


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Shows the first rows of each split, which a job has put into the scratch folder."""
    return parquet.preview_of_parts("hub", fetched(bench.scratch), bench)


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over the splits that a job has put into the scratch folder."""
    return parquet.reader_of(fetched(bench.scratch), schema, bench)


SOURCE = Source("hub", "Hugging Face hub", "decoded", _claims, preview, reader)
