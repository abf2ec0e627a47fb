"""Uploaded files on their way to the load: from the server's memory into the workspace's uploads folder."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.context import Context
from core.files import whole
from core.settings import Workspace
from core.ui import keys
from core.ui.parts.background import forget, result_of

KEPT_SECONDS = 24 * 3600
"""An upload older than this has been loaded or given up."""


def arrived(context: Context, files: Sequence[UploadedFile], *, waiting: str) -> tuple[str, ...]:
    """Where the files lie in the workspace; nothing until all of them do, and then `waiting` says so."""
    workspace = context.workspace
    targets = {target(workspace, file): file for file in files}
    arriving = {path: file for path, file in targets.items() if not path.exists()}
    if arriving:
        key = ("upload", *map(str, arriving))
        done = result_of(context, key, lambda: _keep(workspace, arriving), waiting=waiting)
        if done is None:
            return ()
        forget(context, key)
    return tuple(map(str, targets))


def let_go() -> None:
    """Frees the memory of this session's uploads, once they lie in the workspace and no uploader is drawn any more."""
    script = get_script_run_ctx()
    if script is not None and runtime.exists():
        runtime.get_instance().uploaded_file_mgr.remove_session_files(script.session_id)


def target(workspace: Workspace, file: UploadedFile) -> Path:
    """Where a file of this session will lie."""
    mine = str(st.session_state.setdefault(keys.UPLOAD, uuid4().hex))
    name = Path(file.name.replace("\\", "/")).name or "upload"
    return Path(workspace.uploads / mine / str(file.file_id) / name)


def _keep(workspace: Workspace, arriving: Mapping[Path, UploadedFile]) -> bool:
    """Writes each file whole or not at all. Takes seconds for large ones: not for the script thread."""
    _forget_old(workspace)
    for path, file in arriving.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as part, part.open("wb") as out:
            shutil.copyfileobj(file, out, 1024**2)
    return True


def _forget_old(workspace: Workspace) -> None:
    for folder in workspace.uploads.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
