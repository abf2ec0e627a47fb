"""The rows that one act is for: of a list of rows, of a scan's list, or of what a run predicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.context import Context
from core.records import IssueFilter, LabelsFrom, PredictionFilter, RowFilter, Run, Scan
from core.services.evaluation.measures import truth_version
from core.store.acts import many
from core.store.datasets import get_dataset
from core.store.filters import Condition


class Among(Protocol):
    """Rows that an act is for."""

    @property
    def version_id(self) -> str:
        """The version that is decided on."""

    @property
    def scan_id(self) -> str | None: ...

    @property
    def tier(self) -> str | None:
        """What the suggestions are from."""

    def query(self, context: Context) -> Condition:
        """As `core.store.acts.many.of_version`."""


@dataclass(frozen=True, slots=True)
class OfVersion:
    """Rows of a version; nothing is suggested for them."""

    version_id: str
    where: RowFilter
    scan_id: str | None = None
    tier: str | None = None

    def query(self, context: Context) -> Condition:
        return many.of_version(context.store, self.version_id, self.where)


@dataclass(frozen=True, slots=True)
class OfScan:
    """Rows of a scan's ranked list."""

    scan: Scan
    where: IssueFilter

    @property
    def version_id(self) -> str:
        return self.scan.version_id

    @property
    def scan_id(self) -> str | None:
        return self.scan.scan_id

    @property
    def tier(self) -> str | None:
        return self.scan.tier

    def query(self, context: Context) -> Condition:
        return many.of_scan(context.store, self.scan, self.where)


@dataclass(frozen=True, slots=True)
class OfRun:
    """Rows that a run predicts, such as those of a cell of its confusion matrix, as a version has them."""

    run: Run
    where: PredictionFilter
    labels_from: LabelsFrom
    version_id: str
    scan_id: str | None = None

    @property
    def tier(self) -> str | None:
        return f"run {self.run.number}"

    def query(self, context: Context) -> Condition:
        truth = truth_version(context, (self.run,), self.labels_from)
        dataset = get_dataset(context.store, self.run.dataset_id)
        return many.of_run(context.store, self.run.run_id, self.where, truth, self.version_id, dataset)
