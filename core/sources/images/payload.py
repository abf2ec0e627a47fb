"""From what stands in a column of files (path, bytes, URI) to a file's bytes."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPMessage, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import IO

from core.modalities.file_fault import FileFault
from core.settings import MAX_CELL_BYTES
from core.words import stored

_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Finder:
    """Where relative paths start, and where paths must stay."""

    folders: tuple[Path, ...]
    """Folders that a relative path is looked up in, first hit wins."""
    within: tuple[Path, ...] | None
    """Folders that every path must lie in, and then nothing is fetched; None: anywhere."""

    def content(self, value: object) -> tuple[str, bytes]:
        """A short name and the bytes. Raises FileFault where there are none to be had."""
        if isinstance(value, Mapping):
            inner = value.get("bytes") if value.get("bytes") is not None else value.get("path")
            name, content = self.content(inner)
            return Path(str(value.get("path") or name)).name, content
        if isinstance(value, bytes | bytearray | memoryview):
            return "", bytes(value)
        if not isinstance(value, str) or not value.strip():
            raise FileFault(stored("no file: the cell is empty"))
        text = value.strip()
        scheme = text.split(":", 1)[0].lower() if ":" in text[:10] else ""
        if scheme == "data":
            return "", _data_uri(text)
        if scheme == "https" and self.within is not None:
            raise FileFault(stored(f"addresses are not fetched by the server: {text[:200]}"))
        if scheme == "https":
            return Path(urllib.parse.urlsplit(text).path).name, _fetched(text)
        if scheme == "file":
            return self._file(urllib.parse.unquote(urllib.parse.urlsplit(text).path))
        if scheme in ("http", "ftp", "s3", "gs"):
            raise FileFault(stored(f"{scheme}: addresses are not fetched, only https: ones"))
        return self._file(text)

    def _file(self, text: str) -> tuple[str, bytes]:
        try:
            path = self._found(text)
            if path.stat().st_size > MAX_CELL_BYTES:
                raise FileFault(stored(f"file of {path.stat().st_size / 1024**2:,.0f} MB is over the limit"))
            return path.name, path.read_bytes()
        except (OSError, ValueError) as error:
            raise FileFault(stored(f"file cannot be read: {text[:200]}")) from error

    def _found(self, text: str) -> Path:
        candidates = [folder / text for folder in self.folders] or [Path(text)]
        path = next((candidate for candidate in candidates if candidate.is_file()), candidates[0]).resolve()
        if self.within is not None and not any(path.is_relative_to(folder) for folder in self.within):
            raise FileFault(stored(f"path lies outside the folders allowed: {text[:200]}"))
        if not path.is_file():
            raise FileFault(stored(f"file not found: {text[:200]}"))
        return path


def _data_uri(text: str) -> bytes:
    head, _, body = text.partition(",")
    try:
        if head.endswith(";base64"):
            return base64.b64decode(body, validate=True)
        return urllib.parse.unquote_to_bytes(body)
    except (binascii.Error, ValueError) as error:
        raise FileFault(stored("data: URI is not valid base64")) from error


def _fetched(url: str) -> bytes:
    """The bytes behind an https address of a public host: nothing inside the network is asked on a file's behalf."""
    try:
        _check_https(url)
        with urllib.request.build_opener(_HttpsOnly, _PublicOnly).open(url, timeout=_SECONDS) as response:
            content = bytes(response.read(MAX_CELL_BYTES + 1))
    except (OSError, ValueError) as error:
        raise FileFault(stored(f"file cannot be fetched from {url[:200]}: {error}")) from error
    if len(content) > MAX_CELL_BYTES:
        raise FileFault(stored(f"file behind {url[:200]} is over the limit of {MAX_CELL_BYTES // 1024**2} MB"))
    return content


def _check_https(url: str) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"not an https address: {url[:200]}")


def _public_addresses(host: str, port: int) -> list[str]:
    """Where the host is now. Raises ValueError unless all of it is public."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not all(ipaddress.ip_address(address).is_global for address in found):
        raise ValueError(f"{host} is not a public host")
    return found


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


class _CheckedConnection(HTTPSConnection):
    """Connects to the very addresses that were checked: looked up again, a name may point elsewhere."""

    def connect(self) -> None:
        problem = OSError(f"{self.host} has no address")
        for address in _public_addresses(self.host, self.port):
            try:
                plain = socket.create_connection((address, self.port), _SECONDS)
            except OSError as error:
                problem = error
                continue
            self.sock = _trusted().wrap_socket(plain, server_hostname=self.host)
            return
        raise problem


class _PublicOnly(urllib.request.HTTPSHandler):
    """Asks public hosts only. Behind a proxy, which looks names up by itself, what this machine knows of the name
    has to be public."""

    def https_open(self, req: urllib.request.Request) -> HTTPResponse:
        if getattr(req, "_tunnel_host", None) is None:
            return self.do_open(_CheckedConnection, req)
        asked = urllib.parse.urlsplit(req.full_url)
        _public_addresses(asked.hostname or "", asked.port or 443)
        return super().https_open(req)


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to another https address."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        _check_https(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
