"""Lists of rows narrowed and sorted by any of their columns, and written as files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from core.errors import NotFoundError, UsageError
from core.records import ColumnFilter, IssueFilter, ListColumn, RowFilter, RowOrder
from core.store.database import Database
from core.store.export_lists import export_issue_list, export_list
from core.store.issues import BY_RANK, count_issues, page_issues
from core.store.rows import BY_ROW, count_rows, page_rows

from .conftest import Load, ScanOf

DATED = "text,label,day\na,x,2026-01-01\nb,y,2026-02-01\nc,x,\n"


@pytest.mark.parametrize(
    ("one", "example_ids"),
    [
        (ColumnFilter("label", "=", ("pos",)), [0, 2]),
        (ColumnFilter("label", "!=", ("pos",)), [1, 3, 4]),
        (ColumnFilter("lang", "=", ("de", "fr")), [2, 3]),
        (ColumnFilter("text", "contains", ("FILM bad",)), [1]),
        (ColumnFilter("stars", ">=", ("4",)), [0, 2, 4]),
        (ColumnFilter("stars", ">", ("4",)), [0, 4]),
        (ColumnFilter("stars", "<=", ("2",)), [1, 3]),
        (ColumnFilter("stars", "=", ("2", "4")), [2, 3]),
        (ColumnFilter("example_id", "=", ("2.0", "4")), [2, 4]),
        (ColumnFilter("lang", ">", ("1",)), []),
        (ColumnFilter("example_id", "<", ("2",)), [0, 1]),
        (ColumnFilter("lang", "missing"), []),
        (ColumnFilter("lang", "present"), [0, 1, 2, 3, 4]),
        (ColumnFilter("source_id", "missing"), [0, 1, 2, 3, 4]),
    ],
)
def test_a_column_s_filter_keeps_the_rows_it_names(
    db: Database, load: Load, one: ColumnFilter, example_ids: list[int]
) -> None:
    version, where = load().latest_version_id, RowFilter(columns=(one,))
    assert [row.example_id for row in page_rows(db, version, where, 10)] == example_ids
    assert count_rows(db, version, where) == len(example_ids)


def test_filters_of_several_columns_narrow_together(db: Database, load: Load) -> None:
    both = RowFilter(columns=(ColumnFilter("lang", "=", ("en",)), ColumnFilter("stars", "<", ("5",))))
    assert [row.example_id for row in page_rows(db, load().latest_version_id, both, 10)] == [1]


def test_a_time_is_compared_as_a_time(db: Database, load: Load) -> None:
    version = load(DATED, attributes=("day",)).latest_version_id
    late = RowFilter(columns=(ColumnFilter("day", ">=", ("2026-01-15",)),))
    assert [row.example_id for row in page_rows(db, version, late, 10)] == [1]
    missing = RowFilter(columns=(ColumnFilter("day", "missing"),))
    assert [row.example_id for row in page_rows(db, version, missing, 10)] == [2]


@pytest.mark.parametrize(("column", "bound"), [("stars", "many"), ("day", "soon")])
def test_a_bound_that_cannot_be_read_is_named(db: Database, load: Load, column: str, bound: str) -> None:
    version = load(DATED, name="dated", attributes=("day",)) if column == "day" else load()
    where = RowFilter(columns=(ColumnFilter(column, ">", (bound,)),))
    with pytest.raises(UsageError, match=bound):
        count_rows(db, version.latest_version_id, where)


def test_a_value_never_enters_the_sql(db: Database, load: Load) -> None:
    where = RowFilter(columns=(ColumnFilter("lang", "=", ("') OR true --",)),))
    assert count_rows(db, load().latest_version_id, where) == 0
    with pytest.raises(NotFoundError):
        count_rows(db, load(name="b").latest_version_id, RowFilter(columns=(ColumnFilter("x OR true", "missing"),)))


@pytest.mark.parametrize(
    ("order", "example_ids"),
    [
        (BY_RANK, [0, 1, 2, 3, 4]),
        (RowOrder("rank", descending=True, added=True), [4, 3, 2, 1, 0]),
        (RowOrder("suggested_label", added=True), [0, 2, 1, 3, 4]),
        (RowOrder("stars"), [1, 3, 2, 0, 4]),
        (RowOrder("text", descending=True), [3, 2, 0, 4, 1]),
    ],
)
def test_a_scan_s_list_is_sorted_by_any_column(
    db: Database, load: Load, scan: ScanOf, order: RowOrder, example_ids: list[int]
) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 1, 2, 3, 4])
    found = page_issues(db, tier, IssueFilter(), 10, 0, order)
    assert [issue.example_id for issue in found] == example_ids
    assert [issue.example_id for issue in page_issues(db, tier, IssueFilter(), 2, 1, order)] == example_ids[1:3]


def test_a_scan_s_list_is_narrowed_by_its_own_columns_and_its_rows(db: Database, load: Load, scan: ScanOf) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    unflagged = (ColumnFilter("is_issue", "=", ("false",)), ColumnFilter("rank", ">=", ("3",)))
    where = IssueFilter(flagged_only=False, columns=unflagged)
    assert [issue.example_id for issue in page_issues(db, tier, where, 10)] == [2, 3]
    german = RowFilter(columns=(ColumnFilter("stars", "<", ("3",)),))
    assert count_issues(db, tier, IssueFilter(flagged_only=False, columns=unflagged, rows=german)) == 1


def test_an_unknown_column_of_a_scan_s_list_is_named(db: Database, load: Load, scan: ScanOf) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0])
    with pytest.raises(NotFoundError, match="colour"):
        page_issues(db, tier, IssueFilter(), 10, 0, RowOrder("colour", added=True))


STARS = ListColumn("stars", "stars", "stars", "number")
TEXT = ListColumn("text", "example", "text", "words")


def test_a_list_s_file_has_its_rows_order_and_columns(db: Database, load: Load, tmp_path: Path) -> None:
    version = load().latest_version_id
    order = RowOrder("stars", descending=True)
    out = export_list(db, version, tmp_path / "a.csv", "csv", RowFilter(label="neg"), order, (STARS, TEXT))
    assert list(csv.reader(out.open())) == [
        ["stars", "text"],
        ["5", "good film"],
        ["2", "schlecht"],
        ["1", "bad film"],
    ]


def test_a_scan_s_file_has_the_columns_of_its_list(db: Database, load: Load, scan: ScanOf, tmp_path: Path) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    rank = ListColumn("rank", "#", "rank", "number", added=True)
    verdict = ListColumn("verdict", "decided", "verdict", "words", added=True)
    order = RowOrder("rank", descending=True, added=True)
    columns = (rank, STARS, verdict)
    out = export_issue_list(db, tier.scan_id, tmp_path / "a.csv", "csv", IssueFilter(), order, columns)
    assert list(csv.reader(out.open())) == [["rank", "stars", "verdict"], ["5", "5", ""], ["1", "5", ""]]


@pytest.mark.parametrize(("plain", "written"), [(False, "'@ada"), (True, "@ada")])
def test_what_a_spreadsheet_would_run_is_escaped_unless_asked_otherwise(
    db: Database, load: Load, tmp_path: Path, plain: bool, written: str
) -> None:
    version = load("text,label\n@ada,x\nb,y\n").latest_version_id
    out = export_list(db, version, tmp_path / "a.csv", "csv", RowFilter(), BY_ROW, (TEXT,), plain)
    assert [row["text"] for row in csv.DictReader(out.open())] == [written, "b"]
