"""How links, commands and saved views write what a list shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import UsageError
from core.records import Attribute, ColumnFilter, Dataset, How, IssueFilter, RowFilter, RowOrder
from core.services.lists.asked import issue_filter, issues_listed, row_filter, rows_listed, with_earlier
from core.services.lists.columns import issue_columns, prediction_columns, row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.words import in_words
from core.services.lists.written import (
    filter_text,
    filter_texts,
    read_filters,
    read_names,
    read_order,
    write_filters,
    write_names,
    write_order,
)

ATTRIBUTES = (
    Attribute("price", "price", "number"),
    Attribute("day", "day", "time"),
    Attribute("a >= b", "a >= b", "category"),
    Attribute("price tag", "price tag", "category"),
    Attribute("score", "score", "number"),
    Attribute("label", "label_1", "category"),
)
NEWS = Dataset(
    *("d", "news", "text-classification", "csv", "", ("sport", "tech"), ATTRIBUTES, "key", 10, 0, "ready"),
    *(datetime(2026, 1, 1, tzinfo=UTC), "ann", "v", True),
)


def one(text: str) -> ColumnFilter:
    [(found, _)] = read_filters(text, row_columns(NEWS))
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("price >= 10", ColumnFilter("price", ">=", ("10",))),
        ("price>=10", ColumnFilter("price", ">=", ("10",))),
        ("label = sport", ColumnFilter("label", "=", ("sport",))),
        ('label = ["sport","tech"]', ColumnFilter("label", "=", ("sport", "tech"))),
        ("text contains a good film", ColumnFilter("text", "contains", ("a good film",))),
        ("price tag missing", ColumnFilter("price tag", "missing")),
        ('"a >= b" = 3', ColumnFilter("a >= b", "=", ("3",))),
        ("a >= b = 3", ColumnFilter("a >= b", "=", ("3",))),
        ("key != x", ColumnFilter("source_id", "!=", ("x",))),
        ("split = ", ColumnFilter("split", "=", ("",))),
    ],
)
def test_a_filter_reads_as_it_is_written(text: str, found: ColumnFilter) -> None:
    assert one(text) == found


@pytest.mark.parametrize(
    ("name", "how", "values"),
    [
        ("price", ">=", ("10",)),
        ("a >= b", "=", ("x", "y")),
        ("label", "=", ("[odd]",)),
        ("label", "=", ("",)),
        ("label", "=", (' "quoted" ',)),
        ("price tag", "missing", ()),
        ("text", "contains", ("good film",)),
    ],
)
def test_what_is_written_is_read_again(name: str, how: How, values: tuple[str, ...]) -> None:
    column = next(each for each in row_columns(NEWS) if each.name == name)
    assert one(filter_text(column, how, values)) == ColumnFilter(column.column, how, values)


@pytest.mark.parametrize("text", ["colour = red", "price", "price >=", "", "price ~ 3"])
def test_what_is_no_filter_is_named(text: str) -> None:
    if text:
        with pytest.raises(UsageError, match=text.split()[0]):
            read_filters(text, row_columns(NEWS))
    else:
        assert read_filters(text, row_columns(NEWS)) == []


def test_several_filters_are_one_parameter() -> None:
    texts = ["price >= 10", "label = sport"]
    assert filter_texts(write_filters(texts)) == texts
    assert write_filters(texts[:1]) == texts[0]
    assert write_filters([]) == ""


def test_an_order_is_a_name_with_or_without_desc() -> None:
    columns = issue_columns(NEWS)
    assert read_order("score desc", columns) == RowOrder("score", descending=True, added=True)
    assert read_order("score (attribute)", columns) == RowOrder("score")
    assert write_order(RowOrder("price", descending=True), columns) == "price desc"
    with pytest.raises(UsageError, match="colour"):
        read_order("colour", columns)


def test_names_of_columns_may_have_commas() -> None:
    for names in (["price", "text"], ["a, b", "c"], ["[x]"]):
        assert read_names(write_names(names)) == names


def test_every_column_of_a_list_has_a_name_and_a_title_of_its_own() -> None:
    for columns in (row_columns(NEWS), issue_columns(NEWS), prediction_columns(NEWS)):
        assert len({each.name for each in columns}) == len(columns)
        assert len({each.title for each in columns}) == len(columns)


def test_names_of_a_list_s_columns_are_those_of_its_files() -> None:
    assert [each.name for each in row_columns(NEWS)][:6] == [
        *("example_id", "text", "label", "given_label", "split", "key")
    ]


def test_a_link_to_rows_says_what_they_have_in_common() -> None:
    query = {"label": "sport", "words": " goal ", "split": "test", "duplicates": "exact", "where": "price < 3"}
    assert row_filter(NEWS, query) == RowFilter(
        label="sport", split="test", text="goal", duplicates="exact", columns=(ColumnFilter("price", "<", ("3",)),)
    )
    assert row_filter(NEWS, {}) == RowFilter()


def test_a_link_to_a_scan_s_list_tells_its_own_columns_from_its_rows() -> None:
    query = {"show": "Undecided", "given": "sport", "where": '["score < 0.2", "price > 1"]'}
    assert issue_filter(NEWS, "label", query) == IssueFilter(
        "label",
        given_label="sport",
        undecided_only=True,
        settled=False,
        rows=RowFilter(columns=(ColumnFilter("price", ">", ("1",)),)),
        columns=(ColumnFilter("score", "<", ("0.2",)),),
    )


def test_columns_come_in_the_order_that_a_link_says() -> None:
    shown = rows_listed(NEWS, {"columns": "price,text"}).columns
    assert [each.name for each in shown] == ["price", "text"]
    assert [each.name for each in rows_listed(NEWS, {"columns": "gone"}).columns] == [
        each.name for each in rows_listed(NEWS, {}).columns
    ]
    assert "given_label" not in {each.name for each in rows_listed(NEWS, {}).columns}
    assert issues_listed(NEWS, {}).order == RowOrder("rank", added=True)


def test_a_link_of_the_first_release_is_still_read() -> None:
    found = with_earlier({"attribute": "price", "at_least": "3", "less_than": "5", "given": "sport"}, NEWS)
    assert found == {"given": "sport", "where": '["price >= 3", "price < 5"]'}
    assert with_earlier({"attribute": "gone", "value": "x"}, NEWS) == {}


def test_a_filter_in_words() -> None:
    [(found, column)] = read_filters("price >= 10", row_columns(NEWS))
    assert in_words(found, column, NEWS) == "price ≥ 10"
    assert in_words(replace(found, how="missing", values=()), column, NEWS) == "price is missing"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("issue = label", "issue: Wrong labels"),
        ('decision != ["keep","unsure"]', "decision: not kept or unsure"),
        ("decision missing", "decision: none"),
        ("issue present", "issue: any"),
    ],
)
def test_every_list_of_rows_can_be_narrowed_by_facts(text: str, said: str) -> None:
    for listed in (rows_listed(NEWS, {"where": text}), issues_listed(NEWS, {"where": text})):
        [found] = listed.rows
        [column] = [each for each in fact_columns(row_columns(NEWS)) if each.column == found.column]
        assert in_words(found, column, NEWS) == said


def test_a_fact_makes_room_for_a_column_of_its_name() -> None:
    taken = replace(NEWS, attributes=(Attribute("issue", "issue", "category"),))
    assert rows_listed(taken, {"where": "issue = x"}).rows == (ColumnFilter("issue", "=", ("x",)),)
    assert rows_listed(taken, {"where": "issue (fact) = label"}).rows == (ColumnFilter("@issue", "=", ("label",)),)
    with pytest.raises(UsageError, match="missing"):
        rows_listed(NEWS, {"where": "issue >= 3"})
