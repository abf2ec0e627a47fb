"""The pages on a full disk: they say so, lose nothing, and go on once there is room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.settings import Workspace
from tests.full_disk.small_disk import SmallDisk
from tests.pages.issues_data import load, scan

Open = Callable[..., AppTest]
ACT: dict[str, Any] = {"key": "k1", "action": "relabel", "example_id": 0, "label": "tech", "shown": {}}


@pytest.fixture
def workspace(disk: SmallDisk) -> Workspace:
    """A workspace on the small disk."""
    return Workspace(disk.path / "workspace")


def errors(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(str(error.value) for error in page.error).replace("\\", "")


def test_a_decision_on_a_full_disk_is_not_lost_and_the_desk_stays(
    app: Context, open_at: Open, disk: SmallDisk, tmp_path: Path
) -> None:
    scanned = scan(app, tmp_path, load(app, tmp_path))
    page = open_at("review", reviewer="ada")
    assert not errors(page)
    key = f"review-desk-{scanned.version_id}"
    disk.fill()
    page.session_state[key] = {"desk": {"acts": [ACT], "have": [], "skipped": 0}}
    page = page.run()
    assert not errors(page)  # the desk stays; tests/pages/test_review.py sees what it is told
    disk.empty()
    assert app.ledger.decisions.page(scanned.dataset_id) == []
    page.session_state[key] = {"desk": {"acts": [ACT], "have": [], "skipped": 0}}
    page = page.run()
    assert not errors(page)
    assert [one.new_label for one in app.ledger.decisions.page(scanned.dataset_id)] == ["tech"]


def test_the_store_answers_again_after_a_write_that_found_the_disk_full(app: Context, disk: SmallDisk) -> None:
    disk.fill(200_000)
    with pytest.raises(Exception, match="No space left"), app.store.write() as cursor:
        cursor.execute("CREATE TABLE big AS SELECT random() AS number FROM range(1_000_000)")
    disk.empty()
    assert app.store.healthy
    with app.store.write() as cursor:
        cursor.execute("CREATE TABLE big AS SELECT random() AS number FROM range(1_000_000)")
    assert app.store.fetch_one("SELECT count(*) FROM big") == (1_000_000,)


def test_a_start_on_a_full_disk_says_so_and_the_page_opens_once_there_is_room(
    open_at: Open, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_WORKSPACE", str(disk.path / "another"))
    disk.fill()
    page = open_at("home")
    assert f"There is no room in {disk.path}" in errors(page)
    disk.empty()
    page = page.button[0].click().run()
    assert not errors(page) and "Find the wrong labels" in str(page.markdown[0].value) + str(page.markdown[-1].value)
