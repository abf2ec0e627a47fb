"""Profile, view Bias: attributes that go with the label, reference shares, cleaning by group."""

from __future__ import annotations

from pathlib import Path

import pytest
import scipy.special  # noqa: F401 - as in a server that has shown a profile: the first one waits a moment more for it
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.review.records import Act
from core.services.profile.figures import derive
from core.services.review.decisions import record
from tests.pages import issues_data
from tests.pages.issues_data import LABELS
from tests.pages.profile_page import OpenAt, captions, load


def test_groups_are_held_against_shares_that_somebody_gives(open_at: OpenAt, desks: Dataset) -> None:
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
    file = b"desk;rows\ndesk 0;1\ndesk 1;3\n"
    shown.file_uploader(key="reference-file-0").upload("shares.csv", file, "text/csv").run()
    assert shown.text_area(key="reference-typed").value == "desk;rows\ndesk 0;1\ndesk 1;3"
    assert any("where it should have 25.0%" in one.value for one in shown.markdown)
    shown.text_area(key="reference-typed").set_value("").run()
    assert not shown.exception and "reference" not in shown.query_params
    assert not shown.file_uploader(key="reference-file-1").value, "it is no longer what the file says"


def test_a_name_of_the_reference_that_no_row_has_is_said(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias", reference="desk 0=50, desk one=50")
    while not any("lacking" in one.value for one in shown.dataframe):
        assert not shown.exception
        shown.run()
    assert "No row is of desk one: check how it is written" in captions(shown)


def test_a_reference_of_another_attribute_is_left_out_and_that_is_no_error(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias", reference="east=50, west=50")
    while "names no group of desk" not in captions(shown):
        assert not shown.exception and not shown.error
        shown.run()
    assert not shown.error and shown.query_params["reference"] == "east=50, west=50"
    assert not any("lacking" in one.value for one in shown.dataframe)


def test_the_attribute_that_decides_the_label_is_shown_first_with_its_groups(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias")
    assert not shown.exception
    assert shown.selectbox(key="choice-bias-attribute").value == "desk"
    assert "That is told once this version is scanned" in captions(shown)
    assert "bias-corrected (Bergsma 2013)" in captions(shown)
    assert any(
        one.value.startswith("**desk** tells much about the label: a large association. ") for one in shown.caption
    )
    parity = shown.dataframe[0].value
    assert list(parity["difference"]) == [1.0, 1.0, 1.0]
    assert list(parity["reading"]) == ["a large difference, not chance"] * 3


def test_a_group_and_a_label_open_the_rows_of_their_cell(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias")
    shown.selectbox(key="choice-group-desk-groups").select_index(1).run()
    assert "40 rows" in captions(shown)
    shown.selectbox(key="choice-label-groups").select("sport").run()
    assert not shown.exception
    assert "No row matches." in captions(shown)


def test_the_attribute_stands_in_the_url_as_what_it_is_crossed_with_does(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias", column="amount")
    assert not shown.exception
    assert any("Labels by amount" in markdown.value for markdown in shown.markdown)
    shown.selectbox(key="choice-bias-attribute").select("desk").run()
    assert shown.query_params["column"] == "desk"
    assert any("Labels by desk" in markdown.value for markdown in shown.markdown)


def test_another_attribute_shows_its_own_groups(open_at: OpenAt, desks: Dataset) -> None:
    shown = open_at("profile", dataset="news", view="bias")
    shown.selectbox(key="choice-bias-attribute").select("amount").run()
    assert not shown.exception
    assert any("Labels by amount" in markdown.value for markdown in shown.markdown)
    assert "10 rows without a value are left out." in captions(shown)


def test_without_anything_to_measure_the_bias_view_says_why(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [(f"text {i}", "ab"[i % 2]) for i in range(10, 50)]
    dataset = load(app, tmp_path, "even", rows, "text label")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    shown = open_at("profile", dataset="even", view="bias")
    assert not shown.exception
    assert any("No attribute to measure" in markdown.value for markdown in shown.markdown)
    assert "text length: All rows have the same value" in captions(shown).replace("\\", "")


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


def test_a_figure_of_the_cleaning_opens_the_rows_behind_it(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    dataset = issues_data.load(app, tmp_path)
    cleaned(app, dataset, tmp_path, {row: "relabel" if row % 2 else "keep" for row in range(40)})
    shown = bias_of_desk(open_at)
    [table] = [one.value for one in shown.dataframe if "confirmed" in one.value]
    place = table["group"].tolist().index("uk")
    for column, rows in (("flagged", 20), ("relabelled", 20)):
        shown.session_state["cleaning-desk"] = {"selection": {"rows": [], "columns": [], "cells": [(place, column)]}}
        shown.run()
        assert not shown.exception
        assert f"{rows} rows" in captions(shown)
        assert any(f"desk: uk · {column}" in one.value.replace("\\", "") for one in shown.markdown)
