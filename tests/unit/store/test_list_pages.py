"""A list's count, its pages and its file are those of the plain question, whatever narrows and sorts it."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.records import ColumnFilter, Dataset, IssueFilter, ListColumn, RowFilter, RowOrder
from core.store.database import Database
from core.store.export_lists import export_issue_list, export_list
from core.store.issues import BY_RANK, count_and_page_of_ranks, issues_of_ranks
from core.store.rows import count_and_page_of_ids

from .conftest import Load, ScanOf

Made = dict[str, Any]
TEXTS = (
    "Room 101",
    "room 12",
    "The ROOM is 101% more",
    "Straße 101",
    "İstanbul 12",
    "more and MORE",
    "\u212a of 101",
    "-",
)
ROWS: list[Made] = [
    {
        "example_id": at,
        "text": f"{TEXTS[at * 5 % 8]}{' again' * (at % 3)}",
        "label": "neg" if at * 7 % 5 < 2 else "pos",
        "lang": ("en", "de", "fr")[at * 11 % 3],
        "stars": None if at % 9 == 4 else at * 13 % 4,
    }
    for at in range(48)
]
CSV = "text,label,lang,stars\n" + "".join(
    f"{row['text']},{row['label']},{row['lang']},{'' if row['stars'] is None else row['stars']}\n" for row in ROWS
)
ROW, RANK = ListColumn("example_id", "row", "example_id", "number"), ListColumn("rank", "#", "rank", "number", True)

FILTERS: list[tuple[RowFilter, Callable[[Made], bool]]] = [
    (RowFilter(), lambda row: True),
    (RowFilter(label="neg"), lambda row: row["label"] == "neg"),
    (RowFilter(columns=(ColumnFilter("stars", ">=", ("2",)),)), lambda row: (row["stars"] or 0) >= 2),
    (
        RowFilter(text="101", columns=(ColumnFilter("lang", "=", ("de",)),)),
        lambda row: "101" in row["text"] and row["lang"] == "de",
    ),
    (RowFilter(text="nowhere"), lambda row: False),
]
ORDERS = [
    RowOrder("example_id", descending=True),
    RowOrder("lang"),
    RowOrder("stars"),
    RowOrder("stars", descending=True),
    RowOrder("text", descending=True),
]


def in_order(rows: list[Made], order: RowOrder, tie: Callable[[Made], int]) -> list[Made]:
    """Sorted by what is compared, missing values last, equal ones by `tie`."""
    by = sorted(rows, key=tie)
    known, missing = ([row for row in by if (row[order.column] is None) is none] for none in (False, True))

    def value(row: Made) -> Any:
        compared = row[order.column]
        return compared.encode() if isinstance(compared, str) else compared

    return sorted(known, key=value, reverse=order.descending) + missing


def test_words_are_found_in_whatever_case_and_order(db: Database, load: Load) -> None:
    dataset = load(CSV)
    for words in ("101", "ROOM 101", "more more", "o of", "room roo", "12 istanbul", "straße", "k", "% 101%", "-"):
        plainly = db.fetch(
            f"""SELECT example_id FROM examples_{dataset.dataset_id}
                WHERE {" AND ".join("contains(lower(text), lower(?))" for _ in words.split())} ORDER BY example_id""",
            words.split(),
        )
        found = [example_id for (example_id,) in plainly]
        assert found, words
        for where in (RowFilter(text=words), RowFilter(columns=(ColumnFilter("text", "contains", (words,)),))):
            assert count_and_page_of_ids(db, dataset.latest_version_id, where, 99) == (len(found), found), words


def test_each_page_of_rows_is_the_next_of_the_plain_list(db: Database, load: Load, tmp_path: Path) -> None:
    version = load(CSV).latest_version_id
    for (where, keeps), order in itertools.product(FILTERS, ORDERS):
        expected = [row["example_id"] for row in in_order(list(filter(keeps, ROWS)), order, lambda r: r["example_id"])]
        for start in (0, 10, 90):
            found = count_and_page_of_ids(db, version, where, 10, start, order)
            assert found == (len(expected), expected[start : start + 10]), (where, order, start)
        out = export_list(db, version, tmp_path / "rows.csv", "csv", where, order, (ROW,))
        assert [int(row) for (row,) in list(csv.reader(out.open()))[1:]] == expected, (where, order)


def test_each_page_of_a_scan_is_the_next_of_the_plain_list(
    db: Database, load: Load, scan: ScanOf, tmp_path: Path
) -> None:
    dataset: Dataset = load(CSV)
    given = [dataset.labels.index(row["label"]) for row in ROWS]
    tier = scan(dataset, given, [1 - one for one in given], range(0, 48, 5), also="other")  # ranked the other way round
    flagged = [row for row in ROWS if row["example_id"] % 5]
    ranks = {row["example_id"]: 48 - row["example_id"] for row in ROWS}
    for (rows, keeps), (order, some) in itertools.product(
        FILTERS, zip([*ORDERS, BY_RANK], (True, False) * 3, strict=True)
    ):
        where = IssueFilter("other", flagged_only=some, rows=rows)
        kept = [row | {"rank": ranks[row["example_id"]]} for row in (flagged if some else ROWS) if keeps(row)]
        expected = [row["rank"] for row in in_order(kept, order, lambda row: row["rank"])]
        for start in (0, 7):
            found = count_and_page_of_ranks(db, tier, where, 7, start, order)
            assert found == (len(expected), expected[start : start + 7]), (where, order, start)
        shown = issues_of_ranks(db, tier, where, expected[:7])
        assert [ranks[one.example_id] for one in shown] == [one.rank for one in shown] == expected[:7]
        out = export_issue_list(db, tier.scan_id, tmp_path / "scan.csv", "csv", where, order, (RANK,))
        assert [int(row) for (row,) in list(csv.reader(out.open()))[1:]] == expected, (where, order)


def test_nothing_that_was_remembered_outlives_a_write(db: Database, load: Load, scan: ScanOf) -> None:
    tier = scan(load(), [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 4])
    assert count_and_page_of_ranks(db, tier, IssueFilter(), 9) == (2, [1, 5])
    with db.write() as cursor:
        cursor.execute("UPDATE issues SET is_issue = true")
    assert count_and_page_of_ranks(db, tier, IssueFilter(), 9) == (5, [1, 2, 3, 4, 5])
