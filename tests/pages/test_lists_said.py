"""The lists of rows in another language: splits and what Winnow derived are said in it, what the data holds is not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.review.records import Act
from core.services.review.decisions import make_version, record
from core.words import say, speaking
from tests.pages import issues_data
from tests.runs import finished_run

Open = Callable[..., AppTest]
CLASSES = ("no", "train", "yes")
"""Words that the catalogue has, as names of classes."""


@pytest.fixture
def decided(app: Context, tmp_path: Path) -> Dataset:
    """A dataset of such classes with a scan, a run and a verdict on the first row of test."""
    dataset = issues_data.load(app, tmp_path, names=CLASSES)
    issues_data.scan(app, tmp_path, dataset)
    found = np.full((issues_data.ROWS, 3), 1 / 3, np.float32)
    finished_run(app, dataset, found, ["test" if row % 5 == 0 else "train" for row in range(issues_data.ROWS)])
    record(app, dataset.latest_version_id, "ann", [Act("k1", "unsure", 5)])
    return dataset


def opened(open_at: Open, page: str, column: str, **query: str) -> tuple[Any, dict[str, Any]]:
    """The list of a page in Chinese that has this column: its values, and what stands above its columns."""
    shown = open_at(page, dataset="news", lang="zh", **query)
    for _ in range(100):
        assert not shown.exception, shown.exception[0].stack_trace
        tables = [one for one in shown.dataframe if column in one.value.columns]
        if tables:
            return tables[-1].value, json.loads(tables[-1].proto.columns)
        time.sleep(0.05)
        shown.run()
    raise AssertionError(f"no table with {column}")


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("data", {"view": "rows", "columns": "example_id,label,split"}),
        ("issues", {"show": "All rows", "columns": "example_id,given_label,split,verdict"}),
        ("evaluation", {"run": "1", "split": "test", "columns": "example_id,true_label,split"}),
    ],
)
def test_splits_and_the_title_of_the_verdict_are_said(
    decided: Dataset, open_at: Open, page: str, query: dict[str, str]
) -> None:
    values, columns = opened(open_at, page, "split", **query)
    with speaking("zh"):
        splits = {say("train"), say("test")}
        titles = {say("verdict"), say("decided")}
    assert set(values["split"]) <= splits and "test" not in splits
    assert next(one["label"] for name, one in columns.items() if name in ("verdict", "decided")) in titles
    named = next(name for name in ("label", "given", "true") if name in values)
    assert set(values[named]) <= set(CLASSES)


def test_a_choice_among_classes_names_them_as_they_are(decided: Dataset, open_at: Open) -> None:
    shown = open_at("evaluation", dataset="news", lang="zh", view="curves")
    for _ in range(100):
        boxes = [one for one in shown.selectbox if one.key == "class"]
        if boxes:
            break
        time.sleep(0.05)
        shown.run()
    assert boxes[0].options == list(CLASSES)


def test_a_note_that_a_person_wrote_is_not_translated(app: Context, decided: Dataset, open_at: Open) -> None:
    record(app, decided.latest_version_id, "ann", [Act("k2", "exclude", 6)])
    make_version(app, decided.latest_version_id, "first", "ann")
    shown = open_at("review", dataset="news", view="versions", lang="zh")
    assert shown.dataframe[0].value["note"][0] == "first"
    assert any("first" in one.value for one in shown.caption)
