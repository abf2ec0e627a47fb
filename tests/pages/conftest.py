"""Pages are run with AppTest in this process, on a workspace of their own."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.services.load import preview, start_load, wait
from core.services.profile.figures import derive
from core.settings import Workspace
from core.ui.shell.context import app_context, close_contexts
from tests.pages import issues_data, profile_page
from tests.pages.data_page import TEXTS

PAGES = Path(__file__).resolve().parents[2] / "pages"


@pytest.fixture(autouse=True, scope="session")
def manifests_once() -> Iterator[None]:
    """Which installed packages bring components, which Streamlit asks of all of them (a third of a second) for each
    AppTest, is asked once."""
    scanned = cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", scanned)
        yield


@pytest.fixture
def app(
    workspace: Workspace, opened_once: Path, monkeypatch: pytest.MonkeyPatch, one_reader: None
) -> Iterator[Context]:
    """The context that the pages of this test use: load into it what the page is to show."""
    shutil.copytree(opened_once, workspace.root, dirs_exist_ok=True)
    monkeypatch.setenv("WINNOW_WORKSPACE", str(workspace.root))
    # AppTest has no client, and so no address: its visitor counts as one on this machine.
    monkeypatch.setattr("core.ui.shell.guard.from_this_machine", lambda address: True)
    yield app_context()
    close_contexts()


@pytest.fixture
def open_at(app: Context) -> Callable[..., AppTest]:
    """`open_at("data", dataset="news")` runs a page at that URL."""

    def run(page: str, **query: str | int) -> AppTest:
        shown = AppTest.from_file(str(PAGES / f"{page}.py"), default_timeout=30)
        for name, value in query.items():
            shown.query_params[name] = str(value)
        return shown.run()

    return run


def copied_link(shown: AppTest) -> str:
    """What the page's button for the link copies."""
    [button] = [one.proto for one in shown.get("bidi_component") if one.proto.component_name == "winnow_copy_link"]
    return str(json.loads(button.json)["address"])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that server paths may lie in, with one small file."""
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(data))
    rows = [
        f"{number},{TEXTS[number % 4]} {number},{'pos' if number % 2 else 'neg'},b{number % 5}" for number in range(60)
    ]
    (data / "films.csv").write_text(
        "\n".join(["key,review,sentiment,batch", *rows, "61,broken,pos,b1,too many"]) + "\n"
    )
    return data


@pytest.fixture
def films(app: Context, folder: Path) -> str:
    """The file, loaded; its name."""
    path = str(folder / "films.csv")
    wait(app, start_load(app, [path], preview(app, [path]).guess, name="films", by="ada").job_id)
    return "films"


@pytest.fixture
def desks(app: Context, tmp_path: Path) -> Dataset:
    """120 rows: the desk decides the label, one text occurs twice with two labels, ten amounts are missing."""
    draw = random.Random(3)
    rows: list[tuple[object, ...]] = []
    for row in range(120):
        label = ("sport", "tech", "<b>art</b>")[row % 3]
        amount = "" if row % 12 == 0 else round(draw.gauss(row % 3, 1), 3)
        rows.append((f"Story {row} of the day", label, "train" if row < 80 else "test", f"desk {row % 3}", amount))
    rows[1] = ("Story 0 of the day", *rows[1][1:])
    dataset = profile_page.load(app, tmp_path, "news", rows, "text label split desk amount")
    derive(app, dataset.dataset_id, lambda done, total: None, lambda: False)
    return dataset


@pytest.fixture
def news(app: Context, tmp_path: Path) -> Dataset:
    """Three classes of thirty rows each, row i of the class i % 3."""
    return issues_data.load(app, tmp_path)


@pytest.fixture
def scanned(app: Context, tmp_path: Path, news: Dataset) -> Dataset:
    issues_data.scan(app, tmp_path, news)
    return news
