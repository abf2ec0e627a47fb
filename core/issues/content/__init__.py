"""Content: examples that something is wrong with as they are, whatever their label, such as a blurred image or a text
in a wrong encoding. What can be wrong is a fact of the modality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.modalities import MODALITIES
from core.words import later, say

FAULTS = {fault.name: fault for modality in MODALITIES.values() for fault in modality.faults}
"""Every fault by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentEvidence(Evidence):
    """The row's faults, the worst first."""

    kinds: tuple[str, ...] = ()
    """Their names."""
    values: tuple[float, ...] = ()
    """What was measured for each."""
    usual: tuple[float, ...] = ()
    """And what is usual."""
    found: tuple[str, ...] = ()
    """And what was found, in words; empty where there is nothing to quote."""


def why(evidence: ContentEvidence, row: Seen) -> str:
    """What is wrong, a sentence for each fault."""
    told = zip(evidence.kinds, evidence.values, evidence.usual, evidence.found, strict=False)
    reasons = [FAULTS[kind].reason(value, usual, found) for kind, value, usual, found in told if kind in FAULTS]
    return " ".join(reasons) or say("Nothing about it is unusual.")


def sure(summary: Mapping[str, Any]) -> str:
    """How many rows have which fault, and what so many have that it is usual."""
    counts = [f"{say(FAULTS[kind].title)} {rows:,}" for kind, rows in summary["kinds"].items() if kind in FAULTS]
    common = [f"{say(FAULTS[kind].title)} {share:.0%}" for kind, share in summary["common"].items() if kind in FAULTS]
    parts = [" · ".join(counts)] if counts else [say("Nothing about a row is out of the ordinary")]
    if common:
        parts.append(say("usual here, so not flagged: {kinds}", kinds=" · ".join(common)))
    return "; ".join(parts)


TYPE = IssueType(
    name="content",
    order=5,
    title=later("Content faults"),
    help=later(
        "What is wrong with an example as it is, whatever its label: 0.5 is the limit of its worst fault, lower is "
        "worse. A row is flagged beyond a fixed limit where it is unlike the others, too. What more than one row in "
        "five has is usual here and not flagged."
    ),
    needs=frozenset(("faults",)),
    module="core.issues.content.find",
    evidence=ContentEvidence,
    say=why,
    sure=sure,
    to_do=later("Look, exclude or repair"),
    act_on_all="exclude",
    actions=("exclude", "keep", "choose", "unsure"),
    applies=lambda task: bool(task.modality.faults),
    kinds={fault.name: (fault.title, fault.rule) for fault in FAULTS.values()},
)
