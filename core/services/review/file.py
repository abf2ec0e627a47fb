"""Takes down a file of decisions: all of its lines or, where one of them is wrong, none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from core.context import Context
from core.errors import UsageError
from core.issues import ISSUE_TYPES, about_list
from core.records import LIST, Action, Decision, Version
from core.review.acts import check_note, label_in
from core.review.records import Act
from core.review.rules import objection, plain_keep
from core.review.table import DecisionLine, DecisionTable, read_json_lines, read_table, reject
from core.services.review.decisions import as_decision, settling
from core.store.acts import decisions
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.issues import shown_of
from core.store.rows import labels_of, rows_of_source_ids, taken_names, words_of
from core.store.scans import latest_scan
from core.store.versions import get_version
from core.tasks import target_of
from core.words import stored

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
    `label` for each `relabel`: its text, or a list of its classes in any order; `list`, the type of the list of issues
    that it was made in, if it was not about the label; `note`, if there is one, else `note` is that of every line.
    Where both ids go by one name, they are the source's unless there is a `source_id` too.
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
            shown=shown.get(example_id, {}) if line.list is None else {LIST: line.list},
            scan_id=scan.scan_id if scan else None,
            note=line.note or note,
        )
        for line, example_id in zip(table.lines, example_ids, strict=True)
    ]
    words = words_of(context.store, version.version_id, example_ids) if target.located else {}
    objections = (
        (line, _no_list(line) or objection(act, rows, labels, target, words))
        for line, act in zip(table.lines, acts, strict=True)
    )
    reject([f"Line {line.line}: {problem}" for line, problem in objections if problem], "Mend these lines.")
    check_note(note)
    fresh, overruled = _decided(context, version, reviewer, [plain_keep(act, rows) for act in acts])
    context.ledger.decisions.append(fresh)
    own = table.column if table.column in taken and not table.by_example_id else ""
    return FileDecisions(version, len(acts), len(fresh), len(acts) - len(fresh), overruled, own)


def _read(path: Path, own_id: str | None, taken: Collection[str]) -> DecisionTable:
    read = read_json_lines if path.suffix.lower() in JSON_LINES else read_table
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read(lines, own_id, taken, _about)
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


def _no_list(line: DecisionLine) -> str:
    if line.list is None or line.list in ISSUE_TYPES:
        return ""
    return stored(f"there is no list {line.list!r}. Use one of {', '.join(ISSUE_TYPES)}, or none.")


def _about(line: DecisionLine) -> str | None:
    return about_list(line.list, cast(Action, line.action))


def _decided(context: Context, version: Version, reviewer: str, acts: Sequence[Act]) -> tuple[list[Decision], int]:
    """The decisions of the acts that say something else than what is in force, and how many of others they replace."""
    rows = sorted({act.example_id for act in acts if act.example_id is not None})
    asked = context.store, version.version_id
    on_label, standing = decisions.decision_of(*asked, rows), decisions.standing_of(*asked, rows)
    lists = {act.given_in for act in acts if about_list(act.given_in, act.action)}
    in_list = {name: decisions.decided_in_list(*asked, name, rows, here=True) for name in lists}
    fresh, overruled = list[Decision](), 0
    for act in acts:
        assert act.example_id is not None, "a line without a row is rejected"
        about = about_list(act.given_in, act.action)
        other = (on_label if about is None else in_list[about]).get(act.example_id)
        if other is None or not _same(act, other):
            overruled += other is not None and other.reviewer != reviewer
            fresh.append(as_decision(settling(act, standing.get(act.example_id)), version, reviewer))
    return fresh, overruled


def _same(act: Act, other: Decision) -> bool:
    said = (other.action, other.new_label, act.note or other.note) == (act.action, act.new_label, other.note)
    return said and other.settles(act.given_in)
