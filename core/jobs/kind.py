"""What a kind of job is: its two halves, and what crosses between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.context import Context
from core.jobs.foresight import Foreseen
from core.queue import JobFolder, Resources
from core.records import Job

Spec = TypeVar("Spec")
Result = TypeVar("Result")


def _nothing(context: Context, of: object) -> None:
    """For a kind that reads no input, or whose output stays in its folder."""


@dataclass(frozen=True, slots=True)
class JobKind(Generic[Spec, Result]):
    """A kind of job. Made in its `web.py`; importing that loads nothing heavy."""

    name: str
    """As jobs are listed and found again: never changed, never used for another."""
    spec: type[Spec]
    """What a job is asked for; frozen, and written to `spec.json` by `core.typed`."""
    result: type[Result]
    """What its heavy half returns, in `result.json`."""
    module: str
    """The heavy half: run as `python -m module FOLDER`, in a process that never opens the workspace."""
    prepare: Callable[[Context, JobFolder], None] = _nothing
    """Fills the folder's `input/`; leaves alone what is there already, since a job may be started again."""
    collect: Callable[[Context, Job], None] = _nothing
    """Takes in what is new of the output: called again and again while the job runs, and once more after its end,
    whichever way it ended. A second call changes nothing."""
    resources: Callable[[Spec], Resources] = lambda spec: Resources()
    foresee: Callable[[Context, JobFolder], Foreseen] = lambda context, folder: Foreseen()
    """The stages that a prepared job has before it, and where it takes its turn."""

    def spec_of(self, folder: JobFolder) -> Spec:
        """What a job of this kind was asked for. Raises JobError where its `spec.json` is none."""
        return folder.spec_as(self.spec)

    def result_of(self, folder: JobFolder) -> Result | None:
        """What it returned; None as long as it is not done. Raises JobError where its `result.json` is none."""
        return folder.result_as(self.result)
