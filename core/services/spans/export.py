"""A version with spans in the files that programs for them read: CoNLL columns, and JSON lines as they were loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from core.context import Context
from core.errors import UsageError
from core.files import whole
from core.modalities import WORDS
from core.records import Dataset
from core.sources.conll import NO_TAG
from core.store.relations import relation
from core.targets.spans.form import overlapping, spans_of
from core.targets.spans.tags import OUTSIDE, SCHEMES, Scheme, encode
from core.targets.spans.tokens import bounds_of, of_tokens

FILES = (".conll", ".iob", ".iob2", ".bio", ".bioes", ".txt", ".tsv")
"""Endings of a path that is one file; any other is a folder with a file for each split."""
WITHOUT_SPLIT = "all"
_ROWS_AT_ONCE = 2000
COLUMN = "column_"
"""How columns between token and tag are called, with a number behind it."""


def export_conll(context: Context, dataset: Dataset, version_id: str, out: Path, file_name: Any) -> Path:
    """Writes a file of all rows where `out` is named as one, else a folder with a file for each split, in the scheme
    that the dataset was loaded in. Raises UsageError where spans overlap, which a tag for each token cannot say."""
    if out.suffix.lower() in FILES:
        with whole(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
            _write(file, dataset, _rows(context, dataset, version_id))
        return out
    with whole(out) as folder, ExitStack() as open_:
        folder.mkdir()
        files: dict[str, TextIO] = {}
        documents: dict[str, str] = {}
        for row in _rows(context, dataset, version_id):
            split = row["split"] or WITHOUT_SPLIT
            if split not in files:
                path = folder / f"{file_name(split)}.conll"
                files[split] = open_.enter_context(path.open("w", encoding="utf-8", newline="\n"))
            documents[split] = _sentence(files[split], dataset, row, documents.get(split, ""))
    return out


def export_json_lines(context: Context, dataset: Dataset, version_id: str, out: Path) -> Path:
    """Writes rows as they were loaded: tokens and tags, or a text and its spans, under the names of that time. Raises
    UsageError where spans overlap and there are tags."""
    example, label = dataset.layout.get("example", WORDS), dataset.layout.get("label", "label")
    hidden = {dataset.layout.get("tokens")}
    with whole(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for row in _rows(context, dataset, version_id):
            line: dict[str, Any] = {"example_id": row["example_id"]}
            if dataset.id_column and dataset.id_column not in (example, label):
                line[dataset.id_column] = row["source_id"]
            if "scheme" in dataset.layout:
                tokens, tags = _tagged(row, dataset)
                line |= {example: tokens, label: tags}
            else:
                line |= {example: row[WORDS], label: json.loads(row["label"] or "null")}
            line |= {"split": row["split"]} if row["split"] else {}
            own = [one for one in dataset.attributes if not one.derived and one.column not in hidden]
            line |= {one.name: listed(row[one.column]) for one in own if one.name not in line}
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    return out


def listed(value: Any) -> Any:
    """A cell; a list that is kept as JSON is one again."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _rows(context: Context, dataset: Dataset, version_id: str) -> Iterator[dict[str, Any]]:
    """The rows of a version, block by block."""
    rows, last = relation(context.store, version_id), -1
    while True:
        page = context.store.fetch_named(
            f"SELECT * FROM {rows} WHERE example_id > ? ORDER BY example_id LIMIT {_ROWS_AT_ONCE}", [last]
        )
        if not page:
            return
        yield from page
        last = page[-1]["example_id"]


def _tagged(row: dict[str, Any], dataset: Dataset) -> tuple[list[str], list[str] | None]:
    """The tokens of a row and their tags; None where it has no label."""
    text, spans = row[WORDS], spans_of(row["label"] or "[]")
    if pair := overlapping(spans):
        (start, stop, name), (from_, to, other) = pair
        raise UsageError(
            f"Row {row['example_id']}: the spans {start}–{stop} {name} and {from_}–{to} {other} overlap, which a tag "
            "for each token cannot say.",
            "Export it as Parquet or CSV.",
        )
    column = dataset.layout.get("tokens")
    bounds = bounds_of(row[column] if column else None, text, spans)
    tags = encode(of_tokens(spans, bounds), len(bounds), scheme_of(dataset))
    return [text[start:stop] for start, stop in bounds], None if row["label"] is None else tags


def scheme_of(dataset: Dataset) -> Scheme:
    """The scheme that a dataset was loaded in, IOB2 where it had none."""
    found = dataset.layout.get("scheme")
    return next((one for one in SCHEMES if one == found), "IOB2")


def _write(file: TextIO, dataset: Dataset, rows: Iterator[dict[str, Any]]) -> None:
    document = ""
    for row in rows:
        document = _sentence(file, dataset, row, document)


def _sentence(file: TextIO, dataset: Dataset, row: dict[str, Any], document: str) -> str:
    """One row as lines, after the mark of its document where that is a new one; returns the document."""
    tokens, tags = _tagged(row, dataset)
    if not tokens:
        return document
    names = [one.column for one in dataset.attributes if one.column.startswith(COLUMN)]
    between = columns_between(row, names, len(tokens))
    here = str(row.get("document") or "")
    write_sentence(file, tokens, tags, between, here if here != document else "")
    return here


def write_sentence(
    file: TextIO, tokens: Sequence[str], tags: Sequence[str] | None, between: Sequence[Sequence[str]], document: str
) -> None:
    """A line for each token, `_` in place of a tag where there are none, after the mark of a document that begins."""
    if document:
        file.write("\t".join(["-DOCSTART-", *["-X-"] * len(between), OUTSIDE]) + "\n\n")
    for place, token in enumerate(tokens):
        tag = tags[place] if tags is not None else NO_TAG
        file.write("\t".join([token, *(column[place] for column in between), tag]) + "\n")
    file.write("\n")


def columns_between(row: Mapping[str, Any], names: Sequence[str], tokens: int) -> list[list[str]]:
    """The columns that stood between token and tag, where they still fit."""
    found = [listed(row[name]) for name in names]
    return [
        [str(cell) for cell in one] if isinstance(one, list) and len(one) == tokens else ["_"] * tokens for one in found
    ]
