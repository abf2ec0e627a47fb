"""Says in plain words what was decided. Returns text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.lookalikes import isolated
from core.records import Decision, ReviewCounts
from core.targets import Target

_DONE = {
    "keep": "kept as it is",
    "exclude": "excluded",
    "unsure": "left as unsure",
    "ask": "asked for again",
    "undo": "taken back",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What makes one label of another."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def change(before: str | None, after: str, target: Target) -> Change:
    """The classes that `after` has and `before` has not, and the other way round, in the labels' own order."""
    had = target.classes_of(before) if before is not None else ()
    has = target.classes_of(after)
    return Change(_without(has, had), _without(had, has))


def class_words(name: str, target: Target) -> str:
    """One class as people call it."""
    return target.words(target.label_of((name,)))


def change_words(before: str | None, after: str, target: Target) -> str:
    """`changed to sport`; of several classes `added corn, removed wheat`."""
    if target.several:
        made = change(before, after, target)
        parts = (("added", made.added), ("removed", made.removed))
        said = [f"{word} {_listed([class_words(one, target) for one in names])}" for word, names in parts if names]
        if said:
            return ", ".join(said)
    return f"changed to {isolated(target.words(after))}"


def change_marks(before: str, after: str | None, target: Target) -> str | None:
    """What a label looks like, beside it: the other class; of several classes `+ corn, − wheat`, or that they are the
    same. None where it looks like nothing in particular."""
    if after is None or not target.several:
        return None if after is None else target.words(after)
    made = change(before, after, target)
    signs = (("+", made.added), ("−", made.removed))
    marks = [f"{sign} {class_words(one, target)}" for sign, names in signs for one in names]
    return ", ".join(marks) or "the same"


def in_words(decision: Decision, target: Target, before: str | None) -> str:
    """`changed to sport`, `kept as it is`, …; `before` is the label of the version that was decided on."""
    if decision.action == "relabel" and decision.new_label is not None:
        return change_words(before, decision.new_label, target)
    return _DONE[decision.action]


def _without(classes: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    left_out = frozenset(others)
    return tuple(name for name in classes if name not in left_out)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


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
