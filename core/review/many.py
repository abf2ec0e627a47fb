"""What one act makes of many rows. Pure: of a row it knows the label and what is suggested, and nothing else."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from core.errors import UsageError
from core.records import Action, BulkAction
from core.review.words import class_words
from core.targets import Target
from core.words import later, say, say_stored

DECIDES: tuple[BulkAction, ...] = ("keep", "relabel", "suggestion", "add", "remove", "exclude", "unsure")
"""Acts that can be asked for; `undo` takes one of them back."""
_LABELS: tuple[BulkAction, ...] = ("relabel", "add", "remove")
_SAID = {
    "keep": later("kept as they are"),
    "suggestion": later("changed to what is suggested"),
    "exclude": later("excluded"),
    "unsure": later("left as unsure"),
    "undo": later("taken back"),
}


@dataclass(frozen=True, slots=True)
class Doing:
    """What is to be done to each row."""

    action: BulkAction
    label: str | None = None
    """The text form of the label for `relabel`; a class for `add` and `remove`."""


def check(doing: Doing, labels: Set[str], target: Target) -> Doing:
    """The act with its label in its text form. Raises `UsageError` for what makes no sense for such labels."""
    action, label = doing.action, doing.label
    if action not in DECIDES:
        raise UsageError(f"{action!r} is nothing that can be done to rows.", f"Use one of: {', '.join(DECIDES)}.")
    if action in ("add", "remove") and not target.several:
        raise UsageError(f"{action!r} is for labels of several classes, and here each row has one.", "Use relabel.")
    if action in _LABELS and target.located:
        raise UsageError(
            f"{action!r} is for classes, and here labels are spans, each at a place of its own.",
            "Change them on the Profile page, where the same words have several types, or row by row.",
        )
    if action not in _LABELS:
        return Doing(action)
    if label is None:
        raise UsageError(f"{action!r} needs a label.", "Say which.")
    made = target.tidied(label if action == "relabel" else target.label_of([label]))
    problem = target.objection(made, labels)
    if problem:
        raise UsageError(problem, "Write a number." if target.numeric else "Take one of the dataset's classes.")
    return Doing(action, made if action == "relabel" else target.classes_of(made)[0])


def outcome(doing: Doing, label: str | None, suggested: str | None, target: Target) -> tuple[Action, str | None] | None:
    """The decision on a row of that label, with the new label of a `relabel`; None where there is nothing to do, since
    it has the label already, none is suggested, or it has none that could be kept or changed in part."""
    if label is None and doing.action in ("keep", "remove"):
        return None
    if doing.action in ("keep", "exclude", "unsure"):
        return doing.action, None
    made = _label(doing, label, suggested, target)
    return None if made is None or made == label else ("relabel", made)


def _label(doing: Doing, label: str | None, suggested: str | None, target: Target) -> str | None:
    if doing.action == "suggestion":
        return suggested
    if doing.action == "relabel":
        return doing.label
    classes = target.classes_of(label) if label is not None else ()
    if doing.action == "remove":
        return target.label_of(name for name in classes if name != doing.label)
    return target.label_of(dict.fromkeys((*classes, doing.label or "")))


def among_said(among: str) -> str:
    """Which rows an act is about, as it is kept in English, in the current language."""
    return " · ".join(say_stored(part) for part in among.split(" · "))


def said(doing: Doing, target: Target) -> str:
    """`changed to tech`, `excluded`, `corn added`: what becomes of the rows, in words."""
    if doing.action == "relabel":
        return say("changed to {label}", label=target.words(doing.label or ""))
    if doing.action in ("add", "remove"):
        name = class_words(doing.label or "", target)
        return say("{name} added" if doing.action == "add" else "{name} removed", name=name)
    return say(_SAID[doing.action])
