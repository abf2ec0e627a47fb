"""Data, views of rows: listed, sorted, narrowed, shown whole, and those that were set aside."""

from __future__ import annotations

from pathlib import Path

from core.context import Context
from core.services.views import save_view
from core.store.datasets import list_datasets
from tests.images import png
from tests.integration.load_support import loaded
from tests.pages.data_page import TEXTS, OpenAt, problems, words


def test_rows_are_listed_with_their_label_and_narrowed_by_words(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films)
    assert not problems(shown)
    assert "60 rows" in words(shown)
    shown.text_input(key="words").set_value("another good").run()
    assert "15 rows" in words(shown)
    shown.selectbox(key="label").set_value("pos").run()
    assert "No row matches" in words(shown)


def test_a_sort_is_of_all_rows_and_not_of_the_page(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films)
    assert shown.dataframe[0].value["row"].tolist() == list(range(50))
    shown.selectbox(key="list-order").set_value("example_id desc").run()
    assert not problems(shown)
    assert shown.dataframe[0].value["row"].tolist() == list(range(59, 9, -1))
    shown.selectbox(key="list-order").set_value("text").run()
    texts = sorted(f"{TEXTS[number % 4]} {number}" for number in range(60))
    assert shown.dataframe[0].value["example"].tolist() == texts[:50]
    shown.text_input(key="words").set_value("another").run()
    assert shown.dataframe[0].value["example"].tolist() == [text for text in texts if "another" in text]


def test_a_saved_view_opens_with_the_boxes_that_stand_in_the_url(app: Context, open_at: OpenAt, films: str) -> None:
    [dataset] = list_datasets(app.store)
    save_view(app, dataset, "good ones", "data", {"label": "pos", "words": "bad", "where": "batch = b1"}, "ada")
    shown = open_at("data", dataset=films, view="rows", label="neg")
    shown.session_state["list-views"] = True
    shown.run()
    shown.button(key="view-open-good ones").click().run()
    assert not problems(shown)
    assert "label\\: pos · words\\: bad" in words(shown)
    assert shown.query_params["where"] in ("batch = b1", ["batch = b1"])


def test_rows_set_aside_are_counted_and_shown_with_line_and_reason(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="rejected")
    assert "1 row was set aside" in words(shown)
    table = shown.dataframe[0].value
    assert table["line"].tolist() == [62]
    assert "too many" in table["content"][0]


def test_rows_set_aside_are_narrowed_and_sorted(open_at: OpenAt, films: str) -> None:
    shown = open_at(
        "data", dataset=films, view="rejected", rejected_where="reason contains nothing", where="stars >= 3"
    )
    assert not problems(shown)
    assert "No row matches these filters" in words(shown)
    assert not shown.dataframe
    shown = open_at("data", dataset=films, view="rejected", rejected_order="line desc", rejected_columns="line,reason")
    assert list(shown.dataframe[0].value) == ["line", "reason"]


def test_a_picked_row_is_shown_whole(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films)
    key = str(shown.dataframe[0].key)
    shown.session_state[key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    shown.run()
    assert not problems(shown)
    assert "another good film 2" in [element.value for element in shown.text]


def test_missing_images_are_said_with_their_folder_and_how_they_come_back(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    for number in range(4):
        place = tmp_path / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png(number))
    loaded(app, tmp_path / "pets", name="pets")
    folder = app.workspace.media
    assert not [one for one in open_at("data", dataset="pets").warning if "missing" in one.value]
    folder.rename(tmp_path / "elsewhere")
    shown = open_at("data", dataset="pets")
    [said] = [one.value.replace("\\", "") for one in shown.warning if "missing" in one.value]
    assert said.startswith(f"Images or sounds of this dataset are missing in {folder}. `python -m core media --from")
    assert not shown.exception
