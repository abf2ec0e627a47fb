"""Tags in the lists of pages: on all rows of a filter and back, as a filter, a column and a line of a row."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, RowFilter
from core.services.review.among import OfVersion
from core.services.tags.tagging import carry_out, plan_tag
from core.store.acts.tags import tags_of
from core.ui.shell.guard import default_user
from core.words import say, speaking
from tests.pages import issues_data
from tests.pages.waiting import said, until

Open = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    dataset = issues_data.load(app, tmp_path)
    issues_data.scan(app, tmp_path, dataset)
    return dataset


def put(context: Context, dataset: Dataset, name: str, *rows: int, by: str = "ada") -> str:
    among = OfVersion(dataset.latest_version_id, RowFilter(example_ids=rows))
    return carry_out(context, plan_tag(context, among, name, puts=True), by, "these").act_id


def keyed(shown: AppTest, ending: str) -> list[str]:
    return [one.key for one in shown.button if one.key and one.key.endswith(ending)]


def test_all_rows_of_a_filter_get_a_tag_and_lose_it_again(app: Context, news: Dataset, open_at: Open) -> None:
    put(app, news, "odd", 1)
    shown = until(
        open_at("data", dataset="news", view="rows", label="sport"), lambda one: bool(keyed(one, "-many-all"))
    )
    [key] = keyed(shown, "-many-all")
    stem = key.removesuffix("-all")
    shown.session_state[f"{stem}-action"] = "tag"
    shown.session_state[f"{stem}-tags-name-tag"] = "odd"
    for _ in range(100):
        shown.button(key=key).click().run()
        if keyed(shown, "-tags-confirm"):
            break
        time.sleep(0.05)
    assert "1 row has the tag already." in said(shown)
    confirm = shown.button(key=f"{stem}-tags-confirm")
    assert confirm.label == "Put the tag on 29 rows"
    confirm.click().run()
    until(shown, lambda one: "Tag “odd” put on 29 rows." in said(one))
    assert len(tags_of(app.store, news.dataset_id, range(issues_data.ROWS))) == 30
    shown.button(key=f"{stem}-tags-undo").click().run()
    until(shown, lambda one: "Taken back on 29 rows." in said(one))
    assert tags_of(app.store, news.dataset_id, range(issues_data.ROWS)) == {1: ("odd",)}


def test_the_decisions_list_acts_on_tags_of_many_rows_and_take_one_back(
    app: Context, news: Dataset, open_at: Open
) -> None:
    put(app, news, "odd", 1, by="root")
    act = put(app, news, "odd", 2, 3, by=default_user())
    other = put(app, news, "to ask", 2, 3, 4)
    shown = open_at("review", dataset="news", view="decisions")
    until(shown, lambda one: "2 acts on tags of many rows" in said(one))
    assert "Tag “to ask” put on 3 rows." in said(shown) and keyed(shown, f"tags-undo-{other}") == []
    shown.button(key=f"tags-undo-{act}").click().run()
    assert "taken back" in said(shown) and keyed(shown, f"tags-undo-{act}") == []
    assert tags_of(app.store, news.dataset_id, [1, 2]) == {1: ("odd",), 2: ("to ask",)}


@pytest.mark.parametrize(("page", "query"), [("data", {"view": "rows"}), ("issues", {"show": "All rows"})])
def test_a_list_is_narrowed_by_a_tag_and_shows_it(
    app: Context, news: Dataset, open_at: Open, page: str, query: dict[str, str]
) -> None:
    put(app, news, "to ask", 1, 4)
    put(app, news, "odd", 4)
    shown = open_at(page, dataset="news", where="tag = to ask", **query)
    until(shown, lambda one: any("tags" in table.value.columns for table in one.dataframe))
    [table] = [one.value for one in shown.dataframe if "tags" in one.value.columns]
    assert sorted(zip(table["row"], table["tags"], strict=True)) == [(1, "to ask"), (4, "odd, to ask")]
    assert "tag\\: to ask" in [one.label for one in shown.button]
    assert page == "issues" or "**tag\\: to ask**" in said(shown), "what an act on all of them is kept as"


def test_a_row_says_its_tags_in_chinese_too(app: Context, news: Dataset, open_at: Open) -> None:
    put(app, news, "odd", 3)
    shown = open_at("data", dataset="news", view="rows", row="3", lang="zh")
    with speaking("zh"):
        word = say("tags")
    until(shown, lambda one: f"{word}: **odd**" in said(one))
