"""Story: the answers for whoever has to decide, on one page; a shared link may read it and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.services.story.words import QUESTIONS
from core.store.datasets import get_dataset, rename
from core.store.versions import make_review_version
from core.ui.shell.reading import mark_of
from tests.pages import issues_data as data
from tests.pages.conftest import PAGES
from tests.runs import finished_run
from tests.unit.services.test_story import SPLITS, decide

OpenAt = Callable[..., AppTest]
OTHERS = sorted(path.stem for path in PAGES.glob("*.py") if path.stem not in ("story", "evaluation"))


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Scanned, reviewed, in two versions with a run each; the second takes every sport of the test rows for tech."""
    data.scan(app, tmp_path, data.load(app, tmp_path))
    of = np.arange(data.ROWS) % 3
    said = np.where((of == 1) & (np.arange(data.ROWS) % 5 == 0), 2, of)
    probabilities = np.full((data.ROWS, 3), 0.1, np.float32)
    probabilities[np.arange(data.ROWS), said] = 0.8
    reported = {"test": {"rows": 18, "accuracy": 12 / 18, "macro_f1": 0.6}}
    finished_run(app, get_dataset(app.store, "news"), probabilities, SPLITS, reported=reported)
    decide(app, get_dataset(app.store, "news"), (1, "relabel", "tech"), (2, "keep", None))
    make_review_version(app.store, get_dataset(app.store, "news").latest_version_id, "first pass", "bob")
    finished_run(app, get_dataset(app.store, "news"), probabilities, SPLITS, reported=reported)
    return get_dataset(app.store, "news")


def settled(shown: AppTest) -> AppTest:
    for _ in range(20):
        if shown.header:
            return shown
        shown.run()
    raise AssertionError("the story was never told")


def listing(shown: AppTest, column: str) -> Any:
    """The table of rows behind a figure, once it is there."""
    for _ in range(50):
        found = next((one.value for one in shown.dataframe if column in one.value.columns), None)
        if found is not None:
            return found
        shown.run()
    raise AssertionError("the rows were never listed")


def words(shown: AppTest) -> str:
    kinds = (shown.title, shown.header, shown.markdown, shown.caption, shown.metric, shown.text)
    return " | ".join(str(one.value) for kind in kinds for one in kind).replace("\\", "")


def test_every_question_of_a_stakeholder_stands_on_the_page_with_its_answer(news: Dataset, open_at: OpenAt) -> None:
    shown = settled(open_at("story", dataset="news"))
    assert not shown.exception and not shown.error
    assert {one.value for one in shown.header} == set(QUESTIONS.values())
    said = words(shown)
    for part in (
        "“sport” is taken for “tech” in 6 of 6 rows",
        "On the same 18 rows, no clear difference",
        "Not clearly different from run 1",
        "2 of the model's 6 errors are on labels that are doubtful themselves",
        "Nobody has measured whether the cleaning paid",
        "Let the model answer",
        "Story 3 about business",
        "1. Scan version 2",
    ):
        assert part in said, part


def test_a_figure_opens_its_rows_on_the_page(news: Dataset, open_at: OpenAt) -> None:
    shown = settled(open_at("story", dataset="news", behind="worst-0"))
    listed = listing(shown, "predicted")
    assert len(listed) == 6 and set(listed["predicted"]) == {"tech"}
    shown.button(key="behind-suspects").click().run()
    assert shown.query_params["behind"] == "suspects"
    assert sorted(listing(shown, "predicted")["row"]) == [10, 25]


@pytest.mark.parametrize("name", ["flagged-1", "errors", "suspects", "worst-0"])
def test_the_rows_behind_a_figure_are_sorted_as_a_whole(news: Dataset, open_at: OpenAt, name: str) -> None:
    up, down = (
        listing(settled(open_at("story", dataset="news", behind=name, behind_order=order)), "label")["row"].tolist()
        for order in ("row", "row desc")
    )
    assert up == sorted(up) and down == sorted(down, reverse=True)
    assert len(up) > 1 and up[0] < down[0]


@pytest.mark.parametrize(("name", "rows"), [("flagged-1", 10), ("decided-1-relabel-bob", 1), ("errors", 6)])
def test_flagged_decided_and_wrong_rows_are_listed_too(news: Dataset, open_at: OpenAt, name: str, rows: int) -> None:
    shown = settled(open_at("story", dataset="news", behind=name))
    assert not shown.exception and not shown.error
    assert len(listing(shown, "label")) == rows


