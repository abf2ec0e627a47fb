"""Takes back one decision of many, by itself, and says which versions have it all the same."""

from __future__ import annotations

from dataclasses import dataclass

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, Decision, Version
from core.review.records import Act
from core.services.review.decisions import record
from core.store import versions
from core.store.ids import new_id
from core.words import say, say_n


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A decision that no longer counts."""

    decision: Decision
    version: Version
    """The version that it was made on."""
    held_by: tuple[int, ...]
    """Numbers of the versions that were made with it: they never change."""

    @property
    def said(self) -> str:
        """What that means, in a sentence or three."""
        done = say(
            "Row {row}: the decision on version {number} is taken back.",
            row=self.decision.example_id,
            number=self.version.number,
        )
        if not self.held_by:
            return done
        held = say_n(
            "Version {numbers} still has it, since a version never changes: to change the row there, decide on it "
            "there.",
            "Versions {numbers} still have it, since a version never changes: to change the row there, decide on it "
            "there.",
            len(self.held_by),
            numbers=listed(self.held_by),
        )
        return f"{done} {held}"


def take_back_one(context: Context, dataset: Dataset, decision_id: str, reviewer: str) -> TakenBack:
    """Takes back a decision by its id. Raises `NotFoundError` where the dataset has none of that id, `UsageError` where
    it cannot be taken back."""
    found = _by_id(context, dataset, decision_id)
    act = Act(new_id(), "undo", found.example_id, undoes_key=found.client_key)
    refused = record(context, found.version_id, reviewer, [act]).refused
    if refused:
        raise UsageError(refused[0].message, "The list of decisions says which are in force, and whose they are.")
    version = versions.get_version(context.store, found.version_id)
    held_by = versions.holding(context.store, dataset.dataset_id, [found.decision_id])
    return TakenBack(found, version, held_by.get(found.decision_id, ()))


def listed(numbers: tuple[int, ...]) -> str:
    """`2`, `2 and 3`, `2, 3 and 4`"""
    *most, last = map(str, numbers)
    names = say(", ").join(most)
    return say("{names} and {last}", names=names, last=last) if most else last


def _by_id(context: Context, dataset: Dataset, decision_id: str) -> Decision:
    found = context.ledger.decisions.by_id(decision_id)
    if found is None or found.dataset_id != dataset.dataset_id:
        raise NotFoundError(
            f"{dataset.name!r} has no decision {decision_id!r}.",
            f"Its decisions with their ids: python -m core decisions {dataset.name}",
        )
    return found
