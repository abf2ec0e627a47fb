"""Where in a text file a row stands, as an editor numbers lines. Walked only where rows were set aside."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from core.records import CsvFile
from core.settings import MAX_CELL_BYTES

_BLOCK = 16 * 1024**2


def lines_of_bytes(path: Path, positions: Sequence[int]) -> dict[int, int]:
    """Byte position → 1-based line. A position on an empty line stands for the next line that is not."""
    lines: dict[int, int] = {}
    waiting = sorted(set(positions))
    start = newlines = 0
    with path.open("rb") as file:
        while waiting and (block := file.read(_BLOCK)):
            counted = 0
            while waiting and waiting[0] < start + len(block):
                at = waiting.pop(0)
                newlines += block.count(b"\n", counted, at - start)
                counted = at - start
                rest = block[counted : counted + 4096]
                blank = rest[: len(rest) - len(rest.lstrip(b"\r\n"))].count(b"\n")
                lines[at] = 1 + newlines + blank
            newlines += block.count(b"\n", counted)
            start += len(block)
    return lines


def lines_of_records(
    file: CsvFile, rejected: Collection[int], ordinals: Collection[int], accepted: int
) -> dict[int, int]:
    """Ordinal of a record among those that the reader accepted (0-based) → its first line.

    `rejected` are the lines of records that it did not accept, `accepted` how many it did. Empty where walking the
    file finds another number of records: then the two readers disagree and no line would be certain.
    """
    wanted = set(ordinals)
    found: dict[int, int] = {}
    ordinal = 0
    for line in _record_lines(file):
        if line in rejected:
            continue
        if ordinal in wanted:
            found[ordinal] = line
        ordinal += 1
    return found if ordinal == accepted else {}


def _record_lines(file: CsvFile) -> Iterator[int]:
    """The first line of each data record that is not blank."""
    csv.field_size_limit(MAX_CELL_BYTES * 8)
    with Path(file.path).open(encoding=file.encoding, errors="replace", newline="") as text:
        for _ in range(file.lines_before):
            text.readline()
        records = csv.reader(
            text,
            delimiter=file.delimiter,
            quotechar=file.quote or None,
            quoting=csv.QUOTE_MINIMAL if file.quote else csv.QUOTE_NONE,
            doublequote=file.escape == file.quote,
            escapechar=file.escape if file.escape and file.escape != file.quote else None,
        )
        line = file.lines_before
        for record in records:
            if record:
                yield line + 1
            line = file.lines_before + records.line_num
