"""What a reader does: one request, answered with plain data. Runs in a process that may crash or be ended any time."""

from __future__ import annotations

import os
import socket
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import SourceError, TypeMisfitError, WinnowError
from core.modalities import MODALITIES
from core.modalities.file_fault import FileFault
from core.progress import StageReport
from core.reading.wire import preview_data, receive, send
from core.records import Preview, Reader, Schema
from core.room import met
from core.sources import SOURCES, Bench, Table, find
from core.sources.images.kinds import KINDS, kind_of
from core.sources.images.payload import Finder
from core.sources.images.source import unlabelled
from core.store.ingest.stage import stage
from core.store.ingest.stage_table import look, stage_table
from core.store.query import sandbox
from core.tasks import task_named
from core.typed import JsonObject, from_json, to_json

MAX_PASSES = 2
"""How often a table is read at most because a column's type did not hold."""
_EVERY = 0.1
"""Seconds between two lines of progress."""


def serve(app: socket.socket) -> None:
    """Answers the one request of a connection: {answer}, {error, message, hint} or {defect, trace}."""
    request = receive(app)
    if request is None:
        return
    send(app, {"pid": os.getpid()})
    try:
        os.chdir(request["cwd"])
        send(app, {"answer": _WORK[request["what"]](request, _teller(app))})
        return
    except MemoryError:
        send(app, {"defect": "memory", "trace": ""})
    except Exception as error:
        send(app, _failed(met(error, Path(request.get("scratch", "."))) or error))


def _failed(error: Exception) -> JsonObject:
    if isinstance(error, WinnowError):
        return {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    said = str(error).strip().partition("\n")[0]
    defect = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return {"defect": defect, "trace": "".join(traceback.format_exception(error))}


def warm() -> None:
    """Imports what the first request would wait for."""
    import duckdb_extensions  # noqa: F401
    import pandas  # noqa: F401  pyarrow asks it about the first list that becomes an array: a seventh of a second
    import PIL.Image  # noqa: F401
    import pyarrow.compute  # noqa: F401


def _teller(app: socket.socket) -> StageReport:
    last = 0.0

    def tell(stage_name: str, done: float, total: float | None, unit: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            send(app, {"progress": [stage_name, done, total, unit]})

    return tell


def _never() -> bool:
    """A reader is ended, not asked to stop."""
    return False


def query(sql: str, extensions: tuple[str, ...] = ()) -> Table:
    """The engine that sources look into files with."""
    return Table(*look(sql, extensions))


def _within(request: Mapping[str, Any]) -> tuple[Path, ...] | None:
    return None if request["within"] is None else tuple(map(Path, request["within"]))


def _bench(request: Mapping[str, Any], tell: StageReport, misfits: tuple[str, ...] = ()) -> Bench:
    def rewriting(done: float, total: float | None) -> None:
        tell("Rewriting the file as clean UTF-8", done, total, "bytes")

    return Bench(query, Path(request["scratch"]), _within(request), rewriting, _never, misfits)


def _preview(request: Mapping[str, Any], tell: StageReport) -> JsonObject:
    source = SOURCES[request["source"]]
    shown = source.preview(request["locations"], _bench(request, tell))
    if source.kind == "tabular" and task_named(shown.guess.task).modality.in_files:
        shown = _with_images(shown, Finder(tuple(map(Path, request["folders"])), _within(request)))
    return preview_data(_reduced(shown, request["thumbnails"]))


def _with_images(shown: Preview, finder: Finder) -> Preview:
    """The preview with the bytes of images that its rows name by a path; nothing is fetched for it."""

    def shown_image(value: Any) -> Any:
        if isinstance(value, str) and value.strip().lower().startswith("https:"):
            return value
        try:
            return finder.content(value)[1]
        except FileFault:
            return value

    payload = shown.guess.payload
    return replace(shown, rows=tuple({**row, payload: shown_image(row[payload])} for row in shown.rows))


def _reduced(shown: Preview, count: int) -> Preview:
    """The preview with the images of its first rows as thumbnails, and why there is none for those that have none."""
    payload, modality = shown.guess.payload, task_named(shown.guess.task).modality

    def reduced(value: Any) -> Any:
        try:
            return kind_of(modality).thumbnail(value) if isinstance(value, bytes) else value
        except FileFault as fault:
            return str(fault)

    if not count or not modality.in_files:
        return shown
    first = ({**row, payload: reduced(row[payload])} for row in shown.rows[:count])
    return replace(shown, rows=(*first, *shown.rows[count:]))


def _stage(request: Mapping[str, Any], tell: StageReport) -> JsonObject:
    """Reads the table, again with wider types where many values do not fit the types found from a sample."""
    schema, folder = from_json(Schema, request["schema"], "the schema"), Path(request["scratch"]) / "staged"
    folder.mkdir(parents=True, exist_ok=True)
    misfits: tuple[str, ...] = ()
    for remaining in reversed(range(MAX_PASSES)):
        reader = _reader(request, schema, _bench(request, tell, misfits))
        reader = replace(reader, types_may_give_way=reader.rejects and remaining > 0)
        try:
            return to_json(stage(reader, schema, folder, lambda d, t: tell("Loading", d, t, "rows"), _never))
        except TypeMisfitError as error:
            misfits += error.columns
    raise AssertionError("the last pass takes every type as it is")


def _reader(request: Mapping[str, Any], schema: Schema, bench: Bench) -> Reader:
    if request.get("reader"):
        return Reader(**request["reader"])
    source = SOURCES[request["source"]]
    if source.reader is None:
        raise SourceError(f"{source.title} is no table.", "Load it as a folder of files.")
    return source.reader(request["locations"], schema, bench)


def _stage_table(request: Mapping[str, Any], tell: StageReport) -> None:
    schema, folder = from_json(Schema, request["schema"], "the schema"), Path(request["scratch"])
    reader = _reader(request, schema, _bench(request, tell, tuple(request["misfits"])))
    if not request["lines"]:
        reader = replace(reader, file_column=None)
    copy, aside, lines = (folder / name for name in ("copy.parquet", "set_aside.parquet", "lines.parquet"))
    stage_table(reader, copy, aside, lines, lambda d, t: tell("Reading the table", d, t, "rows"), _never)


def _thumbnail(request: Mapping[str, Any], tell: StageReport) -> bytes | None:
    path = Path(request["path"])
    kind = next((one for one in KINDS if one.has(path.name)), KINDS[0])
    try:
        return kind.thumbnail(path.read_bytes())
    except FileFault:
        return None


def _find(request: Mapping[str, Any], tell: StageReport) -> str:
    return find(request["locations"]).name


def _images(request: Mapping[str, Any], tell: StageReport) -> int:
    return sum(
        not member.fault
        for member in unlabelled(request["locations"], _within(request), kind_of(MODALITIES[request["modality"]]))
    )


def _query(request: Mapping[str, Any], tell: StageReport) -> JsonObject:
    sandbox.fence()
    return sandbox.answer(request)


_WORK: Mapping[str, Callable[[Mapping[str, Any], StageReport], Any]] = {
    "preview": _preview,
    "stage": _stage,
    "stage_table": _stage_table,
    "images": _images,
    "find": _find,
    "thumbnail": _thumbnail,
    "query": _query,
}
