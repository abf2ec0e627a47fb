"""The page Profile for tests: what it is of, and what it says."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import scipy.special  # noqa: F401 - as in a server that has shown a profile: the first one waits a moment more for it
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from tests.staged import taken_in

OpenAt = Callable[..., AppTest]


def load(
    context: Context,
    folder: Path,
    name: str,
    rows: list[tuple[object, ...]],
    header: str,
    task: str = "text-classification",
) -> Dataset:
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
    columns = header.split()
    schema = Schema(task, "text", "label", "split" if "split" in columns else None, None, tuple(columns[3:]))
    return taken_in(context.store, Reader(sql=f"read_csv('{path}', all_varchar=false)"), schema, name)


def captions(shown: AppTest) -> str:
    return "\n".join(caption.value for caption in shown.caption)
