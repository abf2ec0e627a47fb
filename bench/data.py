"""Where the real data lies, and how its tables are read."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pyarrow.csv

DATA = Path(os.environ.get("WINNOW_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")


def columns(path: Path) -> dict[str, list[str]]:
    """A CSV's columns as text."""
    with path.open("rb") as file:
        names = file.readline().decode().strip().split(",")
    kinds = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, "string"))
    table = pyarrow.csv.read_csv(
        path, convert_options=kinds, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
    )
    return {name: table.column(name).to_pylist() for name in table.column_names}


def cifar10n(media: Path) -> tuple[list[str], list[str], dict[str, list[str]]]:
    """Unpacks the 5,000 images of cifar10n_aggre_5k into `media`: their names there, the hashes of their content, and
    the columns `given_label` and `true_label`."""
    rows = columns(DATA / "cifar10n_aggre_5k" / "truth.csv")
    with zipfile.ZipFile(DATA / "cifar10n_aggre_5k" / "images.zip") as archive:
        archive.extractall(media)
    names = [f"{label}/{file}" for label, file in zip(rows["given_label"], rows["file"], strict=True)]
    return names, [hashlib.sha256((media / name).read_bytes()).hexdigest() for name in names], rows