def test_more_classes_than_fit_are_shown_page_by_page(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    data.load(app, tmp_path, classes=12)
    shown = settled(open_at("story", dataset="news"))
    assert not shown.exception and not shown.error
    assert "c000" in words(shown) and "c011" not in words(shown)


@pytest.mark.parametrize("name", ["worst-9", "worst-x", "flagged-9", "decided-1-drop-bob", "nothing"])
def test_a_link_to_rows_that_are_not_there_harms_nothing(news: Dataset, open_at: OpenAt, name: str) -> None:
    shown = settled(open_at("story", dataset="news", behind=name))
    assert not shown.exception and not shown.error


def test_costs_in_the_link_choose_the_threshold(news: Dataset, open_at: OpenAt) -> None:
    shown = settled(open_at("story", dataset="news", cost_of="tech", first_cost=1, second_cost=30))
    assert "Take a row for “tech” from a probability of" in words(shown)
    shown.number_input(key="first_cost").set_value(7.0).run()
    assert shown.query_params["first_cost"] == "7.0"
    assert not settled(open_at("story", dataset="news", first_cost="much")).exception


def test_a_shared_link_shows_the_story_and_nothing_that_acts(app: Context, news: Dataset, open_at: OpenAt) -> None:
    shown = settled(open_at("story", share=mark_of(news)))
    assert not shown.exception and not shown.error
    assert shown.title[0].value == "news"
    assert not shown.get("page_link")
    assert not {one.key for one in shown.button if one.key} & {"act-1", "act-2", "act-3"}
    assert {one.key for one in shown.text_input} == set()
    assert "“sport” is taken for “tech” in 6 of 6 rows" in words(shown)
    rename(app.store, news.dataset_id, "other name")
    assert settled(open_at("story", share=mark_of(news))).title[0].value == "other name"


def test_shared_links_of_an_always_masked_dataset_are_closed(app: Context, news: Dataset, open_at: OpenAt) -> None:
    app.ledger.masking.append(news.dataset_id, True, "ada")
    shown = open_at("story", share=mark_of(news))
    said = "This dataset is always masked, so the links that share it are closed."
    assert [one.value for one in shown.error] == [said]
    assert not shown.dataframe and not shown.get("page_link") and "sport" not in words(shown)
    app.ledger.masking.append(news.dataset_id, False, "ada")
    assert not settled(open_at("story", share=mark_of(news))).error


@pytest.mark.parametrize("name", OTHERS)
def test_a_session_of_a_shared_link_gets_no_other_page(app: Context, news: Dataset, name: str) -> None:
    shown = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=30)
    shown.session_state["reading"] = mark_of(news)
    shown.query_params["dataset"] = "news"
    shown.run()
    assert [one.value for one in shown.error] == ["This link opens one page about one dataset, to be read."]
    assert not shown.button and not shown.dataframe and not shown.selectbox


def test_a_session_stays_a_reader_whatever_its_address_says_later(news: Dataset, open_at: OpenAt) -> None:
    shown = settled(open_at("story", share=mark_of(news)))
    del shown.query_params["share"]
    shown.query_params["dataset"] = "news"
    shown.run()
    assert not shown.get("page_link") and not shown.selectbox(key="cost_of").disabled
    assert "dataset" not in {one.key for one in shown.selectbox}


def test_a_link_to_the_story_opens_no_evaluation(news: Dataset, open_at: OpenAt) -> None:
    shown = open_at("evaluation", share=mark_of(news), dataset="news")
    assert [one.value for one in shown.error] == ["There is no evaluation behind this link."]
    assert not shown.button and not shown.dataframe and not shown.selectbox


@pytest.mark.parametrize("mark", ["", "0" * 32, "ü"])
def test_a_link_with_another_mark_shows_no_dataset(news: Dataset, open_at: OpenAt, mark: str) -> None:
    shown = open_at("story", share=mark)
    assert [one.value for one in shown.error] == ["There is no story behind this link."]
    assert "news" not in words(shown)


def test_home_shows_which_way_the_versions_go_and_who_acted_last(app: Context, news: Dataset, open_at: OpenAt) -> None:
    shown = open_at("home")
    for _ in range(20):
        links = {one.proto.label: (one.proto.page, one.proto.query_string) for one in shown.get("page_link")}
        if any("→" in label and "accuracy" in label for label in links):
            break
        shown.run()
    assert links[":small[accuracy 66.7\N{NO-BREAK SPACE}% → 66.7\N{NO-BREAK SPACE}%]"] == ("story", "dataset=news")
    assert any(label.startswith(":small[wrong ") for label in links)
    assert "trained run 2 by ann" in words(shown)
