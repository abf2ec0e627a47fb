import base64
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.modalities.file_fault import FileFault
from core.sources.images import payload
from core.sources.images.payload import Finder
from tests.images import png

CONTENT = png(1)


@pytest.fixture
def finder(tmp_path: Path) -> Finder:
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a b.png").write_bytes(CONTENT)
    (tmp_path / "outside.png").write_bytes(CONTENT)
    return Finder((folder,), (folder,))


@pytest.mark.parametrize(
    "value",
    [
        "images/a b.png",
        CONTENT,
        "data:image/png;base64," + base64.b64encode(CONTENT).decode(),
        {"bytes": CONTENT, "path": None},
        {"bytes": None, "path": "images/a b.png"},
    ],
)
def test_an_image_is_found_by_path_bytes_or_data_uri(finder: Finder, value: Any) -> None:
    assert finder.content(value)[1] == CONTENT


def test_a_file_uri_is_a_path(finder: Finder) -> None:
    path = finder.folders[0] / "images" / "a b.png"
    assert finder.content(path.as_uri()) == ("a b.png", CONTENT)


@pytest.mark.parametrize("path", ["../outside.png", "/etc/passwd", "images/../../outside.png"])
def test_a_path_outside_the_allowed_folders_is_refused(finder: Finder, path: str) -> None:
    with pytest.raises(FileFault, match="outside the folders allowed"):
        finder.content(path)


def test_a_link_that_leads_outside_is_refused(finder: Finder, tmp_path: Path) -> None:
    (finder.folders[0] / "link.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(FileFault, match="outside the folders allowed"):
        finder.content("link.png")


def test_the_server_fetches_nothing_for_a_list(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, lambda *_, **__: pytest.fail("asked the network"))
    with pytest.raises(FileFault, match="not fetched by the server"):
        finder.content("https://images.example.org/a.png")


def test_the_command_line_may_read_any_path(finder: Finder, tmp_path: Path) -> None:
    assert Finder(finder.folders, None).content(str(tmp_path / "outside.png"))[1] == CONTENT


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("images/none.png", "not found"),
        ("", "the cell is empty"),
        (None, "the cell is empty"),
        ("data:image/png;base64,???", "not valid base64"),
        ("http://example.org/a.png", "only https"),
        ("s3://bucket/a.png", "only https"),
        ("images/\0.png", "cannot be read"),
    ],
)
def test_where_there_is_no_image_the_reason_says_why(finder: Finder, value: Any, reason: str) -> None:
    with pytest.raises(FileFault, match=reason):
        finder.content(value)


def resolved(*answers: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that gives one answer after the other."""
    left = iter(answers)
    return lambda host, port, *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(left), port))]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"])
def test_an_https_address_inside_the_network_is_never_asked(
    finder: Finder, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolved(address, address))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("asked the network"))
    with pytest.raises(FileFault, match="not a public host"):
        Finder(finder.folders, None).content("https://images.example.org/a.png")


def test_the_address_that_was_checked_is_the_one_that_is_asked(finder: Finder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def refuse(place: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        asked.append(socket.getaddrinfo(*place)[0][4][0] if not place[0][0].isdigit() else place[0])
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolved("93.184.216.34", "127.0.0.1"))
    monkeypatch.setattr(socket, "create_connection", refuse)
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(FileFault, match="refused"):
        Finder(finder.folders, None).content("https://images.example.org/a.png")
    assert asked == ["93.184.216.34"]


def test_a_redirect_to_another_kind_of_address_is_refused() -> None:
    with pytest.raises(ValueError, match="not an https address"):
        payload._check_https("http://example.org/a.png")
