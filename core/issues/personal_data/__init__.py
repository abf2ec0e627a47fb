"""Personal data: rows that hold an address, an account or a number by which somebody can be known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.issues.contract import Evidence, IssueType, Seen
from core.personal import BY_NAME, KINDS
from core.words import later, say


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalEvidence(Evidence):
    """What a row holds, that which tells most of a person first."""

    kinds: tuple[str, ...] = ()
    """Their names, each once."""
    counts: tuple[int, ...] = ()
    """How many of each, in the text and beside it."""
    columns: tuple[str, ...] = ()
    """Of what stands in a column that is kept with the example, whose name, kind by kind …"""
    column_kinds: tuple[str, ...] = ()
    """… which kind …"""
    column_counts: tuple[int, ...] = ()
    """… and how many; the others stand in the example's own text."""
    place_kinds: tuple[str, ...] = ()
    """Of the first places in the text, the kind …"""
    starts: tuple[int, ...] = ()
    """… and from which sign …"""
    stops: tuple[int, ...] = ()
    """… to which it goes: what stands there is in the text alone."""


def why(evidence: PersonalEvidence, row: Seen) -> str:
    """What it holds, and where."""
    own = dict(zip(evidence.kinds, evidence.counts, strict=False))
    beside: dict[str, dict[str, int]] = {}
    for column, kind, count in zip(evidence.columns, evidence.column_kinds, evidence.column_counts, strict=False):
        beside.setdefault(column, {})[kind] = count
        own[kind] = own.get(kind, 0) - count
    told = [(column, _said(kinds)) for column, kinds in beside.items()]
    parts = [say("It holds: {kinds}.", kinds=kinds)] if (kinds := _said(own)) else []
    parts += [say("The column {column} holds: {kinds}.", column=column, kinds=kinds) for column, kinds in told if kinds]
    return " ".join(parts) or say("No pattern of personal data is in it.")


def _said(held: Mapping[str, int]) -> str:
    return ", ".join(
        say("{kind} ({n:,})", kind=say(BY_NAME[kind].title), n=count) if count > 1 else say(BY_NAME[kind].title)
        for kind, count in held.items()
        if kind in BY_NAME and count > 0
    )


def sure(summary: Mapping[str, Any]) -> str:
    """How many rows hold which kind, in which columns beside the examples, and what cannot be told."""
    counts = [f"{say(BY_NAME[kind].title)} {rows:,}" for kind, rows in summary["kinds"].items() if kind in BY_NAME]
    known = " · ".join(counts) if counts else say("No pattern was found")
    if beside := summary.get("columns"):
        columns = ", ".join(f"{column} {rows:,}" for column, rows in beside.items())
        known = say("{known}; of these in columns: {columns}", known=known, columns=columns)
    if summary.get("names"):
        return say("{known}; names and places by a small model of English, which misses some", known=known)
    return say("{known}; names only beside a title or a word of naming", known=known)


TYPE = IssueType(
    name="personal_data",
    order=8,
    title=later("Personal data"),
    help=later(
        "What has the form of an e-mail address, a phone, card, account or identity number, an IP address, a birth "
        "date, a street address or a name beside a title, in a text or in a column of texts that is kept with the "
        "row; numbers with check digits count only where these are right. Other names, and places, are looked for in "
        "texts where the scan is asked to. Lower scores tell more of a person."
    ),
    needs=frozenset(("example_ids", "written", "kept", "named")),
    module="core.issues.personal_data.find",
    evidence=PersonalEvidence,
    say=why,
    sure=sure,
    to_do=later("Mask, or exclude"),
    way=("data", "export", later("Mask it in a copy, or always")),
    act_on_all="mask",
    actions=("exclude", "keep", "choose", "unsure"),
    kinds={kind.name: (kind.title, kind.rule) for kind in KINDS},
)
