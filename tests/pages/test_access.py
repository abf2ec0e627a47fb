"""The guard stands before every page, whatever page file the address names."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.ui.shell import guard
from tests.pages.conftest import PAGES

NAMES = sorted(path.stem for path in PAGES.glob("*.py"))


def opened(name: str, auth: bool) -> AppTest:
    shown = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=30)
    if auth:
        shown.secrets["auth"] = {"redirect_uri": "http://localhost:8501/oauth2callback", "cookie_secret": "x"}
    return shown.run()


@pytest.mark.parametrize("name", NAMES)
def test_where_a_sign_in_is_set_up_nobody_else_sees_a_page(app: Context, name: str) -> None:
    shown = opened(name, auth=True)
    assert not shown.exception
    assert [button.label for button in shown.button] == ["Sign in"]


@pytest.mark.parametrize("name", NAMES)
def test_without_one_another_machine_sees_no_page(app: Context, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "from_this_machine", lambda address: False)
    shown = opened(name, auth=False)
    assert "own machine only" in shown.error[0].value
    assert not shown.button


def test_the_name_of_the_person_at_work_can_be_changed_and_stays(app: Context) -> None:
    shown = opened("home", auth=False)
    field = next(field for field in shown.text_input if field.label == "Your name")
    field.set_value("ada").run()
    assert shown.query_params["reviewer"] == "ada"
    assert next(field for field in shown.text_input if field.label == "Your name").value == "ada"


def test_a_workspace_that_another_process_has_open_is_said_with_a_way_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess
    import sys

    root = tmp_path / "workspace"
    root.mkdir()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb; c = duckdb.connect({str(root / 'winnow.duckdb')!r}); print(1, flush=True); input()",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None and holder.stdout.readline()
    monkeypatch.setenv("WINNOW_WORKSPACE", str(root))
    shown = opened("home", auth=False)
    holder.communicate(b"\n", timeout=20)
    assert str(holder.pid) in shown.error[0].value.replace("\\", "")
    assert [button.label for button in shown.button] == ["Try again"]
