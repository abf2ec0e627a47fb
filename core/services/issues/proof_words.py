"""What a proof says, in sentences: for the Issues page and the command line."""

from __future__ import annotations

from collections.abc import Mapping

from core.jobs.proof.spec import AS_SCAN, DETECTORS, NEAR, SCAN, ProofResult, manners_of, ranks_by
from core.records import Dataset
from core.services.issues.proof import BesideDecided, Winner, first_manner, standings, winner
from core.tasks import task_named
from core.words import later, say

FAVOURS = later(
    "They lie where people err most, by what the scan itself makes of classes and rows, so that they favour its "
    "ranking a little."
)
TRUST = later(
    "Planted errors are not people's: a detector that finds them best need not find people's best. Rows that you have "
    "judged say more, and where the two differ they count."
)


def trust(manner: str) -> str:
    """How far errors that were planted so can be trusted."""
    return f"{say(TRUST)} {say(FAVOURS)}" if manner == NEAR else say(TRUST)


def detector_title(detector: str) -> str:
    """Short, as in a legend."""
    if detector in DETECTORS:
        return say(DETECTORS[detector])
    return say("{encoder} alone", encoder=detector.removeprefix(f"{SCAN}: "))


def detector_help(dataset: Dataset, detector: str) -> str:
    """By what it ranks."""
    return say(ranks_by(task_named(dataset.task)).get(detector, AS_SCAN))


def manner_title(dataset: Dataset, manner: str) -> str:
    """Where errors were planted."""
    return say(_manners(dataset)[manner][0])


def manner_help(dataset: Dataset, manner: str) -> str:
    """The same as a sentence."""
    return say(_manners(dataset)[manner][1])


def conclusion(result: ProofResult, manner: str | None = None) -> str:
    """Which detector to go by, and why."""
    manner = first_manner(result, manner)
    found, by_name = winner(result, manner), {one.detector: one for one in standings(result, manner)}
    base, first = by_name[SCAN], by_name[found.planted]
    if found.clear:
        planted = say(
            "On planted errors {rows:,.0f} reviews by {detector} find four of five, fewer than by any other; the "
            "scan's own ranking takes {others:,.0f}.",
            detector=detector_title(found.planted),
            rows=first.most,
            others=base.most,
        )
    else:
        planted = say(
            "On planted errors no detector is clearly better than the scan's own ranking, which takes {rows:,.0f} "
            "reviews to find four of five.",
            rows=base.most,
        )
    return f"{planted} {_decided(result, found)}".strip()


def beside_words(beside: BesideDecided) -> str:
    """How planted and judged rows compare."""
    said = say(
        "Of {n:,} judged rows down to place {rank:,} of the list {decided:.0%} were wrong ({low:.0%} – {high:.0%}); at "
        "the same places planted copies have {planted:.0%}.",
        n=beside.judged,
        rank=beside.ranks,
        decided=beside.decided.estimate,
        low=beside.decided.low,
        high=beside.decided.high,
        planted=beside.planted.estimate,
    )
    verdict = (
        say("They agree.")
        if beside.agree
        else say("They differ: go by the judged rows, as what is said of the next reviews does.")
    )
    return f"{said} {verdict}"


def how_words(dataset: Dataset, result: ProofResult, manner: str) -> str:
    """What was done, and with how many rows."""
    planted = next(one.planted for one in result.found if one.manner == manner)
    numbers = {"planted": planted or result.planted, "rows": result.rows, "left": result.left_out}
    if task_named(dataset.task).target.located:
        said = say(
            "{planted:,} errors were planted in each copy of {rows:,} texts. Nothing was planted in {left:,} that the "
            "scan flags, that people found wrong, or that have no span.",
            **numbers,
        )
    else:
        said = say(
            "{planted:,} errors were planted in each copy of {rows:,} rows. Nothing was planted in {left:,} that the "
            "scan flags, that it could not judge, or that people found wrong.",
            **numbers,
        )
    own = say(
        "About {own:,.0f} wrong labels of the rows' own are expected among all of them, and each row counts as a false "
        "alarm only as far as it is expected to be right; “at least” counts all of them.",
        own=result.own_errors,
    )
    return f"{said} {own}"


def _manners(dataset: Dataset) -> Mapping[str, tuple[str, str]]:
    return manners_of(task_named(dataset.task))


def _decided(result: ProofResult, found: Winner) -> str:
    if found.decided is None:
        return ""
    n = result.right + result.wrong
    if found.decided_clear:
        return say(
            "On the {n:,} rows that people judged {detector} is clearly best: go by that.",
            n=n,
            detector=detector_title(found.decided),
        )
    if found.clear and found.against:
        return say("On the {n:,} rows that people judged it is worse: stay with the scan's own ranking.", n=n)
    return say("On the {n:,} rows that people judged no detector is clearly better than the scan's own ranking.", n=n)
