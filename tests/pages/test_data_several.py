"""Data where rows have several classes: loaded from columns or with a delimiter, and listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.services.load import preview, start_load, wait
from core.store.versions import count_unlabelled
from tests.pages.data_page import TEXTS, OpenAt, looked_into, problems, words


@pytest.fixture
def comments(folder: Path) -> Path:
    """Comments with a column of 0 and 1 per class, the same as texts with a delimiter, and rows that have neither."""
    rows = [
        f"{TEXTS[row % 4]} {row},{int(row % 2 == 0)},{int(row % 3 == 0)},{'spam' if row % 2 else 'rude| spam'}"
        for row in range(24)
    ]
    (folder / "comments.csv").write_text("\n".join(["comment,rude,spam,tags", *rows, "nothing said,0,,", ""]))
    return folder / "comments.csv"


def test_columns_of_0_and_1_are_guessed_shown_with_their_classes_and_loaded(
    app: Context, open_at: OpenAt, comments: Path
) -> None:
    comments.write_text("\n".join(line.rsplit(",", 1)[0] for line in comments.read_text().splitlines()) + "\n")
    shown = looked_into(open_at, "comments.csv")
    assert not problems(shown)
    pickers = {box.label: box for box in shown.selectbox}
    assert pickers["Task"].value == "multi-label-text"
    assert pickers["Labels are stored in"].value == "columns"
    assert shown.multiselect[0].value == ["rude", "spam"]
    assert "labels among them: rude 12, spam 8" in words(shown)
    assert "1 without a label that can be read" in words(shown)
    shown.button(key="load-start").click().run()
    dataset = _loaded(app)
    assert (dataset.task, dataset.labels, dataset.row_count) == ("multi-label-text", ("rude", "spam"), 24)


def test_a_person_says_the_delimiter_between_classes(app: Context, open_at: OpenAt, comments: Path) -> None:
    shown = looked_into(open_at, "comments.csv")
    _picker(shown, "Task").set_value("multi-label-text").run()
    assert _picker(shown, "Labels are stored in").value == "texts"
    _picker(shown, "Label").set_value("tags").run()
    delimiter = next(box for box in shown.text_input if box.label == "Delimiter")
    assert delimiter.value == ";"
    delimiter.set_value("|").run()
    assert not problems(shown)
    assert "labels among them: spam 24, rude 12" in words(shown)
    shown.button(key="load-start").click().run()
    dataset = _loaded(app)
    assert (dataset.task, dataset.labels, dataset.row_count) == ("multi-label-text", ("rude", "spam"), 25)
    assert count_unlabelled(app.store, dataset.latest_version_id) == 1
    assert [attribute.name for attribute in dataset.attributes if not attribute.derived] == ["rude", "spam"]


def test_no_column_of_labels_chosen_is_said_where_the_load_is_started(open_at: OpenAt, comments: Path) -> None:
    shown = looked_into(open_at, "comments.csv")
    _picker(shown, "Task").set_value("multi-label-text").run()
    _picker(shown, "Labels are stored in").set_value("columns").run()
    shown.button(key="load-start").click().run()
    assert "No label column is chosen" in " ".join(problems(shown))


def _picker(shown: AppTest, label: str) -> Any:
    return next(box for box in shown.selectbox if box.label == label)


def _loaded(app: Context) -> Dataset:
    [job] = app.queue.list()
    return wait(app, job.job_id)


def test_rows_of_several_classes_are_listed_in_words_and_found_by_a_class_or_by_none(
    app: Context, open_at: OpenAt, folder: Path
) -> None:
    lines = ['{"text": "wheat and corn", "tags": ["wheat", "corn"]}', '{"text": "rain", "tags": []}']
    lines += ['{"text": "corn alone", "tags": ["corn"]}', '{"text": "more wheat", "tags": ["wheat"], "split": "test"}']
    (folder / "tags.jsonl").write_text("\n".join(lines))
    path = str(folder / "tags.jsonl")
    wait(app, start_load(app, [path], preview(app, [path]).guess, name="tags", by="ada").job_id)
    shown = open_at("data", dataset="tags")
    assert list(shown.dataframe[0].value["label"]) == ["corn, wheat", "none", "corn", "wheat"]
    shown.selectbox(key="label").set_value("corn").run()
    assert list(shown.dataframe[0].value["row"]) == [0, 2]
    shown.selectbox(key="label").set_value("[]").run()
    assert list(shown.dataframe[0].value["label"]) == ["none"]
    assert "of no class" in words(shown)
    shown = open_at("data", dataset="tags", view="splits")
    assert not problems(shown)
    assert list(shown.dataframe[0].value["class"]) == ["corn", "wheat"]
    assert "test: 1 · no part: 3 · a row counts in each of its classes" in words(shown)
