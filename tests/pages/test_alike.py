"""After a verdict: the rows that are nearly the same are offered it, as one act with one undo."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset, Decision
from core.review.records import Act
from core.services.review.alike import Alike, alike, apply
from core.services.review.decisions import record
from core.services.review.many import take_back
from core.store.acts.decisions import in_force
from core.store.versions import get_version
from core.ui import keys
from core.ui.shell.guard import default_user
from tests.embeddings import keep
from tests.pages import issues_data as data
from tests.pages.conftest import PAGES

TWINS = (0, 3, 9, 60, 12)
"""Rows of one label that lie in one place; row 60 is not flagged."""


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    dataset = data.load(app, tmp_path)
    data.scan(app, tmp_path, dataset)
    data.also_near_duplicates(app, {30: (30, 33, 34)})
    vectors = np.random.default_rng(0).standard_normal((dataset.row_count, 32)).astype(np.float32)
    vectors[[*TWINS, 1]] = vectors[0]
    keep(app, dataset, "minilm", vectors, list(range(dataset.row_count)))
    return dataset


def decided(app: Context, dataset: Dataset, key: str, action: str, row: int, label: str | None = None) -> Decision:
    act = Act(key, action, row, label)  # type: ignore[arg-type]
    assert not record(app, dataset.latest_version_id, "root", [act]).refused
    return app.ledger.decisions.by_client_key([key])[key]


def like(app: Context, dataset: Dataset, decision: Decision) -> list[int]:
    found = alike(app, dataset, get_version(app.store, dataset.latest_version_id), decision)
    return [one.example.example_id for one in found.rows] if found else []


def test_a_new_label_is_offered_to_near_rows_that_are_suspected_of_the_same(app: Context, news: Dataset) -> None:
    decided(app, news, "before", "keep", 12)
    decision = decided(app, news, "k", "relabel", 0, "sport")
    assert like(app, news, decision) == [3, 9]  # not 12, decided; 60, not flagged; 1, of another label
    assert like(app, news, decided(app, news, "t", "relabel", 3, "tech")) == []  # sport is suggested for the others
    assert like(app, news, decided(app, news, "z", "keep", 9)) == []


def test_a_verdict_is_offered_to_near_duplicates_of_the_same_label(app: Context, news: Dataset) -> None:
    assert like(app, news, decided(app, news, "k", "exclude", 30)) == [33]
    assert like(app, news, decided(app, news, "u", "unsure", 33)) == []


def test_it_is_one_act_that_is_taken_back_whole(app: Context, news: Dataset) -> None:
    version = get_version(app.store, news.latest_version_id)
    decision = decided(app, news, "k", "relabel", 0, "sport")
    found = alike(app, news, version, decision)
    assert isinstance(found, Alike)
    done = apply(app, found, "root")
    changed = {one.example_id: one.new_label for one in in_force(app.store, version.version_id)}
    assert changed == dict.fromkeys((0, 3, 9, 12), "sport")
    take_back(app, done.act.act_id, "root")
    assert [one.example_id for one in in_force(app.store, version.version_id)] == [0]


def test_the_list_offers_it_applies_it_and_takes_it_back(app: Context, news: Dataset) -> None:
    shown = AppTest.from_file(str(PAGES / "issues.py"), default_timeout=30)
    shown.query_params["dataset"] = "news"
    shown.run()
    record(app, news.latest_version_id, default_user(), [Act("k", "relabel", 0, "sport")])
    shown.session_state[keys.JUDGED] = (news.latest_version_id, "k")
    shown.run()
    for _ in range(20):
        if any(one.key == "alike-apply" for one in shown.button):
            break
        shown.run()
    button = shown.button(key="alike-apply")
    assert button.label == "Apply to these 3"
    button.click().run()
    assert len(in_force(app.store, news.latest_version_id)) == 4
    shown.button(key="alike-undo").click().run()
    assert [one.example_id for one in in_force(app.store, news.latest_version_id)] == [0]


def test_a_verdict_that_a_browser_reports_twice_does_not_hide_the_way_back(app: Context, news: Dataset) -> None:
    def page() -> None:
        import streamlit as st

        from core.store.datasets import get_dataset
        from core.store.versions import get_version
        from core.ui.lists.alike import judged, offer_alike
        from core.ui.shell.context import app_context
        from core.ui.shell.guard import default_user

        context = app_context()
        dataset = get_dataset(context.store, "news")
        version = get_version(context.store, dataset.latest_version_id)
        judged(version, ["k"])
        offer_alike(context, dataset, version, default_user())
        st.caption("drawn")

    record(app, news.latest_version_id, default_user(), [Act("k", "relabel", 0, "sport")])
    shown = AppTest.from_function(page, default_timeout=30).run()
    for _ in range(20):
        if any(one.key == "alike-apply" for one in shown.button):
            break
        shown.run()
    shown.button(key="alike-apply").click().run()
    assert shown.button(key="alike-undo").label == "Undo"
    shown.button(key="alike-undo").click().run()
    assert not [one for one in shown.button if str(one.key).startswith("alike")]
