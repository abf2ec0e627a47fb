"""Data → Classes: a class is changed after a look at what that changes, and one press takes it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.context import Context
from core.store.datasets import get_dataset
from tests.pages import issues_data

OpenAt = Callable[..., AppTest]


def _words(shown: AppTest) -> str:
    return " ".join(str(one.value) for one in [*shown.markdown, *shown.caption])


def test_a_class_is_renamed_after_a_look_and_back_by_one_press(app: Context, tmp_path: Path, open_at: OpenAt) -> None:
    dataset = issues_data.load(app, tmp_path)
    shown = open_at("data", dataset=dataset.name, view="classes")
    shown.selectbox(key="class-change-of-0").select("sport")
    shown.text_input(key="class-change-to-0").input("sports").run()
    assert "**30** sport → sports" in _words(shown)
    assert get_dataset(app.store, dataset.dataset_id).labels == dataset.labels, "a look changes nothing"
    shown.button(key="class-change").click().run()
    assert not shown.exception and "30 rows changed." in _words(shown)
    assert "sports" in get_dataset(app.store, dataset.dataset_id).labels
    empty = shown.selectbox(key="class-change-of-1"), shown.text_input(key="class-change-to-1")
    assert [one.value for one in empty] == [None, ""], "fields of their own, since a browser keeps those that it knows"
    shown.button(key="class-change-undo").click().run()
    assert not shown.exception and "Taken back on 30 rows." in _words(shown)
    assert get_dataset(app.store, dataset.dataset_id).labels == dataset.labels


def test_what_makes_no_sense_is_said_in_its_place(app: Context, tmp_path: Path, open_at: OpenAt) -> None:
    dataset = issues_data.load(app, tmp_path)
    shown = open_at("data", dataset=dataset.name, view="classes")
    shown.selectbox(key="class-change-of-0").select("sport")
    shown.text_input(key="class-change-to-0").input("tech").run()
    assert "There is a class 'tech' already" in shown.error[0].value
    shown.selectbox(key="class-change-kind").select("delete").run()
    shown.selectbox(key="class-change-fate").select("tech").run()
    assert "**30** sport → tech" in _words(shown)
