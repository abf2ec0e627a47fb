"""Issues: one folder per type. Its `__init__` says what the type is and is read by every process; what finds the issues
is named there and imported by jobs alone, which find them from signals: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from core.errors import UsageError
from core.issues.contract import IssueType
from core.records import ALSO, ASIDE, SETTLES, Action

if TYPE_CHECKING:
    from core.tasks import Task


def _types() -> list[IssueType[Any]]:
    """The `TYPE` of every folder here: a new folder is a new type."""
    return [import_module(f"{__name__}.{found.name}").TYPE for found in iter_modules(__path__) if found.ispkg]


ISSUE_TYPES: dict[str, IssueType[Any]] = {one.name: one for one in sorted(_types(), key=lambda one: one.order)}
"""Every issue type by name, in the order in which they are offered."""


def label_lists() -> list[str]:
    """Types of the lists that ask about labels: what is said of a label settles all of them."""
    return [one.name for one in ISSUE_TYPES.values() if one.of_labels]


def other_list(name: str | None) -> str | None:
    """The type `name` of a list, where that asks about something else than the label."""
    return name if name in ISSUE_TYPES and not ISSUE_TYPES[name].of_labels else None


def about_list(name: str | None, action: Action) -> str | None:
    """The list of issues that a verdict is about alone which is given in the list of type `name`, as
    `core.records.ASIDE`; None where it is about the label, or the row as a whole."""
    return other_list(name) if action in ("keep", "unsure", "ask") else None


def settles(name: str | None, action: Action, excluded: bool = False, *, every: bool = False) -> dict[str, object]:
    """What a decision that is given in the list of type `name` keeps of what it settles, as keys of what was shown.
    `excluded`: the row is left out until then, so that whatever is said brings it back; `every`: it takes the place of
    a verdict of an earlier release, which settled every list."""
    about = about_list(name, action)
    if about is not None and not excluded:
        return {ASIDE: about}
    also: dict[str, object] = {} if other_list(name) is None else {ALSO: name}
    if about is not None:
        return {SETTLES: [], **also}
    return also if every else {SETTLES: label_lists(), **also}


def types_asked(task: Task, names: Sequence[str] = ()) -> list[str]:
    """Names of the types that a scan of such rows looks for: those that are asked for and the first one, wrong labels,
    whose probabilities it makes in any case; of no names all. Raises UsageError for one that such rows do not have."""
    known = [name for name, one in ISSUE_TYPES.items() if one.applies(task)]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(
            f"A scan of {task.name} does not look for {unknown[0]!r}.", f"Choose among: {', '.join(known)}."
        )
    return [name for name in known if not names or name in names or name == known[0]]
