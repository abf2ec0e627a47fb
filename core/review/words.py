"""Says in plain words what was decided. Returns text, never markup."""

from __future__ import annotations

from core.records import Decision, ReviewCounts

_DONE = {"keep": "kept as it is", "exclude": "excluded", "unsure": "left as unsure", "undo": "taken back"}


def in_words(decision: Decision) -> str:
    """`changed to sport`, `kept as it is`, …"""
    return f"changed to {decision.new_label}" if decision.action == "relabel" else _DONE[decision.action]


def count_words(counts: ReviewCounts) -> str:
    """`14 rows decided: 10 changed, 1 excluded, 2 kept, 1 unsure.`"""
    parts = (
        (counts.relabelled, "changed"),
        (counts.excluded, "excluded"),
        (counts.kept, "kept"),
        (counts.unsure, "unsure"),
    )
    said = ", ".join(f"{count:,} {word}" for count, word in parts if count)
    return f"{counts.decided:,} row{'' if counts.decided == 1 else 's'} decided{': ' + said if said else ''}."
