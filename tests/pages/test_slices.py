"""Slices on pages: saved from the filters of a list, beside the classes in Profile and the attributes in Evaluate."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.services.evaluation.slices import by_slices
from core.services.lists.asked import predictions_listed
from core.services.profile.report import whole_profile
from core.services.profile.slices import slice_profiles
from core.services.views import save_slice
from core.store.row_facts.slice import SLICE
from core.ui.evaluation.groups.tables import narrowed_to
from tests.pages import issues_data
from tests.runs import finished_run
from tests.staged import taken_in

Open = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Three classes of thirty rows, two slices, and a run that is right of every row but those of business."""
    dataset = issues_data.load(app, tmp_path)
    found = np.zeros((issues_data.ROWS, 3), np.float32)
    right = [row % 3 for row in range(issues_data.ROWS)]
    found[np.arange(issues_data.ROWS), [1 if one == 0 else one for one in right]] = 1
    finished_run(app, dataset, found, ["test" for _ in range(issues_data.ROWS)])
    save_slice(app, dataset, "business", {"label": "business"}, "ada")
    save_slice(app, dataset, "early", {"where": "example_id < 12"}, "ada")
    return dataset


def until(shown: AppTest, column: str) -> AppTest:
    for _ in range(100):
        assert not shown.exception, shown.exception[0].stack_trace
        if any(column in one.value.columns for one in shown.dataframe):
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError([one.value for one in shown.markdown])


def table(shown: AppTest, column: str) -> list[tuple[object, ...]]:
    [found] = [one.value for one in shown.dataframe if column in one.value.columns and "slice" in one.value.columns]
    return [tuple(row) for row in found[["slice", "rows", column]].itertuples(index=False)]


def test_evaluate_has_the_accuracy_of_each_slice_and_marks_small_ones(
    app: Context, news: Dataset, open_at: Open
) -> None:
    [run] = app.ledger.runs.of(news.dataset_id)
    found = by_slices(app, run, "test", timeout=None)
    assert isinstance(found, tuple)
    assert [(one.name, one.rows, one.right, one.judged) for one in found] == [
        ("", 90, 60, True),
        ("business", 30, 0, True),
        ("early", 12, 8, False),
    ]
    assert found[2].accuracy is not None and found[2].accuracy.low < 8 / 12 < found[2].accuracy.high
    shown = until(open_at("evaluation", dataset="news", run="1", split="test", view="groups"), "slice")
    assert table(shown, "accuracy") == [("all rows", 90, 60 / 90), ("business", 30, 0.0), ("early", 12, 8 / 12)]
    assert [row[2] for row in table(shown, "remark")] == ["", "", "fewer than 30 rows: not compared"]


def test_profile_has_the_classes_of_each_slice(app: Context, news: Dataset, open_at: Open) -> None:
    found = slice_profiles(app, news.latest_version_id, timeout=None)
    assert isinstance(found, tuple)
    assert [(one.name, one.rows, one.labels.get("business")) for one in found] == [
        ("", 90, 30),
        ("business", 30, 30),
        ("early", 12, 4),
    ]
    whole = whole_profile(app, news.latest_version_id)
    assert [(one["name"], one["rows"]) for one in whole["slices"]] == [("business", 30), ("early", 12)]
    shown = until(open_at("profile", dataset="news", view="balance"), "slice")
    assert table(shown, "of business") == [("all rows", 90, 30 / 90), ("business", 30, 1.0), ("early", 12, 4 / 12)]


def test_the_rows_of_a_slice_are_opened_by_a_link(app: Context, news: Dataset, open_at: Open) -> None:
    chosen = '{"classes-slice":"early"}'
    shown = until(open_at("profile", dataset="news", view="balance", chosen=chosen), "slice")
    assert "**slice early**" in [one.value for one in shown.markdown]
    shown.selectbox(key="choice-classes-label").set_value("sport").run()
    assert shown.query_params["chosen"] == '{"classes-label":"sport"}'
    assert "**sport**" in [one.value for one in shown.markdown]


def test_a_slice_is_saved_beside_the_filters_of_a_list(app: Context, news: Dataset, open_at: Open) -> None:
    shown = open_at("data", dataset="news", view="rows", where="slice = early", label="sport")
    shown.session_state["list-slice"] = True
    shown.session_state["slice-name"] = "early sport"
    for _ in range(100):
        shown.run()
        assert not shown.exception, shown.exception[0].stack_trace
        if any(one.key == "slice-save" for one in shown.button):
            break
        time.sleep(0.05)
    shown.button(key="slice-save").click().run()
    [saved] = [one for one in app.ledger.views.of(news.dataset_id) if one.name == "early sport"]
    assert dict(saved.query) == {"where": "slice = early", "label": "sport"}
    shown.session_state["slice-name"] = "early"
    shown.run()
    shown.button(key="slice-save").click().run()
    assert "made of itself" in "".join(one.value for one in shown.error)


def test_a_slice_that_is_picked_is_none_of_a_column_with_that_name(app: Context, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("text,label,slice\none,a,u\ntwo,b,v\nthree,a,u\n")
    reader = Reader(sql=f"read_csv('{tmp_path / 's.csv'}')")
    dataset = taken_in(app.store, reader, Schema("text", "text", "label", attributes=("slice",)), "s")
    once = narrowed_to(dataset, "slice = u", "[long] ones")
    again = narrowed_to(dataset, once, "short")
    of_column, of_slice = predictions_listed(dataset, {"where": again}).rows
    assert (of_column.column != SLICE.column, of_column.values) == (True, ("u",))
    assert (of_slice.column, of_slice.values) == (SLICE.column, ("short",))
    assert narrowed_to(dataset, again, "") == "slice = u"
