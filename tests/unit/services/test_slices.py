"""Slices: saved filters of rows, as a filter of any list, of one another, and never of themselves."""

from __future__ import annotations

import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, View
from core.services.lists.asked import row_filter
from core.services.sql.saved import save_query
from core.services.views import delete_view, rename_view, save_slice, save_view
from core.store.row_facts import as_of
from core.store.rows import count_rows
from core.store.times import now


def count(context: Context, dataset: Dataset, where: str) -> int:
    return count_rows(context.store, dataset.latest_version_id, row_filter(dataset, {"where": where}))


def saved(context: Context, dataset: Dataset, name: str, page: str = "data", **query: str) -> None:
    save_view(context, dataset, name, page, query, "ada")


def test_a_saved_view_of_rows_that_narrows_them_is_a_slice(context: Context, news: Dataset) -> None:
    saved(context, news, "x by one", label="x", where="author = author 2", order="text")
    saved(context, news, "numbers", words="number 1")
    saved(context, news, "sorted", order="text")
    saved(context, news, "like", where="author = author 2", like="3")
    assert list(context.store.slices.names(news.dataset_id)) == ["numbers", "x by one"]
    assert count(context, news, "slice = x by one") == 5
    assert count(context, news, 'slice = ["x by one", "numbers"]') == 16
    assert count(context, news, "slice != numbers") == 40 - 13
    assert count(context, news, "slice missing") == 24
    with pytest.raises(NotFoundError, match=r"'sorted'.*numbers, x by one"):
        count(context, news, "slice = sorted")


def test_a_slice_may_be_of_others_but_never_of_itself(context: Context, news: Dataset) -> None:
    saved(context, news, "a", label="x")
    saved(context, news, "b", where="slice = a", split="")
    saved(context, news, "c", where='["slice = b", "author = author 2"]')
    assert count(context, news, "slice = c") == 5
    for name, where in (("a", "slice = c"), ("d", "slice = d"), ("d", "slice present")):
        with pytest.raises(UsageError, match="made of itself"):
            saved(context, news, name, where=where)
    context.ledger.views.save(View(news.dataset_id, "a", "data", (("where", "slice = c"),), "bob", now()))
    with pytest.raises(UsageError, match="c → b → a → c"):
        count(context, news, "slice = c")


def test_what_depends_on_a_slice_is_told_before_it_goes(context: Context, news: Dataset) -> None:
    saved(context, news, "a", label="x")
    saved(context, news, "of rows", where="slice = a")
    saved(context, news, "of issues", page="issues", where="slice != a")
    for change in (lambda: rename_view(context, news, "a", "z"), lambda: delete_view(context, news, "a")):
        with pytest.raises(UsageError, match="'of issues', 'of rows'"):
            change()
    delete_view(context, news, "of rows")
    delete_view(context, news, "of issues")
    where = row_filter(news, {"where": "slice = a"})
    before = as_of(context.store, where)
    rename_view(context, news, "a", "z")
    assert as_of(context.store, where) != before
    assert count(context, news, "slice = z") == 21
    with pytest.raises(NotFoundError):
        count(context, news, "slice = a")


def test_a_slice_of_what_is_gone_says_which_it_is(context: Context, news: Dataset) -> None:
    saved(context, news, "tagged", where="tag = odd")
    with pytest.raises(UsageError, match="Slice 'tagged' cannot be looked up: No row has the tag 'odd'"):
        count(context, news, "slice = tagged")


def test_nothing_takes_the_name_of_something_else(context: Context, news: Dataset) -> None:
    saved(context, news, "a", label="x")
    saved(context, news, "b", where="slice = a")
    saved(context, news, "sorted", order="text")
    saved(context, news, "doubts", page="issues")
    save_query(context, news, "long", "SELECT example_id FROM rows", "ada")
    for said, change in (
        ("named 'a' already: of another list", lambda: saved(context, news, "a", page="issues")),
        ("view of a list named 'doubts'", lambda: save_slice(context, news, "doubts", {"label": "x"}, "bob")),
        ("saved query named 'long'", lambda: saved(context, news, " long ", label="x")),
        ("'a' is used by 'b'", lambda: saved(context, news, "a", order="text")),
        ("list of rows, and no slice", lambda: save_slice(context, news, "sorted", {"label": "x"}, "bob")),
    ):
        with pytest.raises(UsageError, match=said):
            change()
    saved(context, news, "a", label="y")
    assert count(context, news, "slice = b") == count(context, news, "label = y")


def test_a_query_stays_while_lists_are_narrowed_by_it(context: Context, news: Dataset) -> None:
    save_query(context, news, "long", "SELECT example_id FROM rows", "ada")
    saved(context, news, "of rows", where="sql != long")
    saved(context, news, "of issues", page="issues", where='sql = ["long", "true"]')
    for change in (lambda: rename_view(context, news, "long", "z"), lambda: delete_view(context, news, "long")):
        with pytest.raises(UsageError, match="'of issues', 'of rows': “sql = long”"):
            change()
    delete_view(context, news, "of rows")
    delete_view(context, news, "of issues")
    for name in ("Author", "true"):
        with pytest.raises(UsageError, match=f"“sql = {name}” is a condition"):
            save_query(context, news, name, "SELECT example_id FROM rows", "ada")
        with pytest.raises(UsageError, match=f"“sql = {name}” is a condition"):
            rename_view(context, news, "long", name)
    rename_view(context, news, "long", "z")
