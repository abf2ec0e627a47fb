"""Classes under the names that people gave them: no page shows a code where a name is known, and links carry codes."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Reader, Schema
from core.review.records import Act
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.classes.naming import name_classes
from core.services.review.decisions import make_version, record
from core.store.datasets import get_dataset
from core.store.rows import labels
from tests.pages import issues_data
from tests.pages.conftest import copied_link
from tests.runs import finished_run
from tests.staged import taken_in

OpenAt = Callable[..., AppTest]
CODES = ("zq0", "zq1", "zq2")
NAMES = {"zq0": "negative", "zq1": "neutral", "zq2": "positive"}
ROWS = issues_data.ROWS
VIEWS = [
    ("data", {"view": "rows"}),
    ("data", {"view": "rows", "label": "zq0"}),
    ("data", {"view": "splits"}),
    ("profile", {"view": "balance"}),
    ("profile", {"view": "bias"}),
    ("issues", {}),
    ("issues", {"given": "zq0"}),
    ("review", {"view": "versions"}),
    ("evaluation", {"view": "matrix"}),
    ("evaluation", {"view": "matrix", "true": "zq0", "predicted": "zq1"}),
    ("evaluation", {"view": "report"}),
    ("evaluation", {"view": "curves"}),
    ("story", {}),
]


@pytest.fixture
def coded(app: Context, tmp_path: Path) -> Dataset:
    """Three coded classes with names, a scan and a run."""
    path = tmp_path / "coded.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["text", "label", "split", "desk"])
        for row in range(ROWS):
            desk = "uk" if row % 2 else "us"
            lines.writerow([f"Story {row}", CODES[row % 3], "test" if row % 5 == 0 else "train", desk])
    schema = Schema("text", "text", "label", "split", None, ("desk",))
    dataset = taken_in(app.store, Reader(sql=f"read_csv('{path}')"), schema, "coded")
    issues_data.scan(app, tmp_path, dataset)
    found = np.full((ROWS, 3), 0.05, np.float32)
    found[np.arange(ROWS), np.arange(ROWS) % 3] = 0.9
    found[[0, 15]] = (0.1, 0.8, 0.1)
    finished_run(app, dataset, found, ["test" if row % 5 == 0 else "train" for row in range(ROWS)])
    return name_classes(app, dataset, "ada", NAMES, {"zq0": "Complaints and returns."})


def said(shown: AppTest) -> Iterator[str]:
    """Every text that a person sees: words, tables, charts, choices."""
    for element in [*shown.title, *shown.markdown, *shown.caption, *shown.metric, *shown.error, *shown.exception]:
        yield str(element.value)
    for box in [*shown.selectbox, *shown.multiselect]:
        yield from map(str, box.options)
    for button in shown.button:
        yield button.label
    for table in shown.dataframe:
        frame = pd.DataFrame(table.value)
        yield from (f"{name}: {value}" for name in frame for value in frame[name])
    for kind in ("plotly_chart",):
        for chart in shown.get(kind):
            proto: Any = chart.proto
            yield proto.spec
            yield proto.alt if hasattr(proto, "alt") else ""


def settled(open_at: OpenAt, page: str, query: dict[str, str]) -> AppTest:
    shown = open_at(page, dataset="coded", **query)
    for _ in range(100):
        told = " ".join(said(shown))
        if "negative" in told and " …" not in told:
            break
        time.sleep(0.05)
        shown.run()
    return shown


@pytest.mark.parametrize(("page", "query"), VIEWS)
def test_no_page_shows_the_code_of_a_class_with_a_name(
    open_at: OpenAt, coded: Dataset, page: str, query: dict[str, str]
) -> None:
    shown = settled(open_at, page, query)
    assert not [one.value for one in [*shown.exception, *shown.error]]
    told = list(said(shown))
    assert any("negative" in one for one in told) or page == "review"
    assert [one[:200] for one in told if any(code in one for code in CODES)] == []


def test_a_link_may_say_the_name_and_the_copied_one_says_the_code(open_at: OpenAt, coded: Dataset) -> None:
    shown = settled(open_at, "evaluation", {"view": "matrix", "true": "negative", "predicted": "neutral"})
    assert "true=zq0" in copied_link(shown)
    assert any("2 rows** of **negative** taken for **neutral**" in one.value for one in shown.markdown)


def test_the_desk_is_told_names_and_guidelines_and_decides_by_codes(open_at: OpenAt, coded: Dataset) -> None:
    shown = open_at("review", dataset="coded", view="desk")
    [told] = [
        json.loads(one.proto.json)
        for one in shown.get("bidi_component")
        if one.proto.component_name == "winnow_review_desk"
    ]
    assert told["labels"] == list(CODES) and told["names"] == NAMES
    assert told["guidelines"] == {"zq0": "Complaints and returns."}
    [first] = [one for one in told["items"] if one["label"] == "zq1"][:1]
    assert first["suggested"] == "zq2" and "Probability of neutral" in first["why"]


def test_classes_are_named_in_a_table_and_saved_with_one_press(app: Context, open_at: OpenAt, coded: Dataset) -> None:
    shown = open_at("data", dataset="coded", view="classes")
    assert shown.button(key="classes-save").disabled
    [table] = [one for one in shown.dataframe if "guideline" in pd.DataFrame(one.value) and "rows" in one.value]
    assert list(pd.DataFrame(table.value)["name"]) == list(NAMES.values())
    shown.button(key="classes-undo").click().run()
    assert get_dataset(app.store, "coded").names == {}


def test_named_classes_merge_into_one_as_a_new_version_and_rows_of_none_leave_it(
    app: Context, open_at: OpenAt, coded: Dataset
) -> None:
    first = coded.latest_version_id
    record(app, first, "ada", [Act("k0", "exclude", 3, note="none of these")])
    carry_out_change(app, plan_change(app, coded, ClassChange("merge", ("zq0", "zq1"), "zq1")), "ada")
    second = make_version(app, first, "two classes", "ada").version_id
    assert Counter(labels(app.store, second).values()) == {"zq1": 59, "zq2": 30}
    assert Counter(labels(app.store, first).values()) == dict.fromkeys(CODES, 30), "what was loaded stays as it is"
    shown = open_at("data", dataset="coded", view="rows", version=2, label="zq1")
    told = list(said(shown))
    assert "59 rows" in told and "label: neutral" in " ".join(told)
    assert set(shown.selectbox(key="label").options) == {"neutral", "positive"}, "the version's classes, by name"
