"""Somebody else's server is told that a job has ended, and the pages say it where it cannot be."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from core.context import Context
from core.errors import UsageError
from core.services.webhook import Webhook, asked_for, check_address, message, post


class _Server(HTTPServer):
    """Remembers what it was sent."""

    status = 200
    got: list[Any]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    found = _Server(("127.0.0.1", 0), _Handler)
    found.got = []
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()


def _address(server: _Server) -> str:
    return f"http://127.0.0.1:{server.server_port}/hook"


@pytest.mark.parametrize(
    "address", ["ftp://a/b", "file:///etc/passwd", "somewhere.example", "http://", "https://a:port/", "http://[::1"]
)
def test_what_is_no_address_of_http_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(UsageError, match="WINNOW_WEBHOOK is no address") as said:
        check_address(address)
    assert address not in str(said.value)


def test_an_address_is_known_by_its_host() -> None:
    assert check_address("https://chat.example:8443/secret?key=1") == "chat.example"


def test_without_the_setting_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WINNOW_WEBHOOK", raising=False)
    assert asked_for() == ""


def test_a_job_that_ends_is_told_once_as_json(context: Context, server: _Server) -> None:
    before = context.queue.start_local("load", "Load old", {}, None, "ada")
    context.queue.finish_local(before.job_id, "done")
    hook = Webhook(context, _address(server))
    job = context.queue.start_local("load", "Load news", {}, None, "ada")
    context.queue.finish_local(job.job_id, "failed", "The file is empty.")
    deadline = time.monotonic() + 20
    while not server.got and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1.2)
    hook.stop()
    [(path, kind, said)] = server.got
    assert path == "/hook" and kind.startswith("application/json")
    assert said["status"] == "failed" and said["title"] == "Load news" and said["job_id"] == job.job_id
    assert said["text"] == "Load news: failed. The file is empty."
    assert hook.told.problem == ""


def test_a_redirect_is_an_error_and_not_followed(server: _Server) -> None:
    server.status = 302
    assert post(_address(server), {}) == "it answered 302"
    assert [path for path, _, _ in server.got] == ["/hook"]


def test_a_server_that_is_not_there_is_said(context: Context, server: _Server) -> None:
    job = context.queue.start_local("load", "Load news", {}, None, "ada")
    address = _address(server)
    server.shutdown()
    server.server_close()
    assert "cannot be reached" in post(address, message(context, job))
