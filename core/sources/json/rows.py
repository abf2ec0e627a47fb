"""From a JSON file to its rows, in whatever layout programs write tables: one object a line, a list, pandas' layouts.

Values are those of Python's `json`. What that takes beyond the standard is taken (NaN, control characters in strings);
what no text can hold, or what would lose a value, costs its row and not the file.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import SourceError
from core.settings import MAX_CELL_BYTES
from core.sources.delimited.dialect import is_header
from core.sources.delimited.encoding import UNDECODABLE, Encoding
from core.sources.delimited.sanitise import TOO_LONG, Lines
from core.sources.json.broken import cause_of, kind_of, reason_of
from core.sources.json.layout import table_in
from core.words import stored

_BLOCK = 1024 * 1024
"""Characters read at a time."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Row:
    """One row, or what cannot be one."""

    place: int
    """Its line, or its number in a list; from 1."""
    fields: Mapping[str, Any] | None
    """None where it is set aside."""
    size: int
    """Characters that it takes in the file, about."""
    fault: str = ""
    content: str = ""
    """How it begins, where it is set aside."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file, to be gone through once."""

    layout: str
    """As a person is told."""
    rows: Iterator[Row]


class _Decoder:
    """Python's JSON decoder, which remembers whether an object had two values under one key."""

    def __init__(self) -> None:
        self.doubled = ""
        """The key with two different values in what was decoded last."""
        self._json = json.JSONDecoder(object_pairs_hook=self._object, parse_constant=_constant, strict=False)

    def decode(self, text: str) -> Any:
        """The value of a whole text. Raises ValueError or RecursionError."""
        self.doubled = ""
        return self._json.decode(text)

    def raw_decode(self, text: str, start: int) -> tuple[Any, int]:
        """The value that begins at `start`, and where it ends. Raises ValueError or RecursionError."""
        self.doubled = ""
        return self._json.raw_decode(text, start)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.doubled = next((key for key, value in pairs if found[key] != value), self.doubled)
        return found


def _constant(name: str) -> float | None:
    """NaN is how programs write that a number is missing."""
    return None if name == "NaN" else float(name)


def open_rows(path: Path, encoding: Encoding) -> Rows:
    """The layout of a file and its rows. Raises SourceError where it holds no rows in a layout that is known, and,
    while its rows are gone through, where a list breaks off."""
    decoder = _Decoder()
    first, more = _first_line(path, encoding)
    start = first.lstrip()[:1]
    if start not in ("{", "["):
        raise SourceError(
            f"{path.name} holds no JSON objects: it begins with {start!r}.",
            "Choose JSON lines (one object a line) or a list of objects.",
        )
    whole = _whole(decoder, first)
    if whole and more:
        return Rows("JSON lines", _of_lines(path, encoding, decoder))
    if start == "[":
        return _of_list(path, encoding, decoder)
    if not whole and first.strip() != "{" and not _goes_on(path, encoding, decoder):
        return Rows("JSON lines", _of_lines(path, encoding, decoder))
    return _of_document(path, encoding, decoder)


def _opened(path: Path, encoding: Encoding) -> io.TextIOWrapper:
    return path.open(encoding=encoding.codec, errors=encoding.errors, newline="")


def _first_line(path: Path, encoding: Encoding) -> tuple[str, bool]:
    """The first line that is not blank, or how it begins, and whether more than blanks follows."""
    with _opened(path, encoding) as file:
        text = file.read(_BLOCK).lstrip("\ufeff \t\r\n")
        first = io.StringIO(text, newline="").readline()
        return first, bool(text[len(first) :].strip() or file.read(_BLOCK).strip())


def _whole(decoder: _Decoder, line: str) -> bool:
    try:
        decoder.decode(line)
    except (ValueError, RecursionError):
        return False
    return True


def _goes_on(path: Path, encoding: Encoding, decoder: _Decoder) -> bool:
    """Whether the object that a file begins with goes on over lines, or is a broken line of its own."""
    with _opened(path, encoding) as file:
        text = file.read(_BLOCK).lstrip("\ufeff \t\r\n")
        ended = not file.read(1)
    try:
        decoder.raw_decode(text, 0)
    except json.JSONDecodeError as error:
        return not ended and _may_go_on(error, text)
    except RecursionError:
        return False
    return True


