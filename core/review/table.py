"""Decisions as CSV or JSON lines: `example_id` or `source_id`, `action`, `label`, `list`, `note`. Knows no dataset."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import UsageError
from core.records import EARLIER_EXAMPLE_ID, EXAMPLE_ID, LIST, MAX_NOTE
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
    label: str | tuple[object, ...] | None
    """As the file has it: a list where JSON has one."""
    note: str | None = None
    list: str | None = None
    """The type of the list of issues in which it was made; None for one on a label."""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A file of decisions as it was read."""

    column: str
    """The column that names the rows."""
    by_example_id: bool
    """Whether `row` is Winnow's row number; else it is the source's id."""
    lines: tuple[DecisionLine, ...]


About = Callable[[DecisionLine], str | None]
"""What a line is about: None, the row's label, or a list of issues by its type."""


def of_list(line: DecisionLine) -> str | None:
    """Each line about the list that it names."""
    return line.list


def read_json_lines(
    text: Iterable[str], own_id: str | None = None, taken: Collection[str] = (), about: About = of_list
) -> DecisionTable:
    """As `read_table`, of a file with a JSON object on each line, whose names are those of the columns."""
    records = [(number, _object(number, line)) for number, line in enumerate(text, 1) if line.strip()]
    names = list(dict.fromkeys(name for _, record in records for name in record))
    id_column, by_example_id = _id_column(names, own_id, taken)
    lines = [
        DecisionLine(
            number,
            _text(record.get(id_column)),
            _text(record.get("action")),
            _label_of(record.get("label")),
            _text(record.get("note")) or None,
            _text(record.get(LIST)) or None,
        )
        for number, record in records
    ]
    return _table(lines, id_column, by_example_id, about)


def read_table(
    text: Iterable[str], own_id: str | None = None, taken: Collection[str] = (), about: About = of_list
) -> DecisionTable:
    """Reads the lines of a CSV file; `own_id` is what the source calls its ids, `taken` those names of Winnow's ids
    that a column of the source with other numbers has as well. Two lines `about` the same must not contradict each
    other.

    Raises `UsageError` with the lines that are wrong.
    """
    reader = csv.DictReader(text)
    header = [name.strip().lower() for name in reader.fieldnames or ()]
    reader.fieldnames = header
    id_column, by_example_id = _id_column(header, own_id, taken)
    lines = []
    for record in reader:
        value = {name: _ESCAPE.sub("", text.strip()) for name, text in record.items() if isinstance(text, str)}
        lines.append(
            DecisionLine(
                reader.line_num,
                value.get(id_column, ""),
                value.get("action", ""),
                value.get("label") or None,
                value.get("note") or None,
                value.get(LIST) or None,
            )
        )
    return _table(lines, id_column, by_example_id, about)


def _table(lines: Iterable[DecisionLine], column: str, by_example_id: bool, about: About) -> DecisionTable:
    table = DecisionTable(column, by_example_id, tuple(lines))
    _check(table.lines, by_example_id, about)
    return table


def _id_column(header: Sequence[str], own_id: str | None, taken: Collection[str]) -> tuple[str, bool]:
    """The column that names the rows, and whether it has Winnow's numbers. Raises `UsageError` where there is none."""
    own = [own_id.strip().lower()] if own_id else []
    known = list(dict.fromkeys((EXAMPLE_ID, EARLIER_EXAMPLE_ID, *own, SOURCE_ID, "id")))
    id_column = next((name for name in known if name in header), None)
    if id_column is None or "action" not in header:
        raise UsageError(
            f"The file's columns are {', '.join(header) or 'none'}.",
            f"It needs one of {', '.join(known)}; action ({', '.join(DECIDING)}); and label for each relabel. A note, "
            "and the list of issues that it was made in, are as you like.",
        )
    winnows = id_column in (EXAMPLE_ID, EARLIER_EXAMPLE_ID)
    return id_column, winnows and not (id_column in taken and _is_the_sources(id_column, header, own))


def _object(number: int, line: str) -> Mapping[str, object]:
    """One line's names, in small letters, with their values. Raises `UsageError` where it is no object."""
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise UsageError(f"Line {number} is no JSON object.", "Write one object a line. Nothing was written.")
    return {str(name).strip().lower(): value for name, value in record.items()}


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _label_of(value: object) -> str | tuple[object, ...] | None:
    return tuple(value) if isinstance(value, list) else _text(value) or None


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


def _check(lines: Sequence[DecisionLine], by_example_id: bool, about: About) -> None:
    problems = [problem for line in lines if (problem := _problem(line, by_example_id))]
    reject(problems or _contradictions(lines, about), "Mend these lines and run it again.")
    if not lines:
        raise UsageError("The file has a header but no decisions.", "Write one row per decision.")


def _contradictions(lines: Sequence[DecisionLine], about: About) -> list[str]:
    """Lines that say another thing of a row than a line before them that is about the same; a row that is left out is
    not kept in any list."""
    first: dict[tuple[str, str | None], DecisionLine] = {}
    pairs = [(first.setdefault((line.row, about(line)), line), line) for line in lines]
    wrong = [(said, line) for said, line in pairs if _said(said) != _said(line)]
    left_out = {line.row: line for line in lines if line.action == "exclude"}
    wrong += [(left_out[line.row], line) for line in lines if line.row in left_out and about(line) is not None]
    told = [sorted(pair, key=lambda one: one.line) for pair in wrong]
    return [f"Line {late.line} says another thing of row {late.row} than line {early.line}." for early, late in told]


def _said(line: DecisionLine) -> tuple[object, ...]:
    """Classes in another order are the same label."""
    return line.action, frozenset(map(str, line.label)) if isinstance(line.label, tuple) else line.label


def _problem(line: DecisionLine, by_example_id: bool) -> str:
    if not line.row:
        return f"Line {line.line} names no row."
    if by_example_id and not line.row.isdecimal():
        return f"Line {line.line}: {line.row!r} is no row number."
    if line.action not in DECIDING:
        return f"Line {line.line}: action {line.action!r} is none of {', '.join(DECIDING)}."
    if line.note is not None and len(line.note) > MAX_NOTE:
        return f"Line {line.line}: the note has {len(line.note):,} characters, {MAX_NOTE} is the most."
    if line.action == "relabel" and line.label is None:
        return f"Line {line.line} relabels but gives no label."
    return ""
