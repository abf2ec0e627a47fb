"""The rows that one act is for: of a list of rows, of a scan's list, or of what a run predicts."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

from core.context import Context
from core.records import IssueFilter, LabelsFrom, PredictionFilter, RowFilter, Run, Scan
from core.services.evaluation.measures import truth_version
from core.store.acts import many
from core.store.datasets import get_dataset
from core.store.filters import Condition
from core.store.row_facts import as_of


class Among(Protocol):
    """Rows that an act is for."""

    @property
    def version_id(self) -> str:
        """The version that is decided on."""

    @property
    def scan_id(self) -> str | None: ...

    @property
    def issue_type(self) -> str | None:
        """The list of issues that they are of, where they are of one."""

    @property
    def tier(self) -> str | None:
        """What the suggestions are from."""

    @property
    def filtered(self) -> RowFilter:
        """Which rows of the version are asked for by what the rows are."""

    @property
    def asked(self) -> Hashable:
        """Which rows are asked for, and of what: the same for the same question."""

    def query(self, context: Context) -> Condition:
        """As `core.store.acts.many.of_version`."""


@dataclass(frozen=True, slots=True)
class OfVersion:
    """Rows of a version; nothing is suggested for them."""

    version_id: str
    where: RowFilter
    scan_id: str | None = None
    tier: str | None = None
    issue_type: str | None = None

    @property
    def filtered(self) -> RowFilter:
        return self.where

    @property
    def asked(self) -> Hashable:
        return self

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
    def issue_type(self) -> str | None:
        return self.where.issue_type or self.scan.types[0]

    @property
    def tier(self) -> str | None:
        return self.scan.tier

    @property
    def filtered(self) -> RowFilter:
        return self.where.rows

    @property
    def asked(self) -> Hashable:
        return self.scan.scan_id, self.where

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
    def issue_type(self) -> str | None:
        return None

    @property
    def tier(self) -> str | None:
        return f"run {self.run.number}"

    @property
    def filtered(self) -> RowFilter:
        return self.where.rows

    @property
    def asked(self) -> Hashable:
        return self.run.run_id, self.where, self.labels_from, self.version_id

    def query(self, context: Context) -> Condition:
        truth = truth_version(context, (self.run,), self.labels_from)
        dataset = get_dataset(context.store, self.run.dataset_id)
        return many.of_run(context.store, self.run.run_id, self.where, truth, self.version_id, dataset)


def asked_as_of(context: Context, among: Among) -> Hashable:
    """Which rows are asked for and up to when: another one once an answer may be another, by what somebody decided or
    tagged, by a scan, or by a slice or a query that was saved anew."""
    store = context.store
    return among.asked, store.newest_act(), store.newest_tag(), as_of(store, among.filtered)