def _of_lines(path: Path, encoding: Encoding, decoder: _Decoder) -> Iterator[Row]:
    """Every line as a row: an object, or a list of cells."""
    with _opened(path, encoding) as file:
        lines = Lines(file)
        while (found := lines.next()) is not None:
            text = found.text
            if found.cut:
                yield Row(lines.number, None, len(text), TOO_LONG, text)
                continue
            if not text.strip():
                continue
            try:
                value = decoder.decode(text.strip("\ufeff"))
            except (ValueError, RecursionError) as error:
                yield Row(lines.number, None, len(text), _broken(cause_of(error)), text)
                continue
            yield _row(lines.number, value, text, decoder.doubled)


def _row(place: int, value: Any, text: str, doubled: str) -> Row:
    """The row that a value makes; `text` is how it stands in the file."""
    fault = _fault(value, text, doubled) or (_unwritable(value) if _SURROGATE.search(text) else "")
    return Row(place, None, len(text), fault, text[:1000]) if fault else Row(place, _named(value), len(text))


def _fault(value: Any, text: str, doubled: str) -> str:
    if UNDECODABLE in text:
        return stored("undecodable bytes")
    if not isinstance(value, dict):
        reason = kind_of(value)
        return stored(f"a JSON object was expected, not {reason}")
    if not value:
        return stored("empty JSON object")
    return stored(f"two values for the key {doubled!r}") if doubled else ""


def _unwritable(value: Any) -> str:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        return stored(f"half a surrogate pair: \\u{ord(error.object[error.start]):04x}")
    return ""


