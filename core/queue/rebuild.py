"""The table of jobs made again from the job folders: what each was asked for and what came of it lies there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from core.queue import ending
from core.queue.folder import JobFolder
from core.queue.local.launcher import LocalLauncher
from core.queue.table import JobTable
from core.typed import JsonObject

_NAME = re.compile(r"(?P<when>\d{8}-\d{6})-(?P<kind>\w+)-[0-9a-f]{6}")


def add_from_folders(runs: Path, file: Path, modules: Mapping[str, str]) -> int:
    """Lists every job whose folder is in `runs` and which the table in `file` lacks, and returns how many those were.

    `modules`: what each kind runs; a kind without one was run by a thread, whose end its folder does not tell: it is
    taken as done. What a job made counts as not taken in, which finds out what the store has already.
    """
    table, added = JobTable(file), 0
    for path in sorted(runs.iterdir()) if runs.is_dir() else []:
        found = _NAME.fullmatch(path.name)
        if found is None or not (path / "spec.json").is_file() or table.row(path.name) is not None:
            continue
        table.insert(**_row(JobFolder(path.resolve()), found["when"], found["kind"], modules))
        added += 1
    return added


def _row(folder: JobFolder, when: str, kind: str, modules: Mapping[str, str]) -> JsonObject:
    made = datetime.strptime(when, "%Y%m%d-%H%M%S").replace(tzinfo=UTC).timestamp()
    said, spec = _json(folder.path / "job.json"), _json(folder.path / "spec.json")
    module = modules.get(kind, "") if said.get("module", True) else ""
    asked = {
        "kind": kind,
        "title": said.get("title") or f"{kind}, listed again from its folder",
        "launch": said.get("launch") or "python",
        "needs_device": bool(said.get("device")),
        "processes": int(str(said.get("processes") or 0)),
        "dataset_id": said.get("dataset_id") or spec.get("dataset_id"),
        "created_by": said.get("created_by") or "",
    }
    ended = folder.path.stat().st_mtime
    return {
        **asked,
        "job_id": folder.job_id,
        "module": module,
        "folder": str(folder.path),
        "status": _status(folder, module),
        "created_at": made,
        "started_at": made,
        "ended_at": None if _status(folder, module) == "running" else ended,
        "error": folder.error(),
        "collected": not module,
    }


def _status(folder: JobFolder, module: str) -> str:
    with LocalLauncher().abandoned(folder) as over:
        if not over:
            return "running" if (folder.path / "launch.sh").exists() else "queued"
    if not module:
        return "done"
    return ending.how_it_ended(folder, "failed" if folder.error() or folder.defect() else "lost")


def _json(path: Path) -> JsonObject:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
