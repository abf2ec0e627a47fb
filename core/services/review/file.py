"""Takes down a file of decisions: all of its lines or, where one of them is wrong, none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from core.context import Context
from core.errors import UsageError
from core.records import Action, Decision, Version
from core.review.acts import check_note, label_in
from core.review.records import Act
from core.review.rules import objection, plain_keep
from core.review.table import DecisionTable, read_json_lines, read_table, reject
from core.services.review.decisions import as_decision
from core.store.acts import decisions
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.issues import shown_of
from core.store.rows import labels_of, rows_of_source_ids, taken_names, words_of
from core.store.scans import latest_scan
from core.store.versions import get_version
from core.tasks import target_of

JSON_LINES = (".jsonl", ".ndjson")
"""Endings of files that are read as JSON lines; every other is read as CSV."""


@dataclass(frozen=True, slots=True)
class FileDecisions:
    """What became of a file of decisions."""

    version: Version
    """The version that they were taken down for: the dataset's newest."""
    read: int
    written: int
    unchanged: int
    """Lines that say what is in force already, so that the same file can be given twice."""
    overruled: int
    """Decisions of other reviewers that the file replaced."""
    source_column: str = ""
    """The column with a name of Winnow's ids that was read as the source's own, which go by it too; empty: none."""


def decide_file(context: Context, dataset: str, path: Path, reviewer: str, note: str | None = None) -> FileDecisions:
    """Takes down the decisions of a CSV file or of JSON lines on the newest version of a dataset, given by name or id.

    Columns: `example_id`, or the source's own ids as `source_id`, `id` or under the name they came with; `action`;
    `label` for each `relabel`: its text, or a list of its classes in any order; `note`, if there is one, else `note` is
    that of every line. Where both ids go by one name, they are
    the source's unless there is a `source_id` too.
    Beside each stands what the newest scan suggests for its row, as beside a decision of the desk.
    Raises `UsageError` with the lines that are wrong; then nothing is written.
    """
    found = get_dataset(context.store, dataset)
    version = get_version(context.store, found.latest_version_id)
    taken = taken_names(context.store, version.version_id)
    table = _read(path, found.id_column, taken)
    example_ids = _example_ids(context, version, table)
    rows = labels_of(context.store, version.version_id, example_ids)
    scan = latest_scan(context.store, version.version_id)
    shown = shown_of(context.store, scan, example_ids) if scan else {}
    labels, target = frozenset(found.labels), target_of(found)
    acts = [
        Act(
            new_id(),
            cast(Action, line.action),
            example_id,
            label_in(line.label, target),
            shown=shown.get(example_id, {}),
            scan_id=scan.scan_id if scan else None,
            note=line.note or note,
        )
        for line, example_id in zip(table.lines, example_ids, strict=True)
    ]
    words = words_of(context.store, version.version_id, example_ids) if target.located else {}
    objections = (
        (line, objection(act, rows, labels, target, words)) for line, act in zip(table.lines, acts, strict=True)
    )
    reject([f"Line {line.line}: {problem}" for line, problem in objections if problem], "Mend these lines.")
    check_note(note)
    standing = decisions.decision_of(context.store, version.version_id, example_ids)
    fresh = [act for act in (plain_keep(act, rows) for act in acts) if not _same(act, standing)]
    context.ledger.decisions.append([as_decision(act, version, reviewer) for act in fresh])
    overruled = sum(_is_by_other(act, standing, reviewer) for act in fresh)
    own = table.column if table.column in taken and not table.by_example_id else ""
    return FileDecisions(version, len(acts), len(fresh), len(acts) - len(fresh), overruled, own)


def _read(path: Path, own_id: str | None, taken: Collection[str]) -> DecisionTable:
    read = read_json_lines if path.suffix.lower() in JSON_LINES else read_table
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines, own_id, taken)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Give a CSV file, or JSON lines, in UTF-8.") from error


def _example_ids(context: Context, version: Version, table: DecisionTable) -> list[int]:
    if table.by_example_id:
        return [int(line.row) for line in table.lines]
    known = rows_of_source_ids(context.store, version.version_id, sorted({line.row for line in table.lines}))
    problems = [
        f"Line {line.line}: {line.row!r} is the id of {_how_many(known.get(line.row, ()))}."
        for line in table.lines
        if len(known.get(line.row, ())) != 1
    ]
    reject(problems, "Name the rows by example_id instead.")
    return [known[line.row][0] for line in table.lines]


def _how_many(example_ids: Sequence[int]) -> str:
    return f"{len(example_ids)} rows" if example_ids else "no row of this version"


def _same(act: Act, standing: Mapping[int, Decision]) -> bool:
    other = standing.get(act.example_id) if act.example_id is not None else None
    if other is None:
        return False
    return (other.action, other.new_label, act.note or other.note) == (act.action, act.new_label, other.note)


def _is_by_other(act: Act, standing: Mapping[int, Decision], reviewer: str) -> bool:
    other = standing.get(act.example_id) if act.example_id is not None else None
    return other is not None and other.reviewer != reviewer
