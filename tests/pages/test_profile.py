"""The page Profile: balance, content, duplicates and gaps, words; and that a choice opens its rows."""

from __future__ import annotations

from pathlib import Path

import pytest
import scipy.special  # noqa: F401 - as in a server that has shown a profile: the first one waits a moment more for it
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.services.profile.figures import derive
from tests.pages import issues_data
from tests.pages.profile_page import OpenAt, captions, load


def test_the_balance_view_counts_classes_and_compares_splits(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news")
    assert not shown.exception
    assert {metric.label: metric.value for metric in shown.metric}["Effective classes"] == "3.0"
    assert "The splits differ no more than chance makes them" in captions(shown)


def test_choosing_a_class_and_a_split_opens_their_rows(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news")
    shown.selectbox(key="choice-classes-label").select("tech").run()
    assert not shown.exception
    assert "40 rows" in captions(shown)
    shown.segmented_control(key="choice-splits-split").set_value("test").run()
    assert "13 rows" in captions(shown)


def opened(shown: AppTest) -> str:
    """What the rows beneath the view are said to be; empty where none are opened."""
    said = [one.value.replace("\\", "").strip("*") for one in shown.markdown]
    return next((one for one in said if one in ("tech · split test", "text length: 18 – 19")), "")


@pytest.mark.parametrize(
    ("view", "choices", "title"),
    [
        ("balance", {"choice-classes-label": "tech", "choice-splits-split": "test"}, "tech · split test"),
        ("content", {"choice-content-text_length": 0}, "text length: 18 – 19"),
    ],
)
def test_a_link_to_what_is_chosen_opens_the_same_rows(
    open_at: OpenAt, desks: Dataset, view: str, choices: dict[str, str | int], title: str
) -> None:
    shown = open_at("profile", dataset="news", view=view)
    assert "chosen" not in shown.query_params
    for key, value in choices.items():
        chooser = shown.segmented_control if "splits" in key else shown.selectbox
        chooser(key=key).set_value(value).run()
    assert opened(shown) == title
    link = {key: value[0] if isinstance(value, list) else value for key, value in shown.query_params.items()}
    again = open_at("profile", **link)
    assert not again.exception and opened(again) == title
    assert {key: again.session_state[key] for key in choices} == choices
    del again.query_params["chosen"]  # as Back does
    again.run()
    assert not again.exception and opened(again) == ""


@pytest.mark.parametrize("said", ["{", "[1]", '{"classes-label": "none such"}', '{"content-text_length": "x"}'])
def test_a_link_to_what_is_not_there_opens_the_view(open_at: OpenAt, desks: Dataset, said: str) -> None:
    for view in ("balance", "content"):
        shown = open_at("profile", dataset="news", view=view, chosen=said)
        assert not shown.exception and opened(shown) == ""


def test_a_version_without_splits_says_where_to_make_them(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    load(app, tmp_path, "plain", [("a text", "a"), ("b text", "b")], "text label")
    assert "no splits" in captions(open_at("profile", dataset="plain"))


def test_many_classes_show_top_and_tail_and_can_be_searched(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"text {i}", f"class {i % 100:03}") for i in range(300)]
    load(app, tmp_path, "many", rows, "text label")
    shown = open_at("profile", dataset="many")
    assert "68 between them are not drawn" in captions(shown)
    shown.text_input(key="classes-label-search").input("class 09").run()
    assert "not drawn" not in captions(shown)
    shown.text_input(key="classes-label-search").input("nothing like it").run()
    assert "None of the classes contains" in captions(shown)
    assert not shown.exception


def test_the_content_view_opens_a_bar_of_a_histogram(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="content")
    assert not shown.exception
    shown.selectbox(key="choice-content-text_length").select_index(0).run()
    assert any("text length: 18 – 19" in markdown.value.replace("\\", "") for markdown in shown.markdown)
    shown.selectbox(key="choice-content-language").select("English").run()
    assert shown.selectbox(key="choice-content-text_length").value is None
    assert "120 rows" in captions(shown)


def test_a_column_of_the_source_is_shown_when_it_is_picked(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="content")
    shown.selectbox(key="column").select("amount").run()
    assert shown.query_params["column"] == "amount"
    assert "10 missing" in captions(shown)
    shown.selectbox(key="choice-content-amount").select_index(0).run()
    assert not shown.exception


def test_ratings_stand_in_their_own_order(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    counted = {"3": 40, "2": 30, "5": 20, "4": 10, "1": 6}
    stars = [star for star, count in counted.items() for _ in range(count)]
    rows: list[tuple[object, ...]] = [
        (f"Text {place}", "ab"[place % 2], "train", star) for place, star in enumerate(stars)
    ]
    films = load(app, tmp_path, "films", rows, "text label split stars")
    derive(app, films.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="films", view="content")
    shown.selectbox(key="column").select("stars").run()
    assert shown.selectbox(key="choice-content-stars").options == ["1", "2", "3", "4", "5"]


def test_duplicates_in_conflict_and_missing_values_open_their_rows(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="checks")
    assert {metric.label: metric.value for metric in shown.metric}["In conflict"] == "2"
    shown.selectbox(key="choice-checks-repeats").select_index(1).run()
    assert "2 rows" in captions(shown)
    shown.selectbox(key="choice-checks-pairs").select_index(0).run()
    assert shown.selectbox(key="choice-checks-repeats").value is None
    assert "2 rows" in captions(shown)
    shown.selectbox(key="choice-checks-missing").select("amount").run()
    assert "10 rows" in captions(shown)
    assert not shown.exception


def test_gaps_that_tell_the_label_are_said(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        (f"Text {row}", ("a", "b")[row % 2], "train", "" if row % 2 and row % 3 else row) for row in range(90)
    ]
    dataset = load(app, tmp_path, "gaps", rows, "text label split amount")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="gaps", view="checks")
    while "is missing more often" not in captions(shown):
        assert not shown.exception
        shown.run()
    assert (
        "**amount** is missing more often where the label is **b** (66.7%) than where it is **a** (0.0%)"
        in captions(shown)
    )


def test_an_unknown_view_is_the_first_one(open_at: OpenAt, desks: Dataset) -> None:
    assert open_at("profile", dataset="news", view="nonsense").segmented_control(key="view").value == "balance"


def test_one_huge_value_among_few_rows_is_a_bar_of_its_own_and_said(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [(f"Text {i}", "ab"[i % 2], "train", i if i else 9_000_000) for i in range(60)]
    sizes = load(app, tmp_path, "sizes", rows, "text label split amount")
    derive(app, sizes.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="sizes", view="content")
    assert not shown.exception
    assert "The last bar is open: it has 1 row from 60 on, up to 9,000,000." in captions(shown)


def test_words_that_the_label_follows_open_their_rows(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    issues_data.load(app, tmp_path)
    shown = open_at("profile", dataset="news", view="words")
    while not shown.dataframe:
        assert not shown.exception
        shown.run()
    assert any("By **business** alone 33.3 more rows in a hundred" in one.value for one in shown.markdown)
    lines = shown.dataframe[0].value
    assert lines["word"].tolist()[:3] == ["business", "sport", "tech"] and lines["share"].tolist()[:3] == [1.0] * 3
    assert lines["explains"].tolist()[0] == pytest.approx(1 / 3)
    shown.selectbox(key="choice-words-word").select("sport").run()
    while len(shown.dataframe) < 2:
        shown.run()
    assert "sport · sport" in "\n".join(one.value for one in (*shown.markdown, *shown.caption))
    assert shown.dataframe[-1].value["row"].tolist()[:3] == [1, 4, 7]


def test_numbers_and_images_have_no_view_of_words(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"Text {row}", row / 7, "train") for row in range(50)]
    load(app, tmp_path, "scores", rows, "text label split", task="text-regression")
    shown = open_at("profile", dataset="scores", view="words")
    assert not shown.exception
    assert "words" not in next(one for one in shown.get("button_group") if one.key == "view").options
