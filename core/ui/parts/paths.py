"""Files on the server: a listing of the folders that may be loaded from, and nothing outside them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import streamlit as st

from core.context import Context
from core.errors import OutsideError, SourceError
from core.settings import allowed_folders, expanded, named_folders, workspace
from core.ui import keys
from core.ui.shell.guard import of_its_owner
from core.words import later, say

MAX_ENTRIES = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder as listed."""

    path: Path
    is_folder: bool
    size: int
    """Bytes; 0 for a folder."""
    changed: datetime


def choose_path(
    key: str = "load", whole_folder: str = later("Load the whole folder as one dataset")
) -> tuple[str, ...]:
    """A path field with the folder's entries beneath; returns the files chosen, or the folder itself where
    `whole_folder` says in words that it can be."""
    allowed, start = typable(), str(allowed_folders()[0])
    where = (
        say("Anywhere on this machine")
        if allowed is None
        else say("Inside: {folders}", folders=", ".join(map(str, allowed)))
    )
    typed = st.text_input(
        say("Path on the server"),
        key=f"{key}-path",
        placeholder=start,
        help=say("{where}. `WINNOW_DATA_FOLDERS` names other folders.", where=where),
    )
    path = inside(typed.strip() or start, allowed)
    if path.is_file():
        return (str(path),)
    _way_to(path, allowed, key)
    entries = list_folder(path)
    if not entries:
        st.caption(say("Nothing that can be read is in this folder."))
    chosen = _pick(path, entries, key)
    if chosen:
        return tuple(_free_of_uploads(entry.path, allowed) for entry in chosen)
    whole = whole_folder and st.toggle(say(whole_folder), key=f"{key}-whole-{path}")
    return (_free_of_uploads(path, allowed),) if whole else ()


def _way_to(path: Path, allowed: tuple[Path, ...] | None, key: str) -> None:
    """The folders above the one that is listed, each a click away, and the other ones that may be loaded from."""
    root = next((folder for folder in allowed or () if path.is_relative_to(folder)), Path(path.anchor))
    above = [*reversed([folder for folder in path.parents if folder.is_relative_to(root)]), path]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"{key}-way"):
        for folder in above:
            st.button(
                folder.name or str(folder),
                key=f"{key}-to-{folder}",
                type="tertiary",
                icon=":material/folder_open:" if folder == path else ":material/folder:",
                disabled=folder == path,
                help=None if folder == path else say("Back to {folder}", folder=folder),
                on_click=_go,
                args=(folder, key),
            )
        for folder in allowed or ():
            if folder != root:
                words = say("Go to {folder}, which may be loaded from too", folder=folder)
                label = folder.name or str(folder)
                icon = ":material/drive_file_move:"
                st.button(label, key=f"{key}-to-{folder}", icon=icon, help=words, on_click=_go, args=(folder, key))


def _go(folder: Path, key: str) -> None:
    st.session_state[f"{key}-path"] = str(folder)


def _free_of_uploads(path: Path, allowed: tuple[Path, ...] | None) -> str:
    """Where the path leads. Raises `SourceError` where that holds what others upload, or as `inside`."""
    found = inside(str(path), allowed)
    if allowed is not None and workspace().uploads.is_relative_to(found):
        raise SourceError(f"{found} holds the workspace, and in it what others upload.", "Choose a folder in it.")
    return str(found)


def typable() -> tuple[Path, ...] | None:
    """The folders that a path typed on a page must lie in: those allowed. None, anywhere, where nobody but the account
    that started the server can type one, which has named no folders."""
    return None if of_its_owner() and not named_folders() else allowed_folders()


def readable(context: Context, locations: Sequence[str]) -> tuple[Path, ...]:
    """Where files of what is loaded may lie: in the allowed folders, among this session's uploads, and beside what the
    owner of this machine has typed. A list of images or a table names no file elsewhere."""
    mine = st.session_state.get(keys.UPLOAD)
    uploads = ((context.workspace.uploads / str(mine)).resolve(),) if mine else ()
    typed = [expanded(location).resolve() for location in locations] if typable() is None else []
    beside = (path if path.is_dir() else path.parent for path in typed if path.exists())
    return tuple(dict.fromkeys((*allowed_folders(), *uploads, *beside)))


def checked(typed: str) -> str:
    """What may be a path, such as a model, as typed; a name or a hub id is none. Raises `SourceError` for a path that
    lies outside the allowed folders."""
    allowed = typable()
    is_path = typed.startswith(("/", ".", "~")) or (typed and expanded(typed).exists())
    if is_path and allowed is not None:
        inside(str(expanded(typed).absolute()), allowed)
    return typed


def inside(typed: str, allowed: tuple[Path, ...] | None) -> Path:
    """The path with links followed. Raises `SourceError` where it lies outside the allowed folders, is what others
    upload, or is not there."""
    path = ((allowed or allowed_folders())[0] / expanded(typed)).resolve()
    if allowed is not None and (_is_upload(path) or not any(path.is_relative_to(folder) for folder in allowed)):
        raise OutsideError(typed, allowed, path.parent if path.suffix else path)  # no look at what is not allowed
    if not path.exists():
        raise SourceError(f"{typed} does not exist on the server.", "Check the spelling, or upload the file.")
    return path


def _is_upload(path: Path) -> bool:
    return path.is_relative_to(workspace().uploads)


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
            "open": [say("Open") if entry.is_folder else None for entry in entries],
        },
        hide_index=True,
        height=260,
        column_config={
            "name": st.column_config.TextColumn(say("name")),
            "bytes": st.column_config.NumberColumn(say("size"), format="bytes", width="small"),
            "changed": st.column_config.DatetimeColumn(say("changed"), format="YYYY-MM-DD HH:mm", width="small"),
            "open": st.column_config.ButtonColumn(
                "", on_click=_open, args=(entries, key), key=f"{key}-open", width="small"
            ),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=f"{key}-entries-{folder}",
        alt=say("Files in {folder}", folder=folder),
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
