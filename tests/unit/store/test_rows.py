from __future__ import annotations

import pytest

from core.errors import NotFoundError
from core.records import RowFilter, RowOrder
from core.store.database import Database
from core.store.rows import (
    count_rows,
    get_rows,
    labels_of,
    page_rows,
    rows_of,
    rows_of_source_ids,
    taken_names,
    values,
)

from .conftest import Load


@pytest.mark.parametrize(
    ("where", "example_ids"),
    [
        (RowFilter(), [0, 1, 2, 3, 4]),
        (RowFilter(label="pos"), [0, 2]),
        (RowFilter(split="test"), [2, 3]),
        (RowFilter(label="pos", split="test"), [2]),
        (RowFilter(attribute="lang", value="de"), [2, 3]),
        (RowFilter(attribute="stars", low=2, high=5), [2, 3]),
        (RowFilter(attribute="stars", low=4), [0, 2, 4]),
        (RowFilter(attribute="lang"), []),
        (RowFilter(text="FILM good"), [0, 4]),
        (RowFilter(text="100%_"), []),
        (RowFilter(duplicates="exact"), [0, 4]),
        (RowFilter(duplicates="conflicting"), [0, 4]),
        (RowFilter(duplicates="conflicting", label="neg"), [4]),
        (RowFilter(example_ids=(3, 1)), [1, 3]),
        (RowFilter(example_ids=()), []),
    ],
)
def test_a_filter_keeps_the_rows_it_names(db: Database, load: Load, where: RowFilter, example_ids: list[int]) -> None:
    version = load().latest_version_id
    assert [row.example_id for row in page_rows(db, version, where, 10)] == example_ids
    assert count_rows(db, version, where) == len(example_ids)


def test_missing_values_of_an_attribute_can_be_asked_for(db: Database, load: Load) -> None:
    version = load("text,label,lang\na,x,\nb,y,en\n").latest_version_id
    assert [row.example_id for row in page_rows(db, version, RowFilter(attribute="lang"), 10)] == [0]


def test_duplicates_with_equal_labels_do_not_conflict(db: Database, load: Load) -> None:
    version = load("text,label\na,x\na,x\nb,y\n").latest_version_id
    assert count_rows(db, version, RowFilter(duplicates="exact")) == 2
    assert count_rows(db, version, RowFilter(duplicates="conflicting")) == 0


def test_pages_follow_each_other_without_gap_or_overlap(db: Database, load: Load) -> None:
    version = load().latest_version_id
    pages = [page_rows(db, version, RowFilter(), 2, offset) for offset in (0, 2, 4, 6)]
    assert [[row.example_id for row in page] for page in pages] == [[0, 1], [2, 3], [4], []]


def test_a_source_that_counts_its_rows_otherwise_under_our_name_is_known(db: Database, load: Load) -> None:
    ours, theirs = "example_id,text,label\n0,a,x\n1,b,y\n", "example_id,text,label\n1,a,x\n2,b,y\n"
    assert taken_names(db, load().latest_version_id) == ()
    assert taken_names(db, load(ours, name="a", id="example_id").latest_version_id) == ()
    assert taken_names(db, load(theirs, name="b", id="example_id").latest_version_id) == ("example_id",)
    assert taken_names(db, load(theirs, name="c", attributes=("example_id",)).latest_version_id) == ("example_id",)
    earlier = theirs.replace("example_id", "row_id")
    assert taken_names(db, load(earlier, name="d", attributes=("row_id",)).latest_version_id) == ("row_id",)


@pytest.mark.parametrize(
    ("order", "example_ids"),
    [
        (RowOrder("text"), [1, 0, 4, 2, 3]),
        (RowOrder("label", descending=True), [0, 2, 1, 3, 4]),
        (RowOrder("stars"), [1, 3, 2, 0, 4]),
        (RowOrder("example_id", descending=True), [4, 3, 2, 1, 0]),
        (RowOrder("source_id"), [0, 1, 2, 3, 4]),
    ],
)
def test_a_list_is_sorted_as_a_whole_whatever_its_pages(
    db: Database, load: Load, order: RowOrder, example_ids: list[int]
) -> None:
    version = load().latest_version_id
    pages = [page_rows(db, version, RowFilter(), 2, offset, order) for offset in (0, 2, 4)]
    assert [row.example_id for page in pages for row in page] == example_ids


def test_missing_values_are_sorted_last_in_both_directions(db: Database, load: Load) -> None:
    version = load("text,label,stars\na,x,nan\nb,y,2\nc,x,\nd,y,1\n", columns="'text': 'VARCHAR', 'label': 'VARCHAR', "
                   "'stars': 'DOUBLE'").latest_version_id  # fmt: skip
    for descending, found in ((False, [3, 1, 0, 2]), (True, [1, 3, 0, 2])):
        rows = page_rows(db, version, RowFilter(), 10, order=RowOrder("stars", descending))
        assert [row.example_id for row in rows] == found
    with pytest.raises(NotFoundError, match="Attribute 'moons' not found"):
        page_rows(db, version, RowFilter(), 10, order=RowOrder("moons"))


def test_rows_come_in_the_order_asked(db: Database, load: Load) -> None:
    version = load().latest_version_id
    assert [row.example_id for row in get_rows(db, version, [3, 0, 4])] == [3, 0, 4]
    assert get_rows(db, version, []) == []


def test_a_row_that_is_not_there_is_named(db: Database, load: Load) -> None:
    with pytest.raises(NotFoundError, match="Row 99 not found"):
        get_rows(db, load().latest_version_id, [0, 99])


def test_a_value_of_a_filter_is_never_read_as_sql(db: Database, load: Load) -> None:
    version = load().latest_version_id
    for hostile in ("' OR true --", '"; DROP TABLE datasets; --'):
        assert count_rows(db, version, RowFilter(label=hostile)) == 0
        assert count_rows(db, version, RowFilter(text=hostile)) == 0
        with pytest.raises(NotFoundError, match="This dataset has: lang, stars"):
            count_rows(db, version, RowFilter(attribute=hostile, value="x"))
    assert count_rows(db, version, RowFilter()) == 5


def test_the_values_of_a_column_come_most_frequent_first(db: Database, load: Load) -> None:
    version = load().latest_version_id
    assert values(db, version, "label", 10) == ["neg", "pos"]
    assert values(db, version, "stars", 2) == ["5", "1"]
    with pytest.raises(NotFoundError):
        values(db, version, "text", 10)


def test_rows_are_found_by_the_source_s_own_ids(db: Database, load: Load) -> None:
    version = load("id,text,label\nq7,a,x\nq8,b,y\nq7,c,x\n", id="id").latest_version_id
    assert rows_of_source_ids(db, version, ["q7", "q9"]) == {"q7": [0, 2]}
    assert [row.source_id for row in get_rows(db, version, [1])] == ["q8"]


def test_labels_are_looked_up_by_row(db: Database, load: Load) -> None:
    version = load().latest_version_id
    assert labels_of(db, version, [0, 1, 77]) == {0: "pos", 1: "neg"}
    assert labels_of(db, version, []) == {}


def test_others_can_ask_a_version_in_sql_of_their_own(db: Database, load: Load) -> None:
    rows = rows_of(db, load().latest_version_id)
    assert rows.fetch(f"SELECT label, count(*) FROM {rows.relation} GROUP BY ALL ORDER BY 1") == [
        ("neg", 3),
        ("pos", 2),
    ]
