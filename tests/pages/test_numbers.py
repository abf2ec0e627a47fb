"""The pages on labels that are numbers: how they are spread, asked for, decided on and compared."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.progress import unheard
from core.records import Dataset, Reader, Schema
from core.review.acts import read_acts
from core.services.profile.figures import derive
from core.services.review.decisions import make_version, record
from core.store.datasets import get_dataset
from core.store.versions import changes
from core.tasks import target_of
from tests.staged import taken_in

Open = Callable[..., AppTest]
ROWS = 40


@pytest.fixture
def scores(app: Context, tmp_path: Path) -> Dataset:
    """Forty texts with scores from 0 to 9.75 in two splits and of two sources, three of them without."""
    with (tmp_path / "scores.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "score", "split", "source"))
        for row in range(ROWS):
            score = "" if row in (7, 17, 27) else row / 4
            writer.writerow((f"review number {row}", score, "test" if row % 4 == 0 else "train", "ab"[row > 19]))
    reader = Reader(sql=f"read_csv('{tmp_path / 'scores.csv'}', all_varchar=true)")
    schema = Schema("text-regression", "text", "score", "split", attributes=("source",))
    dataset = taken_in(app.store, reader, schema, "scores")
    derive(app, dataset.dataset_id, unheard, lambda: False)
    return get_dataset(app.store, dataset.dataset_id)


def _said(shown: AppTest) -> str:
    assert not shown.exception
    assert not shown.error
    return "\n".join(one.value for kind in (shown.markdown, shown.caption) for one in kind)


def _told(shown: AppTest, component: str) -> dict[str, object]:
    [mounted] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == component]
    told: dict[str, object] = json.loads(mounted.json)
    return told


VIEWS = {
    "data": ("rows", "load", "classes", "splits", "rejected", "export", "manage"),
    "profile": ("balance", "content", "checks", "bias"),
    "review": ("desk", "decisions", "versions"),
    "training": ("runs", "new", "effect", "use"),
    "evaluation": ("matrix",),
}


@pytest.mark.parametrize("page", ["home", "data", "profile", "issues", "review", "training", "evaluation", "story"])
def test_every_view_stands_and_counts_no_classes(scores: Dataset, open_at: Open, page: str) -> None:
    for view in VIEWS.get(page, ("",)):
        said = _said(open_at(page, dataset="scores", **({"view": view} if view else {})))
        assert " classes" not in said.replace("no classes", ""), (page, view)


def test_the_profile_draws_the_numbers_and_opens_the_rows_of_a_bar(scores: Dataset, open_at: Open) -> None:
    shown = open_at("profile", dataset="scores", view="balance")
    said = _said(shown)
    assert {one.label: one.value for one in shown.metric} == {
        "Labelled rows": "37",
        "Mean": "4.926",
        "Median": "5",
        "Standard deviation": "2.978",
        "Middle half": "2.5 – 7.5",
        "Least": "0",
        "Most": "9.75",
        "Different numbers": "37",
    }
    assert "3 rows have no label yet" in said
    [splits] = [one.value for one in shown.dataframe if "median" in one.value.columns]
    assert list(splits["rows"]) == [27, 10]
    box = next(one for one in shown.selectbox if one.label == "Open the rows of a bar")
    box.set_value(box.options.index(next(one for one in box.options if one.startswith("9.75 and over")))).run()
    assert "label 9.75 and over" in _said(shown).replace("\\", "")
    rows = next(one.value for one in shown.dataframe if "example" in one.value.columns)
    assert list(rows["label"]) == ["9.75"]


def test_rows_are_narrowed_and_sorted_by_their_number(scores: Dataset, open_at: Open) -> None:
    shown = open_at("data", dataset="scores", view="rows", where='["label >= 9", "label < 9.75"]', order="label desc")
    _said(shown)
    rows = next(one.value for one in shown.dataframe if "example" in one.value.columns)
    assert list(rows.filter(like="label").iloc[:, 0]) == ["9.5", "9.25", "9"]


def test_the_desk_and_the_bar_ask_for_a_number(scores: Dataset, open_at: Open) -> None:
    desk = _told(open_at("review", dataset="scores", reviewer="ada", show="All rows"), "winnow_review_desk")
    assert (desk["numeric"], desk["several"], desk["labels"]) == (True, False, [])
    assert "choose" in desk["actions"]  # type: ignore[operator]
    bar = _told(open_at("data", dataset="scores", view="rows", layout="cards"), "winnow_verdict_bar")
    assert bar["numeric"] is True


def test_decisions_make_a_version_whose_changes_are_numbers(app: Context, scores: Dataset, open_at: Open) -> None:
    target, version = target_of(scores), scores.latest_version_id
    sent = [
        {"key": "k1", "action": "relabel", "example_id": 1, "label": " 7.50"},
        {"key": "k2", "action": "relabel", "example_id": 7, "label": "1e1"},
        {"key": "k3", "action": "relabel", "example_id": 4, "label": "1.00"},
        {"key": "k4", "action": "relabel", "example_id": 5, "label": "3,5"},
        {"key": "k5", "action": "relabel", "example_id": 6, "label": "nan"},
    ]
    recorded = record(app, version, "ada", read_acts(sent, target))
    assert [(one.act.example_id, "no finite number" in one.message) for one in recorded.refused] == [
        (5, True),
        (6, True),
    ]
    made = make_version(app, version, "by hand", "ada")
    found = changes(app.store, made.version_id, 10)
    told = {one.example_id: (one.from_label, one.to_label) for one in found}
    assert told == {1: ("0.25", "7.5"), 7: (None, "10")}
    shown = open_at("review", dataset="scores", view="versions", version=2)
    assert "10" in str([one.value for one in shown.dataframe])
    _said(shown)
