"""Pages are run with AppTest in this process, on a workspace of their own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.settings import Workspace
from core.ui.shell.context import app_context, close_contexts

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
