"""Near-duplicates: groups of examples that are the same or nearly so, of which one is enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen


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


def say(evidence: NearDuplicateEvidence, row: Seen) -> str:
    """What the row is a copy of, and whether the labels agree."""
    if evidence.group is None:
        return "No other row is nearly the same."
    if evidence.kept in evidence.neighbours[:1]:
        like = "The same content as" if evidence.exact else "Nearly the same as"
        first = f"{like} row {evidence.kept}, which stands for a group of {evidence.size:,}."
    else:
        first = f"Stands for a group of {evidence.size:,} rows that are the same or nearly so."
    return f"{first} {'Their labels do not agree.' if evidence.conflicting else 'All have the same label.'}"


def sure(summary: Mapping[str, Any]) -> str:
    """How many groups there are, how many of them contradict themselves, how many rows are exact copies."""
    if not summary["groups"]:
        return "No two rows are nearly the same"
    groups = f"{summary['groups']:,} group{'' if summary['groups'] == 1 else 's'}"
    return f"{groups}, {summary['conflicting']:,} with conflicting labels; exact copies: {summary['exact']:,}"


TYPE = IssueType(
    name="near_duplicate",
    order=2,
    title="Near-duplicates",
    help="How little a copy differs from the row that stands for its group: half of one less their cosine, and half "
    "more where the labels agree, so that conflicting copies come first; 1 for rows that are no copy. Every copy is "
    "flagged, the row that is kept is not.",
    needs=frozenset(("example_ids", "labels", "probabilities", "embeddings", "contents", "groups")),
    module="core.issues.near_duplicate.find",
    evidence=NearDuplicateEvidence,
    say=say,
    sure=sure,
    to_do="Keep one of each group",
    actions=("group", "exclude", "keep", "suggestion", "choose", "unsure"),
)
