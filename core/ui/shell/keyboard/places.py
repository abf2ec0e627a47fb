"""What the palette can go to, beside the pages: asked for over HTTP when it is opened, so that no page carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.context import Context
from core.errors import WinnowError
from core.records import note_said
from core.store.datasets import list_datasets
from core.store.versions import list_versions
from core.ui.shell.language import of_request
from core.words import later, say, say_stored, speaking

PATH = "/places"
_KINDS = {"load": later("as loaded"), "review": later("after review"), "split": later("with splits")}
MOST = 1_000
"""Datasets, versions and runs, of each the newest: more than anybody reads, and less than a tenth of a second."""


async def places(request: Request) -> Response:
    """`{"datasets": [name], "versions": [{number, about}], "runs": [{number, title, done}]}`; the last two of the
    dataset that is named."""
    with speaking(of_request(request)):
        return JSONResponse(await anyio.to_thread.run_sync(_places, request.query_params.get("dataset")))


def _places(named: str | None) -> Mapping[str, Sequence[object]]:
    from core.ui.shell.context import app_context  # the server starts before the first workspace is opened

    try:
        return found(app_context(), named)
    except WinnowError:
        return {"datasets": [], "versions": [], "runs": []}


def found(context: Context, named: str | None) -> Mapping[str, Sequence[object]]:
    """As `places` answers."""
    datasets = list_datasets(context.store)
    one = next((dataset for dataset in datasets if dataset.name == named), None)
    versions = list_versions(context.store, one.dataset_id) if one else []
    runs = context.ledger.runs.of(one.dataset_id) if one else []
    return {
        "datasets": [dataset.name for dataset in datasets[:MOST]],
        "versions": [
            {"number": version.number, "about": note_said(version) or say(_KINDS[version.kind])}
            for version in sorted(versions, key=lambda version: -version.number)[:MOST]
        ],
        "runs": [
            {"number": run.number, "title": say_stored(run.title), "done": bool(run.summary)} for run in runs[:MOST]
        ],
    }


ROUTE = Route(PATH, places)
