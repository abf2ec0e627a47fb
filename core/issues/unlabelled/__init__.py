"""Unlabelled rows: examples that nobody has given a label yet, those first from which a model would learn most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen, rounded
from core.words import later, say, say_n


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlabelledEvidence(Evidence):
    """What the model makes of the row."""

    probability: float | None = None
    """Of the suggested class; of several classes, that the whole suggestion is right, were the least sure class all."""
    second: str | None = None
    """The next class, where a row has one."""
    second_probability: float | None = None
    predicted: float | None = None
    """Where labels are numbers, what the model predicts."""
    half: float | None = None
    """Half of the interval around it that holds nine labels of ten."""


def why(evidence: UnlabelledEvidence, row: Seen) -> str:
    """How sure the model is, what else it may be, and what the nearest rows are."""
    if evidence.predicted is not None and evidence.half is not None:
        shown, around = rounded(evidence.predicted, evidence.half)
        return say("Predicted {predicted} ± {half}: nine labels of ten lie within.", predicted=shown, half=around)
    if evidence.probability is None:
        return say("Nobody has given it a label yet.")
    parts = [say("Probability of the suggestion: {share:.0%}.", share=evidence.probability)]
    if evidence.second is not None and evidence.second_probability is not None:
        parts.append(say("Next: {label}, {share:.0%}.", label=evidence.second, share=evidence.second_probability))
    labelled = [label for label in row.neighbours if label is not None]
    if labelled:
        parts.append(
            say_n(
                "{n} of the {all} nearest labelled examples is {label}.",
                "{n} of the {all} nearest labelled examples are {label}.",
                sum(label == row.suggested for label in labelled),
                all=len(labelled),
                label=row.suggested,
            )
        )
    return " ".join(parts)


def sure(summary: Mapping[str, Any]) -> str:
    """How many of the suggestions are probably right."""
    if not summary["flagged"]:
        return say("Every row has a label")
    if "expected_right" not in summary:
        return say("Those first of whose number the model is least sure")
    return say("About {share:.0%} of the suggestions are expected to be right", share=summary["expected_right"])


TYPE = IssueType(
    name="unlabelled",
    order=4,
    title=later("Unlabelled rows"),
    help=later(
        "How far apart the two most probable classes are: the lower, the more a model would learn from the label of "
        "this row (margin sampling). Of numbers, how little they spread around such a prediction. Every row without a "
        "label is listed."
    ),
    needs=frozenset(("classes", "example_ids", "labels", "probabilities", "neighbours")),
    module="core.issues.unlabelled.find",
    evidence=UnlabelledEvidence,
    say=why,
    sure=sure,
    to_do=later("Give them a label"),
    of_labels=True,
    actions=("suggestion", "choose", "exclude", "unsure"),
)
