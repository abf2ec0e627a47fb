"""Says in plain words what was decided. Returns text, never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.lookalikes import isolated
from core.records import NO_LABEL, Decision, ReviewCounts
from core.targets import Target
from core.targets.spans.form import spans_of, written
from core.words import later, say, say_n

_DONE = {
    "keep": later("kept as it is"),
    "exclude": later("excluded"),
    "unsure": later("left as unsure"),
    "ask": later("asked for again"),
    "undo": later("taken back"),
}
_ACTIONS = {
    "keep": later("keep", "decision"),
    "relabel": later("relabel", "decision"),
    "exclude": later("exclude", "decision"),
    "unsure": later("unsure", "decision"),
    "ask": later("ask", "decision"),
    "undo": later("undo", "decision"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """What makes one label of another."""

    added: tuple[str, ...]
    removed: tuple[str, ...]


def change(before: str | None, after: str, target: Target) -> Change:
    """The parts that `after` has and `before` has not, and the other way round, in the labels' own order."""
    had = parts_of(before, target) if before is not None else ()
    has = parts_of(after, target)
    return Change(_without(has, had), _without(had, has))


def parts_of(label: str, target: Target) -> tuple[str, ...]:
    """What a label is made of: its classes, or of spans each by itself as a label of one."""
    return tuple(written((one,)) for one in spans_of(label)) if target.located else target.classes_of(label)


def class_words(part: str, target: Target, text: str | None = None) -> str:
    """One of the `parts_of` a label as people call it; of spans, in the words of the text where it is given."""
    if not target.located:
        return target.words(target.label_of((part,)))
    return target.words(part) if text is None or target.words_in is None else target.words_in(part, text)


def label_words(label: str | None, target: Target, text: str | None = None) -> str:
    """A label as people read it, or that there is none; `text` as in `class_words`."""
    if not label:
        return say("no label")
    return target.words(label) if text is None or target.words_in is None else target.words_in(label, text)


def change_words(before: str | None, after: str, target: Target) -> str:
    """`changed to sport`; of several classes `added corn, removed wheat`."""
    if after == NO_LABEL:
        return say("label taken away")
    if target.several:
        made = change(before, after, target)
        parts = ((later("added {names}"), made.added), (later("removed {names}"), made.removed))
        said = [
            say(words, names=_listed([class_words(one, target) for one in names])) for words, names in parts if names
        ]
        if said:
            return say(", ").join(said)
    return say("changed to {label}", label=isolated(target.words(after)))


def change_marks(before: str | None, after: str | None, target: Target, text: str | None = None) -> str | None:
    """What a label looks like, beside it: the other class; of several classes `+ corn, − wheat`, or that they are the
    same; `text` as in `class_words`. None where it looks like nothing in particular."""
    if after is None or not target.several:
        return None if after is None else target.words(after)
    made = change(before, after, target)
    signs = (("+", made.added), ("−", made.removed))
    marks = [f"{sign} {class_words(one, target, text)}" for sign, names in signs for one in names]
    return ", ".join(marks) or say("the same")


def in_words(decision: Decision, target: Target, before: str | None) -> str:
    """`changed to sport`, `kept as it is`, …; `before` is the label of the version that was decided on."""
    if decision.action == "relabel" and decision.new_label is not None:
        return change_words(before, decision.new_label, target)
    return say(_DONE[decision.action])


def action_words(action: str) -> str:
    """The name of what is decided: `keep`."""
    return say(_ACTIONS[action], "decision")


def _without(classes: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    left_out = frozenset(others)
    return tuple(name for name in classes if name not in left_out)


def _listed(names: Sequence[str]) -> str:
    most = say(", ").join(names[:-1])
    return say("{names} and {last}", names=most, last=names[-1]) if most else names[-1]


def count_words(counts: ReviewCounts) -> str:
    """`14 rows decided: 10 changed, 1 excluded, 2 kept, 1 unsure.`"""
    parts = (
        (counts.relabelled, later("{n:,} changed")),
        (counts.excluded, later("{n:,} excluded")),
        (counts.kept, later("{n:,} kept")),
        (counts.unsure, later("{n:,} unsure")),
    )
    said = say(", ").join(say(words, n=count) for count, words in parts if count)
    if not said:
        return say_n("{n:,} row decided.", "{n:,} rows decided.", counts.decided)
    return say_n("{n:,} row decided: {parts}.", "{n:,} rows decided: {parts}.", counts.decided, parts=said)
