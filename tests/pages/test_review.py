"""The Review page: what it takes down from the desk, its list of decisions, its versions."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, IssueFilter, MaskedCopy, Scan, Version
from core.review.records import Act
from core.services import datasets
from core.services.lists.written import write_names
from core.services.review.decisions import make_version, record
from core.services.review.queue import claim
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.record_lists.decisions import decided
from core.store.versions import get_version
from core.ui.shell.context import app_context, close_contexts
from tests.integration.load_support import loaded
from tests.pages.conftest import PAGES
from tests.pages.issues_data import load, scan

OpenAt = Callable[..., AppTest]


@pytest.fixture
def scanned(app: Context, tmp_path: Path) -> Scan:
    return scan(app, tmp_path, load(app, tmp_path))


def report(page: AppTest, scanned: Scan, *acts: dict[str, Any], have: tuple[int, ...] = ()) -> AppTest:
    """Runs the page as if the desk in the browser had reported these acts, with these rows in its hands."""
    said = {"acts": list(acts), "have": list(have), "skipped": 0}
    page.session_state[f"review-desk-{scanned.version_id}"] = {"desk": said}
    return page.run()


def texts(page: AppTest) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption))


def until(page: AppTest, seen: Callable[[], bool]) -> None:
    """Runs the page, as its own refreshing would, until it shows what is worked out beside it."""
    for _ in range(100):
        page.run()
        if seen():
            return
        time.sleep(0.05)
    raise AssertionError(texts(page))


def test_a_version_without_a_scan_says_what_to_do(app: Context, open_at: OpenAt, tmp_path: Path) -> None:
    load(app, tmp_path)
    page = open_at("review")
    assert not page.exception
    assert "Version 1 has not been scanned" in texts(page)


def test_acts_that_the_desk_reports_are_taken_down_once(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    page = open_at("review", reviewer="ada", blind="false")
    act = {"key": "k1", "action": "relabel", "example_id": 0, "label": "tech", "shown": {"suggested_label": "tech"}}
    for _ in range(3):
        page = report(page, scanned, act, {"key": "k2", "action": "destroy", "example_id": 1})
        assert not page.exception
    (found,) = app.ledger.decisions.page(scanned.dataset_id)
    assert (found.example_id, found.new_label, found.reviewer, found.shown) == (
        0,
        "tech",
        "ada",
        {"suggested_label": "tech", "settles": ["label", "unlabelled", "ambiguous"]},
    )


def test_an_open_desk_holds_its_rows_against_others(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    open_at("review", reviewer="ada", blind="false")
    assert claim(app, scanned.version_id, scanned.scan_id, "ben", IssueFilter(), 3) == [25, 26, 27]


def test_two_tabs_of_one_reviewer_hold_different_rows(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    first = open_at("review", reviewer="ada", blind="false")
    open_at("review", reviewer="ada", blind="false")
    assert claim(app, scanned.version_id, scanned.scan_id, "ben", IssueFilter(), 3) == []
    first.run()
    held = app.ledger.claims.held_by_others(scanned.version_id, "ben", monotonic())
    assert sorted(held) == list(range(40))


def test_a_better_list_waits_until_the_reviewer_asks_for_it(
    app: Context, open_at: OpenAt, scanned: Scan, tmp_path: Path
) -> None:
    page = report(open_at("review", reviewer="ada", blind="false"), scanned, have=tuple(range(25)))
    better = scan(app, tmp_path, get_dataset(app.store, scanned.dataset_id), tier=1)
    page = report(page, scanned, have=tuple(range(25)))
    assert "A better list is ready: **lexical \\+ minilm**, 40 left" in texts(page)
    assert page.session_state[f"review-desk-{scanned.version_id}-working"].scan == scanned

    page.button[[button.label for button in page.button].index("Switch to it")].click()
    page = report(page, scanned, have=tuple(range(25)))
    assert "A better list" not in texts(page)
    assert page.session_state[f"review-desk-{scanned.version_id}-working"].scan == better


def test_a_desk_without_rows_in_its_hands_takes_the_better_list_at_once(
    app: Context, open_at: OpenAt, scanned: Scan, tmp_path: Path
) -> None:
    page = open_at("review", reviewer="ada", blind="false")
    better = scan(app, tmp_path, get_dataset(app.store, scanned.dataset_id), tier=1)
    page = report(page, scanned)
    assert "A better list" not in texts(page)
    assert page.session_state[f"review-desk-{scanned.version_id}-working"].scan == better


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server told the desk in the browser, newest last."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr("core.ui.review_desk.mount", lambda key, data: told.append(dict(data)))
    return told


def test_a_second_tab_under_the_same_name_does_not_overrule_in_silence(
    app: Context, open_at: OpenAt, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    first, second = (
        open_at("review", reviewer="reviewer", blind="false"),
        open_at("review", reviewer="reviewer", blind="false"),
    )
    report(first, scanned, {"key": "k1", "action": "keep", "example_id": 3, "instead_of": []})
    report(second, scanned, {"key": "k2", "action": "exclude", "example_id": 3, "instead_of": []})
    (refused,) = answers[-1]["refused"]
    assert "Another tab under your name, reviewer, has already decided row 3: kept as it is" in refused["message"]
    assert [act.action for act in app.ledger.decisions.page(scanned.dataset_id)] == ["keep"]

    seen = refused["decision"]["decision_id"]
    report(second, scanned, {"key": "k3", "action": "exclude", "example_id": 3, "instead_of": [seen]})
    assert answers[-1]["refused"] == [] and answers[-1]["acknowledged"] == ("k3",)
    again = {"key": "k4", "action": "keep", "example_id": 3, "instead_of": [seen, "k2", "k3"]}
    report(second, scanned, again)
    assert [act.action for act in app.ledger.decisions.page(scanned.dataset_id)] == ["keep", "exclude", "keep"]


def test_a_row_in_hand_that_was_decided_meanwhile_is_told(
    app: Context, open_at: OpenAt, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    page = open_at("review", reviewer="ada", blind="false")
    record(app, scanned.version_id, "ben", [Act("theirs", "exclude", 1)])
    said = {"acts": [], "have": [0, 1, 2], "open": [0, 1], "skipped": 0}
    page.session_state[f"review-desk-{scanned.version_id}"] = {"desk": said}
    page.run()
    (taken,) = answers[-1]["taken"]
    assert (taken["example_id"], taken["decision"]["by"], taken["decision"]["key"]) == (1, "ben", "theirs")


def test_no_press_around_a_restart_is_refused(
    app: Context, open_at: OpenAt, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    open_at("review", reviewer="ada", blind="false")
    open_at("review", reviewer="ben", blind="false")
    with sqlite3.connect(app.workspace.ledger) as connection:
        connection.execute("UPDATE claims SET owner = '1:of-a-process-that-is-gone'")
    connection.close()
    close_contexts()
    again = app_context()
    hands = {"ben": tuple(range(25, 40)), "ada": tuple(range(25))}
    for reviewer, rows in hands.items():  # the one with the later rows is the first to find the new server
        page = AppTest.from_file(str(PAGES / "review.py"), default_timeout=30)
        page.query_params["reviewer"] = reviewer
        press = {"key": f"by-{reviewer}", "action": "keep", "example_id": rows[0], "instead_of": []}
        said = {"acts": [press], "have": rows, "open": rows[1:], "skipped": 0}
        page.session_state[f"review-desk-{scanned.version_id}"] = {"desk": said}
        page.run()
        assert not page.exception
        assert answers[-1]["refused"] == [] and answers[-1]["taken"] == []
        assert {item["example_id"] for item in answers[-1]["items"]}.isdisjoint(range(40))
        held = again.ledger.claims.held_by_others(scanned.version_id, "nobody", monotonic())
        assert set(rows[1:]) <= set(held)
    assert len(again.ledger.decisions.page(scanned.dataset_id)) == 2


def test_a_page_loaded_anew_after_a_restart_goes_on_with_its_reviewers_rows(
    app: Context, open_at: OpenAt, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    open_at("review", reviewer="ada", blind="false")
    with sqlite3.connect(app.workspace.ledger) as connection:
        connection.execute("UPDATE claims SET owner = '1:of-a-process-that-is-gone'")
    connection.close()
    close_contexts()
    app_context()
    open_at("review", reviewer="ben", blind="false")
    assert answers[-1]["items"][0]["example_id"] == 25
    open_at("review", reviewer="ada", blind="false")
    assert answers[-1]["items"][0]["example_id"] == 0


@contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow, as on a disk without room."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_the_desk_stays_on_a_full_disk_and_comes_back_when_there_is_room(
    app: Context, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    dataset, version = get_dataset(app.store, scanned.dataset_id), get_version(app.store, scanned.version_id)
    page = report(alone(app, scanned, dataset, version), scanned)
    act = {"key": "k1", "action": "keep", "example_id": 0, "instead_of": []}
    told = len(answers)
    with full_disk():
        page = report(page, scanned, act, have=tuple(range(25)))
    assert not page.exception and not page.error and len(answers) == told + 1
    held = answers[-1]
    assert held["trouble"] and held["acknowledged"] == () and held["items"] == []
    assert held["queue"] == answers[-2]["queue"] and held["mode"] == "desk"
    assert app.ledger.decisions.page(scanned.dataset_id) == []
    report(page, scanned, act, have=tuple(range(25)))
    assert answers[-1]["trouble"] == "" and answers[-1]["acknowledged"] == ("k1",)
    assert [one.client_key for one in app.ledger.decisions.page(scanned.dataset_id)] == ["k1"]


def test_a_desk_on_an_older_version_says_so_and_goes_on_with_the_newest(
    app: Context, open_at: OpenAt, scanned: Scan
) -> None:
    page = open_at("review", reviewer="ada", blind="false")
    assert "newer version" not in texts(page)
    record(app, scanned.version_id, "ben", [Act(new_id(), "exclude", 1)])
    make_version(app, scanned.version_id, "", "ben")
    page = report(page, scanned, {"key": "k1", "action": "keep", "example_id": 0})
    assert "There is a newer version, **2**, by ben. What is decided here is kept with version 1" in texts(page)
    assert len(app.ledger.decisions.page(scanned.dataset_id)) == 2
    page.button[[button.label for button in page.button].index("Go on with version 2")].click().run()
    assert page.query_params["version"] in ("2", ["2"])
    assert "Version 2 has not been scanned" in texts(page)


def _stage_alone() -> None:
    import streamlit as st

    from core.records import IssueFilter
    from core.services.review.sources import ScanSource
    from core.ui.review.stage import stage

    context, dataset, version, scan = (st.session_state[name] for name in ("app", "dataset", "version", "scan"))
    stage(context, dataset, version, "ada", lambda: ScanSource(scan, IssueFilter()), "desk")


def alone(app: Context, scanned: Scan, dataset: Dataset, version: Version) -> AppTest:
    """The desk of a page that was opened a while ago: a report of the browser runs nothing else."""
    page = AppTest.from_function(_stage_alone, default_timeout=30)
    for name, value in {"app": app, "dataset": dataset, "version": version, "scan": scanned}.items():
        page.session_state[name] = value
    return page


def test_a_desk_on_a_dataset_in_the_trash_stops(
    app: Context, open_at: OpenAt, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    open_at("review", reviewer="ada", blind="false")
    dataset = get_dataset(app.store, scanned.dataset_id)
    version = get_version(app.store, scanned.version_id)
    datasets.delete(app, scanned.dataset_id)

    page = alone(app, scanned, dataset, version)
    page = report(page, scanned, {"key": "k1", "action": "keep", "example_id": 0}, have=(0, 1))
    assert not page.exception
    answer = answers[-1]
    (refused,) = answer["refused"]
    assert refused["message"].startswith(f"{dataset.name} was moved to the trash") and answer["items"] == []
    assert answer["empty"].startswith(f"{dataset.name} was moved to the trash") and answer["acknowledged"] == ("k1",)
    assert app.ledger.decisions.page(scanned.dataset_id) == []
    datasets.restore(app, scanned.dataset_id)
    report(page, scanned, {"key": "k2", "action": "keep", "example_id": 0})
    assert [act.example_id for act in app.ledger.decisions.page(scanned.dataset_id)] == [0]
    assert answers[-1]["items"]


def test_another_filter_gives_the_rows_before_it_free(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    page = open_at("review", reviewer="ada", blind="false")
    page.query_params["given"] = "sport"
    page.selectbox(key="given").set_value("sport").run()
    assert not page.exception
    assert claim(app, scanned.version_id, scanned.scan_id, "ben", IssueFilter(), 3) == [0, 2, 3]


def test_another_name_in_the_same_tab_goes_on_with_its_rows(
    app: Context, open_at: OpenAt, scanned: Scan, answers: list[dict[str, Any]]
) -> None:
    page = open_at("review", reviewer="ada", blind="false")
    page.session_state["reviewer"] = "ben"
    report(page, scanned)
    assert [item["example_id"] for item in answers[-1]["items"]][:3] == [0, 1, 2]


def test_the_queue_is_narrowed_by_the_url(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    open_at("review", reviewer="ada", given="tech", suggested="business")
    assert claim(app, scanned.version_id, scanned.scan_id, "ben", IssueFilter(), 3) == [0, 1, 3]


def test_only_images_have_a_grid(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    assert "Grid" not in open_at("review").segmented_control(key="view").options


def test_every_decision_is_listed_and_can_be_narrowed(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    record(app, scanned.version_id, "ada", [Act(new_id(), "relabel", 0, "tech"), Act(new_id(), "exclude", 1)])
    record(app, scanned.version_id, "ben", [Act(new_id(), "keep", 2)])
    page = open_at("review", view="decisions")
    assert not page.exception
    assert list(page.dataframe[0].value["decision"]) == ["kept as it is", "excluded", "changed to tech"]
    narrowed = page.selectbox(key="action").set_value("exclude").run()
    assert list(narrowed.dataframe[0].value["who"]) == ["ada"]
    nobody = page.text_input(key="decided_by").set_value("eve").run()
    assert "No decision matches these filters." in texts(nobody)


def test_the_decisions_are_filtered_and_sorted_by_what_the_url_says(
    app: Context, open_at: OpenAt, scanned: Scan
) -> None:
    acts = [Act(new_id(), "relabel", 7, "tech"), Act(new_id(), "exclude", 1), Act(new_id(), "relabel", 3, "tech")]
    record(app, scanned.version_id, "ada", acts)
    page = open_at("review", view="decisions", decisions_order="example_id", where="nonsense of another list")
    assert not page.exception and not page.error
    assert list(page.dataframe[0].value["row"]) == [1, 3, 7]
    narrowed = open_at("review", view="decisions", decisions_where="label = tech")
    assert list(narrowed.dataframe[0].value["row"]) == [3, 7]
    assert any(button.label == "new label is tech" for button in narrowed.button)


def test_the_decisions_show_any_column_and_in_which_list_each_was_made(
    app: Context, open_at: OpenAt, scanned: Scan
) -> None:
    acts = [Act(new_id(), "keep", 7), Act(new_id(), "unsure", 7, shown={"list": "outlier"})]
    record(app, scanned.version_id, "ada", acts)
    page = open_at("review", view="decisions")
    assert list(page.dataframe[0].value["list"].fillna("")) == ["Outliers", ""]
    every = decided(get_dataset(app.store, "news"), ()).columns
    page = open_at("review", view="decisions", decisions_columns=write_names([one.name for one in every]))
    assert not page.exception and len(page.dataframe[0].value.columns) == len(every) + 1  # and Undo
    assert list(page.dataframe[0].value["verdict in force"]) == ["yes", "yes"]


def test_a_version_is_made_with_a_note_and_opened(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    record(app, scanned.version_id, "ada", [Act(new_id(), "relabel", 0, "tech"), Act(new_id(), "exclude", 1)])
    page = open_at("review", view="versions")
    assert "2 rows decided: 1 changed, 1 excluded." in texts(page)
    page.text_input(key="version-note").set_value("first pass")
    page.button(key="make-version-button").click()
    until(page, lambda: page.query_params["version"] in ("2", ["2"]))
    assert not page.exception
    assert list(page.dataframe[0].value["note"]) == ["first pass", ""]
    changed = page.dataframe[1].value
    assert [tuple(row) for row in changed[["row", "from", "to"]].itertuples(index=False)] == [
        (0, "business", "tech"),
        (1, "sport", "(excluded)"),
    ]


def test_a_version_is_made_beside_the_page(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    record(app, scanned.version_id, "ada", [Act(new_id(), "exclude", 1)])
    page = open_at("review", view="versions")
    page.text_input(key="version-note").set_value("first pass")
    with app.store.exclusive():
        page.button(key="make-version-button").click().run(timeout=5)
        assert not page.exception
        assert "making the version" in texts(page)
        assert page.button(key="make-version-button").disabled
    until(page, lambda: "version" in page.query_params)
    assert list(page.dataframe[0].value["note"]) == ["first pass", ""]


def test_an_older_version_can_be_opened_again(app: Context, open_at: OpenAt, scanned: Scan) -> None:
    record(app, scanned.version_id, "ada", [Act(new_id(), "exclude", 1)])
    make_version(app, scanned.version_id, "", "ada")
    assert "Version 2 has not been scanned" in texts(open_at("review", version=2))
    assert not open_at("review", version=1).exception
    assert "1 row decided" in texts(open_at("review", version=1, view="versions"))


def test_versions_name_the_masked_copies_and_what_they_are_copies_of(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    of = load(app, tmp_path)
    path = tmp_path / "masked.csv"
    path.write_text("text,label\none,a\ntwo,b\n")
    made = loaded(app, path, name="without")
    at = datetime(2026, 1, 2, tzinfo=UTC)
    about = (of.latest_version_id, of.name, 1, "hash", ("email",), False, False, "ann", at)
    app.ledger.masking.keep_copy(MaskedCopy(made.dataset_id, of.dataset_id, *about))
    shown = open_at("review", dataset=of.name, view="versions")
    assert "Masked copy of version 1: without" in [one.proto.label for one in shown.get("page_link")]
    told = [one.value.replace("\\", "") for one in shown.caption]
    assert any("digest" in one and "only e-mail address · by ann" in one for one in told)
    there = open_at("data", dataset=of.name, view="export")  # where it was made
    [to] = [one.proto for one in there.get("page_link") if one.proto.label == "Masked copy of version 1: without"]
    assert to.page == "data" and "dataset=without" in to.query_string and "view=rows" in to.query_string
    other = open_at("review", dataset="without", view="versions")
    [to] = [one.proto for one in other.get("page_link") if one.proto.label == f"Masked copy of {of.name}, version 1"]
    assert to.page == "review" and f"dataset={of.name}" in to.query_string and "version=1" in to.query_string
    datasets.delete(app, of.dataset_id)
    left = open_at("review", dataset="without", view="versions")
    assert any(f"Masked copy of {of.name}, version 1" in one.value for one in left.caption), "said, and no link"
