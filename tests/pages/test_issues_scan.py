"""Issues before there is a list: a scan is started, its time told beforehand, and why one gave no result."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Event
from typing import Any, Literal

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.issues import ISSUE_TYPES
from core.records import Dataset
from core.review.records import Act
from core.services.review.decisions import record
from core.store.versions import make_review_version
from core.ui.parts.background import THREADS, answers
from tests.pages import issues_data as data
from tests.pages.issues_page import Open, texts


def test_an_empty_workspace_says_what_to_do(open_at: Open) -> None:
    shown = open_at("issues")
    assert not shown.exception
    assert "The labels that are probably wrong will be here" in texts(shown)


def test_an_unscanned_version_shows_one_button(open_at: Open, news: Dataset) -> None:
    shown = open_at("issues", dataset="news")
    assert not shown.exception
    assert [button.label for button in shown.button if "issues" in button.label] == ["Find issues"]
    assert "Not scanned yet" in texts(shown)


def test_a_version_that_is_not_scanned_leads_to_what_an_earlier_one_had(
    open_at: Open, scanned: Dataset, app: Context
) -> None:
    record(app, scanned.latest_version_id, "ada", [Act("k", "exclude", 3)])
    make_review_version(app.store, scanned.latest_version_id, "", "ada")
    shown = open_at("issues", dataset="news")
    assert "Not scanned yet" in texts(shown)
    [to] = [one.proto for one in shown.get("page_link") if one.proto.label == "What the scan of version 1 found"]
    assert (to.page, to.query_string) == ("issues", "dataset=news&version=1")


def test_the_button_starts_a_scan_with_the_defaults(open_at: Open, news: Dataset, app: Context) -> None:
    shown = open_at("issues", dataset="news")
    next(button for button in shown.button if button.label == "Find issues").click().run()
    (job,) = [job for job in app.queue.list() if job.kind == "scan"]
    spec = app.queue.folder(job.job_id).spec()
    app.queue.cancel(job.job_id)
    assert (spec["encoders"], spec["folds"], spec["version_id"]) == (["lexical", "minilm"], 5, news.latest_version_id)
    assert "Looking for wrong labels" in texts(shown)
    assert job.title not in texts(shown)  # the line of running jobs would say the same again
    assert "Stop" in [button.label for button in shown.button]


def test_a_scan_looks_for_what_is_ticked(open_at: Open, news: Dataset, app: Context) -> None:
    shown = open_at("issues", dataset="news")
    types = shown.multiselect(key="scan-types")
    assert types.value == [name for name in ISSUE_TYPES if name != "label"]
    types.set_value(["outlier", "content"]).run()
    assert not [box for box in shown.checkbox if box.key == "scan-names"]  # they are listed with personal data
    next(button for button in shown.button if button.label == "Start scan").click().run()
    assert not shown.exception and not shown.error
    (job,) = app.queue.list()
    assert app.queue.folder(job.job_id).spec()["types"] == ["label", "outlier", "content"]
    app.queue.cancel(job.job_id)


@pytest.mark.parametrize(
    ("status", "said"),
    [("failed", "No model folder at mine."), ("stopped", "The last one was stopped before its end.")],
)
def test_a_scan_without_a_result_says_why(
    app: Context, open_at: Open, news: Dataset, status: Literal["failed", "stopped"], said: str
) -> None:
    job = app.queue.start_local("scan", "Scan", {"version_id": news.latest_version_id}, news.dataset_id, "ada")
    app.queue.finish_local(job.job_id, status, "No model folder at mine." if status == "failed" else "")
    shown = open_at("issues", dataset="news")
    assert not shown.exception
    assert said in "".join(one.value for one in (*shown.error, *shown.caption)).replace("\\", "")


def test_uploaded_probabilities_are_stored_beside_the_page_and_scanned_with(
    app: Context, open_at: Open, news: Dataset
) -> None:
    shown = open_at("issues", dataset="news")
    let_go = Event()
    for number in range(THREADS):
        answers(app).ask(("busy", number), "", lambda report: let_go.wait(20), 0)
    shown.get("file_uploader")[0].upload(
        "mine.csv", b"business,sport,tech\n" + b"0.2,0.3,0.5\n" * data.ROWS, "text/csv"
    )
    next(button for button in shown.button if button.label == "Start scan").click().run()
    assert "storing the probabilities" in texts(shown)
    assert not app.queue.list() and not [path for path in app.workspace.uploads.rglob("*") if path.is_file()]
    let_go.set()
    for _ in range(100):
        if app.queue.list():
            break
        time.sleep(0.05)
        shown.run()
    (job,) = app.queue.list()
    kept = Path(app.queue.folder(job.job_id).spec()["probabilities_from"])
    assert kept.read_bytes().startswith(b"business,sport,tech")
    app.queue.cancel(job.job_id)


def until(shown: AppTest, words: str, typed: str = "minilm") -> str:
    """What the page says once it says these words, with the model to fine-tune that somebody typed."""
    for _ in range(100):
        if words in texts(shown):
            break
        time.sleep(0.05)
        to_fine_tune(shown, typed)
        shown.run()
    assert words in texts(shown)
    return texts(shown)


def to_fine_tune(shown: AppTest, typed: str = "minilm") -> Any:
    """The choice of a model. An AppTest does not know that one can be typed that is not among its options."""
    box = next(box for box in shown.selectbox if box.label == "Fine-tune a model too (optional)")
    box.options.extend({typed} - {*box.options})
    return box


def test_the_time_of_a_scan_is_said_before_its_start_for_the_model_and_the_folds_that_are_chosen(
    app: Context, open_at: Open, news: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(tmp_path))
    shown = open_at("issues", dataset="news")
    until(shown, "With minilm fine\\-tuned all of it takes about")
    choice = to_fine_tune(shown)
    assert (choice.value, choice.options) == (None, ["minilm"])
    choice.select("minilm").run()
    assert "by what is usual" in until(shown, "for 5 fine\\-tunes of 10 epochs each")
    next(box for box in shown.number_input if box.label == "Folds").set_value(3).run()
    assert "for 5" not in until(shown, "for 3 fine\\-tunes of 10 epochs each")

    large = tmp_path / "large"
    large.mkdir()
    (large / "config.json").write_text('{"hidden_size": 1024, "num_hidden_layers": 24}')
    for typed, told in (
        ("someone/hidden", "How large hidden is is not known: this is guessed as if it were minilm"),
        (str(large), "guessed from the pace of minilm and the size of its layers"),
    ):
        to_fine_tune(shown, typed).set_value(typed).run()
        until(shown, "".join(f"\\{one}" if one in "()-.:" else one for one in told), typed)
    none = str(tmp_path / "none")
    to_fine_tune(shown, none).set_value(none).run()
    (start,) = [button for button in shown.button if button.label == "Start scan"]
    assert not start.proto.is_form_submitter  # what is in a form is not told before it is sent
    assert start.disabled and "does not exist" in shown.error[0].value.replace("\\", "")
    assert not app.queue.list()

    to_fine_tune(shown).set_value("minilm").run()
    next(button for button in shown.button if button.label == "Start scan").click().run()
    assert not shown.exception and not shown.error
    (job,) = app.queue.list()
    spec = app.queue.folder(job.job_id).spec()
    assert (spec["fine_tune"], spec["folds"]) == ("minilm", 3)
    app.queue.cancel(job.job_id)
