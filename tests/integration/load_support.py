"""Loading as a person does: preview, accept the guess, start, wait."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from core.context import Context
from core.records import Dataset
from core.services.load import preview, start_load, wait
from core.store.datasets import rejected


def loaded(context: Context, *locations: str | Path, name: str = "it", **roles: Any) -> Dataset:
    """The dataset that comes of the guessed schema, with `roles` in its place."""
    places = [str(location) for location in locations]
    schema = replace(preview(context, places).guess, **roles)
    return wait(context, start_load(context, places, schema, name=name, by="tester").job_id)


def column(context: Context, dataset: Dataset, name: str) -> list[Any]:
    """A column's values by row."""
    return [
        row[0] for row in context.store.fetch(f'SELECT "{name}" FROM examples_{dataset.dataset_id} ORDER BY example_id')
    ]


def set_aside(context: Context, dataset: Dataset) -> list[tuple[int | None, str]]:
    """(line, reason) of every row set aside, by line."""
    rows = rejected(context.store, dataset.dataset_id, 100)
    return sorted(((row.line, row.reason) for row in rows), key=lambda row: (row[0] is None, row))
