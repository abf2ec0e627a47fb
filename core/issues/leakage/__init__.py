"""Leakage: rows that models are measured on whose copy they learn from, so that the measure flatters them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.records import split_said
from core.words import later, say, say_n


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakageEvidence(Evidence):
    """The row's copies in an earlier split, the nearest first, as its neighbours."""

    split: str | None = None
    """The row's own."""
    other: str | None = None
    """Where its nearest copy is."""
    copies: int = 0
    """In all earlier splits."""
    exact: bool = False
    """Whether that copy has exactly its content."""


def why(evidence: LeakageEvidence, row: Seen) -> str:
    """Which row of which split it is a copy of."""
    if not evidence.neighbours or evidence.split is None:
        return say("No row of another split is nearly the same.")
    first = say(
        "Is in {split}, and row {row} of {other} has the same content."
        if evidence.exact
        else "Is in {split}, and row {row} of {other} is nearly the same.",
        split=split_said(evidence.split),
        row=evidence.neighbours[0],
        other=split_said(evidence.other or ""),
    )
    if evidence.copies < 2:
        return first
    return f"{first} {say('Copies there in all: {n:,}.', n=evidence.copies)}"


def sure(summary: Mapping[str, Any]) -> str:
    """How many rows of each split have a copy in an earlier one, and what the score is without them."""
    splits: Mapping[str, Mapping[str, Any]] = summary["splits"]
    if not splits:
        return say("Nothing to compare: the rows are not split into train and test")
    return "; ".join(_of_split(name, about) for name, about in splits.items())


def _of_split(name: str, about: Mapping[str, Any]) -> str:
    said = say_n(
        "{split}: {leaked:,} of {n:,} row has a copy in an earlier split",
        "{split}: {leaked:,} of {n:,} rows have a copy in an earlier split",
        about["rows"],
        split=split_said(name),
        leaked=about["leaked"],
    )
    if about.get("without") is None or not about["leaked"]:
        return said
    scores = say(
        "accuracy {with_them:.1%}, {without:.1%} without them", with_them=about["with"], without=about["without"]
    )
    return f"{said}, {scores}"


TYPE = IssueType(
    name="leakage",
    order=7,
    title=later("Leakage between splits"),
    help=later(
        "How little a row of validation or test differs from its nearest copy in an earlier split: one less their "
        "cosine, 0 for the same content. Every such row is flagged. The accuracy is that of a linear model on the "
        "embeddings that has learnt the rows of train, on all rows of the split and on those without a copy."
    ),
    needs=frozenset(("example_ids", "splits", "groups", "contents", "embeddings")),
    module="core.issues.leakage.find",
    evidence=LeakageEvidence,
    say=why,
    sure=sure,
    to_do=later("Exclude, or split anew leak-safe"),
    way=("data", "splits", later("Make leak-safe splits")),
    act_on_all="exclude",
    actions=("exclude", "keep", "choose", "unsure"),
)
