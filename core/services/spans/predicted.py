"""What a model found in the rows of a file, in the files that programs for spans read: JSON lines and CoNLL columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.files import whole
from core.modalities import WORDS
from core.services.spans.export import COLUMN, columns_between, listed, write_sentence
from core.sources.conll import DOCUMENT
from core.targets.spans.form import spans_of
from core.targets.spans.reading import words_in_cell
from core.targets.spans.tags import Scheme, encode
from core.targets.spans.tokens import of_tokens

Rows = Iterable[Mapping[str, Any]]
PREDICTED = 4
"""The last columns of the results: predicted, confidence, reason and spans, whatever number is behind their names."""


def write_json_lines(rows: Rows, column: str, out: Path) -> Path:
    """A line for each row: `text`, its `spans` with `start`, `end`, `label` and `score`, how sure the model is, then
    the row's other columns. One that could not be predicted has no spans and a `reason`."""
    with whole(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            _, confidence, reason, spans = _said(row)
            text = None if row[column] is None else words_in_cell(str(row[column]))[0]
            line: dict[str, Any] = {WORDS: text, "spans": None if spans is None else json.loads(spans)}
            line |= {"confidence": confidence} if reason is None else {"reason": reason}
            for name in list(row)[:-PREDICTED]:
                if name != column or row[name] != text:
                    line[name if name not in line else f"{name}_given"] = listed(row[name])
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
    return out


def write_conll(rows: Rows, column: str, scheme: Scheme, out: Path) -> Path:
    """A line for each token and an empty one between rows, in a scheme; columns that stood between token and tag, and
    documents, are kept. A row that could not be predicted is left out: it has no tokens, or none that could be read."""
    document = ""
    with whole(out) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            label, _, _, spans = _said(row)
            if spans is None:
                continue
            text, bounds = words_in_cell(str(row[column]))
            tags = encode(of_tokens(spans_of(label), bounds), len(bounds), scheme)
            between = columns_between(row, _numbered(row), len(bounds))
            here = str(row.get(DOCUMENT) or "")
            tokens = [text[start:stop] for start, stop in bounds]
            write_sentence(file, tokens, tags, between, here if here != document else "")
            document = here
    return out


def found_in_row(
    row: Mapping[str, Any], column: str
) -> tuple[str, list[tuple[str, str, float]], float | None, str | None]:
    """Of one row: its text, the words, type and probability of each entity, how sure the model is, and why it could say
    nothing."""
    _, confidence, reason, spans = _said(row)
    text = "" if row[column] is None else words_in_cell(str(row[column]))[0]
    found = [(text[one["start"] : one["end"]], one["label"], one["score"]) for one in json.loads(spans or "[]")]
    return text, found, confidence, reason


def _said(row: Mapping[str, Any]) -> Sequence[Any]:
    return list(row.values())[-PREDICTED:]


def _numbered(row: Mapping[str, Any]) -> list[str]:
    return [name for name in list(row)[:-PREDICTED] if name.startswith(COLUMN)]
