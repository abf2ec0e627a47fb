"""The health view of the Issues page and the command of that name: what to fix first, in figures that are not made
up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.commands import answer
from core.context import Context
from core.records import Dataset, Decision
from core.services.health.report import health_report
from core.services.health.rows import Health, HealthRow
from core.services.health.tell import health
from core.services.health.words import headline
from core.store.ids import new_id
from core.store.versions import get_version
from tests.pages import issues_data as data
from tests.pages import profile_page

Open = Callable[..., AppTest]


@pytest.fixture
def scanned(app: Context, tmp_path: Path) -> Dataset:
    """40 flagged labels, a pair in conflict (rows 0 and 3), another that is not (10 and 13), a leak, two bad texts."""
    news = data.load(app, tmp_path)
    data.scan(app, tmp_path, news)
    data.also_near_duplicates(app, {0: (0, 3), 10: (10, 13)}, conflicting=(0,))
    with app.store.write() as cursor:
        cursor.execute("UPDATE issues SET score = 0.01 WHERE issue_type = 'near_duplicate' AND example_id = 3")
        cursor.execute(
            """INSERT INTO issues SELECT scan_id, example_id, 'leakage', 0.0, true, given_label, NULL, '{}', 1
               FROM issues WHERE issue_type = 'label' AND example_id = 5"""
        )
    data.also_content(app)
    test = {"rows": 18, "leaked": 1, "with": 0.9, "without": 0.87}
    data._add_found(app, {"leakage": {"flagged": 1, "splits": {"test": test}}})
    return news


def told(app: Context, dataset: Dataset) -> Health:
    found = health(app, dataset, get_version(app.store, dataset.latest_version_id), timeout=None)
    assert isinstance(found, Health)
    return found


def by_key(found: Health) -> dict[str, HealthRow]:
    return {one.key: one for one in found.rows}


def decide(app: Context, dataset: Dataset, rows: Sequence[int], seconds: float = 2.0) -> None:
    """Kept, one after the other, `seconds` apart."""
    start, version = datetime(2026, 1, 1, tzinfo=UTC), dataset.latest_version_id
    app.ledger.decisions.append(
        [
            Decision(
                new_id(), f"k{row}", dataset.dataset_id, version, row, "keep", None, "ada",
                start + timedelta(seconds=seconds * place), None, {},
            )
            for place, row in enumerate(rows)
        ]
    )  # fmt: skip


def test_what_makes_scores_untrue_comes_first_then_wrong_labels_by_the_minute(app: Context, scanned: Dataset) -> None:
    found = told(app, scanned)
    keys = [one.key for one in found.rows]
    assert keys[:3] == ["leakage", "near_duplicate-conflicting", "label"]
    assert keys.index("content-markup") < keys.index("content-too_short") < keys.index("words")
    rows = by_key(found)
    assert "inflated by 3.0 points: 90.0%, and 87.0% without" in rows["leakage"].gain
    assert (rows["label"].wrong.estimate, rows["label"].wrong.low) == (20, 12) if rows["label"].wrong else False
    assert rows["near_duplicate-copies"].wrong is None
    assert "Not measured" in rows["content-markup"].gain
    assert headline(found).startswith("Fix first: Leakage between splits (1 row, 1.1%).")


def test_the_gain_left_and_the_state_follow_the_verdicts_and_what_is_done_comes_last(
    app: Context, scanned: Dataset
) -> None:
    before = by_key(told(app, scanned))["label"]
    decide(app, scanned, (3, 4, 5, 7))
    found = told(app, scanned)
    rows = by_key(found)
    assert (rows["label"].rows, rows["label"].decided) == (40, 4)
    assert rows["label"].wrong and before.wrong and rows["label"].wrong.estimate < before.wrong.estimate
    assert [one.key for one in found.rows if one.done] == [one.key for one in found.rows][-4:]
    assert rows["near_duplicate-conflicting"].done and not rows["near_duplicate-copies"].decided


def test_minutes_are_by_the_pace_of_the_verdicts_without_pauses_and_acts_on_many(
    app: Context, scanned: Dataset
) -> None:
    assert "too little is decided" in told(app, scanned).pace
    decide(app, scanned, range(50, 80), seconds=3)
    decide(app, scanned, range(80, 84), seconds=900)
    decide(app, scanned, range(84, 90), seconds=0)
    found = told(app, scanned)
    assert "from 3.0 seconds a row, the median of the newest 29 verdicts" in found.pace
    assert by_key(found)["label"].minutes == pytest.approx(40 * 3 / 60)


def test_the_view_has_a_button_for_each_line_that_opens_its_rows(open_at: Open, scanned: Dataset) -> None:
    shown = open_at("issues", dataset="news", view="health")
    assert not shown.exception
    shown.button(key="health-open-near_duplicate-conflicting").click().run()
    assert shown.query_params["type"] == "near_duplicate"
    assert "view" not in shown.query_params
    ranked = next(frame.value for frame in shown.dataframe if "#" in frame.value.columns)
    assert len(ranked) == 1  # row 3 alone: that of the other pair has the same label


def test_without_a_scan_it_says_so_and_tells_what_the_profile_knows(
    open_at: Open, app: Context, tmp_path: Path
) -> None:
    news = data.load(app, tmp_path)
    assert headline(told(app, news)).startswith("Not scanned yet")
    shown = open_at("issues", dataset="news", view="health")
    assert not shown.exception
    assert any("Not scanned yet" in one.value for one in shown.markdown)
    assert shown.button(key="next-step-button").label == "Find wrong labels"


def test_the_order_of_the_file_and_columns_that_say_nothing_new_are_told_and_only_lists_have_bars(
    open_at: Open, app: Context, tmp_path: Path
) -> None:
    rows: list[tuple[object, ...]] = [
        (f"note {row}", "ab"[row % 2], "train", f"batch {row // 60}", "same") for row in range(300)
    ]
    notes = profile_page.load(app, tmp_path, "notes", rows, "text label split batch unit")
    lines = by_key(told(app, notes))
    assert lines["order"].sure.startswith("More than chance; difference from 0 to 1, with 95 % intervals: batch 0.99")
    assert lines["order"].place.query["between"] == "order" and lines["order"].place.query["column"] == "batch"
    assert lines["idle"].sure == "Nothing is in them, or nothing that another column does not say: unit."
    assert not any(one.of_rows for one in lines.values())
    shown = open_at("issues", dataset="notes", view="health")
    assert not shown.exception and not shown.get("plotly_chart")
    assert shown.button(key="health-open-idle").label == "See the columns"


def test_classes_that_overlap_are_a_line_and_lead_to_a_merge_that_is_filled_in(
    open_at: Open, app: Context, scanned: Dataset
) -> None:
    overlaps = [["sport", "tech", 60, 0.5, 0.4, 0.6]]
    data._add_found(app, {"ambiguous": {"flagged": 0, "pairs": [], "overlaps": overlaps}})
    line = by_key(told(app, scanned))["overlap"]
    assert "sport and tech (50% right)" in line.sure and not line.of_rows
    shown = open_at("issues", dataset="news", type="ambiguous")
    assert not shown.exception
    assert any("**sport** and **tech** are hardly told apart" in one.value for one in shown.caption)
    merge = open_at("data", dataset="news", view="classes", merge='["sport", "tech", "none"]')
    assert not merge.exception and "merge" not in merge.query_params
    assert merge.multiselect(key="class-change-several").value == ["sport", "tech"]


def test_the_command_tells_the_same_and_writes_the_page(app: Context, scanned: Dataset, tmp_path: Path) -> None:
    said = answer(app, "health", {"name": "news", "out": str(tmp_path / "health.html")})
    assert said is not None
    assert [one["name"] for one in said.data["fix_first"]] == [one.key for one in told(app, scanned).rows]
    assert "Leakage between splits" in said.text
    text = (tmp_path / "health.html").read_text(encoding="utf-8")
    assert "inflated by 3.0 points" in text
    assert not re.search(r"<(script|link|iframe)", text)


def test_no_text_of_the_printed_page_becomes_markup(app: Context, scanned: Dataset) -> None:
    found = told(app, scanned)
    evil = Health(found.dataset, found.version, found.scan, found.rows, ("<script>",), "<b>pace</b>")
    text = health_report(evil, "<i>me</i>")
    assert not re.search(r"<(script|b>pace|i>me)", text)
