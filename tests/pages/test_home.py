"""Home: an empty workspace says what to do, a filled one says where each dataset stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.review.records import Act
from core.services.load import load_sample, wait
from core.services.review.decisions import record
from core.services.steps.first_steps import put_away
from core.store.datasets import list_datasets
from core.store.ids import new_id
from tests.pages import issues_data as data

OpenAt = Callable[..., AppTest]


def words(shown: AppTest) -> str:
    """All text of the page."""
    return " | ".join(str(element.value) for element in [*shown.title, *shown.markdown, *shown.caption])


def links(shown: AppTest) -> dict[str, tuple[str, str]]:
    """Label → page and query of every link."""
    return {link.proto.label: (link.proto.page, link.proto.query_string) for link in shown.get("page_link")}


def test_an_empty_workspace_offers_both_samples_and_ones_own_data(open_at: OpenAt) -> None:
    shown = open_at("home")
    assert not shown.exception
    assert {button.key for button in shown.button} >= {"start-own", "sample-bbc-news", "sample-digits"}
    assert "Your own data" in words(shown)


def test_a_sample_is_one_click_away_and_is_not_offered_twice(app: Context, open_at: OpenAt) -> None:
    shown = open_at("home")
    shown.button(key="sample-bbc-news").click().run()
    assert not shown.exception and not shown.error
    [job] = app.queue.list()
    wait(app, job.job_id)
    shown.run()
    assert "sample-bbc-news" not in {button.key for button in shown.button}
    assert "2,225 rows · 5 classes" in words(shown)


def test_a_dataset_says_where_it_stands_and_links_to_its_next_step(app: Context, open_at: OpenAt) -> None:
    wait(app, load_sample(app, "bbc-news", "ada").job_id)
    put_away(app, list_datasets(app.store)[0], "ada")
    shown = open_at("home")
    assert "not scanned" in words(shown)
    assert links(shown)["Find wrong labels"] == ("issues", "dataset=bbc-news&version=1")


def test_each_number_of_a_dataset_opens_the_rows_behind_it(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    scanned = data.scan(app, tmp_path, data.load(app, tmp_path))
    assert "0 decided" in words(open_at("home"))
    record(app, scanned.version_id, "ada", [Act(new_id(), "keep", 0)])
    found = links(open_at("home"))
    assert found[":small[40 flagged]"] == ("issues", "dataset=news&version=1")
    page, query = found[":small[1 decided]"]
    asked = {"decided_on": "1", "view": "decisions", "decisions_where": "verdict = true"}
    assert page == "review" and asked.items() <= dict(parse_qsl(query)).items()
    assert found[":small[39 left]"] == ("review", "dataset=news&version=1&view=desk")
    assert found[":small[health: 1 type of issue]"] == ("issues", "view=health&dataset=news&version=1")


def test_a_scan_at_chance_is_no_clean_dataset(
    app: Context, open_at: OpenAt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = data._summary
    monkeypatch.setattr(data, "FLAGGED", 0)
    monkeypatch.setattr(data, "_summary", lambda *of: summary(*of) | {"untold": "The model knows nothing."})
    data.scan(app, tmp_path, data.load(app, tmp_path))
    captions = [caption.value for caption in open_at("home").caption]
    assert ":material/question_mark: cannot be told" in captions
    assert not any("nothing flagged" in caption for caption in captions)


def test_a_failed_load_is_said_where_it_was_started(app: Context, open_at: OpenAt) -> None:
    shown = open_at("home")
    job = app.queue.start_local("load", "Load broken", {}, None, "ada")
    app.queue.finish_local(job.job_id, "failed", "The file is empty.")
    shown.session_state["load_job"] = job.job_id
    shown.run()
    assert [error.value for error in shown.error] == [r"The file is empty\."]


def test_a_running_job_stands_on_the_page_with_its_progress(app: Context, open_at: OpenAt) -> None:
    job = app.queue.start_local("load", "Load big", {}, None, "ada")
    shown = open_at("home")
    assert "Load big" in words(shown)
    app.queue.finish_local(job.job_id, "stopped")
