"""What a map on a page asks for beside it: what is in sight, and a row under the pointer."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import asdict, dataclass
from typing import Any

import anyio
import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.beside.answers import Pending
from core.context import Context
from core.errors import WinnowError
from core.issues import ISSUE_TYPES
from core.records import Dataset, RowFilter, Version, split_said, value_said
from core.services.map.colours import ATTRIBUTE, ISSUE, LABEL, NOTHING, OTHERS, RIGHT, RUN, SPLIT, Coloured
from core.services.map.drawn import drawn
from core.services.map.projections import Projection
from core.services.map.sight import Box, bounds, counts, in_sight
from core.store.maps.rows import ALL
from core.store.rows import get_rows
from core.tasks import target_of
from core.ui.modalities import drawing_of, line_of
from core.ui.parts.labels import label_said
from core.words import later, say, speaking, stored

PLACE = "/map/"
KEPT = 200
"""Maps, of whatever tabs, that are remembered."""
POINTS_KEPT = 3
"""Whose points are in memory: 17 MB each for a million rows."""
PREVIEW = 160
"""Characters of an example under the pointer."""
_NOTHING = {
    LABEL: later("no label"),
    ISSUE: later("not flagged"),
    SPLIT: later("in no split"),
    RUN: later("not predicted, or no label"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A map as a page shows it."""

    dataset: Dataset
    version: Version
    projection: Projection
    by: str
    """What it is coloured by."""
    scan_id: str = ""
    """The newest scan of the version, which colours may come from."""
    where: RowFilter = ALL
    """The rows that are drawn."""
    as_of: Hashable = None
    """Up to when these were asked for, see `core.store.row_facts.as_of`."""


