"""What the spec of every job on a version says: whose rows they are, and where their content and vectors lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.queue import JobFolder


@dataclass(frozen=True, slots=True)
class About:
    """A version, as a job sees it."""

    dataset_id: str
    version_id: str
    task: str
    """A name in `core.tasks.TASKS`."""
    labels: tuple[str, ...]
    """The dataset's classes, by index."""
    arrays: Path
    """The workspace's folder of embeddings, tokens and pixels."""
    media: Path
    """The workspace's folder of images."""


@dataclass(frozen=True, slots=True)
class _OfVersion:
    version_id: str


def version_of(folder: JobFolder) -> str:
    """The id of the version that a job of any kind is about. Raises JobError where its spec names none."""
    return folder.spec_as(_OfVersion).version_id
