"""One act on all rows of a list: moved to a split, and what is said of rows that were decided meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.context import Context
from core.jobs.mask.web import MASK
from core.records import Dataset, RowFilter
from core.review.records import Act
from core.services.review.among import OfVersion
from core.services.review.decisions import record
from core.services.splits import move, plan_move, split_sizes
from core.store.datasets import get_dataset
from core.store.ids import new_id
from tests.pages import issues_data
from tests.pages.waiting import said, until

Open = Callable[..., AppTest]


def keys(shown: AppTest) -> list[str]:
    return [one.key or "" for one in shown.button]


def asked(open_at: Open, ending: str, **chosen: str) -> tuple[AppTest, str]:
    """The rows about sport, and the dialog with what was chosen in it up to its button, by the key of that."""
    shown = until(
        open_at("data", dataset="news", view="rows", label="sport"),
        lambda one: any(key.endswith("-many-all") for key in keys(one)),
    )
    (key,) = [key for key in keys(shown) if key.endswith("-many-all")]
    stem = key.removesuffix("-all")
    for name, value in chosen.items():
        shown.session_state[f"{stem}-{name.replace('_', '-')}"] = value
    for _ in range(100):
        shown.button(key=key).click().run()
        if f"{stem}{ending}" in keys(shown):
            return shown, stem
        time.sleep(0.05)
    raise AssertionError(said(shown))


def test_all_rows_of_a_filter_move_to_a_split_in_a_version_of_their_own(
    app: Context, news: Dataset, open_at: Open
) -> None:
    shown, stem = asked(open_at, "-move-confirm", action="move", move_name="test")
    assert "- train → test: 24" in said(shown) and "6 rows are there already." in said(shown)
    assert "It makes a new version; this one stays as it is." in said(shown)
    confirm = shown.button(key=f"{stem}-move-confirm")
    assert confirm.label == "Move 24 rows"
    confirm.click().run()
    until(shown, lambda one: "24 rows are in test in version 2." in said(one))
    made = get_dataset(app.store, "news").latest_version_id
    assert made != news.latest_version_id
    assert split_sizes(app, made) == {"train": 48, "test": 42}
    assert split_sizes(app, news.latest_version_id) == {"train": 72, "test": 18}
    shown.button(key=f"{stem}-move-undo").click().run()
    until(shown, lambda one: "24 rows are in their former splits again, in version 3." in said(one))
    back = get_dataset(app.store, "news").latest_version_id
    assert split_sizes(app, back) == {"train": 72, "test": 18} and split_sizes(app, made) == {"train": 48, "test": 42}
    assert f"{stem}-move-undo" not in keys(shown)
    shown.button(key=f"{stem}-move-close").click().run()
    assert "in version 3." not in said(shown)


def test_moves_are_listed_among_what_was_done_with_their_rows_and_their_undo(
    app: Context, news: Dataset, open_at: Open
) -> None:
    before = split_sizes(app, news.latest_version_id)
    among = OfVersion(news.latest_version_id, RowFilter(label="tech"))
    made = move(app, plan_move(app, among, "test"), "bob", "label tech")
    shown = open_at("review", dataset="news", view="decisions")
    assert "**1 change of splits**" in said(shown) and "rows moved to test" in said(shown)
    shown.session_state[f"move-rows-{made.number}"] = True
    shown.run()
    [table] = [one.value for one in shown.dataframe if "from" in one.value]
    assert set(table["from"]) == {"train"} and set(table["to"]) == {"test"} and len(table) == 24
    shown.button(key=f"move-undo-{made.number}").click().run()
    assert not shown.exception and "**2 changes of splits**" in said(shown)
    assert f"move-undo-{made.number}" not in keys(shown)  # the newest can be taken back, no other
    assert "Version 3 came after it" in said(shown)
    newest = get_dataset(app.store, news.dataset_id).latest_version_id
    assert split_sizes(app, newest) == before
    assert shown.query_params["version"] in ("3", ["3"])


def test_no_name_of_a_split_is_said_in_the_dialog(app: Context, news: Dataset, open_at: Open) -> None:
    shown = until(
        open_at("data", dataset="news", view="rows", label="sport"),
        lambda one: any(key.endswith("-many-all") for key in keys(one)),
    )
    (key,) = [key for key in keys(shown) if key.endswith("-many-all")]
    stem = key.removesuffix("-all")
    shown.session_state[f"{stem}-action"] = "move"
    shown.session_state[f"{stem}-move-name"] = "x" * 41
    for _ in range(100):
        shown.button(key=key).click().run()
        if "is no name of a split" in said(shown):
            break
        time.sleep(0.05)
    assert "is no name of a split" in said(shown) and f"{stem}-move-confirm" not in keys(shown)


def test_rows_that_were_decided_between_the_look_and_the_act_are_counted(
    app: Context, news: Dataset, open_at: Open
) -> None:
    shown, stem = asked(open_at, "-confirm", action="exclude")
    assert shown.button(key=f"{stem}-confirm").label == "Exclude 30 rows"
    record(app, news.latest_version_id, "bob", [Act(new_id(), "keep", row) for row in (1, 4)])
    shown.button(key=f"{stem}-confirm").click().run()
    until(
        shown,
        lambda one: "28 rows excluded. 2 were decided by somebody meanwhile and left alone" in said(one),
    )
    (act,) = app.ledger.bulk.page(news.dataset_id, limit=9)
    record(app, news.latest_version_id, act.reviewer, [Act(new_id(), "undo", 7, undoes_key=f"{act.act_id}:7")])
    shown.button(key=f"{stem}-undo").click().run()
    until(shown, lambda one: "27 rows taken back. 1 had been taken back already" in said(one))
    assert f"{stem}-undo" not in keys(shown)


def test_the_rows_of_a_filter_are_masked_in_a_dataset_of_their_own(app: Context, news: Dataset, open_at: Open) -> None:
    shown, stem = asked(open_at, "-mask-start", action="mask")
    until(shown, lambda one: "Of the first 30 rows 0 would be masked." in said(one))
    assert "Only the rows of this list are masked in it" in said(shown)
    shown.button(key=f"{stem}-all").click()  # what a dialog has is drawn again with it alone
    shown.button(key=f"{stem}-mask-start").click().run()
    assert "appears among the datasets when it is done" in shown.success[0].value
    (job,) = app.queue.of("mask", news.dataset_id)
    spec = MASK.spec_of(app.queue.folder(job.job_id))
    assert spec.mask.some and spec.load.name == "news masked" and spec.version_id == news.latest_version_id
    app.queue.cancel(job.job_id)


def test_names_are_masked_too_by_default_where_the_scan_lists_them(
    app: Context, scanned: Dataset, open_at: Open
) -> None:
    assert open_at("data", dataset="news", view="export").checkbox(key="mask-names").value is False
    issues_data._add_found(app, {"personal_data": {"flagged": 0, "kinds": {}, "names": True}})
    shown = open_at("data", dataset="news", view="export")
    assert shown.checkbox(key="mask-names").value is True
    assert "They come on top of what the look below shows" in said(shown)