class _Maps:
    """The maps of all open pages. Safe to share between threads."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._maps: OrderedDict[str, Shown] = OrderedDict()

    def add(self, shown: Shown) -> str:
        """Its token; the same for the same map of the same session."""
        context = get_script_run_ctx()
        said = (context.session_id if context else "", *_key(shown))
        token = hmac.new(self._secret, "\0".join(said).encode(), hashlib.sha256).hexdigest()[:32]
        with self._lock:
            self._maps[token] = shown
            self._maps.move_to_end(token)
            while len(self._maps) > KEPT:
                self._maps.popitem(last=False)
        return token

    def get(self, token: str) -> Shown | None:
        """None where nothing is known by that token any more."""
        with self._lock:
            if token in self._maps:
                self._maps.move_to_end(token)
            return self._maps.get(token)


def address_of(context: Context, shown: Shown) -> str:
    """Where a browser asks for what is in sight. Its points are fetched meanwhile."""
    _ask(context, shown, 0)
    token = context.beside.kept("maps", _Maps).add(shown)
    return f"{st.get_option('server.baseUrlPath').rstrip('/')}{PLACE}{token}"


def told_sight(
    context: Context, shown: Shown, cells: tuple[int, int], box: Box | None = None, only: int | None = None
) -> dict[str, Any]:
    """What is in sight with the groups that there are; all of the map where no box is named."""
    points = _points(context, shown)
    seen = box or _of_shape(bounds(points), cells[0] / max(1, cells[1]))
    told = in_sight(points, seen, *cells, only)
    return {
        **told,
        "box": list(asdict(seen).values()),
        "bands": points.bands,
        "groups": [
            {"code": code, "name": name_of(shown, points, code), "rows": int(rows)}
            for code, rows in enumerate(counts(points))
            if rows
        ],
    }


def name_of(shown: Shown, points: Coloured, code: int) -> str:
    """A group in words."""
    by = RUN if shown.by.startswith(RUN) else shown.by
    if code == NOTHING:
        return say(_NOTHING.get(by, later("(missing)")))
    if code == OTHERS:
        return say("all others")
    value = points.names[code]
    if points.bands:
        return value
    if by == LABEL:
        return label_said(target_of(shown.dataset), value, None)
    if by == ISSUE:
        return say(ISSUE_TYPES[value].title) if value in ISSUE_TYPES else value
    if by == SPLIT:
        return split_said(value)
    if by == RUN:
        return say("predicted right") if value == RIGHT else say("predicted wrong")
    column = shown.by.removeprefix(ATTRIBUTE)
    name = next((one.name for one in shown.dataset.attributes if one.column == column), column)
    return str(value_said(shown.dataset, name, value))


def told_row(context: Context, shown: Shown, example_id: int) -> dict[str, Any]:
    """A row as it is seen under the pointer. Raises `NotFoundError` for one that the version has not."""
    [example] = get_rows(context.store, shown.version.version_id, [example_id])
    label = example.label
    said = say("no label") if label is None else label_said(target_of(shown.dataset), label, example.text)
    return {
        **drawing_of(shown.dataset).near(context, example),
        "line": line_of(shown.dataset, example, PREVIEW),
        "about": say("row {number} · {label}", number=example_id, label=said),
    }


def _points(context: Context, shown: Shown) -> Coloured:
    found = _ask(context, shown, None)
    assert not isinstance(found, Pending), "it was waited for"
    return found


def _ask(context: Context, shown: Shown, timeout: float | None) -> Coloured | Pending:
    def work(report: Callable[[float, float | None], None]) -> Coloured:
        return drawn(
            context, shown.dataset, shown.version, shown.projection, shown.by, shown.scan_id, where=shown.where
        )

    answers = context.beside.answers("points of maps", 1, POINTS_KEPT)
    return answers.ask(("points", *_key(shown)), stored("Drawing the map"), work, timeout)


def _key(shown: Shown) -> tuple[str, ...]:
    projection, filtered = shown.projection, f"{shown.where!r} {shown.as_of!r}"
    drawn = (str(projection.path), str(projection.written))
    return (shown.version.version_id, *drawn, shown.by, shown.scan_id, filtered)


def _of_shape(box: Box, wide: float) -> Box:
    """The box widened or heightened so that it is `wide` times as wide as high."""
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    high = max(box.top - box.bottom, (box.right - box.left) / wide)
    return Box(x - high * wide / 2, y - high / 2, x + high * wide / 2, y + high / 2)


async def _sight(request: Request) -> Response:
    """What a part of a map has: `box` its edges, `cells` its size, `only` one of its groups."""
    asked = request.query_params
    try:
        columns, rows = (int(one) for one in asked.get("cells", "").split(","))
        if min(columns, rows) < 1:
            raise ValueError("it has no cells")
        edges = [float(one) for one in asked.get("box", "").split(",") if one]
        if not all(map(math.isfinite, edges)):
            raise ValueError("its edges are nowhere")
        box = Box(*edges) if edges else None
        only = int(asked["only"]) if "only" in asked else None
    except (ValueError, TypeError):
        return PlainTextResponse("This is no part of a map.", 400)
    return await _answered(request, lambda context, shown: told_sight(context, shown, (columns, rows), box, only))


async def _row(request: Request) -> Response:
    """A row of a map."""
    row = int(request.path_params["row"])
    return await _answered(request, lambda context, shown: told_row(context, shown, row))


async def _answered(request: Request, answer: Callable[[Context, Shown], dict[str, Any]]) -> Response:
    from core.ui.shell.context import app_context  # the server starts before the first workspace is opened
    from core.ui.shell.language import of_request  # the shell's pages have such parts

    def found() -> dict[str, Any] | None:
        try:
            context = app_context()
            shown = context.beside.kept("maps", _Maps).get(request.path_params["token"])
            return None if shown is None else answer(context, shown)
        except WinnowError:
            return None

    with speaking(of_request(request)):
        told = await anyio.to_thread.run_sync(found)
    if told is None:
        return PlainTextResponse("This map is not known any more.", 404)
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


SIGHT = Route(PLACE + "{token}/sight", _sight)
ROW = Route(PLACE + "{token}/row/{row:int}", _row)
