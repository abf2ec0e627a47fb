"""The first steps with a dataset: load, see what a scan found, review, make a version, compare before and after. Each
is done when what it leaves is there, whoever left it, and by whichever way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.context import Context
from core.records import CleaningEffect, Dataset, Version
from core.services.steps.overview import PageName
from core.services.steps.planted import PlantedErrors, planted_errors
from core.store.acts.decisions import reviewed_rows
from core.store.scans import newest_scan
from core.store.versions import list_versions, nothing_labelled
from core.tasks import nothing_to_tell_apart
from core.words import say

StepName = Literal["load", "scan", "review", "version", "compare"]
ROWS = 20
"""So many judged rows change what a small dataset teaches, and are judged in a minute."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the five."""

    name: StepName
    title: str
    done: bool
    page: PageName
    view: str | None
    version: int
    """Number of the version that it is taken on."""
    progress: str = ""
    """How far it is, where that can be counted: `12 of 20`."""


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """All five, and what they came to."""

    steps: tuple[FirstStep, ...]
    nothing_to_fix: bool
    """Whether the scan flagged no label, so that the steps after it cannot be taken."""
    effect: CleaningEffect | None
    """What cleaning did, once it was measured."""
    planted: PlantedErrors | None
    """How well the scan did, where labels were changed on purpose; at the end of the steps, not before."""

    @property
    def next(self) -> FirstStep | None:
        """The first one that is not done."""
        return next((step for step in self.steps if not step.done), None)


def first_steps(context: Context, dataset: Dataset) -> FirstSteps:
    """Read from the store and the ledger: a few small queries, and nothing that was clicked."""
    versions = tuple(list_versions(context.store, dataset.dataset_id))
    scan = newest_scan(context.store, dataset.dataset_id)
    reviewed = [version for version in reversed(versions) if version.kind == "review"]
    flagged = int(scan.found().get("flagged", 0)) if scan else 0
    wanted = min(ROWS, flagged) if scan else ROWS
    # Once a version is made of them, how many there were is settled: acts may be many, and are not counted for nothing.
    decided = wanted if reviewed else reviewed_rows(context.store, [version.version_id for version in versions])
    effect = _newest_effect(context, reviewed)
    number = versions[-1].number
    scanned = next((one.number for one in versions if scan and one.version_id == scan.version_id), number)
    steps = (
        FirstStep("load", say("Load"), True, "data", None, number),
        FirstStep("scan", say("See what a scan finds"), scan is not None, "issues", None, scanned),
        FirstStep(
            *("review", say("Review {n} rows", n=wanted), bool(reviewed) or (scan is not None and decided >= wanted)),
            *("review", "desk", scanned),
            say("{n} of {all}", n=min(decided, wanted), all=wanted),
        ),
        FirstStep("version", say("Make a version"), bool(reviewed), "review", "versions", scanned),
        FirstStep(
            *("compare", say("Compare before and after"), effect is not None, "training", "effect"),
            reviewed[0].number if reviewed else number,
        ),
    )
    clean = scan is not None and not flagged and not decided and not reviewed
    return FirstSteps(steps, clean, effect, planted_errors(context, dataset, versions) if effect else None)


def shown_first_steps(context: Context, dataset: Dataset) -> FirstSteps | None:
    """As `first_steps`; None where they were put away, and where there is nothing to fix, one class alone, or no label
    yet."""
    nothing = nothing_to_tell_apart(dataset) or nothing_labelled(context.store, dataset.latest_version_id)
    if nothing or context.ledger.first_steps.are_away(dataset.dataset_id):
        return None
    found = first_steps(context, dataset)
    return None if found.nothing_to_fix else found


def put_away(context: Context, dataset: Dataset, by: str) -> None:
    """Has the steps of a dataset shown on no page any more."""
    context.ledger.first_steps.put_away(dataset.dataset_id, by)


def bring_back(context: Context, dataset: Dataset) -> None:
    """Has them shown again."""
    context.ledger.first_steps.bring_back(dataset.dataset_id)


def _newest_effect(context: Context, reviewed: list[Version]) -> CleaningEffect | None:
    found = (context.ledger.effects.of(version.version_id) for version in reviewed)
    return next((effects[0] for effects in found if effects), None)