def _named(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields with a name for each: SQL has none for a column without one."""
    return {key or "unnamed": value for key, value in fields.items()} if "" in fields else fields


def _broken(reason: str) -> str:
    return stored(f"broken JSON: {reason}")


def _of_list(path: Path, encoding: Encoding, decoder: _Decoder) -> Rows:
    """A list of objects, or of lists of cells, value by value: the file is never held as a whole."""
    values = _values(path, encoding, decoder)
    first = next(values, None)
    if first is None:
        raise SourceError(f"{path.name} is an empty list.", "Choose a file with at least one row.")
    value = first[0]
    if isinstance(value, list):
        return Rows("a JSON list of rows", _of_cells(first, values))
    if not isinstance(value, dict):
        raise SourceError(
            f"{path.name} is a list of single values ({value!r:.40}), not of objects.",
            'Write one object for each row, such as {"title": "…", "label": "…"}.',
        )

    def rows() -> Iterator[Row]:
        yield _row(1, *first)
        for number, found in enumerate(values, 2):
            yield _row(number, *found)

    return Rows("a JSON list", rows())


_Value = tuple[Any, str, str]
"""A value, how it stands in the file, and a key that occurs twice in it."""


def _of_cells(first: _Value, others: Iterator[_Value]) -> Iterator[Row]:
    """Rows that are lists: named by the first where that is a header."""
    head, second = first[0], next(others, None)
    width = len(head)
    body = [row for row in (second[0] if second else [],) if isinstance(row, list) and len(row) == width]
    texts = [[cell if isinstance(cell, str) else json.dumps(cell) for cell in row] for row in body]
    headed = all(isinstance(cell, str) for cell in head) and len(set(head)) == width and is_header(head, texts)
    names = [str(cell) for cell in head] if headed else [f"column{i}" for i in range(width)]

    def values() -> Iterator[tuple[int, _Value]]:
        if not headed:
            yield 1, first
        if second:
            yield 2, second
        yield from enumerate(others, 3)

    for number, (value, text, doubled) in values():
        if isinstance(value, list) and len(value) == width:
            yield _row(number, dict(zip(names, value, strict=True)), text, doubled)
        else:
            reason = kind_of(value)
            said = stored(f"a list of {width} cells was expected, not {reason}")
            if isinstance(value, list):
                said = stored(f"a list of {width} cells was expected, not {len(value)} cells")
            yield Row(number, None, len(text), said, text[:1000])


def _values(path: Path, encoding: Encoding, decoder: _Decoder) -> Iterator[_Value]:
    """The values of a list. Raises SourceError where it breaks off."""
    with _opened(path, encoding) as file:
        text = file.read(_BLOCK)
        at = _past(text, text.index("[") + 1)
        count = 0
        while True:
            try:
                at = _past(text, at)
                if text[at : at + 1] == "]":
                    return
                if count:
                    if text[at : at + 1] != ",":
                        raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
                    value, end = decoder.raw_decode(text, _past(text, at + 1))
                else:
                    value, end = decoder.raw_decode(text, at)
                if end == len(text):  # a number may go on
                    raise json.JSONDecodeError("Expecting ',' delimiter", text, end)
            except json.JSONDecodeError as error:
                more = file.read(max(_BLOCK, len(text) - at)) if _may_go_on(error, text) else ""
                if not more:
                    reason = reason_of(error)
                    raise SourceError(
                        f"{path.name}: Malformed JSON in element {count + 1:,} of the list: {reason}.",
                        "Mend it, or save the table as JSON lines, where a broken row costs itself alone.",
                    ) from error
                text, at = text[at:] + more, 0
                if len(text) > 4 * MAX_CELL_BYTES:
                    raise SourceError(
                        f"{path.name}: element {count + 1:,} of the list is over {4 * MAX_CELL_BYTES:,} characters.",
                        "Save the table as JSON lines.",
                    ) from error
                continue
            except RecursionError as error:
                raise SourceError(
                    f"{path.name}: element {count + 1:,} of the list is nested too deep.", "Write rows as flat objects."
                ) from error
            count += 1
            yield value, text[at:end].lstrip(", \t\r\n"), decoder.doubled
            at = end
            if at > _BLOCK:
                text, at = text[at:], 0


def _may_go_on(error: json.JSONDecodeError, text: str) -> bool:
    return error.pos >= len(text) - 16 or error.msg.startswith("Unterminated string")


def _past(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _of_document(path: Path, encoding: Encoding, decoder: _Decoder) -> Rows:
    """An object that holds a table, or objects one after the other that each take several lines."""
    with _opened(path, encoding) as file:
        text = file.read().strip("\ufeff \t\r\n")
    try:
        value, end = decoder.raw_decode(text, 0)
    except (ValueError, RecursionError) as error:
        reason = cause_of(error)
        raise SourceError(
            f"{path.name}: Malformed JSON: {reason}.", "Mend it, or save the table as JSON lines."
        ) from error
    if _past(text, end) < len(text):
        return Rows("JSON objects, one after the other", _one_after_the_other(path, text, decoder))
    if decoder.doubled:
        raise SourceError(
            f"{path.name}: two values for the key {decoder.doubled!r} in one object.", "Give each a key of its own."
        )
    layout, rows = table_in(value, path.name)
    size = len(text) // max(1, len(rows))
    suspect = bool(_SURROGATE.search(text)) or UNDECODABLE in text

    def found() -> Iterator[Row]:
        for number, row in enumerate(rows, 1):
            shown = json.dumps(row, ensure_ascii=False) if suspect else ""
            fault = _fault(row, shown, "") or (_unwritable(row) if suspect else "")
            yield Row(number, None, size, fault, shown[:1000]) if fault else Row(number, _named(row), size)

    return Rows(layout, found())


def _one_after_the_other(path: Path, text: str, decoder: _Decoder) -> Iterator[Row]:
    at = number = 0
    while (at := _past(text, at)) < len(text):
        number += 1
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = cause_of(error)
            raise SourceError(
                f"{path.name}: Malformed JSON in object {number:,}: {reason}.",
                "Mend it, or write one object a line: a broken one then costs itself alone.",
            ) from error
        yield _row(number, value, text[at:end], decoder.doubled)
        at = end
