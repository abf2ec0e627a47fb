"""Uploaded files on their way to the load: from the server's memory into the workspace's uploads folder."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from uuid import uuid4

import streamlit as st

from core.settings import Workspace
from core.ui import keys

KEPT_SECONDS = 24 * 3600
"""An upload older than this has been loaded or given up."""


def choose_upload(workspace: Workspace) -> tuple[str, ...]:
    """The uploader; returns the paths of the files that have arrived."""
    files = st.file_uploader(
        "Files of one dataset",
        accept_multiple_files=True,
        key="load-upload",
        help="CSV, TSV, JSON, JSON lines, Parquet, Arrow, Excel, or a ZIP with one folder of images per class. "
        "Files named train, validation and test become splits. Larger files: load them from a path on the server.",
    )
    return tuple(str(_kept(workspace, file)) for file in files)


def _kept(workspace: Workspace, file: st.runtime.uploaded_file_manager.UploadedFile) -> Path:
    mine = str(st.session_state.setdefault(keys.UPLOAD, uuid4().hex))
    folder = workspace.uploads / mine / str(file.file_id)
    path = folder / (Path(file.name.replace("\\", "/")).name or "upload")
    if not path.exists():
        _forget_old(workspace)
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / ".arriving"
        with partial.open("wb") as out:
            shutil.copyfileobj(file, out, 1024**2)
        partial.rename(path)
    return path


def _forget_old(workspace: Workspace) -> None:
    for folder in workspace.uploads.iterdir():
        if folder.is_dir() and time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
