"""Where a review's rows come from: the ranked list of a scan, or what a run predicts. One shape for the desk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from core.context import Context
from core.issues import ISSUE_TYPES
from core.issues.contract import DeskAction
from core.lookalikes import isolated
from core.records import Issue, IssueFilter, LabelsFrom, PredictionFilter, ReviewCounts, RowFilter, Run, Scan
from core.review.records import Neighbour, ReviewItem
from core.services.evaluation.measures import target_of_run, truth_version
from core.services.evaluation.probabilities import probabilities_path
from core.services.evaluation.words import number_words
from core.services.issues.listing import type_of
from core.services.review import queue as review_queue
from core.services.review.decisions import counts
from core.services.review.queue import likeliest_of
from core.store import issues, predictions
from core.store.acts import decisions
from core.store.acts.in_force import decided_sql
from core.store.acts.undecided import of_scan
from core.store.datasets import get_dataset
from core.store.filters import Condition
from core.store.relations import relation
from core.store.rows import get_rows, labels_of
from core.store.scans import latest_scan
from core.targets import Target
from core.targets.number.form import worth
from core.tasks import target_of
from core.words import say

HELD_OUT = ("test", "validation")
"""Splits that models are measured on."""


class Source(Protocol):
    """A queue of rows of one version. Two with the same `key` are the same queue."""

    @property
    def key(self) -> str: ...

    @property
    def tier(self) -> str:
        """What the suggestions are from: stands beside every decision."""

    @property
    def scan_id(self) -> str | None: ...

    @property
    def issue_type(self) -> str:
        """The type of issue whose list it is; `label` where it is none, since labels are judged then."""

    @property
    def actions(self) -> tuple[DeskAction, ...]:
        """What the desk offers for its rows."""

    def claim(self, context: Context, version_id: str, session: str, n: int) -> list[int]:
        """As `review_queue.claim`."""

    def ranked(self, context: Context, version_id: str) -> Condition:
        """The rows of the queue in its order, as a query for (example_id, rank) with its parameters."""

    @property
    def again(self) -> bool:
        """Whether rows are handed out on which a verdict from an earlier version holds."""

    @property
    def held_out(self) -> bool | None:
        """Whether its rows are there to measure models on; None where each row's split says so."""

    def items(self, context: Context, version_id: str, example_ids: Sequence[int]) -> list[ReviewItem]:
        """As `review_queue.items`."""

    def undecided(self, context: Context, version_id: str) -> int:
        """Rows of the queue that nobody has decided, whoever holds them."""

    def counts(self, context: Context, version_id: str) -> ReviewCounts:
        """Where the review stands; `flagged`, `decided` and `left` are the queue's own."""

    def betters(self, other: Source) -> bool:
        """Whether this is `other`'s queue from a newer scan."""


@dataclass(frozen=True, slots=True)
class ScanSource:
    """The ranked list of a scan, worst first."""

    scan: Scan
    where: IssueFilter

    @property
    def key(self) -> str:
        return f"{self.scan.scan_id} {self.where!r}"

    @property
    def tier(self) -> str:
        return self.scan.tier

    @property
    def scan_id(self) -> str | None:
        return self.scan.scan_id

    @property
    def issue_type(self) -> str:
        return type_of(self.scan, self.where.issue_type).name

    @property
    def actions(self) -> tuple[DeskAction, ...]:
        return type_of(self.scan, self.where.issue_type).actions

    @property
    def again(self) -> bool:
        return bool(self.where.settled)

    @property
    def held_out(self) -> bool | None:
        return None

    def claim(self, context: Context, version_id: str, session: str, n: int) -> list[int]:
        return review_queue.claim(context, version_id, self.scan.scan_id, session, self.where, n)

    def ranked(self, context: Context, version_id: str) -> Condition:
        return of_scan(context.store, self.scan.scan_id, self.where)

    def items(self, context: Context, version_id: str, example_ids: Sequence[int]) -> list[ReviewItem]:
        return review_queue.items(context, self.scan, example_ids, self.where.issue_type)

    def undecided(self, context: Context, version_id: str) -> int:
        return review_queue.undecided(context, self.scan, self.where)

    def counts(self, context: Context, version_id: str) -> ReviewCounts:
        whole, left = counts(context, version_id, self.scan.scan_id), self.undecided(context, version_id)
        if self.again:  # a row leaves such a queue with its decision
            return replace(whole, flagged=whole.decided + left, left=left)
        return _of_queue(whole, review_queue.queued(context, self.scan, self.where), left)

    def betters(self, other: Source) -> bool:
        return isinstance(other, ScanSource) and self.where == other.where and self.scan != other.scan


