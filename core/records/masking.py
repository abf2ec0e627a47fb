"""Records of which datasets are always masked, and of masked copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MaskRule:
    """Whether all that is shown or written of a dataset is masked: pages, lists, files and reports."""

    on: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MaskedCopy:
    """A dataset that is a version of another one with personal data masked."""

    dataset_id: str
    of_dataset: str
    """Id of the other one."""
    of_version: str
    of_name: str
    """What the other one was called then, for when it is gone."""
    of_number: int
    """Of the version."""
    manner: str
    """A name in `core.personal.MANNERS`."""
    kinds: tuple[str, ...]
    """Which are masked; empty: all."""
    names: bool
    """Whether names and places that a model of English finds are, too."""
    some: bool
    """Whether only chosen rows are masked."""
    by: str
    at: datetime
