"""Decisions as a CSV file: `example_id` or `source_id`, `action`, `label`. Reads lines; knows no dataset."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from core.errors import UsageError
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID
from core.review.acts import DECIDING

SOURCE_ID = "source_id"
"""What exports call the source's own ids where they cannot have their own name."""
_ESCAPE = re.compile(r"^'(?='*[=+\-@\t\r])")
"""What exported CSV puts before text that a spreadsheet would run."""
_LISTED = 5
"""Problems that an error message lists."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One line of the file."""

    line: int
    """1-based, the header included."""
    row: str
    """The row's number, or the source's id."""
    action: str
    label: str | None


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A file of decisions as it was read."""

    by_example_id: bool
    """Whether `row` is Winnow's row number; else it is the source's id."""
    lines: tuple[DecisionLine, ...]


def read_table(text: Iterable[str], own_id: str | None = None, taken: Collection[str] = ()) -> DecisionTable:
    """Reads the lines of a CSV file; `own_id` is what the source calls its ids, `taken` those names of Winnow's ids
    that a column of the source with other numbers has as well.

    Raises `UsageError` with the lines that are wrong.
    """
    reader = csv.DictReader(text)
    header = [name.strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = header
    own = [own_id.strip().lower()] if own_id else []
    known = list(dict.fromkeys((EXAMPLE_ID, EARLIER_EXAMPLE_ID, *own, SOURCE_ID, "id")))
    id_column = next((name for name in known if name in header), None)
    if id_column is None or "action" not in header:
        raise UsageError(
            f"The file's columns are {', '.join(header) or 'none'}.",
            f"It needs one of {', '.join(known)}; action ({', '.join(DECIDING)}); and label for each relabel.",
        )
    winnows = id_column in (EXAMPLE_ID, EARLIER_EXAMPLE_ID)
    by_example_id = winnows and not (id_column in taken and _is_the_sources(id_column, header, own))
    lines = []
    for record in reader:
        value = {name: _ESCAPE.sub("", text.strip()) for name, text in record.items() if isinstance(text, str)}
        lines.append(
            DecisionLine(reader.line_num, value.get(id_column, ""), value.get("action", ""), value.get("label") or None)
        )
    _check(lines, by_example_id)
    return DecisionTable(by_example_id, tuple(lines))


def _is_the_sources(name: str, header: Sequence[str], own: Sequence[str]) -> bool:
    """Whether the file's ids of that name are the source's and not Winnow's, where the source has such a column.

    An export has Winnow's under that name and the source's beside it. Raises `UsageError` where nothing tells.
    """
    if SOURCE_ID in header:
        return False
    if name in own:
        return True
    raise UsageError(
        f"The source has a column {name} of its own, whose numbers are not Winnow's: the file's may be either.",
        f"Name the rows by {own[0] if own else f'an id: load the source again with {name} as its id'}.",
    )


def reject(problems: Sequence[str], hint: str) -> None:
    """Raises `UsageError` with the first problems, if there are any; nothing of the file is written then."""
    if problems:
        more = f" … and {len(problems) - _LISTED:,} more." if len(problems) > _LISTED else ""
        raise UsageError(f"{' '.join(problems[:_LISTED])}{more}", f"{hint} Nothing was written.")


def _check(lines: Sequence[DecisionLine], by_example_id: bool) -> None:
    problems = [problem for line in lines if (problem := _problem(line, by_example_id))] or _contradictions(lines)
    reject(problems, "Mend these lines and run it again.")
    if not lines:
        raise UsageError("The file has a header but no decisions.", "Write one row per decision.")


def _contradictions(lines: Sequence[DecisionLine]) -> list[str]:
    """Lines that say another thing of a row than a line before them."""
    first: dict[str, DecisionLine] = {}
    return [
        f"Line {line.line} says another thing of row {line.row} than line {said.line}."
        for line in lines
        if (said := first.setdefault(line.row, line)) and (said.action, said.label) != (line.action, line.label)
    ]


def _problem(line: DecisionLine, by_example_id: bool) -> str:
    if not line.row:
        return f"Line {line.line} names no row."
    if by_example_id and not line.row.isdecimal():
        return f"Line {line.line}: {line.row!r} is no row number."
    if line.action not in DECIDING:
        return f"Line {line.line}: action {line.action!r} is none of {', '.join(DECIDING)}."
    if line.action == "relabel" and line.label is None:
        return f"Line {line.line} relabels but gives no label."
    return ""
