"""The page Evaluate: what a stakeholder's link shows, what a click opens, what two runs say together."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Metric
from core.review.records import Act
from core.services.evaluation.measures import predicted_rows
from core.services.review.decisions import make_version, record
from core.ui.evaluation.rows import cell_filter
from tests.pages import issues_data
from tests.pages.conftest import copied_link
from tests.runs import finished_run

Open = Callable[..., AppTest]
ROWS = issues_data.ROWS
TEST = [row for row in range(ROWS) if row % 5 == 0]


def predictions(wrong: dict[int, int]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Right everywhere, but for `wrong`: row → predicted class."""
    found = np.full((ROWS, 3), 0.05, np.float32)
    found[np.arange(ROWS), np.arange(ROWS) % 3] = 0.9
    for row, predicted in wrong.items():
        found[row] = 0.1
        found[row, predicted] = 0.8
    return found


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Run 1 takes two stories about business (0 and 15) for sport and one about tech (5) for business; run 2 only
    the last."""
    dataset = issues_data.load(app, tmp_path)
    splits = ["test" if row in TEST else "train" for row in range(ROWS)]
    finished_run(app, dataset, predictions({0: 1, 15: 1, 5: 0, 1: 2}), splits)
    steps = [Metric(step, step / 10, "train", "loss", 1 / step) for step in (10, 20, 30)]
    finished_run(app, dataset, predictions({5: 0}), splits, metrics=steps)
    return dataset


def shown_at(open_at: Open, **query: str | int) -> AppTest:
    """The page once its figures are there."""
    return until_figures(open_at("evaluation", dataset="news", **query))


def until_figures(shown: AppTest) -> AppTest:
    for _ in range(100):
        if shown.metric:
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError("the evaluation never came")


def words(shown: AppTest) -> str:
    assert not shown.exception, shown.exception
    assert not [error for error in shown.error if "inside Winnow" in error.value]
    found = [*shown.markdown, *shown.caption, *shown.error, *shown.warning]
    return "\n".join(str(element.value) for element in found).replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def links(shown: AppTest) -> dict[str, dict[str, str]]:
    found = {link.proto.label: parse_qs(link.proto.query_string) for link in shown.get("page_link")}
    return {label: {key: value for key, (value,) in query.items()} for label, query in found.items()}


def test_a_link_answers_which_model_on_what_with_whose_labels_and_how_well(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test")
    text = words(shown)
    assert "**MiniLM, head** of news (run 1, by ann" in text
    assert "**18 rows of test**, with the labels of version 1, those that it was trained with" in text
    assert [metric.value.replace("\N{NO-BREAK SPACE}", " ") for metric in shown.metric] == ["83.3 %", "83.1 %"]
    assert text.count("(95 % interval)") == 2
    assert "3 of 18 rows are wrong. Most often “business” is taken for “sport”: 2 rows, 33.3 % of “business”." in text
    assert "**3 rows** predicted wrong" in text


def test_the_newest_run_and_its_test_rows_come_first(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at)
    assert (shown.query_params["run"], shown.query_params["split"]) == ("2", "test")


def test_a_run_that_is_not_there_is_said(news: Dataset, open_at: Open) -> None:
    assert "Run 9 is not there or not done. This is run 2." in words(shown_at(open_at, run=9))


def test_rows_that_it_has_learnt_from_are_marked(news: Dataset, open_at: Open) -> None:
    assert "has learnt from these very rows" in words(shown_at(open_at, split="train"))


def test_a_dataset_without_a_finished_run_leads_to_training(app: Context, tmp_path: Path, open_at: Open) -> None:
    issues_data.load(app, tmp_path)
    shown = open_at("evaluation")
    assert "No run of this dataset is done yet" in words(shown)
    assert links(shown)["Train one"] == {"dataset": "news", "view": "new"}


def test_the_link_of_a_cell_opens_it_and_leads_to_the_desk(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", true="business", predicted="sport")
    assert "**2 rows** of **business** taken for **sport**" in words(shown)
    rows = shown.dataframe[-1].value
    assert rows["row"].tolist() == [0, 15]
    assert rows["example"].tolist()[0] == "Story 0 about business"
    review = links(shown)["Review these"]
    assert review == {
        "dataset": "news",
        "version": "1",
        "run": "1",
        "split": "test",
        "labels": "version",
        "true": "business",
        "predicted": "sport",
    }


def test_the_desk_hands_out_the_rows_of_a_cell_of_a_version_that_was_never_scanned(
    news: Dataset, open_at: Open
) -> None:
    query = {"run": 1, "split": "test", "true": "business", "predicted": "sport"}
    assert "Rows of test, judged blind" in words(open_at("review", dataset="news", version=1, reviewer="ada", **query))
    text = words(open_at("review", dataset="news", version=1, reviewer="ada", blind="false", **query))
    assert "Rows of test that run 1 takes for **sport**, being **business**" in text
    assert "has not been scanned" not in text


def test_whether_test_rows_are_judged_blind_goes_by_the_address(news: Dataset, open_at: Open) -> None:
    query = {"run": 1, "split": "test", "true": "business", "predicted": "sport"}
    shown = open_at("review", dataset="news", version=1, reviewer="ada", **query)
    shown.toggle(key="blind").set_value(False).run()
    assert shown.query_params["blind"] == "false"
    assert "Rows of test that run 1 takes for **sport**" in words(shown)
    del shown.query_params["blind"]  # as Back does
    shown.run()
    assert "Rows of test, judged blind" in words(shown) and shown.toggle(key="blind").value


def test_the_copied_link_names_the_view_and_nobody(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", true="business", predicted="sport", reviewer="ada")
    query = parse_qs(urlsplit(copied_link(shown)).query)
    wanted = {"run": ["1"], "split": ["test"], "true": ["business"], "predicted": ["sport"]}
    assert wanted.items() <= query.items()
    assert query["view"] == ["matrix"] and not {"reviewer", "dataset"} & query.keys()


def test_who_comes_by_the_copied_link_reads_the_view_and_can_do_nothing(
    app: Context, news: Dataset, open_at: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = copied_link(shown_at(open_at, run=1, split="test", true="business", predicted="sport"))
    query = {key: values[0] for key, values in parse_qs(urlsplit(link).query).items()}
    monkeypatch.setattr("core.ui.lists.verdict_bar.record", lambda *_: pytest.fail("a reader decided"))
    for view in ("matrix", "report", "curves", "compare"):
        shown = until_figures(open_at("evaluation", **(query | {"view": view})))
        assert not shown.exception and not shown.error and shown.title[0].value == "news"
        assert not shown.get("page_link") and "Review these" not in words(shown)
        mounted = {one.proto.component_name for one in shown.get("bidi_component")}
        assert not any("verdict" in name for name in mounted), mounted
        assert not [one for one in shown.button if one.key and ("-many" in one.key or "view" in one.key)]
        assert {"dataset", "version"}.isdisjoint({one.key for one in shown.selectbox})
    shown = until_figures(open_at("evaluation", **query))
    assert "**2 rows** of **business** taken for **sport**" in words(shown)
    # ... and gets neither the story nor a page where something could be done.
    assert [one.value for one in open_at("story", share=query["share"]).error] == [
        "There is no story behind this link."
    ]
    assert open_at("review", share=query["share"], dataset="news").error


def test_whoever_works_here_has_the_acts_that_readers_have_not(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", true="business", predicted="sport")
    assert [one for one in shown.get("page_link") if one.proto.label == "Review these"]
    assert [one for one in shown.button if one.key and "-many" in one.key]


def test_classes_and_averages_are_scikit_learns(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, view="report")
    classes, averages = (shown.dataframe[place].value for place in (0, 1))
    assert classes["class"].tolist() == ["business", "sport", "tech"]
    assert classes["wrong"].tolist() == [2, 0, 1]
    assert classes["recall"].tolist() == pytest.approx([4 / 6, 1, 5 / 6])
    assert [name.split(":")[0] for name in averages["average"]] == ["Micro", "Macro", "Weighted"]


def test_the_weakest_class_opens_its_wrong_rows(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1).button(key="weakest-class").click().run()
    assert (shown.query_params["view"], shown.query_params["true"]) == ("report", "business")
    assert "**2 rows** of **business** taken for something else" in words(shown)


def test_curves_of_a_class_and_of_the_averages_and_of_the_training(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=2, view="curves", **{"class": "tech"})
    for _ in range(50):
        if len(shown.get("plotly_chart")) == 3:
            break
        time.sleep(0.05)
        shown.run()
    assert len(shown.get("plotly_chart")) == 3
    assert shown.selectbox(key="class").value == "tech"
    first = shown_at(open_at, run=1, view="curves")
    assert "This run has recorded no loss or metrics by step" in words(first)


def test_two_runs_are_compared_in_words_and_row_by_row(news: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=2, view="compare")
    for _ in range(50):
        if len(shown.metric) == 4:
            break
        time.sleep(0.05)
        shown.run()
    text = words(shown)
    assert "no clear difference (+11.1 points, 95 % interval" in text
    assert "2 only run 2 has right, 0 only run 1" in text
    rows = shown.dataframe[-1].value
    assert rows["row"].tolist() == [0, 15]
    assert rows["run 1"].tolist() == ["sport", "sport"]
    shown.query_params["right"] = "other"
    assert "No row." in words(shown.run())


def test_the_labels_of_a_newer_version_can_be_held_against_it(app: Context, news: Dataset, open_at: Open) -> None:
    acts = [Act("k1", "relabel", 0, "sport"), Act("k2", "exclude", 15)]
    record(app, news.latest_version_id, "ada", acts)
    make_version(app, news.latest_version_id, "", "ada")
    trained_with = words(shown_at(open_at, run=1, split="test"))
    assert "3 of 18 rows are wrong" in trained_with
    newest = words(shown_at(open_at, run=1, split="test", labels="newest"))
    assert "1 of 17 rows is wrong" in newest
    assert "with the labels of version 2, which is newer than what it was trained with" in newest


@pytest.mark.parametrize(("true", "predicted"), [("business", "sport"), ("tech", None), (None, "sport"), (None, None)])
def test_what_is_read_off_the_matrix_is_what_the_list_holds(
    app: Context, news: Dataset, open_at: Open, true: str | None, predicted: str | None
) -> None:

    where = cell_filter("test", true, predicted)
    counted = len(predicted_rows(app, app.ledger.runs.get(news.dataset_id, "1"), where, "version", 1000))
    query = {key: value for key, value in (("true", true), ("predicted", predicted)) if value}
    assert f"**{counted:,} {'row' if counted == 1 else 'rows'}**" in words(shown_at(open_at, run=1, **query))
