"""Rows of tables on the pages: the form of a load, lists and whole rows, a new run, a question to a model."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, RowFilter, TrainSpec
from core.services.prediction import playground, predict
from core.services.train import follow_train, start_train
from core.store.rows import page_rows
from core.ui.modalities import drawing_of, line_of
from tests.integration.load_support import loaded
from tests.pages.test_training import words

Open = Callable[..., AppTest]


@pytest.fixture
def people(app: Context, tmp_path: Path) -> Dataset:
    """Sixty people; who is older than forty is in the other class."""
    file = tmp_path / "people.csv"
    rows = [
        f"{20 + row},{'' if row % 9 == 8 else 'fm'[row % 2]},{row / 8},{'yes' if row > 20 else 'no'}"
        for row in range(60)
    ]
    file.write_text("age,sex,<b>score</b>,label\n" + "\n".join(rows) + "\n")
    return loaded(app, file, name="people")


def test_a_row_is_a_line_in_lists_and_a_table_of_names_and_values_as_a_whole(
    app: Context, people: Dataset, open_at: Open
) -> None:
    example = page_rows(app.store, people.latest_version_id, RowFilter(), 1, 8)[0]
    assert line_of(people, example, 100) == "age 28 · sex missing · <b>score</b> 1"
    desk = drawing_of(people).on_desk(app, example, False)
    assert desk["fields"] == [["age", "28", "number"], ["sex", "missing", "missing"], ["<b>score</b>", "1", "number"]]
    shown = open_at("data", dataset="people", view="rows", row=8)
    assert not shown.exception
    table = next(one.value for one in shown.markdown if one.value.startswith("| column"))
    assert "| age | 28 |" in table and "| sex | :gray[missing] |" in table
    assert "<b>" not in table


def test_a_new_run_asks_only_what_has_a_meaning(people: Dataset, open_at: Open) -> None:
    shown = open_at("training", dataset="people", view="new")
    assert not shown.exception
    assert [one.label for one in shown.radio] == []
    assert {one.label for one in shown.selectbox} >= {"Model", "Class weights"}
    assert [one.label for one in shown.number_input] == ["Seed"]


def test_a_model_is_asked_about_a_row_whose_values_are_edited(
    app: Context, people: Dataset, tmp_path: Path, open_at: Open
) -> None:
    run = start_train(app, people.latest_version_id, TrainSpec(), "ada")
    run, job = follow_train(app, run)
    assert job.status == "done", job.error
    shown = open_at("training", dataset="people", view="use", run=1)
    deadline = time.monotonic() + 60
    while "predicted with a probability" not in words(shown):
        assert time.monotonic() < deadline, words(shown)
        time.sleep(0.3)
        shown.run()
    assert "### no" in words(shown)
    batch = predict.look(app, run, [str(tmp_path / "people.csv")])
    assert batch.column == ""
    asked = open_at("training", dataset="people", view="use", use="file", run=1)
    assert not asked.exception
    assert "how alike their columns are" in words(shown)
    answers = [
        playground.ask(app, run, json.dumps({"age": age, "sex": None, "<b>score</b>": (age - 20) / 8}))
        for age in (25, 70)
    ]
    assert [answer.probabilities[0][0] for answer in answers] == ["no", "yes"]
    assert answers[0].nearest[0].similarity > 0.6
