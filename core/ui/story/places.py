"""Which rows a figure of the story counts, by its name in the URL, and the page whose list has just these."""

from __future__ import annotations

from core.records import Place, RowsBehind, Story, Tally
from core.services.lists.asked import ALL, FILTERS
from core.tasks import target_of
from core.ui import keys
from core.ui.lists.review_counts import VERDICTS

ERRORS, SUSPECTS = "errors", "suspects"


def worst_at(place: int) -> str:
    """The name of the rows of the class that is told of at this place."""
    return f"worst-{place}"


def flagged_of(number: int) -> str:
    """Of the flagged rows of a version."""
    return f"flagged-{number}"


def decided_by(one: Tally) -> str:
    """Of the acts that a tally counts."""
    return f"decided-{one.version}-{one.action}-{one.reviewer}"


def list_of(told: Story, name: str) -> Place | None:
    """The page with a list of just the rows of that name, and what its link asks for; None where there are none."""
    query: dict[str, str] = {"dataset": told.dataset.name}
    kind, _, rest = name.partition("-")
    if kind == "flagged":
        return Place(
            "issues", query | {"version": rest, keys.TYPE: "label", keys.SHOW: ALL, FILTERS: "is_issue = true"}
        )
    if kind == "decided":
        number, action, reviewer = act_of(rest)
        asked = {keys.LOG_ACTION: action, keys.LOG_REVIEWER: reviewer}
        return Place("review", query | VERDICTS | {keys.LOG_VERSION: number} | asked)
    behind = behind_of(told, kind, rest)
    if told.score is None or behind is None:
        return None
    target = target_of(told.dataset)
    query |= {keys.RUN: str(told.score.run.number), keys.SPLIT: told.score.split, keys.LABELS: "newest"}
    query[keys.VIEW] = "report" if target.located else "matrix"
    if behind.suspect:
        query[keys.DOUBTFUL] = "yes"
    named = (keys.MISSED, keys.ADDED) if target.several else (keys.TRUE, keys.PREDICTED)
    query |= {key: label for key, label in zip(named, behind.pair or (), strict=False) if label}
    return Place("evaluation", query)


def behind_of(told: Story, kind: str, rest: str) -> RowsBehind | None:
    """The errors of that name; None where there are none of it."""
    if kind == ERRORS:
        return RowsBehind(wrong=True)
    if kind == SUSPECTS:
        return told.suspects.behind if told.suspects else None
    place = int(rest) if rest.isdecimal() else len(told.worst)
    return told.worst[place].behind if kind == "worst" and place < len(told.worst) else None


def act_of(rest: str) -> tuple[str, str, str]:
    """Version, decision and reviewer in the name of decided rows."""
    number, _, others = rest.partition("-")
    action, _, reviewer = others.partition("-")
    return number, action, reviewer
