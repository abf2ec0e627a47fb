"""Profile, view Drift: between splits, along the file, and from another dataset."""

from __future__ import annotations

from pathlib import Path

import scipy.special  # noqa: F401 - as in a server that has shown a profile: the first one waits a moment more for it

from core.context import Context
from core.services.profile.figures import derive
from core.store.datasets import get_dataset
from tests.pages.profile_page import OpenAt, captions, load


def test_an_attribute_that_differs_between_splits_is_told_and_opens_its_rows(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [
        (f"Text {row}", ("a", "b")[row % 2], ("train", "test")[row % 3 == 0], "web" if row % 3 == 0 else "app")
        for row in range(150)
    ]
    dataset = load(app, tmp_path, "moved", rows, "text label split source")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="moved", view="drift")
    while not any("differ between splits by more than chance: **source**" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    shown.selectbox(key="choice-drift-source-group").select_index(0).run()
    while not shown.dataframe:
        assert not shown.exception
        shown.run()
    assert "100 rows" in captions(shown)
    assert shown.dataframe[-1].value["row"].tolist()[:4] == [1, 2, 4, 5]


def test_a_file_that_is_sorted_by_its_labels_is_told_and_opens_a_stretch(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    load(app, tmp_path, "sorted", [(f"Text {row}", "ab"[row // 100]) for row in range(200)], "text label")
    shown = open_at("profile", dataset="sorted", view="drift")
    while not any("change along the file by more than chance: **label**" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    shown.selectbox(key="choice-drift-@label-stretch").select_index(1).run()
    shown.selectbox(key="choice-drift-group-group").select_index(0).run()
    while not shown.dataframe:
        assert not shown.exception
        shown.run()
    assert "20 rows" in captions(shown)
    assert shown.dataframe[-1].value["row"].tolist()[:3] == [20, 21, 22]


def test_a_later_file_is_held_against_an_earlier_one(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    load(app, tmp_path, "later", [(f"A far longer text {row}", "ab"[row % 2]) for row in range(80)], "text label")
    dataset = load(app, tmp_path, "earlier", [(f"Text {row}", "ab"[row % 2]) for row in range(80)], "text label")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    derive(app, get_dataset(app.store, "later").dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="earlier", view="drift", between="other")
    while not any("differ between earlier, version 1 and later, version 1" in one.value for one in shown.markdown):
        assert not shown.exception
        shown.run()
    assert "**far** (later, version 1, 2.0 times as often)" in captions(shown)


def test_a_word_that_marks_a_split_opens_the_rows_of_it_that_have_the_word(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [
        (
            f"Text {row} {'harbour' if row % 3 == 0 or row == 1 else 'meadows'}",
            "ab"[row % 2],
            "train" if row % 3 else "test",
        )
        for row in range(150)
    ]
    dataset = load(app, tmp_path, "words", rows, "text label split")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="words", view="drift")
    while "words mark one of them" not in captions(shown):
        assert not shown.exception
        shown.run()
    shown.selectbox(key="choice-drift-word").select("harbour").run()
    while not shown.dataframe:
        assert not shown.exception
        shown.run()
    assert "50 rows" in captions(shown)  # row 1 has the word too, and is of train


def test_without_splits_there_is_no_drift_between_them(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    load(app, tmp_path, "whole", [(f"Text {row}", "ab"[row % 2]) for row in range(80)], "text label")
    shown = open_at("profile", dataset="whole", view="drift", between="splits")
    while "This version has no splits" not in captions(shown):
        assert not shown.exception
        shown.run()
