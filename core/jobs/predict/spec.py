"""What a batch prediction is asked for, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.modalities import Modality
from core.targets import Target
from core.tasks import task_named


@dataclass(frozen=True, slots=True)
class PredictSpec:
    """A file to be predicted by a run's model."""

    run_id: str
    run: int
    """The run's number."""
    model: Path
    locations: tuple[str, ...]
    within: tuple[Path, ...] | None
    """Folders that paths must lie in; None: anywhere."""
    column: str
    """Of a table: the column with the examples; empty where an example is all columns of a row."""
    columns: tuple[str, ...]
    """Of a table: all of its columns."""
    name: str
    """What is predicted, as people name it."""
    task: str = ""
    """What the model was trained for."""
    kind: str = ""
    """What jobs of release 0.1 say in its place."""

    @property
    def modality(self) -> Modality:
        """What the model takes."""
        return task_named(self.task or self.kind).modality

    @property
    def target(self) -> Target:
        """What it says of an example."""
        return task_named(self.task or self.kind).target


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What was predicted."""

    rows: int
    predicted: int
    """Of the rows; the others have a reason."""
    classes: Mapping[str, int]
    """Class → rows predicted as it, the most frequent first; a row with several counts for each."""
    reason_column: str
    """The column of the results that says why a row was not predicted."""
    seconds: float
