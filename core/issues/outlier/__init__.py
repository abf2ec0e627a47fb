"""Outliers: examples unlike any other of the dataset, whatever their label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.words import later, say


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierEvidence(Evidence):
    """How far the nearest rows are, against what is usual in the dataset."""

    distance: float | None = None
    """Mean cosine distance to the nearest rows."""
    usual: float | None = None
    """Its median over all rows."""


def why(evidence: OutlierEvidence, row: Seen) -> str:
    """How far the row is from its neighbours, and how far is usual."""
    if evidence.distance is None or evidence.usual is None:
        return say("There is nothing in it to compare.")
    times = evidence.distance / max(evidence.usual, 1e-6)
    return say(
        "Mean distance to the nearest examples: {distance:.2f}, {times:.1f} times what is usual. Median: {usual:.2f}."
        if times >= 1.05
        else "Mean distance to the nearest examples: {distance:.2f}, which is usual here. Median: {usual:.2f}.",
        distance=evidence.distance,
        times=times,
        usual=evidence.usual,
    )


def sure(summary: Mapping[str, Any]) -> str:
    """How many of the flagged rows may be usual ones."""
    if not summary["flagged"]:
        return say("No row is farther from the others than may happen by chance")
    chance = round(1 / summary["by_chance"])
    return say(
        "Farther off than a normal spread explains; about one in {chance} may be chance; measured against {rows:,} rows"
        if summary["sampled"]
        else "Farther off than a normal spread explains; about one in {chance} may be chance",
        chance=chance,
        rows=summary["compared"] if summary["sampled"] else 0,
    )


TYPE = IssueType(
    name="outlier",
    order=3,
    title=later("Outliers"),
    help=later(
        "How probable it is that an ordinary row stands as far from its nearest rows as this one; low is unusual. "
        "Rows are flagged as long as about one in 100 of them may stand there by chance."
    ),
    needs=frozenset(("example_ids", "embeddings", "neighbours")),
    module="core.issues.outlier.find",
    evidence=OutlierEvidence,
    say=why,
    sure=sure,
    to_do=later("Look whether they belong"),
    act_on_all="keep",
    actions=("keep", "exclude", "choose", "unsure"),
)
