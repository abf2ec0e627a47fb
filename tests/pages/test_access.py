"""The guard stands before every page, whatever page file the address names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config, net_util
from streamlit.testing.v1 import AppTest
from streamlit.web import bootstrap

from core.context import Context
from core.ui.shell import guard
from core.ui.shell.announce import address
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


@pytest.mark.parametrize("name", NAMES)
def test_behind_a_proxy_nobody_sees_a_page(app: Context, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "headers", {"x-forwarded-for": "127.0.0.1"})
    assert "own machine only" in opened(name, auth=False).error[0].value


@pytest.mark.parametrize("name", NAMES)
def test_whoever_lets_others_in_reads_on_every_page_that_they_can_come(
    app: Context, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_I_KNOW", "1")
    monkeypatch.setattr(guard, "from_this_machine", lambda address: False)
    shown = opened(name, auth=False)
    assert not shown.error
    assert "Everybody who can reach this machine" in shown.warning[0].value


def test_the_flag_behind_the_command_says_the_same_as_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not guard.i_know()
    monkeypatch.setattr("sys.argv", ["app.py", "--i-know"])
    assert guard.i_know()


@pytest.mark.parametrize("name", NAMES)
def test_on_a_network_without_a_sign_in_its_own_machine_reads_so(app: Context, name: str) -> None:
    with listening_on("0.0.0.0"):
        assert "listens on the network" in opened(name, auth=False).warning[0].value
    assert not opened(name, auth=False).warning


@pytest.mark.parametrize(
    ("address", "alone"), [("127.0.0.1", True), ("localhost", True), ("::1", True), ("::", False), ("10.0.0.1", False)]
)
def test_whoever_listens_on_loopback_is_alone(address: str, alone: bool) -> None:
    with listening_on(address):
        assert guard.alone() is alone


def test_saying_the_address_for_all_networks_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append("outside"))
    monkeypatch.setattr(net_util, "get_internal_ip", lambda: asked.append("inside"))
    with listening_on("0.0.0.0"):
        bootstrap._print_url(is_running_hello=False)
        assert address().startswith("http://localhost:")
    assert not asked


@contextmanager
def listening_on(address: str) -> Iterator[None]:
    """As if the server had been started with that address."""
    before = config.get_option("server.address")
    config.set_option("server.address", address)
    try:
        yield
    finally:
        config.set_option("server.address", before)


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
