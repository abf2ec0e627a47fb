"""Tells somebody else's server that a job has ended: a POST of JSON to the address in `$WINNOW_WEBHOOK`.

Whoever starts the server names the address, and nobody else can: it may be one of their own network on purpose, such as
that of a chat. No page, command or file changes it, its answer is read by nobody, and a redirect is not followed.
"""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Job
from core.store.datasets import get_dataset
from core.words import stored

SETTING = "WINNOW_WEBHOOK"
TIMEOUT = 10.0
"""Seconds that the other server may take."""
LOOK_EVERY = 1.0


@dataclass(slots=True)
class Told:
    """How telling goes."""

    host: str
    """Of the address; never the address itself, which often holds a secret."""
    problem: str = ""
    """Why the last one could not be told; empty where it was."""
    job: str = ""
    """The title of the job that it was about."""


class Webhook:
    """The thread that tells, one job after the other, in the order of their ends."""

    def __init__(self, context: Context, address: str) -> None:
        """Raises UsageError for what is no address of http or https."""
        self.told = Told(check_address(address))
        self._context, self._address = context, address
        self._since = time.time()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhook", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, at the latest when the other server has had its time."""
        self._stopping.set()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        told: set[str] = set()
        while not self._stopping.wait(LOOK_EVERY):
            try:
                ended = self._context.queue.ended_since(self._since)
            except Exception:  # noqa: S112  a table that cannot be read is said by whoever needs it
                continue
            for job in (one for one in ended if one.job_id not in told):
                told.add(job.job_id)  # a moment is kept more exactly than it is read
                if job.ended_at:
                    self._since = max(self._since, job.ended_at.timestamp())
                self.told.problem, self.told.job = post(self._address, message(self._context, job)), job.title


def webhook(context: Context) -> Told | None:
    """How telling goes; None where nobody wants to be told."""
    found = context.beside.kept("webhook", lambda: None)
    return found.told if isinstance(found, Webhook) else None


def asked_for() -> str:
    """The address that is set; empty where none is. Raises UsageError for what is none of http or https."""
    address = os.environ.get(SETTING, "").strip()
    if address:
        check_address(address)
    return address


def start_webhook(context: Context, address: str) -> None:
    """Starts telling, where there is an address."""
    if address:
        context.beside.kept("webhook", lambda: Webhook(context, address), Webhook.stop)


def check_address(address: str) -> str:
    """The address's host. Raises UsageError where it is none of http or https."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        parts.port  # noqa: B018  raises where it is no number
    except ValueError:
        parts, host = None, ""
    if parts is None or parts.scheme not in ("http", "https") or not host:
        raise UsageError(
            f"{SETTING} is no address of http or https.",
            "Set it to one such as https://chat.example/1, or unset it.",
        )
    return host


def message(context: Context, job: Job) -> Mapping[str, Any]:
    """What is told of a job."""
    seconds = (job.ended_at - job.started_at).total_seconds() if job.started_at and job.ended_at else None
    said = f"{job.title}: {job.status}" + (f". {job.error}" if job.error else "")
    return {
        "event": "job ended",
        **dict(text=said),  # noqa: C408  the name that chats know
        "job_id": job.job_id,
        "kind": job.kind,
        "title": job.title,
        "status": job.status,
        "error": job.error,
        "dataset": _dataset(context, job),
        "by": job.created_by,
        "seconds": None if seconds is None else round(seconds, 1),
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
    }


def post(address: str, content: Mapping[str, Any]) -> str:
    """Sends it; why that failed in a few words, or an empty text."""
    data = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "winnow"}
    request = urllib.request.Request(address, data, headers, method="POST")  # noqa: S310  checked by `check_address`
    try:
        with _OPENER.open(request, timeout=TIMEOUT):
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return stored(f"it answered {error.code}")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return stored(f"it cannot be reached ({type(reason).__name__})") if not isinstance(reason, str) else reason


class _Straight(urllib.request.HTTPRedirectHandler):
    """A redirect could lead anywhere: it is an error."""

    def redirect_request(self, *asked: Any, **named: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Straight)


def _dataset(context: Context, job: Job) -> str | None:
    try:
        return get_dataset(context.store, job.dataset_id).name if job.dataset_id else None
    except NotFoundError:
        return None
