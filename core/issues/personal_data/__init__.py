"""Personal data: examples that hold an address, an account or a number by which somebody can be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.personal import BY_NAME, KINDS
from core.words import later, say


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalEvidence(Evidence):
    """What a text holds, that which tells most of a person first."""

    kinds: tuple[str, ...] = ()
    """Their names, each once."""
    counts: tuple[int, ...] = ()
    """How many of each."""


def why(evidence: PersonalEvidence, row: Seen) -> str:
    """What it holds."""
    held = [
        say("{kind} ({n:,})", kind=say(BY_NAME[kind].title), n=count) if count > 1 else say(BY_NAME[kind].title)
        for kind, count in zip(evidence.kinds, evidence.counts, strict=False)
        if kind in BY_NAME
    ]
    return say("It holds: {kinds}.", kinds=", ".join(held)) if held else say("No pattern of personal data is in it.")


def sure(summary: Mapping[str, Any]) -> str:
    """How many rows hold which kind, and what cannot be told."""
    counts = [f"{say(BY_NAME[kind].title)} {rows:,}" for kind, rows in summary["kinds"].items() if kind in BY_NAME]
    known = " · ".join(counts) if counts else say("No pattern was found")
    if summary.get("names"):
        return say("{known}; names and places by a small model of English, which misses some", known=known)
    return say("{known}; names only beside a title or a word of naming", known=known)


TYPE = IssueType(
    name="personal_data",
    order=8,
    title=later("Personal data"),
    help=later(
        "What has the form of an e-mail address, a phone, card, account or identity number, an IP address, a birth "
        "date, a street address or a name beside a title; numbers with check digits count only where these are right. "
        "Other names, and places, are looked for where the scan is asked to. Lower scores tell more of a person."
    ),
    needs=frozenset(("written", "named")),
    module="core.issues.personal_data.find",
    evidence=PersonalEvidence,
    say=why,
    sure=sure,
    to_do=later("Exclude, or mask at the export"),
    actions=("exclude", "keep", "choose", "unsure"),
    applies=lambda task: task.modality.written,
    kinds={kind.name: (kind.title, kind.rule) for kind in KINDS},
)
