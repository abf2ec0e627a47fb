"""The box for SQL: run, shown as a table or a chart, kept under a name, and taken for a filter of the list."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.errors import JobError, StoppedError
from core.records import ENDED, Dataset
from core.services.classes.naming import name_classes
from core.services.follow import follow
from core.services.jobs import cancel
from core.services.privacy.always import set_always
from core.services.sql import ask
from tests.integration.load_support import loaded
from tests.pages.data_page import problems, words

OpenAt = Callable[..., AppTest]
COUNTS = "SELECT label, count(*) AS n FROM rows GROUP BY label ORDER BY n DESC"


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    file = tmp_path / "news.csv"
    rows = [f"text number {i},{'xxy'[i % 3]},{i}.5" for i in range(30)]
    file.write_text("text,label,price\n" + "\n".join(rows) + "\n")
    return loaded(app, file, name="news", attributes=("price",))


def run(shown: AppTest) -> AppTest:
    """Once the query is answered, which is done beside the page."""
    for _ in range(100):
        if "Running the query" not in words(shown):
            return shown
        time.sleep(0.1)
        shown.run()
    raise AssertionError("it still runs")


def typed(shown: AppTest, sql: str) -> AppTest:
    shown.text_area(key="sql-typed").set_value(sql)
    [button] = [one for one in shown.button if one.label == "Run query"]
    return run(button.click().run())


def test_the_box_begins_with_classes_as_they_are_called(app: Context, news: Dataset, open_at: OpenAt) -> None:
    assert open_at("data", dataset="news", view="sql").text_area(key="sql-typed").value.startswith("SELECT label, ")
    name_classes(app, news, "ada", {"x": "sport"}, {})
    begun = open_at("data", dataset="news", view="sql").text_area(key="sql-typed").value
    assert begun == "SELECT label_name, count(*) AS n\nFROM rows\nGROUP BY label_name\nORDER BY n DESC"


def test_a_query_is_run_and_stands_in_the_link(news: Dataset, open_at: OpenAt) -> None:
    shown = typed(open_at("data", dataset="news", view="sql"), COUNTS)
    assert not problems(shown)
    assert shown.dataframe[0].value.to_dict("list") == {"label": ["x", "y"], "n": [20, 10]}
    assert shown.query_params["sql"] == COUNTS
    again = run(open_at("data", dataset="news", view="sql", sql=COUNTS, **{"as": "chart"}))
    assert not problems(again) and not again.dataframe
    assert len(again.get("plotly_chart")) == 1
    assert again.text_area(key="sql-typed").value == COUNTS
    assert "2 rows" in words(again)


def test_what_is_wrong_is_said_beneath_the_box(news: Dataset, open_at: OpenAt) -> None:
    shown = typed(open_at("data", dataset="news", view="sql"), "SELECT lable FROM rows")
    assert 'Referenced column "lable" not found' in shown.error[0].value.replace("\\", "")
    assert "list of views" in words(shown).replace("\\", "")


def test_a_saved_query_narrows_the_list(news: Dataset, open_at: OpenAt) -> None:
    shown = typed(open_at("data", dataset="news", view="sql"), "SELECT * FROM rows WHERE price > 25 AND label = 'x'")
    shown.session_state["sql-saved"] = True
    shown.run()
    shown.text_input(key="sql-name").set_value("dear").run()
    shown.button(key="sql-save").click().run()
    run(shown).button(key="sql-filter").click().run()
    assert not problems(shown)
    assert shown.query_params["where"] == "sql = dear"
    assert list(shown.dataframe[0].value["row"]) == [25, 27, 28]
    assert r"SQL\: dear" in [one.label for one in shown.button]


def test_words_that_are_looked_for_sort_the_list(news: Dataset, open_at: OpenAt) -> None:
    shown = open_at("data", dataset="news", words="text 1", order="match")
    assert not problems(shown)
    assert shown.selectbox(key="list-order").value == "match"
    assert list(shown.dataframe[0].value["row"])[:3] == [1, 10, 11], "the word itself before those that begin like it"
    shown.text_input(key="words").set_value("").run()
    assert not problems(shown)
    assert shown.selectbox(key="list-order").value is None
    matched = open_at("data", dataset="news", where="match = 7 29", order="match")
    assert not problems(matched)
    assert list(matched.dataframe[0].value["row"]) == [7, 29]


def test_a_filter_that_takes_long_is_waited_for_beside_and_can_be_stopped(
    app: Context, news: Dataset, open_at: OpenAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.services.sql import filter as of_rows

    ended: list[str] = []

    def slow(*_: object, **__: object) -> object:
        given_up = ask._GIVEN_UP.get()
        for _ in range(200):
            if given_up():
                ended.append("stopped")
                raise StoppedError("The query was given up.", "Ask again.")
            time.sleep(0.05)
        ended.append("waited in vain")
        raise AssertionError

    monkeypatch.setattr(of_rows, "row_ids", slow)
    began = time.monotonic()
    shown = open_at("data", dataset="news", where='["sql = price > 25","label = x"]')
    assert time.monotonic() - began < 5 and not problems(shown)
    assert "Running the query" in words(shown) and not shown.dataframe
    shown.button(key="filter-stop").click().run()
    assert not problems(shown)
    assert shown.query_params["where"] in ("label = x", ["label = x"])
    assert len(shown.dataframe[0].value) == 20
    for _ in range(100):
        if ended:
            break
        time.sleep(0.05)
    assert ended == ["stopped"]
    monkeypatch.undo()


def test_rows_of_an_always_masked_dataset_are_masked_by_a_job_before(
    app: Context, news: Dataset, open_at: OpenAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_always(app, news, True, "ada")
    monkeypatch.setattr("core.services.sql.ask.HERE", 10)
    shown = typed(open_at("data", dataset="news", view="sql"), COUNTS)
    assert "queries read a masked copy" in words(shown) and not shown.dataframe
    [job] = app.queue.of("masked_rows", news.dataset_id)
    cancel(app, job.job_id)
    with pytest.raises(JobError):
        follow(app, job.job_id)
    shown.run()
    assert "cancelled" in words(shown) and not problems(shown)
    shown = run(shown.button(key="sql-masking-again").click().run())
    [job] = [one for one in app.queue.of("masked_rows", news.dataset_id) if one.status not in ENDED]
    follow(app, job.job_id)
    shown = run(run(shown.run()).run())
    assert shown.dataframe[0].value.to_dict("list") == {"label": ["x", "y"], "n": [20, 10]}
