"""Ambiguous rows: examples that lie between two classes, of which the given label is one. Not wrong labels, but rows on
which people would differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.words import later, say, say_n


@dataclass(frozen=True, slots=True, kw_only=True)
class AmbiguousEvidence(Evidence):
    """The two classes, the more probable one first."""

    first: str | None = None
    first_probability: float | None = None
    second: str | None = None
    second_probability: float | None = None


def why(evidence: AmbiguousEvidence, row: Seen) -> str:
    """Both classes with their probabilities, and how many of the nearest rows are of each."""
    if evidence.first_probability is None or evidence.second_probability is None:
        return say("One class is clearly the most probable.")
    first, second = (None if one is None else row.called(one) for one in (evidence.first, evidence.second))
    parts = [
        say(
            "Between two classes: {first} {one:.0%}, {second} {other:.0%}. The label is one of them.",
            first=first,
            one=evidence.first_probability,
            second=second,
            other=evidence.second_probability,
        )
    ]
    near = [label for label in row.neighbours if label is not None]
    if near:
        parts.append(
            say_n(
                "Of the {n:,} nearest row: {first} {one}, {second} {other}.",
                "Of the {n:,} nearest rows: {first} {one}, {second} {other}.",
                len(near),
                first=first,
                one=near.count(str(first)),
                second=second,
                other=near.count(str(second)),
            )
        )
    return " ".join(parts)


def sure(summary: Mapping[str, Any]) -> str:
    """Between which classes most of them lie, and which are hardly told apart at all."""
    known = _most_often(summary) if summary["flagged"] else say("No row lies between two classes")
    apart = [say("{first} and {second}", first=one[0], second=one[1]) for one in summary.get("overlaps", ())]
    return say("{known}; hardly told apart: {pairs}", known=known, pairs=", ".join(apart)) if apart else known


def _most_often(summary: Mapping[str, Any]) -> str:
    first, second, rows = summary["pairs"][0]
    return say_n(
        "Most often between {first} and {second}: {n:,} row",
        "Most often between {first} and {second}: {n:,} rows",
        rows,
        first=first,
        second=second,
    )


TYPE = IssueType(
    name="ambiguous",
    order=6,
    title=later("Ambiguous rows"),
    help=later(
        "How far apart the probabilities of the two most probable classes are, by a model that has not seen the row. "
        "A row is flagged where they differ by no more than 0.2, have 0.8 together and the label is one of the two; of "
        "more than one row in twenty only those that are nearest to both."
    ),
    needs=frozenset(("classes", "example_ids", "labels", "probabilities", "judged", "neighbours")),
    module="core.issues.ambiguous.find",
    evidence=AmbiguousEvidence,
    say=why,
    sure=sure,
    to_do=later("Decide by the guideline"),
    act_on_all="keep",
    of_labels=True,
    actions=("keep", "choose", "exclude", "unsure"),
    applies=lambda task: not (task.target.several or task.target.numeric or task.target.located),
)
