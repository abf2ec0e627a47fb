"""The page Evaluate where a label is several classes: figures, tables, pairs, rows behind each, and two runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, PredictionFilter
from core.services.evaluation.measures import predicted_rows
from tests.pages.conftest import copied_link
from tests.pages.test_evaluation import links, words
from tests.runs import finished_run
from tests.tagged import CLASSES, tagged

Open = Callable[..., AppTest]
ROWS = 40
TEST = list(range(10, ROWS))
TRUE = np.array([[row % 2, 1, row % 3 == 0, row % 5 == 0] for row in range(ROWS)], np.int8)
TRUE[ROWS - 1] = 0
"""The last has no class."""


def guessed(*wrong: tuple[int, str]) -> np.ndarray:
    """Right everywhere, but for these rows and classes."""
    found = TRUE * 0.8 + 0.1
    for row, name in wrong:
        place = CLASSES.index(name)
        found[row, place] = 0.95 - TRUE[row, place] * 0.85
    return found.astype(np.float32)


@pytest.fixture
def cables(app: Context, tmp_path: Path) -> Dataset:
    """Run 1 misses wheat in rows 10, 20 and 30, in the first two of which it adds corn; it adds ship to the last. Run 2
    only errs in row 30."""
    dataset = tagged(app, tmp_path, TRUE)
    splits = ["test" if row in TEST else "train" for row in range(ROWS)]
    wrong = [(10, "wheat"), (10, "corn"), (20, "wheat"), (20, "corn"), (30, "wheat"), (39, "ship")]
    finished_run(app, dataset, guessed(*wrong), splits)
    finished_run(app, dataset, guessed((30, "wheat")), splits)
    return dataset


def shown_at(open_at: Open, **query: str | int) -> AppTest:
    """The page once its figures are there."""
    return until(lambda shown: bool(shown.metric), open_at("evaluation", dataset="cables", **query))


def until(there: Callable[[AppTest], bool], shown: AppTest) -> AppTest:
    for _ in range(100):
        if there(shown):
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError(f"it never came: {words(shown)}")


def test_the_first_look_has_three_figures_with_intervals_and_three_more(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test")
    text = words(shown)
    assert [metric.label for metric in shown.metric] == ["Micro F1", "Macro F1", "Subset accuracy"]
    assert shown.metric[2].value.replace("\N{NO-BREAK SPACE}", " ") == "86.7 %"
    assert text.count("(95 % interval)") == 3
    assert "4 of 30 rows are wrong in one class or more." in text
    assert "“wheat” is missed most often: 3 rows, 50.0 % of those that have it." in text
    assert "“corn” is wrongly added most often: 2 rows" in text
    assert "Hamming loss, the share of answers that are wrong: 5.0 %" in text
    assert "F1 averaged over the rows" in text and "log loss" in text


def test_each_class_has_its_table_those_with_most_errors_first(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test")
    assert len(shown.get("plotly_chart")) == 4
    titles = [one.value.split("**")[1] for one in shown.markdown if " · F1 " in one.value]
    assert titles == ["wheat", "corn", "ship", "grain"]
    by_name = shown_at(open_at, run=1, split="test", sort="name")
    assert [one.value.split("**")[1] for one in by_name.markdown if " · F1 " in one.value] == list(CLASSES)


@pytest.mark.parametrize(
    ("query", "title", "rows"),
    [
        ({}, "**4 rows** wrong in one class or more", [10, 20, 30, 39]),
        ({"missed": "wheat"}, "**3 rows** of **wheat** not predicted as it", [10, 20, 30]),
        ({"added": "ship"}, "**1 row** wrongly predicted as **ship**", [39]),
        ({"found": "wheat"}, "**3 rows** of **wheat** predicted as it", [15, 25, 35]),
        ({"without": "grain"}, "**1 row** rightly not predicted as **grain**", [39]),
        (
            {"missed": "wheat", "added": "corn"},
            "**2 rows** with **wheat** missed and **corn** wrongly added",
            [10, 20],
        ),
        ({"missed": "grain"}, "**0 rows** of **grain** not predicted as it", []),
    ],
)
def test_what_a_click_chooses_opens_its_rows(
    cables: Dataset, open_at: Open, query: dict[str, str], title: str, rows: list[int]
) -> None:
    shown = shown_at(open_at, run=1, split="test", **query)
    assert title in words(shown)
    listed = sorted(shown.dataframe[-1].value["row"].tolist()) if rows else []
    assert listed == rows
    if rows:
        review = links(shown)["Review these"]
        assert {key: review[key] for key in query} == query and not {"true", "predicted"} & review.keys()


def test_labels_are_read_as_words_and_no_class_as_none(cables: Dataset, open_at: Open) -> None:
    rows = shown_at(open_at, run=1, split="test", added="ship").dataframe[-1].value
    assert (rows["true"].tolist(), rows["predicted"].tolist()) == (["none"], ["ship"])
    both = shown_at(open_at, run=1, split="test", missed="wheat", added="corn").dataframe[-1].value
    assert both["true"].tolist() == ["grain, wheat", "grain, wheat"]
    assert both["predicted"].tolist() == ["corn, grain", "corn, grain"]


def test_missed_and_added_classes_are_listed_by_pairs(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", view="together")
    assert len(shown.get("plotly_chart")) == 1
    pairs = shown.dataframe[0].value
    assert pairs.to_dict("records") == [
        {"rows": 2, "missed": "wheat", "wrongly added": "corn", "of the missed": pytest.approx(2 / 3)}
    ]
    none = shown_at(open_at, run=2, split="test", view="together")
    assert "In no row is one class missed and another wrongly added." in words(none)


def test_the_report_counts_each_class(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", view="report")
    classes, averages = (shown.dataframe[place].value for place in (0, 1))
    assert classes["class"].tolist() == list(CLASSES)
    assert classes["missed"].tolist() == [0, 0, 0, 3]
    assert classes["wrongly added"].tolist() == [2, 0, 1, 0]
    assert classes["rows"].tolist() == TRUE[TEST].sum(axis=0).tolist()
    assert [name.split(":")[0] for name in averages["average"]] == ["Micro", "Macro", "Weighted", "Samples"]


def test_the_weakest_class_opens_what_is_missed_of_it(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", added="corn").button(key="weakest-class").click().run()
    assert (shown.query_params["view"], shown.query_params["missed"]) == ("report", "wheat")
    assert "**3 rows** of **wheat** not predicted as it" in words(shown)


def test_a_link_to_a_class_that_is_not_there_shows_all_errors(cables: Dataset, open_at: Open) -> None:
    assert "**4 rows** wrong in one class or more" in words(shown_at(open_at, run=1, split="test", missed="oats"))


def test_a_box_chooses_as_a_click_does(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", found="wheat")
    shown.selectbox(key="evaluation-added").select("corn").run()
    assert "**2 rows** wrongly predicted as **corn**" in words(shown)
    assert "found" not in shown.query_params
    shown.selectbox(key="evaluation-missed").select("wheat").run()
    assert "**2 rows** with **wheat** missed and **corn** wrongly added" in words(shown)


def test_the_copied_link_names_the_cell(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", missed="wheat", added="corn", reviewer="ada")
    query = parse_qs(urlsplit(copied_link(shown)).query)
    assert (query["missed"], query["added"], query["view"]) == (["wheat"], ["corn"], ["matrix"])
    assert "reviewer" not in query


def test_curves_of_a_class_and_of_the_averages(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=1, split="test", view="curves", **{"class": "ship"})
    shown = until(lambda shown: len(shown.get("plotly_chart")) == 2, shown)
    assert shown.selectbox(key="class").value == "ship"
    assert "This run has recorded no loss or metrics by step" in words(shown)


def test_two_runs_are_compared_in_words_by_class_and_row_by_row(cables: Dataset, open_at: Open) -> None:
    shown = shown_at(open_at, run=2, split="test", view="compare")
    shown = until(lambda shown: len(shown.metric) == 6, shown)
    assert [metric.label for metric in shown.metric][3:] == ["Micro F1", "Macro F1", "Subset accuracy"]
    text = words(shown)
    assert "3 only run 2 has wholly right, 0 only run 1" in text
    changed = shown.dataframe[0].value
    assert changed.to_dict("records")[0] == {"class": "corn", "missed": 0, "wrongly added": -2, "found": 0}
    rows = shown.dataframe[-1].value
    assert rows["row"].tolist() == [10, 20, 39]
    assert rows["run 1"].tolist() == ["corn, grain", "corn, grain", "ship"]


@pytest.mark.parametrize("query", [{}, {"missed": "wheat"}, {"missed": "wheat", "added": "corn"}, {"without": "corn"}])
def test_what_is_read_off_the_counts_is_what_the_list_holds(
    app: Context, cables: Dataset, open_at: Open, query: dict[str, str]
) -> None:
    where = PredictionFilter("test", **query, **({} if query else {"correct": False}))  # type: ignore[arg-type]
    counted = len(predicted_rows(app, app.ledger.runs.get(cables.dataset_id, "1"), where, "version", 1000))
    assert counted and f"**{counted:,} rows**" in words(shown_at(open_at, run=1, split="test", **query))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"missed": "wheat", "added": "corn"}, "that run 1 misses **wheat** and wrongly adds **corn**"),
        ({"found": "ship"}, "that run 1 rightly has **ship**"),
    ],
)
def test_the_desk_says_which_rows_it_hands_out(
    cables: Dataset, open_at: Open, query: dict[str, str], said: str
) -> None:
    shown = open_at("review", dataset="cables", version=1, reviewer="ada", run=1, split="test", blind="false", **query)
    assert f"Rows of test {said}" in words(shown)
    back = links(shown)["Back to its evaluation"]
    assert {key: back[key] for key in query} == query
