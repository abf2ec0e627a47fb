"""CoNLL files: a line for each token, its tag in the last column, an empty line between sentences.

Two columns or more, with blanks or tabs between them; `-DOCSTART-` begins a document, `#` a comment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from core.errors import SourceError
from core.records import Preview, Reader, Schema
from core.settings import expanded
from core.sources.base import Bench, Source
from core.sources.delimited.encoding import UNDECODABLE, detect, read_sample
from core.sources.paths import Part, has_suffix, parts
from core.sources.rejects import RejectWriter
from core.sources.tabular import Found, preview_of
from core.sources.values import Copier, Copy, Fields, found_in, reader_of
from core.targets.spans.tags import is_tag
from core.words import stored

SUFFIXES = (".conll", ".conll03", ".conll2003", ".iob", ".iob2", ".bio", ".bioes")
MAYBE = (".txt", ".tsv", ".testa", ".testb", ".train", ".dev", ".test", ".data", "")
"""Endings of files that are CoNLL where their first lines are."""
TOKENS, TAGS, DOCUMENT = "tokens", "ner_tags", "document"
START = "-DOCSTART-"
NO_TAG = "_"
"""In place of every tag of a sentence that has no label yet."""
_SAMPLE_SENTENCES = 2000
_AT_ONCE = 5000
_HEAD = 8192
_TRUTH = ("false", "true")


@dataclass(slots=True)
class Sentence:
    """One sentence of a file."""

    line: int
    """Of its first token, from 1."""
    columns: list[list[str]] = field(default_factory=list)
    """Of each token."""
    document: int = 0
    """From 1; 0 where no document has begun."""
    comments: dict[str, str] = field(default_factory=dict)


def claims(location: str) -> bool:
    """By the ending of its name, or by its first lines where the ending says nothing."""
    path = expanded(location)
    if has_suffix(location, SUFFIXES):
        return True
    return path.suffix.lower() in MAYBE and path.is_file() and _looks_tagged(path)


def _looks_tagged(path: Path) -> bool:
    with path.open("rb") as file:
        lines = file.read(_HEAD).decode("utf-8", "ignore").splitlines()[:-1]
    cells = [line.split() for line in lines if line.strip() and not line.startswith((START, "# "))]
    tagged = [row for row in cells if len(row) > 1 and is_tag(row[-1])]
    spans = any(row[-1] != "O" for row in tagged)
    return len(cells) > 1 and len(tagged) >= 0.95 * len(cells) and spans


def sentences(lines: Iterator[str]) -> Iterator[Sentence]:
    """The sentences of a file."""
    found, document = Sentence(1), 0
    for number, line in enumerate(lines, 1):
        row = _cells(line)
        if row and row[0] == START:
            document += 1
            row = []
        elif line.startswith("#") and not found.columns and (len(row) < 2 or not is_tag(row[-1])):
            name, _, value = line.lstrip("# ").partition("=")
            if value and name.strip().isidentifier():
                found.comments[name.strip()] = value.strip()
            continue
        if row:
            if not found.columns:
                found.line, found.document = number, document
            found.columns.append(row)
        elif found.columns:
            yield found
            found = Sentence(number + 1)
    if found.columns:
        yield found


def _cells(line: str) -> list[str]:
    """The columns of a line: by tabs where it has any, which leaves blanks within a token."""
    if "\t" not in line.strip():
        return [cell for cell in re.split(r"[ \t\r\n]+", line) if cell]
    cells = [cell.strip() for cell in line.strip("\n\r").split("\t")]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def fields_of(sentence: Sentence) -> Fields:
    """A row: tokens, tags, what stands between them, document and the comments above it. Raises ValueError where lines
    have no tag or not the same columns."""
    width = len(sentence.columns[0])
    for place, row in enumerate(sentence.columns):
        if len(row) < 2:
            raise ValueError(stored(f"no tag in line {sentence.line + place}: {' '.join(row)[:100]}"))
        if len(row) != width:
            raise ValueError(stored(f"{len(row)} columns in line {sentence.line + place} and {width} before"))
        if any(UNDECODABLE in cell for cell in row):
            raise ValueError(stored(f"bytes that cannot be decoded in line {sentence.line + place}"))
    columns = [list(column) for column in zip(*sentence.columns, strict=True)]
    cells = {TOKENS: columns[0], TAGS: columns[-1]}
    cells |= {f"column_{place + 2}": column for place, column in enumerate(columns[1:-1])}
    found: dict[str, object] = {name: json.dumps(value, ensure_ascii=False) for name, value in cells.items()}
    if set(columns[-1]) == {NO_TAG}:
        del found[TAGS]
    if sentence.document:
        found[DOCUMENT] = f"document {sentence.document}"
    return found | {name: value for name, value in sentence.comments.items() if name not in found}


def _lines(part: Part) -> tuple[Iterator[str], str]:
    encoding = detect(read_sample(part.path))

    def read() -> Iterator[str]:
        with part.path.open(encoding=encoding.codec, errors=encoding.errors, newline=None) as file:
            for line in file:
                yield line.lstrip("\ufeff")

    return read(), f"{part.path.name}: {encoding.title}"


def _files(locations: Sequence[str], bench: Bench) -> list[Part]:
    return parts(locations, SUFFIXES, bench.within)


def preview(locations: Sequence[str], bench: Bench) -> Preview:
    """Raises SourceError for an empty file, and for one without tags."""
    return preview_of("conll", [_sampled(part) for part in _files(locations, bench)])


def _sampled(part: Part) -> Found:
    lines, note = _lines(part)
    taken = list(islice(sentences(lines), _SAMPLE_SENTENCES))
    rows, fault = [], ""
    for sentence in taken:
        try:
            rows.append(fields_of(sentence))
        except ValueError as error:
            fault = fault or str(error)
    if not rows:
        raise _nothing_usable(part, fault)
    estimate = len(rows) if len(taken) < _SAMPLE_SENTENCES else None
    return found_in(part, rows, _TRUTH, note, estimate)


def reader(locations: Sequence[str], schema: Schema, bench: Bench) -> Reader:
    """The relation over all files; sentences whose lines do not fit together are set aside beforehand."""
    rejected = bench.scratch / "rejected.parquet"
    with RejectWriter(rejected) as rejects:
        copies = [
            _copied(part, bench, rejects, bench.scratch / str(number))
            for number, part in enumerate(_files(locations, bench))
        ]
    return reader_of(copies, schema, rejected if rejects.count else None)


def _copied(part: Part, bench: Bench, rejects: RejectWriter, folder: Path) -> Copy:
    lines, note = _lines(part)
    copier = Copier(part, folder, _TRUTH)
    found, first = sentences(lines), rejects.first
    while taken := list(islice(found, _AT_ONCE)):
        bench.check_stop()
        rows: list[Fields] = []
        places: list[int] = []
        for sentence in taken:
            try:
                rows.append(fields_of(sentence))
                places.append(sentence.line)
            except ValueError as error:
                shown = " ".join(row[0] for row in sentence.columns)
                rejects.add(part.path.name, sentence.line, str(error), shown)
        if rows:
            copier.add(rows, places)
    if not copier.count:
        raise _nothing_usable(part, first or rejects.first)
    return copier.copy(note)


def _nothing_usable(part: Part, reason: str) -> SourceError:
    if not reason:
        return SourceError(
            f"{part.path.name} has no usable sentence.",
            "Write a token and its tag on each line, and an empty line between sentences.",
        )
    return SourceError(
        f"{part.path.name} has no usable sentence: {reason}.",
        "Write a token and its tag on each line, and an empty line between sentences.",
    )


SOURCE = Source("conll", "CoNLL columns", "tabular", claims, preview, reader, suffixes=SUFFIXES)
