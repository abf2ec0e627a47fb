"""Says in plain words what was decided and why a row is on the desk. Returns text, never markup."""

from __future__ import annotations

from collections.abc import Sequence

from core.records import Decision, Issue, ReviewCounts

_DONE = {"keep": "kept as it is", "exclude": "excluded", "unsure": "left as unsure", "undo": "taken back"}


def in_words(decision: Decision) -> str:
    """`changed to sport`, `kept as it is`, …"""
    return f"changed to {decision.new_label}" if decision.action == "relabel" else _DONE[decision.action]


def reason(issue: Issue, neighbour_labels: Sequence[str | None]) -> str:
    """Both labels' probabilities against what rows of their class usually get, and what the neighbours say."""
    sentences = [_evidence(issue, "given", issue.given_label)]
    if issue.suggested_label != issue.given_label:
        sentences.append(_evidence(issue, "suggested", issue.suggested_label))
    if neighbour_labels:
        agreeing = sum(label == issue.suggested_label for label in neighbour_labels)
        sentences.append(f"{agreeing} of the {len(neighbour_labels)} nearest examples are {issue.suggested_label}.")
    return " ".join(sentence for sentence in sentences if sentence)


def _evidence(issue: Issue, role: str, label: str) -> str:
    probability, threshold = issue.why.get(f"{role}_probability"), issue.why.get(f"{role}_threshold")
    if probability is None:
        return ""
    usual = f", usual for that class {_percent(threshold)}" if threshold is not None else ""
    return f"Probability of {label}: {_percent(probability)}{usual}."


def _percent(share: float) -> str:
    return "<1\u00a0%" if 0 < share < 0.01 else f"{share:.0%}".replace("%", "\u00a0%")


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
