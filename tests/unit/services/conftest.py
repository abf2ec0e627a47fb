"""Small datasets in a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.records import Dataset
from tests.images import png
from tests.integration.load_support import loaded
from tests.pages import issues_data


@pytest.fixture
def news(context: Context, tmp_path: Path) -> Dataset:
    """Forty texts in two classes, with a group column and a formula."""
    file = tmp_path / "news.csv"
    rows = [f"text number {i},{'xy'[i % 2]},author {i % 8},u{i}" for i in range(39)]
    file.write_text("text,label,author,uid\n" + "\n".join([*rows, "=1+1,x,author 1,u39"]) + "\n")
    return loaded(context, file, id="uid", attributes=("author",), name="news")


@pytest.fixture
def pets(context: Context, tmp_path: Path) -> Dataset:
    """Six images in two classes; two of them have one file name."""
    for i in range(6):
        folder = tmp_path / "pets" / ("cat", "dog/big")[i % 2]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{i}.png").write_bytes(png(i))
    return loaded(context, tmp_path / "pets", name="pets")


@pytest.fixture
def stories(context: Context, tmp_path: Path) -> Dataset:
    """Ninety texts: row i is of the class i % 3 of business, sport and tech."""
    return issues_data.load(context, tmp_path)
