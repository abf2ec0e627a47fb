"""Rewrites a text file that the store cannot read safely by itself into clean UTF-8, setting bad lines aside.

A file comes here only when a cheap look (`look`) says that it must: another encoding, a line or quoted cell that would
overflow the reader's buffer (DuckDB 1.5 drops such a row without a word), quotes that do not close, mixed line ends.
A line that is set aside leaves a blank one behind, so that line numbers stay those of the original. Line ends inside a
quoted cell are part of its value and stay as they are.
"""

from __future__ import annotations

import io
import mmap
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.settings import MAX_CELL_BYTES
from core.sources.base import Bench
from core.sources.delimited.encoding import UNDECODABLE, Encoding
from core.sources.rejects import RejectWriter
from core.words import stored

BLOCK = 4 * 1024**2
"""Look unit: every line or quoted cell of twice this size contains a whole block."""
_TICK = 20_000
"""Lines between two looks at the stop flag."""


def look(path: Path, quote: str = '"') -> str:
    """Why the file has to be sanitised, or an empty string. Reads it once, at memory speed.

    A quoted cell longer than a block shows as a block without a quote between an odd and an odd count of quotes.
    """
    quotes = returns = newlines = 0
    mark = quote.encode()
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for start in range(0, len(data), BLOCK):
            block = data[start : start + BLOCK]
            if len(block) == BLOCK and block.find(b"\n") < 0:
                return "a very long line"
            found = block.count(mark) if quote else 0
            if quotes % 2 and not found and len(block) == BLOCK:
                return "a very long quoted cell"
            quotes += found
            if b"\r" in block:
                returns += block.count(b"\r")
                newlines += block.count(b"\n")
            elif returns:
                newlines += block.count(b"\n")
    if returns and returns != newlines:
        return "mixed line ends"
    return "a quote that is never closed" if quotes % 2 else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text file."""

    text: str
    end: str
    """What ends it; empty in a last line that nothing ends."""
    cut: bool = False
    """Whether it is longer than a cell may be: then `text` is its beginning."""


@dataclass(slots=True)
class Lines:
    """Numbered lines of a text file that was opened with `newline=""`."""

    file: io.TextIOWrapper
    number: int = 0

    def next(self) -> Line | None:
        """The next line; None at the end."""
        line = self.file.readline(MAX_CELL_BYTES)
        if not line:
            return None
        self.number += 1
        if len(line) < MAX_CELL_BYTES or line.endswith(("\n", "\r")):
            text = line.rstrip("\r\n")
            return Line(text, line[len(text) :])
        head = line[:1000]
        while line and not line.endswith(("\n", "\r")):
            line = self.file.readline(MAX_CELL_BYTES)
        return Line(head, "\n", True)


@dataclass(frozen=True, slots=True)
class Record:
    """A line, or several where a quoted cell runs over them."""

    line: int
    lines: int
    text: str
    reason: str = ""
    """Empty for a good one, else why it is set aside."""


TOO_LONG = stored(f"cell over {MAX_CELL_BYTES // 1024**2} MB")


class _Quoting:
    """Where a record ends, by the rules of RFC 4180: a quote opens a cell only at its beginning, and what follows the
    closing quote is a delimiter or the end of the line."""

    def __init__(self, delimiter: str, quote: str, escape: str) -> None:
        d, q, e = re.escape(delimiter), re.escape(quote), re.escape(escape)
        plain = rf"[^{q}]*+" if escape == quote else rf"[^{q}{e}]*+"
        inner = rf"{plain}(?:{q}{q}{plain})*+" if escape == quote else rf"{plain}(?:{e}(?:.|$){plain})*+"
        cell = rf"(?:{q}{inner}{q}[ ]*|[^{q}{d}][^{d}]*|)"
        self._whole = re.compile(rf"{cell}(?:{d}{cell})*+")
        self._opens = re.compile(rf"(?:{cell}{d})*+{q}{inner}")
        self._closes = re.compile(rf"{inner}{q}[ ]*")
        self._delimiter = delimiter

    def after(self, line: str, inside: bool) -> bool | None:
        """Whether a cell is open after `line`; None when the line breaks the rules."""
        if inside:
            closing = self._closes.match(line)
            if closing is None:
                return True
            line = line[closing.end() :]
            if line and not line.startswith(self._delimiter):
                return None
            line = line[len(self._delimiter) :]
        if self._whole.fullmatch(line):
            return False
        return True if self._opens.fullmatch(line) else None


def csv_records(lines: Lines, delimiter: str, quote: str, escape: str) -> Iterator[Record]:
    """Logical CSV records. A quote that is never closed costs its own line, not the rest of the file."""
    quoting = _Quoting(delimiter, quote, escape) if quote else None
    while (found := lines.next()) is not None:
        text = found.text
        if found.cut:
            yield Record(lines.number, 1, text, TOO_LONG)
        elif quoting is None or quote not in text:
            yield Record(lines.number, 1, text)
        elif (state := quoting.after(text, False)) is None:
            yield Record(lines.number, 1, text, stored("quotes inside a cell are not doubled"))
        elif state:
            yield _long_record(lines, found, quoting)
        else:
            yield Record(lines.number, 1, text)


def _long_record(lines: Lines, first: Line, quoting: _Quoting) -> Record:
    """The record that `first` opens, up to its closing quote; `first` alone, set aside, when that never comes."""
    start, resume = lines.number, lines.file.tell()
    texts = [first.text, first.end]
    size = len(first.text) + len(first.end)
    while (found := lines.next()) is not None:
        state = quoting.after(found.text, True)
        if state is None:
            break
        size += MAX_CELL_BYTES if found.cut else len(found.text) + len(found.end)
        if size <= MAX_CELL_BYTES:
            texts += (found.text, found.end)
        if not state:
            taken = lines.number - start + 1
            if size > MAX_CELL_BYTES:
                return Record(start, taken, first.text, TOO_LONG)
            return Record(start, taken, "".join(texts[:-1]))
    lines.file.seek(resume)
    lines.number = start
    return Record(start, 1, first.text, stored("quote is opened and never closed"))


def faults(text: str, delimiter: str, quote: str, escape: str) -> int:
    """How many records of a text break the rules of quoting."""
    raw = io.BytesIO(text.encode("utf-8", "surrogatepass"))
    with io.TextIOWrapper(raw, "utf-8", "surrogatepass", newline="") as file:
        return sum(bool(record.reason) for record in csv_records(Lines(file), delimiter, quote, escape))


def sanitise(
    path: Path,
    clean: Path,
    encoding: Encoding,
    records: Callable[[Lines], Iterator[Record]],
    rejects: RejectWriter,
    bench: Bench,
    above: int = 0,
) -> None:
    """Writes the good records of `path` to `clean` as UTF-8 with plain line ends and adds the others to `rejects`.

    The first `above` lines, which belong to no record, become blank ones.
    """
    total = path.stat().st_size
    with (
        path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding.codec, encoding.errors, newline="") as text,
        clean.open("w", encoding="utf-8", newline="") as out,
    ):
        lines = Lines(text)
        for _ in range(above):
            lines.next()
        out.write("\n" * above)
        for count, record in enumerate(records(lines)):
            reason = record.reason or (stored("undecodable bytes") if UNDECODABLE in record.text else "")
            if reason:
                shown = record.text[:1000].replace(UNDECODABLE, "\N{REPLACEMENT CHARACTER}")
                rejects.add(path.name, record.line, reason, shown)
            out.write("\n" * record.lines if reason else f"{record.text}\n")
            if count % _TICK == 0:
                bench.check_stop()
                bench.on_progress(raw.tell(), total)
