"""The Profile page: what each view shows, and that a choice opens its rows."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import scipy.special  # noqa: F401 - as in a server that has shown a profile: the first one waits a moment more for it
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.review.records import Act
from core.services.profile.figures import derive
from core.services.review.decisions import record
from core.store.datasets import get_dataset
from tests.pages import issues_data
from tests.pages.issues_data import LABELS
from tests.staged import taken_in

OpenAt = Callable[..., AppTest]


def _load(
    context: Context,
    folder: Path,
    name: str,
    rows: list[tuple[object, ...]],
    header: str,
    task: str = "text-classification",
) -> Dataset:
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)
    columns = header.split()
    schema = Schema(task, "text", "label", "split" if "split" in columns else None, None, tuple(columns[3:]))
    return taken_in(context.store, Reader(sql=f"read_csv('{path}', all_varchar=false)"), schema, name)


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """120 rows: the desk decides the label, one text occurs twice with two labels, ten amounts are missing."""
    draw = random.Random(3)
    rows: list[tuple[object, ...]] = []
    for row in range(120):
        label = ("sport", "tech", "<b>art</b>")[row % 3]
        amount = "" if row % 12 == 0 else round(draw.gauss(row % 3, 1), 3)
        rows.append((f"Story {row} of the day", label, "train" if row < 80 else "test", f"desk {row % 3}", amount))
    rows[1] = ("Story 0 of the day", *rows[1][1:])
    dataset = _load(app, tmp_path, "news", rows, "text label split desk amount")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    return dataset


def _captions(shown: AppTest) -> str:
    return "\n".join(caption.value for caption in shown.caption)


def test_the_balance_view_counts_classes_and_compares_splits(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news")
    assert not shown.exception
    assert {metric.label: metric.value for metric in shown.metric}["Effective classes"] == "3.0"
    assert "The splits differ no more than chance makes them" in _captions(shown)


def test_choosing_a_class_and_a_split_opens_their_rows(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news")
    shown.selectbox(key="choice-classes-label").select("tech").run()
    assert not shown.exception
    assert "40 rows" in _captions(shown)
    shown.segmented_control(key="choice-splits-split").set_value("test").run()
    assert "13 rows" in _captions(shown)


def test_a_version_without_splits_says_where_to_make_them(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    _load(app, tmp_path, "plain", [("a text", "a"), ("b text", "b")], "text label")
    assert "no splits" in _captions(open_at("profile", dataset="plain"))


def test_many_classes_show_top_and_tail_and_can_be_searched(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"text {i}", f"class {i % 100:03}") for i in range(300)]
    _load(app, tmp_path, "many", rows, "text label")
    shown = open_at("profile", dataset="many")
    assert "68 between them are not drawn" in _captions(shown)
    shown.text_input(key="classes-label-search").input("class 09").run()
    assert "not drawn" not in _captions(shown)
    shown.text_input(key="classes-label-search").input("nothing like it").run()
    assert "None of the classes contains" in _captions(shown)
    assert not shown.exception


def test_the_content_view_opens_a_bar_of_a_histogram(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="content")
    assert not shown.exception
    shown.selectbox(key="choice-content-text_length").select_index(0).run()
    assert any("text length: 18 – 19" in markdown.value.replace("\\", "") for markdown in shown.markdown)
    shown.selectbox(key="choice-content-language").select("English").run()
    assert shown.selectbox(key="choice-content-text_length").value is None
    assert "120 rows" in _captions(shown)


def test_a_column_of_the_source_is_shown_when_it_is_picked(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="content")
    shown.selectbox(key="content-own").select("amount").run()
    assert "10 missing" in _captions(shown)
    shown.selectbox(key="choice-content-amount").select_index(0).run()
    assert not shown.exception


def test_ratings_stand_in_their_own_order(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    counted = {"3": 40, "2": 30, "5": 20, "4": 10, "1": 6}
    stars = [star for star, count in counted.items() for _ in range(count)]
    rows: list[tuple[object, ...]] = [
        (f"Text {place}", "ab"[place % 2], "train", star) for place, star in enumerate(stars)
    ]
    films = _load(app, tmp_path, "films", rows, "text label split stars")
    derive(app, films.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="films", view="content")
    shown.selectbox(key="content-own").select("stars").run()
    assert shown.selectbox(key="choice-content-stars").options == ["1", "2", "3", "4", "5"]


def test_duplicates_in_conflict_and_missing_values_open_their_rows(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="checks")
    assert {metric.label: metric.value for metric in shown.metric}["In conflict"] == "2"
    shown.selectbox(key="choice-checks-repeats").select_index(1).run()
    assert "2 rows" in _captions(shown)
    shown.selectbox(key="choice-checks-pairs").select_index(0).run()
    assert shown.selectbox(key="choice-checks-repeats").value is None
    assert "2 rows" in _captions(shown)
    shown.selectbox(key="choice-checks-missing").select("amount").run()
    assert "10 rows" in _captions(shown)
    assert not shown.exception


def test_an_attribute_that_differs_between_splits_is_told_and_opens_its_rows(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [
        (f"Text {row}", ("a", "b")[row % 2], ("train", "test")[row % 3 == 0], "web" if row % 3 == 0 else "app")
        for row in range(150)
    ]
    dataset = _load(app, tmp_path, "moved", rows, "text label split source")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="moved", view="drift")
    while not any("differ between splits by more than chance: **source**" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    shown.selectbox(key="choice-drift-source-group").select_index(0).run()
    while not shown.dataframe:
        assert not shown.exception
        shown.run()
    assert "100 rows" in _captions(shown)
    assert shown.dataframe[-1].value["row"].tolist()[:4] == [1, 2, 4, 5]


def test_a_file_that_is_sorted_by_its_labels_is_told_and_opens_a_stretch(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    _load(app, tmp_path, "sorted", [(f"Text {row}", "ab"[row // 100]) for row in range(200)], "text label")
    shown = open_at("profile", dataset="sorted", view="drift")
    while not any("change along the file by more than chance: **label**" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    shown.selectbox(key="choice-drift-@label-stretch").select_index(1).run()
    shown.selectbox(key="choice-drift-group-group").select_index(0).run()
    while not shown.dataframe:
        assert not shown.exception
        shown.run()
    assert "20 rows" in _captions(shown)
    assert shown.dataframe[-1].value["row"].tolist()[:3] == [20, 21, 22]


def test_a_later_file_is_held_against_an_earlier_one(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    _load(app, tmp_path, "later", [(f"A far longer text {row}", "ab"[row % 2]) for row in range(80)], "text label")
    dataset = _load(app, tmp_path, "earlier", [(f"Text {row}", "ab"[row % 2]) for row in range(80)], "text label")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    derive(app, get_dataset(app.store, "later").dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="earlier", view="drift", between="other")
    while not any("differ between earlier, version 1 and later, version 1" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    assert "**far** (later, version 1, 2.0 times as often)" in _captions(shown)


def test_without_splits_there_is_no_drift_between_them(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    _load(app, tmp_path, "whole", [(f"Text {row}", "ab"[row % 2]) for row in range(80)], "text label")
    shown = open_at("profile", dataset="whole", view="drift", between="splits")
    while "This version has no splits" not in _captions(shown):
        assert not shown.exception
        shown.run()


def test_groups_are_held_against_shares_that_somebody_gives(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias", reference="desk 0=50, desk 1=25, desk 2=25")
    while not any("Not as the reference says" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    said = "desk 0 has 33.3% where it should have 50.0%."
    assert any(said in one.value for one in shown.markdown)
    [table] = [one.value for one in shown.dataframe if "lacking" in one.value]
    assert table["rows"].tolist() == [40, 40, 40] and table["lacking"].tolist() == [40, -13, -13]
    shown.text_area(key="reference-typed").set_value("desk 0=a lot").run()
    assert any("is no group with its share" in one.value for one in shown.error)
    shown.text_area(key="reference-typed").set_value("").run()
    assert not shown.exception and "reference" not in shown.query_params


def test_a_reference_of_another_attribute_is_left_out_and_that_is_no_error(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias", reference="east=50, west=50")
    while "names no group of desk" not in _captions(shown):
        assert not shown.exception and not shown.error
        shown.run()
    assert not shown.error and shown.query_params["reference"] == "east=50, west=50"
    assert not any("lacking" in one.value for one in shown.dataframe)


def test_gaps_that_tell_the_label_are_said(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        (f"Text {row}", ("a", "b")[row % 2], "train", "" if row % 2 and row % 3 else row) for row in range(90)
    ]
    dataset = _load(app, tmp_path, "gaps", rows, "text label split amount")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="gaps", view="checks")
    while "is missing more often" not in _captions(shown):
        assert not shown.exception
        shown.run()
    assert (
        "**amount** is missing more often where the label is **b** (66.7%) than where it is **a** (0.0%)"
        in _captions(shown)
    )


def test_the_attribute_that_decides_the_label_is_shown_first_with_its_groups(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias")
    assert not shown.exception
    assert shown.selectbox(key="choice-bias-attribute").value == "desk"
    assert "bias-corrected (Bergsma 2013)" in _captions(shown)
    assert any(
        one.value.startswith("**desk** tells much about the label: a large association. ") for one in shown.caption
    )
    parity = shown.dataframe[0].value
    assert list(parity["difference"]) == [1.0, 1.0, 1.0]
    assert list(parity["reading"]) == ["a large difference, not chance"] * 3


def test_a_group_and_a_label_open_the_rows_of_their_cell(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias")
    shown.selectbox(key="choice-group-desk-groups").select_index(1).run()
    assert "40 rows" in _captions(shown)
    shown.selectbox(key="choice-label-groups").select("sport").run()
    assert not shown.exception
    assert "No row matches." in _captions(shown)


def test_another_attribute_shows_its_own_groups(open_at: OpenAt, news: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias")
    shown.selectbox(key="choice-bias-attribute").select("amount").run()
    assert not shown.exception
    assert any("Labels by amount" in markdown.value for markdown in shown.markdown)
    assert "10 rows without a value are left out." in _captions(shown)


def test_an_unknown_view_is_the_first_one(open_at: OpenAt, news: Dataset) -> None:
    assert open_at("profile", dataset="news", view="nonsense").segmented_control(key="view").value == "balance"


def test_without_anything_to_measure_the_bias_view_says_why(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"text {i}", "ab"[i % 2]) for i in range(10, 50)]
    dataset = _load(app, tmp_path, "even", rows, "text label")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="even", view="bias")
    assert not shown.exception
    assert any("No attribute to measure" in markdown.value for markdown in shown.markdown)
    assert "text length: All rows have the same value" in _captions(shown).replace("\\", "")


@pytest.fixture
def tags(app: Context, tmp_path: Path) -> Dataset:
    """120 rows of several classes: every other has grain, every third wheat, so every sixth has both, and a third of
    them neither; two copies of a text have different labels."""
    rows: list[tuple[object, ...]] = []
    for row in range(120):
        found = [name for name, step in (("grain", 2), ("wheat", 3)) if row % step == 0]
        part = "train" if row < 80 else "test"
        rows.append((f"Story {row}", json.dumps(found), part, "even" if row % 2 == 0 else "odd"))
    rows[1] = ("Story 0", *rows[1][1:])
    header = "text label split desk"
    dataset = _load(app, tmp_path, "tags", rows, header, task="multi-label-text")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    return dataset


def test_classes_that_go_together_are_counted_and_open_their_rows(open_at: OpenAt, tags: Dataset) -> None:
    shown = open_at("profile", dataset="tags")
    assert not shown.exception
    figures = {metric.label: metric.value for metric in shown.metric}
    assert (figures["Rows"], figures["Classes per row"], figures["Rows of none"], figures["Different labels"]) == (
        "120", "0.83", "40", "4"
    )  # fmt: skip
    assert "Whether the splits differ is not tested" in _captions(shown)
    assert "A row counts in each of its classes: their shares of all rows sum to 83%." in _captions(shown)
    shown.selectbox(key="choice-classes-pair").select_index(0).run()
    assert "20 rows" in _captions(shown)
    assert any("grain and wheat" in markdown.value for markdown in shown.markdown)
    shown.selectbox(key="choice-classes-set").select_index(0).run()
    assert shown.selectbox(key="choice-classes-pair").value is None
    assert any("exactly" in markdown.value for markdown in shown.markdown)
    assert "40 rows" in _captions(shown)


def test_a_class_of_several_opens_the_rows_that_have_it_and_of_a_split_these(open_at: OpenAt, tags: Dataset) -> None:
    shown = open_at("profile", dataset="tags")
    shown.selectbox(key="choice-classes-label").select("wheat").run()
    assert "40 rows" in _captions(shown)
    shown.segmented_control(key="choice-splits-split").set_value("test").run()
    assert not shown.exception
    assert "13 rows" in _captions(shown)


def test_conflicts_and_bias_of_several_classes_are_said_in_words(open_at: OpenAt, tags: Dataset) -> None:
    shown = open_at("profile", dataset="tags", view="checks")
    shown.selectbox(key="choice-checks-pairs").select_index(0).run()
    assert not shown.exception
    assert any("grain, wheat and none on one content" in markdown.value for markdown in shown.markdown)
    shown = open_at("profile", dataset="tags", view="bias")
    assert not shown.exception
    assert shown.selectbox(key="choice-bias-attribute").value == "desk"
    assert "Measured for each of 2 classes; this is 'grain'" in _captions(shown)
    assert list(shown.dataframe[0].value["label"]) == ["grain", "wheat"]


def test_one_huge_value_among_few_rows_is_a_bar_of_its_own_and_said(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [(f"Text {i}", "ab"[i % 2], "train", i if i else 9_000_000) for i in range(60)]
    sizes = _load(app, tmp_path, "sizes", rows, "text label split amount")
    derive(app, sizes.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="sizes", view="content")
    assert not shown.exception
    assert "The last bar is open: it has 1 row from 60 on, up to 9,000,000." in _captions(shown)


def cleaned(app: Context, dataset: Dataset, folder: Path, verdicts: dict[int, str]) -> None:
    """The 40 first rows are flagged, of each desk every second, and judged so."""
    issues_data.scan(app, folder, dataset)
    acts = [
        Act(f"key{row}", action, row, LABELS[(row + 1) % 3] if action == "relabel" else None)
        for row, action in verdicts.items()
    ]
    record(app, dataset.latest_version_id, "ada", acts)


def bias_of_desk(open_at: OpenAt) -> AppTest:
    shown = open_at("profile", dataset="news", view="bias")
    while not any("Does cleaning treat groups alike?" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    shown.selectbox(key="choice-bias-attribute").select("desk").run()
    while not any("treat groups" in one.value for one in shown.markdown):
        shown.run()
    return shown


def test_a_scan_that_suspects_one_group_too_much_is_told(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    dataset = issues_data.load(app, tmp_path)
    cleaned(app, dataset, tmp_path, {row: "relabel" if row % 2 else "keep" for row in range(40)})
    shown = bias_of_desk(open_at)
    said = "Flags in **us** turn out right less often than in **uk**: 0.0% against 100.0%. The scan suspects that group"
    assert any(said in one.value for one in shown.markdown)
    [table] = [one.value for one in shown.dataframe if "confirmed" in one.value]
    lines = {line["group"]: (line["rows"], line["confirmed"]) for _, line in table.iterrows()}
    assert lines == {"us": (45, "0 of 20 (0% – 16%)"), "uk": (45, "20 of 20 (84% – 100%)")}
    assert table["flagged"].tolist() == pytest.approx([20 / 45, 20 / 45])


def test_groups_that_are_cleaned_alike_are_said_to_be(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    dataset = issues_data.load(app, tmp_path)
    cleaned(app, dataset, tmp_path, dict.fromkeys(range(10), "relabel"))
    shown = bias_of_desk(open_at)
    assert any("No difference between groups is more than chance." in one.value for one in shown.markdown)


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
    _load(app, tmp_path, "scores", rows, "text label split", task="text-regression")
    shown = open_at("profile", dataset="scores", view="words")
    assert not shown.exception
    assert "words" not in next(one for one in shown.get("button_group") if one.key == "view").options
