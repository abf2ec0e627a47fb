"""Errors that a person is meant to read: what is wrong, with the value, and what to do next.

Anything raised that is not a `WinnowError` is a defect of Winnow: it is logged with an id and shown as that id.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path


class WinnowError(Exception):
    """Something the person can put right.

    `message` says what is wrong and carries the offending value; `hint` says what to do next.
    """

    command: str = ""
    """What to run in a shell to put it right, where that is one line."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class SourceError(WinnowError):
    """The source cannot be read as a dataset: not there, empty, unsafe, or without what a dataset needs."""


class OutsideError(SourceError):
    """A path that was typed on a page lies outside the folders that may be loaded from."""

    def __init__(self, typed: str, allowed: tuple[Path, ...], wanted: Path) -> None:
        """`wanted`: the folder that would have to be allowed."""
        listed = ", ".join(map(str, allowed))
        super().__init__(
            f"{typed} is outside the folders that may be loaded from.",
            f"Allowed: {listed}. Whoever runs the server allows the folder by starting it with WINNOW_DATA_FOLDERS:",
        )
        folders = os.pathsep.join(dict.fromkeys(map(str, (*allowed, wanted))))
        self.command = f"WINNOW_DATA_FOLDERS={shlex.quote(folders)} make app"


class TypeMisfitError(SourceError):
    """Many values of some columns do not fit the types that were found from a sample."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        super().__init__(f"Many values do not fit their column's type: {', '.join(columns)}.", "Load them as text.")
        self.columns = columns


class SchemaError(WinnowError):
    """A chosen column does not exist or does not fit its role."""


class NotFoundError(WinnowError):
    """No dataset, version, scan, job or row of that name."""


class WorkspaceLockedError(WinnowError):
    """Another process has the workspace's database open."""


class StoreError(WinnowError):
    """The store could not answer: an error inside its engine, after which it opens itself again; or it was written by a
    newer Winnow."""


class NoRoomError(WinnowError):
    """The disk is full, or plainly has less room than is needed: how many bytes, in which folder. See `core.room`."""


class WorkspaceDamagedError(StoreError):
    """A file of the workspace cannot be read, is something else, or is missing though others know what it held.

    `works` says what goes on without it, `hint` how it comes back.
    """

    def __init__(self, file: Path, said: str, works: str, hint: str) -> None:
        super().__init__(f"{file.name} of the workspace {file.parent} is damaged: {said}. {works}", hint)
        self.file, self.said = file, said


class JobError(WinnowError):
    """A job cannot be started, stopped or found."""


class ProbabilitiesError(WinnowError):
    """The person's own predicted probabilities do not fit the dataset."""


class ModelError(WinnowError):
    """An encoder or model cannot be loaded."""


class UsageError(WinnowError):
    """The command line or a form was filled in wrongly."""


class StoppedError(WinnowError):
    """Work was given up because a person asked for it; nothing of it was kept."""