@dataclass(frozen=True, slots=True)
class RunSource:
    """Rows that a run predicts, such as those of one cell of its confusion matrix, scanned or not: the surest first, of
    numbers those whose label lies farthest beyond the interval."""

    run: Run
    where: PredictionFilter
    labels_from: LabelsFrom

    @property
    def key(self) -> str:
        return f"{self.run.run_id} {self.where!r} {self.labels_from}"

    @property
    def tier(self) -> str:
        return f"run {self.run.number}"

    @property
    def scan_id(self) -> str | None:
        return None

    @property
    def issue_type(self) -> str:
        return "label"

    @property
    def actions(self) -> tuple[DeskAction, ...]:
        return ISSUE_TYPES["label"].actions

    @property
    def again(self) -> bool:
        return False

    @property
    def held_out(self) -> bool | None:
        return self.where.split in HELD_OUT

    def claim(self, context: Context, version_id: str, session: str, n: int) -> list[int]:
        return review_queue.claim_from(context, version_id, session, self.ranked(context, version_id), n)

    def items(self, context: Context, version_id: str, example_ids: Sequence[int]) -> list[ReviewItem]:
        """In the order asked; rows that the run has not predicted are left out."""
        found = predictions.predictions_of(context.store, self.run.run_id, example_ids)
        kept = [example_id for example_id in example_ids if example_id in found]
        examples = get_rows(context.store, version_id, kept)
        said = decisions.standing_of(context.store, version_id, kept, unsure=True)
        near = self._neighbours(context, version_id, kept)
        ranks = self._ranks(context, version_id, kept)
        matrix = self._probabilities(context)
        target = target_of(get_dataset(context.store, self.run.dataset_id))
        made = []
        for example in examples:
            predicted, confidence, position = found[example.example_id]
            if target.numeric:
                predicted = worth(float(predicted), confidence)
            row = None if matrix is None else np.asarray(matrix[position])
            shares = self._shares(row, example.label, predicted, confidence, target)
            score = self._score(row, example.label, dict(shares), target)
            issue = Issue(
                example.example_id, score, True, example.label, predicted, {}, ranks.get(example.example_id, 0)
            )
            beside = near.get(example.example_id, ())
            item = ReviewItem(example, issue, shares, beside, self._why(issue, confidence, score, beside, target))
            made.append(review_queue.with_said(item, said.get(example.example_id), version_id))
        return made

    def _why(self, issue: Issue, confidence: float, score: float, near: Sequence[Neighbour], target: Target) -> str:
        """What the run says for its answer and against the label, and what the nearest examples are."""

        def words(label: str) -> str:
            return isolated(target.words(label))

        predicted, given = issue.suggested_label or "", issue.given_label
        if target.numeric:
            return number_words(self.run.number, float(predicted), confidence, None if given is None else float(given))
        other = given if given and given != predicted else None
        said = say(
            "Run {run} is {share:.0%} sure of {label} and gives the label {given} {score:.0%}."
            if other
            else "Run {run} is {share:.0%} sure of {label}.",
            run=self.run.number,
            share=confidence,
            label=words(predicted),
            given=words(other) if other else "",
            score=score,
        )
        if not near:
            return said
        like = sum(one.example.label == predicted for one in near)
        as_given = sum(one.example.label == given for one in near)
        beside = say(
            "Of its {n} nearest examples {like} are {label}, {others} {given}."
            if other
            else "Of its {n} nearest examples {like} are {label}.",
            n=len(near),
            like=like,
            label=words(predicted),
            others=as_given,
            given=words(other) if other else "",
        )
        return f"{said} {beside}"

    def _neighbours(
        self, context: Context, version_id: str, example_ids: Sequence[int]
    ) -> dict[int, tuple[Neighbour, ...]]:
        """By the embeddings of the version's scan, or of that of the run's version: it keeps the nearest rows of every
        row, of very many rows those of the flagged ones."""
        for scanned in dict.fromkeys((version_id, self.run.version_id)):
            scan = latest_scan(context.store, scanned)
            if scan is not None and "label" in scan.types:
                return _near(context, scan, version_id, example_ids)
        return {}

    def undecided(self, context: Context, version_id: str) -> int:
        decided = decided_sql(context.store, version_id)
        return self._count(context, version_id, f"WHERE example_id NOT IN {decided}")

    def counts(self, context: Context, version_id: str) -> ReviewCounts:
        queued = self._count(context, version_id)
        return _of_queue(counts(context, version_id, None), queued, self.undecided(context, version_id))

    def betters(self, other: Source) -> bool:
        return False

    def ranked(self, context: Context, version_id: str) -> Condition:
        truth = relation(context.store, truth_version(context, (self.run,), self.labels_from))
        own = relation(context.store, version_id)
        classes_sql, dataset = (
            target_of_run(context, self.run).classes_sql,
            get_dataset(context.store, self.run.dataset_id),
        )
        return predictions.ranked(context.store, self.run.run_id, self.where, truth, own, classes_sql, dataset)

    def _count(self, context: Context, version_id: str, condition: str = "") -> int:
        query, parameters = self.ranked(context, version_id)
        row = context.store.fetch_one(f"SELECT count(*) FROM ({query}) {condition}", parameters)
        return int(row[0]) if row else 0

    def _ranks(self, context: Context, version_id: str, example_ids: Sequence[int]) -> dict[int, int]:
        query, parameters = self.ranked(context, version_id)
        chosen = ", ".join(map(str, example_ids)) or "NULL"
        rows = context.store.fetch(f"SELECT example_id, rank FROM ({query}) WHERE example_id IN ({chosen})", parameters)
        return {example_id: int(rank) for example_id, rank in rows}

    def _probabilities(self, context: Context) -> Any:
        """(rows, k) float32, memory-mapped, or None where the run kept none that can be read."""
        try:
            return np.load(probabilities_path(context, self.run), mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None

    def _shares(
        self, row: Any, label: str | None, predicted: str, confidence: float, target: Target
    ) -> tuple[tuple[str, float], ...]:
        """Of the likeliest classes and those of the label; where the run kept none, of a class that it predicts."""
        if row is not None:
            return likeliest_of(row, self.run.labels, (label, predicted), target)
        return () if target.several or target.numeric else ((predicted, confidence),)

    def _score(self, row: Any, label: str | None, shares: Mapping[str, float], target: Target) -> float:
        """How probable the label is; of several classes, how probable that is of which the run is least sure. Of
        numbers it says none."""
        if target.numeric:
            return math.nan
        if not target.several or row is None or label is None:
            return shares.get(label or "", 0.0)
        held = np.isin(self.run.labels, target.classes_of(label))
        return float(np.where(held, row, 1 - row).min())


def _near(
    context: Context, scan: Scan, version_id: str, example_ids: Sequence[int]
) -> dict[int, tuple[Neighbour, ...]]:
    """What a scan knows of these rows' neighbours; rows that the version has not are left out."""
    wanted = IssueFilter("label", flagged_only=False, rows=RowFilter(example_ids=tuple(example_ids)))
    found = issues.page_issues(context.store, scan, wanted, len(example_ids), 0) if example_ids else []
    proof = {issue.example_id: ISSUE_TYPES["label"].read(issue.why) for issue in found}
    named = sorted({row for one in proof.values() for row in one.neighbours})
    there = labels_of(context.store, version_id, named)
    rows = {example.example_id: example for example in get_rows(context.store, version_id, sorted(there))}
    return {
        example_id: tuple(
            Neighbour(rows[row], similarity)
            for row, similarity in zip(one.neighbours, one.similarities, strict=True)
            if row in rows
        )
        for example_id, one in proof.items()
    }


def _of_queue(whole: ReviewCounts, queued: int, left: int) -> ReviewCounts:
    return replace(whole, flagged=queued, decided=queued - left, left=left)
