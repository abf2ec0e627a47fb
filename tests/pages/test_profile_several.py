"""Profile where rows have several classes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import scipy.special  # noqa: F401 - as in a server that has shown a profile: the first one waits a moment more for it

from core.context import Context
from core.records import Dataset
from core.services.profile.figures import derive
from tests.pages.profile_page import OpenAt, captions, load


@pytest.fixture
def tags(app: Context, tmp_path: Path) -> Dataset:
    """120 rows of several classes: every other has grain, every third wheat, so every sixth has both, and a third of
    them neither; two copies of a text have different labels."""
    rows: list[tuple[object, ...]] = []
    for row in range(120):
        found = [name for name, step in (("grain", 2), ("wheat", 3)) if row % step == 0]
        part = "train" if row < 80 else "test"
        rows.append((f"Story {row}", json.dumps(found), part, "even" if row % 2 == 0 else "odd"))
    rows[1] = ("Story 0", *rows[1][1:])
    header = "text label split desk"
    dataset = load(app, tmp_path, "tags", rows, header, task="multi-label-text")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    return dataset


def test_classes_that_go_together_are_counted_and_open_their_rows(open_at: OpenAt, tags: Dataset) -> None:
    shown = open_at("profile", dataset="tags")
    assert not shown.exception
    figures = {metric.label: metric.value for metric in shown.metric}
    assert (figures["Rows"], figures["Classes per row"], figures["Rows of none"], figures["Different labels"]) == (
        "120", "0.83", "40", "4"
    )  # fmt: skip
    assert "Whether the splits differ is not tested" in captions(shown)
    assert "A row counts in each of its classes: their shares of all rows sum to 83%." in captions(shown)
    shown.selectbox(key="choice-classes-pair").select_index(0).run()
    assert "20 rows" in captions(shown)
    assert any("grain and wheat" in markdown.value for markdown in shown.markdown)
    shown.selectbox(key="choice-classes-set").select_index(0).run()
    assert shown.selectbox(key="choice-classes-pair").value is None
    assert any("exactly" in markdown.value for markdown in shown.markdown)
    assert "40 rows" in captions(shown)


def test_a_class_of_several_opens_the_rows_that_have_it_and_of_a_split_these(open_at: OpenAt, tags: Dataset) -> None:
    shown = open_at("profile", dataset="tags")
    shown.selectbox(key="choice-classes-label").select("wheat").run()
    assert "40 rows" in captions(shown)
    shown.segmented_control(key="choice-splits-split").set_value("test").run()
    assert not shown.exception
    assert "13 rows" in captions(shown)


def test_conflicts_and_bias_of_several_classes_are_said_in_words(open_at: OpenAt, tags: Dataset) -> None:
    shown = open_at("profile", dataset="tags", view="checks")
    shown.selectbox(key="choice-checks-pairs").select_index(0).run()
    assert not shown.exception
    assert any("grain, wheat and none on one content" in markdown.value for markdown in shown.markdown)
    shown = open_at("profile", dataset="tags", view="bias")
    assert not shown.exception
    assert shown.selectbox(key="choice-bias-attribute").value == "desk"
    assert "Measured for each of 2 classes; this is 'grain'" in captions(shown)
    assert list(shown.dataframe[0].value["label"]) == ["grain", "wheat"]
