"""Lists of decisions, of a version's changes and of rows set aside: filters and orders hold for the whole list."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from core.context import Context
from core.records import MISFIT, ColumnFilter, Dataset, Reader, RowFilter, RowOrder, Schema
from core.review.records import Act
from core.services.privacy.always import set_always
from core.services.review.among import OfVersion
from core.services.review.decisions import make_version, record
from core.services.review.log import log
from core.services.review.many import Doing, carry_out, plan
from core.store.datasets import get_dataset, rejected
from core.store.ids import new_id
from core.store.record_lists import Records, count_records, export_records, page_records, record_values
from core.store.record_lists.changes import changed_rows
from core.store.record_lists.decisions import decided
from core.store.record_lists.set_aside import set_aside_rows
from core.store.versions import EXCERPT, changes, get_version
from tests.pages.issues_data import load
from tests.staged import taken_in


@pytest.fixture
def reviewed(context: Context, tmp_path: Path) -> Dataset:
    """Ada changed row 0, kept 1 and took that back; Ben kept row 2, then changed it, and noted why."""
    dataset = load(context, tmp_path)
    kept = Act(new_id(), "keep", 1)
    acts = [Act(new_id(), "relabel", 0, "tech"), kept, Act(new_id(), "undo", 1, undoes_key=kept.client_key)]
    record(context, dataset.latest_version_id, "ada", acts)
    for act in (Act(new_id(), "keep", 2), Act(new_id(), "relabel", 2, "sport", note="a match")):
        record(context, dataset.latest_version_id, "ben", [act])
    return dataset


def rows(context: Context, records: Records, order: RowOrder | None = None, *where: ColumnFilter) -> list[Any]:
    found = page_records(context.store, records, where, order or records.usual, 10)
    assert count_records(context.store, records, where) == len(found)
    return [one["example_id"] for one in found]


def test_what_counts_is_what_the_log_says(context: Context, reviewed: Dataset) -> None:
    make_version(context, reviewed.latest_version_id, "", "ada")
    told = log(context, reviewed.dataset_id, limit=10).lines
    listed = page_records(context.store, decided(reviewed, ()), (), decided(reviewed, ()).usual, 10)
    assert [(one["decision_id"], one["in_force"] or False) for one in listed] == [
        (line.decision.decision_id, line.counts) for line in told
    ]
    assert [one["in_versions"] for one in listed] == ["2", None, None, None, "2"]
    assert [one["given_label"] for one in listed] == [
        line.decision.shown.get("given_label") or line.example.label for line in told
    ]


def test_decisions_are_narrowed_and_sorted_by_any_column(context: Context, reviewed: Dataset) -> None:
    found = decided(reviewed, ())
    assert rows(context, found) == [2, 2, 1, 1, 0]
    assert rows(context, found, RowOrder("example_id", added=True)) == [0, 1, 1, 2, 2]
    assert rows(context, found, None, ColumnFilter("action", "=", ("relabel",))) == [2, 0]
    assert rows(context, found, None, ColumnFilter("note", "contains", ("match",))) == [2]
    assert rows(context, found, None, ColumnFilter("in_force", "=", ("true",))) == [2, 0]
    assert rows(context, found, None, ColumnFilter("new_label", "=", ("tech",))) == [0]
    assert record_values(context.store, found, "reviewer", 10) == ["ada", "ben"]


def test_an_act_on_many_rows_is_one_line_of_the_list_and_all_of_them_in_the_file(
    context: Context, reviewed: Dataset, tmp_path: Path
) -> None:
    among = OfVersion(reviewed.latest_version_id, RowFilter(split="test"))
    carry_out(context, plan(context, among, Doing("exclude"), "ada"), "ada", "split test")
    (act,) = context.ledger.bulk.page(reviewed.dataset_id, limit=10)
    excluded = ColumnFilter("action", "=", ("exclude",))
    assert count_records(context.store, decided(reviewed, [act.act_id]), [excluded]) == 1
    every = decided(reviewed, ())
    columns = [one for one in every.columns if one.name in ("example_id", "action")]
    order = RowOrder("example_id", descending=True, added=True)
    out = export_records(context.store, every, [excluded], order, columns, tmp_path / "a.csv", "csv")
    with out.open(newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["example_id", "action"] and len(lines) == act.rows + 1
    written = [int(row) for row, _ in lines[1:]]
    assert written == sorted(written, reverse=True)


def test_changes_of_a_version_are_sorted_by_any_column(context: Context, reviewed: Dataset) -> None:
    made = make_version(context, reviewed.latest_version_id, "", "ada")
    dataset = get_dataset(context.store, reviewed.dataset_id)
    found = changed_rows(dataset, get_version(context.store, made.version_id))
    assert rows(context, found) == [one.example_id for one in changes(context.store, made.version_id, 10)] == [0, 2]
    assert rows(context, found, RowOrder("reviewer", descending=True, added=True)) == [2, 0]
    assert rows(context, found, None, ColumnFilter("to_label", "=", ("tech",))) == [0]


def test_what_a_version_changed_is_masked_before_it_is_cut(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    row = json.dumps({"a": "x" * 300, "full_name": "Jane Miller"}).replace('"', '""')
    path.write_text(f'text,label\n{"x" * (EXCERPT - 9)} +49 30 901820,a\n"{row}",b\n' + "short,a\n")
    made = taken_in(context.store, Reader(sql=f"read_csv('{path}')"), Schema("text", "text", "label"), "long")
    record(context, made.latest_version_id, "ada", [Act(new_id(), "relabel", 0, "b"), Act(new_id(), "exclude", 1)])
    version = get_version(context.store, make_version(context, made.latest_version_id, "", "ada").version_id)
    set_always(context, made, True, "ada")
    found = changed_rows(get_dataset(context.store, made.dataset_id), version)
    listed = page_records(context.store, found, (), found.usual, 10)
    out = export_records(context.store, found, (), found.usual, found.columns, tmp_path / "out.jsonl", "jsonl")
    told = [str(changes(context.store, version.version_id, 10)), str(listed), out.read_text()]
    assert not [(one, text) for one in ("+49", "30 9", "Miller") for text in told if one in text]
    assert all("xxx [phone]" in text for text in told)
    assert all(len(one.given) <= EXCERPT for one in changes(context.store, version.version_id, 10))


def test_rows_set_aside_are_not_shown_where_rows_are_masked(context: Context, tmp_path: Path) -> None:
    made = load(context, tmp_path)
    with context.store.write() as cursor:
        reasons = [f"{MISFIT}born: Jane Miller", "could not be read: Jane Miller", None]
        for reason in reasons:
            line = [made.dataset_id, "a.csv", 3, reason, "Jane Miller;1980"]
            cursor.execute("INSERT INTO rejected_rows VALUES (?, ?, ?, ?, ?)", line)

    def told() -> str:
        found = set_aside_rows(context.store, made)
        out = export_records(context.store, found, (), found.usual, found.columns, tmp_path / "out.csv", "csv")
        listed = page_records(context.store, found, (), found.usual, 10)
        return f"{listed} {rejected(context.store, made.dataset_id, 10)} {out.read_text()}"

    assert told().count("Miller") == 3 * 5
    set_always(context, made, True, "ada")
    assert "Miller" not in told() and "1980" not in told()
    assert told().count("[masked]") == 3 * 3 and told().count(f"{MISFIT}born") == 3
