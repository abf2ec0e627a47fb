"""Near-duplicates: groups of examples that are the same or nearly so, of which one is enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.words import later, say, say_n


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDuplicateEvidence(Evidence):
    """The row's group; its neighbours are others of the group, the one that is kept first. Empty outside of groups."""

    group: int | None = None
    """Row id of the group's first row."""
    size: int = 1
    """Rows of the group."""
    kept: int | None = None
    """Row id of the one that is kept: the first with the label that most of the group carry, and of several such
    labels with the one that the model takes to be most probable."""
    exact: bool = False
    """Whether the row has exactly the content of the kept one."""
    conflicting: bool = False
    """Whether the group carries more than one label."""


def why(evidence: NearDuplicateEvidence, row: Seen) -> str:
    """What the row is a copy of, and whether the labels agree."""
    if evidence.group is None:
        return say("No other row is nearly the same.")
    if evidence.kept in evidence.neighbours[:1]:
        first = say(
            "The same content as row {row}, which stands for a group of {n:,}."
            if evidence.exact
            else "Nearly the same as row {row}, which stands for a group of {n:,}.",
            row=evidence.kept,
            n=evidence.size,
        )
    else:
        first = say("Stands for a group of {n:,} rows that are the same or nearly so.", n=evidence.size)
    agree = say("Their labels do not agree." if evidence.conflicting else "All have the same label.")
    return f"{first} {agree}"


def sure(summary: Mapping[str, Any]) -> str:
    """How many groups there are, how many of them contradict themselves, how many rows are exact copies."""
    if not summary["groups"]:
        return say("No two rows are nearly the same")
    return say_n(
        "{n:,} group, {conflicting:,} with conflicting labels; exact copies: {exact:,}",
        "{n:,} groups, {conflicting:,} with conflicting labels; exact copies: {exact:,}",
        summary["groups"],
        conflicting=summary["conflicting"],
        exact=summary["exact"],
    )


TYPE = IssueType(
    name="near_duplicate",
    order=2,
    title=later("Near-duplicates"),
    help=later(
        "How little a copy differs from the row that stands for its group: half of one less their cosine, and half "
        "more where the labels agree, so that conflicting copies come first; 1 for rows that are no copy. Every copy "
        "is flagged, the row that is kept is not."
    ),
    needs=frozenset(("example_ids", "labels", "probabilities", "embeddings", "contents", "groups")),
    module="core.issues.near_duplicate.find",
    evidence=NearDuplicateEvidence,
    say=why,
    sure=sure,
    to_do=later("Keep one of each group"),
    act_on_all="exclude",
    actions=("group", "exclude", "keep", "suggestion", "choose", "unsure"),
)
