"""Evaluate, the list of rows where labels are numbers: narrowed and sorted by any column over the whole result, columns
chosen, a file of exactly what is shown, a view that brings it back."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, PredictionFilter, RowFilter, Run
from core.services.evaluation.measures import count_predicted, export_predicted, predicted_rows
from core.services.evaluation.numbers import NumberEvaluation, evaluate_numbers
from core.services.lists.asked import predictions_listed
from core.services.views import view_named
from core.store.acts.decisions import in_force
from core.ui.evaluation.numbers.rows import cell_bounds
from tests.pages.conftest import copied_link
from tests.pages.test_evaluation import links
from tests.pages.test_regression import LABELS, TEST, predicted_by, rents, said, settled  # noqa: F401

Open = Callable[..., AppTest]
OFF = {41: -5.0, 44: 4.0, 47: -3.0, 52: 3.0, 55: 2.5}
SUSPECT = [41, 44, 47, 52, 55]


@pytest.fixture
def run(app: Context, rents: Dataset) -> Run:  # noqa: F811
    """Predicts five of twenty rows far off, the others by half."""
    return predicted_by(app, rents, OFF)


def listed(open_at: Open, **query: str | int) -> AppTest:
    """The page once the list is there."""
    shown = settled(open_at, "evaluation", " row", **query)
    for _ in range(100):
        assert not shown.error, shown.error
        if any("probably wrong" in one.value or "row" in one.value for one in shown.dataframe):
            return shown
        time.sleep(0.05)
        shown.run()
    raise AssertionError(said(shown))


def rows(shown: AppTest) -> list[int]:
    return [int(row) for row in shown.dataframe[-1].value["row"]]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("suspect = true", SUSPECT),
        ("off_by >= 3", [41, 44, 47, 52]),
        ("residual > 0", [41, 47]),
        ("side = N", [row for row in TEST if row % 2 == 0]),
        ('["side = S","suspect = true"]', [41, 47, 55]),
        ("text contains number 44", [44]),
        ("true_label >= 11", [row for row in TEST if LABELS[row] >= 11]),
    ],
)
def test_any_column_narrows_the_list_and_its_count(run: Run, open_at: Open, where: str, expected: list[int]) -> None:
    shown = listed(open_at, where=where)
    assert sorted(rows(shown)) == expected
    assert f"**{len(expected)} row" in said(shown)
    assert links(shown)["Review these"]["where"] == where


def test_any_column_sorts_it_and_the_usual_order_has_the_farthest_first(run: Run, open_at: Open) -> None:
    off = {row: abs(OFF.get(row, 0.5)) for row in TEST}
    assert rows(listed(open_at)) == sorted(TEST, key=lambda row: (-off[row], row))
    assert rows(listed(open_at, order="true_label")) == sorted(TEST, key=lambda row: LABELS[row])
    assert rows(listed(open_at, order="example_id desc")) == sorted(TEST, reverse=True)
    by_side = rows(listed(open_at, order="side desc"))
    assert [row % 2 for row in by_side] == [1] * 10 + [0] * 10


def test_columns_are_chosen_and_a_header_sorts(run: Run, open_at: Open) -> None:
    shown = listed(open_at, columns="example_id,off_by,side", order="off_by")
    table = shown.dataframe[-1].value
    assert table.columns.tolist()[:3] == ["row", "off by", "side"]
    assert table["off by"].tolist()[-1] == pytest.approx(5)
    assert listed(open_at).dataframe[-1].value.columns.tolist() == [
        *("labelled", "predicted", "±", "labelled less predicted", "probably wrong", "row", "example"),
    ]


def test_a_cell_is_narrowed_further_and_both_are_counted_alike(app: Context, run: Run, open_at: Open) -> None:
    found = evaluate_numbers(app, run, "test", timeout=None)
    assert isinstance(found, NumberEvaluation)
    for true, predicted in np.ndindex(found.cells.shape):
        where = PredictionFilter("test", columns=cell_bounds(found.edges, (true, predicted)))
        assert count_predicted(app, run, where, "version") == found.cells[true, predicted]
    true, predicted = (int(place) for place in np.argwhere(found.cells == found.cells.max())[0])
    whole = rows(listed(open_at, view="range", true=true, predicted=predicted))
    half = rows(listed(open_at, view="range", true=true, predicted=predicted, where="side = N"))
    assert len(whole) == found.cells.max() and sorted(half) == sorted(row for row in whole if row % 2 == 0)


def test_the_file_has_the_rows_order_and_columns_of_the_list(
    app: Context,
    rents: Dataset,  # noqa: F811
    run: Run,
    tmp_path: Path,
) -> None:
    query = {"where": "off_by >= 2", "order": "residual", "columns": "example_id,true_label,half,residual,suspect,side"}
    asked = predictions_listed(rents, query)
    where = PredictionFilter("test", rows=RowFilter(columns=asked.rows), columns=asked.added)
    shown = [one.example_id for one in predicted_rows(app, run, where, "version", 50, 0, asked.order)]
    out = export_predicted(app, run, where, "version", asked.order, asked.columns, tmp_path / "rows.csv", "csv")
    with out.open() as file:
        lines = list(csv.DictReader(file))
    assert [int(line["example_id"]) for line in lines] == shown == [44, 52, 55, 47, 41]
    assert list(lines[0]) == ["example_id", "true_label", "half", "residual", "suspect", "side"]
    assert [float(line["residual"]) for line in lines] == pytest.approx([-4, -3, -2.5, 3, 5])
    assert {line["suspect"] for line in lines} == {"true"}


def test_a_saved_view_brings_the_list_back_and_a_copied_link_has_it(
    app: Context,
    rents: Dataset,  # noqa: F811
    run: Run,
    open_at: Open,
) -> None:
    shown = listed(open_at, where="suspect = true", order="example_id desc", view="range")
    assert "where=suspect+%3D+true" in copied_link(shown)
    shown.session_state["list-views"] = True
    shown.run()
    shown.text_input(key="view-name").input("far off").run()
    shown.button(key="view-save").click().run()
    kept = dict(view_named(app, rents, "far off", "evaluation").query)
    assert kept["where"] == "suspect = true" and kept["view"] == "range"
    fresh = listed(open_at)
    fresh.session_state["list-views"] = True
    fresh.run()
    fresh.button(key="view-open-far off").click().run()
    assert fresh.query_params["where"] == "suspect = true"
    again = listed(open_at, **kept)
    assert rows(again) == sorted(SUSPECT, reverse=True)


def test_the_story_opens_the_labels_that_are_probably_wrong(run: Run, open_at: Open) -> None:
    link = links(settled(open_at, "story", "is off by"))["5 labels that are probably wrong"]
    assert (
        sorted(rows(listed(open_at, **{name: value for name, value in link.items() if name != "dataset"}))) == SUSPECT
    )


def on_all(shown: AppTest, act: str = "", number: str = "") -> tuple[AppTest, str]:
    """The page with the dialog for all rows of the list and what it says would change."""
    [button] = [one for one in shown.button if one.key and one.key.endswith("-many-all")]
    for name, value in (("action", act), ("number", number)):
        if value:
            shown.session_state[button.key.removesuffix("all") + name] = value
    button.click().run()
    for _ in range(100):
        if "First rows" in said(shown) or shown.error:
            break
        time.sleep(0.05)
        [one] = [one for one in shown.button if one.key == button.key]
        one.click().run()
    return shown, said(shown)


def test_all_rows_of_the_list_get_the_number_that_is_predicted_for_each_and_back(
    app: Context,
    rents: Dataset,  # noqa: F811
    run: Run,
    open_at: Open,
) -> None:
    shown, text = on_all(listed(open_at, where="suspect = true"))
    after = [round(LABELS[row] + OFF[row], 1) for row in SUSPECT]
    assert f"- **5 rows**: {LABELS[52]} to {LABELS[47]}, median {LABELS[55]} → {min(after):g} to {max(after):g}" in text
    assert "run 1 on test · labels that are probably wrong" in text
    assert "probably wrong\\: yes" in [one.label for one in shown.button]
    assert f"41: {LABELS[41]} → {after[0]:g} · a flat of" in text
    [confirm] = [one for one in shown.button if one.key and one.key.endswith("-many-confirm")]
    assert confirm.label == "Change 5 rows"
    confirm.click().run()
    for _ in range(100):
        if "5 rows changed to what is suggested." in said(shown):
            break
        time.sleep(0.05)
        shown.run()
    made = {one.example_id: one.new_label for one in in_force(app.store, rents.latest_version_id)}
    assert made == {row: f"{one:g}" for row, one in zip(SUSPECT, after, strict=True)}
    [undo] = [one for one in shown.button if one.key and one.key.endswith("-many-undo")]
    undo.click().run()
    for _ in range(100):
        if "5 rows taken back." in said(shown):
            break
        time.sleep(0.05)
        shown.run()
    assert in_force(app.store, rents.latest_version_id) == []


def test_all_rows_are_kept_or_get_one_number_and_what_is_none_is_said(run: Run, open_at: Open) -> None:
    low, high = min(LABELS[row] for row in TEST), max(LABELS[row] for row in TEST)
    text = on_all(listed(open_at), "keep")[1]
    assert f"- **20 rows**: {low} to {high}, median " in text and "→ kept as they are" in text
    assert "→ 7.5; each moves by" in on_all(listed(open_at), "relabel", "7.50")[1]
    assert "'7,5' is no finite number" in on_all(listed(open_at), "relabel", "7,5")[1]


def test_the_list_has_cards_with_what_the_run_says_of_each(run: Run, open_at: Open) -> None:
    shown = settled(open_at, "evaluation", " row", layout="cards", where="suspect = true")
    for _ in range(100):
        found = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_verdict_bar"]
        if found:
            break
        time.sleep(0.05)
        shown.run()
    data = json.loads(found[0].json)
    assert (data["mode"], data["numeric"]) == ("cards", True)
    assert [one["example_id"] for one in data["items"]] == SUSPECT
    assert data["items"][0]["words"].startswith("a flat of 5 rooms") and data["items"][0]["why"] == (
        "The label lies 5.0 above, 5.0 times as far as nine of ten do."
    )
