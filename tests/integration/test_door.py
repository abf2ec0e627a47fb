"""The server's door, asked over real connections: names, pages of others, visitors, uploads, and that nothing is looked
up anywhere meanwhile."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import Server, start_server

WATCH = """
import os, sys
def heard(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect"):
        with open(os.environ["LOOKED_UP"], "a") as log:
            log.write(f"{event} {args[-1] if event == 'socket.connect' else args[0]!r}\\n")
sys.addaudithook(heard)
"""
"""Run by Python at its start: writes down every name that is looked up and every address that is connected to."""
STREAM = "/_stcore/stream"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    seconds: float
    headers: Mapping[str, str]


def ask(
    server: Server, path: str, headers: Mapping[str, str], method: str = "GET", body: bytes | None = None
) -> Answer:
    started = time.monotonic()
    connection = HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        connection.putrequest(method, path, skip_host="Host" in headers)
        sized = {} if body is None or "Transfer-Encoding" in headers else {"Content-Length": str(len(body))}
        for name, value in (sized | dict(headers)).items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        text = "" if answer.status == 101 else answer.read().decode()
        return Answer(answer.status, text, time.monotonic() - started, dict(answer.getheaders()))
    finally:
        connection.close()


@contextmanager
def another_account() -> Iterator[None]:
    """Sockets that are made meanwhile belong to another account of this machine."""
    if os.getuid() != 0:
        pytest.skip("only root can ask as another account")
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def upgraded(server: Server, headers: Mapping[str, str]) -> Answer:
    return ask(server, STREAM, {**UPGRADE, **headers})


@pytest.fixture(scope="module")
def looked_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("watch") / "looked_up.txt"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, looked_up: Path) -> Iterator[Server]:
    (looked_up.parent / "sitecustomize.py").write_text(WATCH)
    environment = {"PYTHONPATH": str(looked_up.parent), "LOOKED_UP": str(looked_up)}
    arguments = ["--server.maxUploadSize", "2"]
    started = start_server(tmp_path_factory.mktemp("door"), arguments=arguments, environment=environment)
    yield started
    started.end()


@dataclass
class Visitor:
    """A browser with its cookie, and its page's session."""

    server: Server
    cookie: str
    session: str

    def put(self, size: int, session: str = "", name: str = "a", **headers: str) -> Answer:
        form = (
            b'--------x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n%s\r\n--------x--\r\n'
            % (b"a" * size)
        )
        return self.change("PUT", session or self.session, name, form, headers)

    def change(
        self, method: str, session: str, name: str, body: bytes | None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {
            "Cookie": f"_streamlit_xsrf={self.cookie}",
            "X-Xsrftoken": self.cookie,
            "Content-Type": "multipart/form-data; boundary=------x",
        }
        return ask(self.server, f"/_stcore/upload_file/{session}/{name}", {**sent, **(headers or {})}, method, body)


@contextmanager
def visit(server: Server) -> Iterator[Visitor]:
    """A page that is opened as a browser does: the cookie first, then the socket, then the script runs."""
    cookie = ask(server, "/_stcore/health", {}).headers["set-cookie"].split(";")[0].partition("=")[2]
    url = server.url.replace("http", "ws") + STREAM
    sent = {"Cookie": f"_streamlit_xsrf={cookie}"}
    with connect(url, origin=server.url, additional_headers=sent, max_size=None, max_queue=None) as socket:  # type: ignore[arg-type]
        yield Visitor(server, cookie, _session(socket))


def _session(socket: ClientConnection) -> str:
    run = BackMsg()
    run.rerun_script.query_string = ""
    socket.send(run.SerializeToString())
    while True:
        message = ForwardMsg()
        message.ParseFromString(socket.recv(timeout=30))  # type: ignore[arg-type]
        if message.WhichOneof("type") == "new_session":
            return message.new_session.initialize.session_id


def test_its_own_page_and_programs_open_the_socket(server: Server) -> None:
    assert upgraded(server, {"Origin": server.url}).status == 101
    assert upgraded(server, {}).status == 101


@pytest.mark.parametrize(
    "origin", ["https://example.org", "http://127.0.0.1:1", "http://localhost:3000", "null", "", "http://["]
)
def test_the_page_of_another_origin_opens_no_socket_and_waits_for_no_look_up(
    server: Server, looked_up: Path, origin: str
) -> None:
    answer = upgraded(server, {"Origin": origin})
    assert answer.status == 403
    assert answer.seconds < 1
    known = looked_up.read_text().splitlines() if looked_up.exists() else []
    assert [line for line in known if "127.0.0.1" not in line and not line.startswith("socket.connect '/")] == []


def test_the_look_up_that_would_be_made_is_one_that_the_test_sees(server: Server, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    code = "from streamlit.net_util import get_external_ip; get_external_ip()"
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "LOOKED_UP": str(tmp_path / "log")}
    environment |= {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, timeout=60)
    assert "127.0.0.1" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    "host", ["rebound.example.org", "rebound.example.org:8501", "127.0.0.1.example.org", "10.0.0.1"]
)
def test_a_name_that_was_bound_to_this_machine_afterwards_is_none_of_its_names(server: Server, host: str) -> None:
    assert ask(server, "/", {"Host": host}).status == 403
    assert upgraded(server, {"Host": host, "Origin": f"http://{host}"}).status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:1"])
def test_the_names_of_this_machine_are(server: Server, host: str) -> None:
    assert ask(server, "/", {"Host": host}).status == 200
    assert upgraded(server, {"Host": host, "Origin": f"http://{host}"}).status == 101


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Via"])
def test_whom_a_proxy_lets_through_is_not_on_this_machine(server: Server, header: str) -> None:
    answer = ask(server, "/", {header: "127.0.0.1"})
    assert (answer.status, "own machine" in answer.text, "--i-know" in answer.text) == (403, True, True)
    assert upgraded(server, {header: "127.0.0.1", "Origin": server.url}).status == 403
    assert ask(server, "/", {header: "unknown"}).status == 403
    assert ask(server, "/_stcore/upload_file/a/b", {header: "127.0.0.1"}, "PUT", b"x").status == 403


def test_whoever_says_that_they_know_serves_others_without_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_TOKEN", raising=False)
    open_to_all = start_server(tmp_path, arguments=["--", "--i-know"])
    try:
        forwarded = {"X-Forwarded-For": "192.0.2.7"}
        assert ask(open_to_all, "/", forwarded).status == 200
        assert upgraded(open_to_all, {"Origin": open_to_all.url, **forwarded}).status == 101
        assert upgraded(open_to_all, {"Origin": "https://example.org", **forwarded}).status == 403
        assert "Everybody who can reach this machine" in open_to_all.log.read_text()
    finally:
        open_to_all.end()


def test_another_page_changes_nothing(server: Server) -> None:
    with visit(server) as visitor:
        assert visitor.put(10, Origin="https://example.org").status == 403
        assert visitor.put(10, **{"Sec-Fetch-Site": "cross-site"}).status == 403
        assert visitor.put(10, Origin=server.url).status == 204


def test_an_upload_goes_into_the_own_session_alone_and_nobody_else_deletes_it(server: Server) -> None:
    with visit(server) as ada, visit(server) as eve:
        assert ada.put(10).status == 204
        assert eve.put(10, ada.session).status == 403
        assert eve.change("DELETE", ada.session, "a", None).status == 403
        assert ada.change("DELETE", ada.session, "a", None).status == 204


def test_uploads_are_bounded_for_each_session_and_in_all(server: Server) -> None:
    megabyte = 1024**2
    with visit(server) as ada, visit(server) as eve:
        assert ada.put(megabyte * 3 // 2, name="a").status == 204
        refused = ada.put(megabyte * 7 // 4, name="b")
        assert (refused.status, "path on the server" in refused.text) == (413, True)
        assert eve.put(megabyte * 3 // 2).status == 204
        assert ada.change("DELETE", ada.session, "a", None).status == 204
        assert ada.put(megabyte * 7 // 4, name="b").status == 204


def test_an_upload_that_does_not_say_its_length_is_refused(server: Server) -> None:
    with visit(server) as visitor:
        chunked = {"Transfer-Encoding": "chunked"}
        for headers in (chunked, chunked | {"Content-Length": "0"}):
            assert visitor.change("PUT", visitor.session, "a", b"0\r\n\r\n", headers).status == 411


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a sign-in."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "secrets.toml").write_text(
        '[auth]\nredirect_uri = "http://localhost/oauth2callback"\ncookie_secret = "a secret of the test"\n'
        'client_id = "x"\nclient_secret = "y"\nserver_metadata_url = "http://127.0.0.1:9/none"\n'
    )
    started = start_server(folder, arguments=["--secrets.files", str(folder / "secrets.toml")])
    yield started
    started.end()


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/metrics", "/media/a.png", "/download/a"])
def test_with_a_sign_in_what_lies_beside_the_pages_is_for_those_who_have(signed: Server, path: str) -> None:
    method = "PUT" if "upload" in path else "GET"
    body = b"x" if method == "PUT" else None
    assert "Sign in first" in ask(signed, path, {}, method, body).text
    user = json.dumps({"is_logged_in": True, "origin": signed.url, "email": "ada@example.org"})
    cookie = create_signed_value("a secret of the test", "_streamlit_user", user).decode()
    assert "Sign in first" not in ask(signed, path, {"Cookie": f"_streamlit_user={cookie}"}, method, body).text
    forged = create_signed_value("another secret", "_streamlit_user", user).decode()
    assert "Sign in first" in ask(signed, path, {"Cookie": f"_streamlit_user={forged}"}, method, body).text


def test_with_a_sign_in_others_reach_the_page_that_asks_for_it(signed: Server) -> None:
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert ask(signed, "/", forwarded).status == 200
    assert upgraded(signed, {"Origin": signed.url, **forwarded}).status == 101


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as `make app` starts it: with a token of its workspace."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("WINNOW_TOKEN", raising=False)
        started = start_server(tmp_path_factory.mktemp("own"))
    yield started
    started.end()


def _link(server: Server) -> str:
    """Path and query of the link that the server wrote."""
    found = re.search(rf"{server.url}(/\?token=\S+)", server.log.read_text())
    assert found
    return found[1]


@pytest.mark.parametrize(
    "path", ["/", "/data?view=load", "/_stcore/host-config", "/media/a.png", "/?token=wrong", "/?token="]
)
def test_another_account_of_the_machine_is_let_in_nowhere(own: Server, path: str) -> None:
    port = own.url.rpartition(":")[2]
    with another_account():
        answer = ask(own, path, {})
        assert (answer.status, "set-cookie" in answer.headers) == (403, False)
        assert upgraded(own, {"Origin": own.url}).status == 403
        assert upgraded(own, {"Origin": own.url, "Cookie": f"winnow_token_{port}=wrong"}).status == 403


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells whose a connection is")
def test_the_own_account_needs_no_link(own: Server) -> None:
    assert ask(own, "/data", {}).status == 200
    assert upgraded(own, {"Origin": own.url}).status == 101


def test_a_way_around_through_the_files_of_the_library_is_none(own: Server) -> None:
    for path in ("/static/../data", "/static/%2e%2e/download/a", "/static//download/a", "/static/..%2fdata"):
        answer = ask(own, path, {})
        assert answer.status in (400, 403, 404) or "prerenderReady" in answer.text, path  # Streamlit's empty page


def test_whether_the_server_is_well_is_told_to_everybody(own: Server) -> None:
    assert ask(own, "/_stcore/health", {"Host": "10.0.0.1", "X-Forwarded-For": "10.0.0.2"}).status == 200


def test_the_link_that_is_written_lets_a_browser_in_and_is_needed_once(own: Server) -> None:
    answer = ask(own, f"/data{_link(own)[1:]}&dataset=a%20b", {})
    assert (answer.status, answer.headers["location"]) == (303, "/data?dataset=a+b")
    cookie = answer.headers["set-cookie"]
    assert {"httponly", "samesite=strict"} <= {part.strip().lower() for part in cookie.split(";")}
    sent = {"Cookie": cookie.split(";")[0]}
    with another_account():
        assert ask(own, "/data", sent).status == 200
        assert upgraded(own, {"Origin": own.url, **sent}).status == 101


def test_the_token_never_leads_to_another_host(own: Server) -> None:
    assert ask(own, f"//example.org{_link(own)[1:]}", {}).headers["location"] == "/example.org"


def test_the_token_is_its_owners_alone_and_outlives_a_restart(own: Server) -> None:
    kept = own.workspace / "token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert _link(own) == f"/?token={kept.read_text()}"
    own.stop()
    port = int(own.url.rpartition(":")[2])
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("WINNOW_TOKEN", raising=False)
        again = start_server(own.workspace.parent, port)
    try:
        sent = {"Cookie": f"winnow_token_{port}={kept.read_text()}"}
        with another_account():
            assert ask(again, "/", {}).status == 403
            assert ask(again, "/", sent).status == 200
    finally:
        again.end()
