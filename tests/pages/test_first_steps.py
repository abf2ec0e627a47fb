"""The first steps as a line on a dataset's pages and as a card on Home; the next step at the end of each page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, RowFilter
from core.review.records import Act
from core.services.review.among import OfVersion
from core.services.review.decisions import record
from core.services.splits import move, plan_move
from core.store.ids import new_id
from tests.pages import issues_data as data

OpenAt = Callable[..., AppTest]


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    return data.load(app, tmp_path)


def words(shown: AppTest) -> str:
    return " | ".join(str(element.value) for element in [*shown.markdown, *shown.caption])


@pytest.mark.parametrize("page", ["data", "profile", "issues", "review", "training"])
def test_every_page_of_a_dataset_says_how_far_its_first_steps_are(
    app: Context, open_at: OpenAt, tmp_path: Path, news: Dataset, page: str
) -> None:
    scanned = data.scan(app, tmp_path, news)
    record(app, scanned.version_id, "ada", [Act(new_id(), "keep", row) for row in range(3)])
    shown = open_at(page, dataset="news")
    assert not shown.exception
    assert ":material/counter_3: **Review** 3 of 20" in words(shown)
    assert ":material/check_circle: Scan" in words(shown)


def test_hidden_steps_stay_hidden_on_every_page_of_the_dataset(
    app: Context, open_at: OpenAt, tmp_path: Path, news: Dataset
) -> None:
    data.load(app, tmp_path, name="other")
    shown = open_at("profile", dataset="news")
    shown.button(key=f"put-away-{news.dataset_id}").click().run()
    assert not shown.exception and "**Scan**" not in words(shown)
    assert "**Scan**" not in words(open_at("data", dataset="news"))
    assert "**Scan**" in words(open_at("data", dataset="other"))


def test_home_has_the_steps_of_the_newest_dataset_whose_are_not_hidden(
    app: Context, open_at: OpenAt, tmp_path: Path, news: Dataset
) -> None:
    newest = data.load(app, tmp_path, name="other")
    shown = open_at("home")
    assert "**other**, the first steps" in words(shown)
    assert shown.button(key="first-steps-next").label == "See what a scan finds"
    assert [link.proto.query_string for link in shown.get("page_link") if link.proto.label == "Find wrong labels"] == [
        "dataset=news&version=1"  # the line of the other says nothing of its own
    ]
    shown.button(key=f"put-away-{newest.dataset_id}").click().run()
    assert "**news**, the first steps" in words(shown)
    shown.button(key=f"put-away-{news.dataset_id}").click().run()
    assert "the first steps" not in words(shown)


@pytest.mark.parametrize(
    ("page", "view", "scanned", "label"),
    [
        ("data", "rows", False, "Find wrong labels"),
        ("data", "rows", True, "Review: 40 left"),
        ("data", "load", False, "Find wrong labels"),
        ("data", "classes", False, "Find wrong labels"),
        ("data", "export", True, "Review: 40 left"),
        ("data", "manage", False, "Find wrong labels"),
        ("profile", "balance", False, "Find wrong labels"),
        ("profile", "balance", True, "See the 40 flagged rows"),
        ("issues", None, True, "Review: 40 left"),
        ("review", "decisions", True, "Review: 40 left"),
        ("review", "versions", False, "Find wrong labels"),
        ("training", "runs", False, "Find wrong labels"),
        ("training", "new", True, "Review: 40 left"),
        ("training", "effect", False, "Find wrong labels"),
        ("training", "use", False, "Find wrong labels"),
        ("evaluation", None, True, "Review: 40 left"),
    ],
)
def test_a_page_ends_in_its_next_step_as_one_primary_button(
    app: Context,
    open_at: OpenAt,
    tmp_path: Path,
    news: Dataset,
    page: str,
    view: str | None,
    scanned: bool,
    label: str,
) -> None:
    if scanned:
        data.scan(app, tmp_path, news)
    shown = open_at(page, dataset="news", **({"view": view} if view else {}))
    assert not shown.exception
    button = shown.button(key="next-step-button")
    assert (button.label, button.proto.type) == (label, "primary")
    assert shown.button[-1].key == "next-step-button"


def test_from_an_earlier_version_the_next_step_is_that_of_the_newest(
    app: Context, open_at: OpenAt, tmp_path: Path, news: Dataset
) -> None:
    data.scan(app, tmp_path, news)
    rows = OfVersion(news.latest_version_id, RowFilter(example_ids=(0,)))
    move(app, plan_move(app, rows, "held out"), "ann", "one row")
    for page in ("issues", "data", "review"):
        shown = open_at(page, dataset="news", version="1", **({"view": "decisions"} if page == "review" else {}))
        assert shown.button(key="next-step-button").label == "Find wrong labels"


def test_where_the_desk_is_in_hand_no_other_button_stands_beneath_it(
    app: Context, open_at: OpenAt, tmp_path: Path, news: Dataset
) -> None:
    data.scan(app, tmp_path, news)
    shown = open_at("review", dataset="news")
    assert not shown.exception
    assert "next-step-button" not in [button.key for button in shown.button]
