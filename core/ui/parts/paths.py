"""Files on the server: a listing of the folders that may be loaded from, and nothing outside them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import streamlit as st

from core.errors import SourceError
from core.settings import allowed_folders, expanded

MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder as listed."""

    path: Path
    is_folder: bool
    size: int
    """Bytes; 0 for a folder."""
    changed: datetime


def choose_path(key: str = "load", whole_folder: str = "Load the whole folder as one dataset") -> tuple[str, ...]:
    """A path field with the folder's entries beneath; returns the files chosen, or the folder itself where
    `whole_folder` says in words that it can be."""
    allowed = allowed_folders()
    typed = st.text_input(
        "Path on the server",
        key=f"{key}-path",
        placeholder=str(allowed[0]),
        help="Inside: " + ", ".join(str(folder) for folder in allowed) + ". `WINNOW_DATA_FOLDERS` names other folders.",
    )
    path = inside(typed.strip() or str(allowed[0]), allowed)
    if path.is_file():
        return (str(path),)
    entries = list_folder(path)
    chosen = _pick(path, entries, key)
    if chosen:
        return tuple(str(entry.path) for entry in chosen)
    whole = whole_folder and st.toggle(whole_folder, key=f"{key}-whole-{path}")
    return (str(path),) if whole else ()


def inside(typed: str, allowed: tuple[Path, ...]) -> Path:
    """The path with links followed. Raises `SourceError` where it lies outside the allowed folders or is not there."""
    path = (allowed[0] / expanded(typed)).resolve()
    if not any(path.is_relative_to(folder) for folder in allowed):
        raise SourceError(
            f"{typed} is outside the folders that may be loaded from.",
            f"Allowed: {', '.join(map(str, allowed))}. Start Winnow with WINNOW_DATA_FOLDERS to allow others.",
        )
    if not path.exists():
        raise SourceError(f"{typed} does not exist on the server.", "Check the spelling, or upload the file.")
    return path


def list_folder(folder: Path) -> list[Entry]:
    """Folders first, then files, by name; hidden ones and what cannot be read left out."""
    with os.scandir(folder) as found:
        named = [(not entry.is_dir(), entry.name.lower(), entry) for entry in found if not entry.name.startswith(".")]
    entries = (_entry(each) for *_, each in sorted(named, key=lambda one: one[:2]))
    return list(islice((entry for entry in entries if entry is not None), MAX_ENTRIES))


def _entry(found: os.DirEntry[str]) -> Entry | None:
    """Asks the file system for one entry: for the listed ones alone, since a folder may hold a million images."""
    try:
        status = found.stat()
    except OSError:
        return None
    is_folder = found.is_dir()
    return Entry(
        Path(found.path), is_folder, 0 if is_folder else status.st_size, datetime.fromtimestamp(status.st_mtime)
    )


def _pick(folder: Path, entries: list[Entry], key: str) -> list[Entry]:
    event = st.dataframe(
        {
            "name": [f"{entry.path.name}/" if entry.is_folder else entry.path.name for entry in entries],
            "bytes": [None if entry.is_folder else entry.size for entry in entries],
            "changed": [entry.changed for entry in entries],
            "open": ["Open" if entry.is_folder else None for entry in entries],
        },
        hide_index=True,
        height=260,
        column_config={
            "bytes": st.column_config.NumberColumn("size", format="bytes", width="small"),
            "changed": st.column_config.DatetimeColumn("changed", format="YYYY-MM-DD HH:mm", width="small"),
            "open": st.column_config.ButtonColumn(
                "", on_click=_open, args=(entries, key), key=f"{key}-open", width="small"
            ),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=f"{key}-entries-{folder}",
        alt=f"Files in {folder}",
    )
    return [entries[row] for row in event["selection"]["rows"] if row < len(entries)]


def _open(entries: list[Entry], key: str) -> None:
    st.session_state[f"{key}-path"] = str(entries[st.session_state[f"{key}-open"]["row"]].path)


def stamped(location: str) -> str:
    """A path with its time and size, so that a changed file is looked at again; anything else as it is."""
    try:
        status = Path(location).stat()
    except (OSError, ValueError):
        return location
    return f"{location}\0{status.st_mtime_ns}\0{status.st_size}"
