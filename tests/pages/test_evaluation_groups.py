"""Evaluate, view Groups: for which rows a run is wrong more often, and whose rows a choice lists."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.jobs.mitigation.web import MITIGATION
from core.records import Dataset
from tests.answers import answer_of_mitigation
from tests.pages import issues_data
from tests.pages.test_evaluation import Open, links, predictions, shown_at, words
from tests.runs import finished_run

ROWS = issues_data.ROWS
WRONG = [row for row in range(ROWS) if row % 2 and row % 3 == 0 and row % 5]
"""Stories about business of the desk `uk` in train, which a run takes for sport."""


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    dataset = issues_data.load(app, tmp_path)
    splits = ["train" if row % 5 else "test" for row in range(ROWS)]
    finished_run(app, dataset, predictions(dict.fromkeys(WRONG, 1)), splits)
    return dataset


def groups_at(open_at: Open, **query: str | int) -> AppTest:
    """The view once the groups are compared and their rows counted."""
    shown = shown_at(open_at, view="groups", **query)
    for _ in range(100):
        if any(mark in words(shown) for mark in ("**12 ", "**0 ", "No groups to compare")):
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError("the groups never came")


def test_the_attribute_it_depends_on_comes_first_and_is_said(news: Dataset, open_at: Open) -> None:
    shown = groups_at(open_at, split="train")
    assert "It depends on desk: uk (66.7%) against us (100.0%), which is not chance." in words(shown)
    attributes, classes, rows = (table.value for table in shown.dataframe)
    assert attributes["attribute"].tolist()[0] == "desk"
    assert attributes["difference"].tolist()[0] == pytest.approx(12 / 36)
    assert attributes["reading"].tolist()[0] == "not chance"
    business = classes[classes["class"] == "business"].iloc[0]
    assert (business["found"], business["wrongly given"], business["odds"]) == (1.0, 0.0, 1.0)
    sport = classes[classes["class"] == "sport"].iloc[0]
    assert sport["wrongly given"] == pytest.approx(12 / 24) and sport["reading"] == "not chance"
    assert len(rows) == 12


def test_a_group_and_a_class_of_the_link_list_their_wrong_rows(news: Dataset, open_at: Open) -> None:
    group = {"split": "train", "by": "desk"}
    shown = groups_at(open_at, **group, group="uk", **{"class": "business"})
    assert "**12 rows** predicted wrong · desk: uk · business" in words(shown)
    assert shown.dataframe[-1].value["row"].tolist() == WRONG
    none = words(groups_at(open_at, **group, group="us"))
    assert "**0 rows** predicted wrong · desk: us" in none


def test_two_attributes_are_crossed_and_open_their_rows(news: Dataset, open_at: Open) -> None:
    """Business of the desk `uk` has all errors, whatever the length of its texts."""
    crossed = {"split": "train", "by": "desk", "and": "text_length"}
    shown = groups_at(open_at, **crossed)
    names = list(shown.selectbox(key="evaluation-group").options)
    assert {name.split(" × ")[0] for name in names} == {"uk", "us"}
    group = next(name.removesuffix(" *") for name in names if name.startswith("us"))
    assert "**0 rows** predicted wrong" in words(groups_at(open_at, **crossed, group=group))


def test_few_rows_are_not_compared(news: Dataset, open_at: Open) -> None:
    shown = groups_at(open_at, split="test")
    assert "None of them has two groups of at least 30 rows in this split." in words(shown)
    assert "Load it with more columns" in links(shown)


def test_it_is_chinese_where_asked_for(news: Dataset, open_at: Open) -> None:
    shown = groups_at(open_at, split="train", lang="zh")
    assert "它取决于 desk：uk (66.7%) 对 us (100.0%)，并非偶然。" in words(shown)
    assert shown.dataframe[0].value["reading"].tolist()[0] == "并非偶然"


def test_what_reweighting_would_change_is_asked_of_the_attribute_that_is_shown(
    news: Dataset, open_at: Open, app: Context
) -> None:
    shown = groups_at(open_at, split="train", by="desk")
    shown.session_state["mitigation"] = True
    shown.run()
    assert "Nothing of your data changes" in words(shown)
    shown.button(key="mitigation-start").click().run()
    assert not shown.exception
    (job,) = app.queue.of("mitigation", news.dataset_id)
    spec = MITIGATION.spec_of(app.queue.folder(job.job_id))
    assert spec.columns == ("desk",) and spec.about.labels == news.labels
    app.queue.cancel(job.job_id)


def test_its_answer_says_what_changes_and_lists_the_rows_that_are_judged_otherwise(
    news: Dataset, open_at: Open, app: Context, tmp_path: Path
) -> None:
    before, after = answer_of_mitigation(app, news, tmp_path)
    shown = groups_at(open_at, split="train", by="desk")
    shown.session_state["mitigation"] = True
    shown.run()
    assert not shown.exception
    assert "**reweighed** narrows accuracy gap" in words(shown) and "classes balanced** narrows" not in words(shown)
    (figures,) = (one.value for one in shown.dataframe if "what it is" in one.value)
    assert figures["not chance"].tolist()[0] == "reweighed"
    (rows,) = (one.value for one in shown.dataframe if "as it is" in one.value and "example" in one.value)
    changed = np.flatnonzero(before != after)
    assert rows["row"].tolist() == changed[:10].tolist()
    assert f"{len(changed)} rows are judged otherwise" in words(shown)
    shown.selectbox(key="mitigation-arm").set_value("resampled").run()
    assert "judges every row as the model of the rows as they are does" in words(shown)
