"""What the review desk is told about a row: plain values, images as data URLs. Draws nothing, decides nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from core.context import Context
from core.records import LIST, Decision
from core.review.records import Neighbour, Refusal, ReviewItem
from core.review.words import in_words
from core.services.review.sources import Source
from core.store.masked import said_shown
from core.targets import Target
from core.typed import JsonObject
from core.ui import keys
from core.ui.modalities.drawing import Drawing
from core.words import say, say_stored

MAX_BYTES = 4_000_000
MAX_SECONDS = 0.15
"""One answer carries rows up to either bound; the browser asks for the rest at once."""


def fitting(items: Sequence[ReviewItem], build: Callable[[ReviewItem], JsonObject]) -> list[JsonObject]:
    """The first items as `build` makes them, as many as one answer carries, at least one."""
    built: list[JsonObject] = []
    size, began = 0, time.monotonic()
    for item in items:
        if built and (size > MAX_BYTES or time.monotonic() - began > MAX_SECONDS):
            break
        built.append(build(item))
        size += sum(len(value) for value in built[-1].values() if isinstance(value, str))
    return built


def row(
    context: Context,
    item: ReviewItem,
    drawing: Drawing,
    target: Target,
    source: Source,
    reviewer: str,
    *,
    page: str,
    compared: bool,
    grid: bool,
    also: Mapping[int, JsonObject] = MappingProxyType({}),
    tags: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> JsonObject:
    """One row as `desk.js` or `grid.js` draws it; `page` is the address of the list of all rows, `compared` whether it
    can list those like one, `also` what else is known of rows."""
    example, issue = item.example, item.issue
    known = {
        "example_id": example.example_id,
        **drawing.on_desk(context, example, grid),
        "label": example.label,
        "meta": _meta(item, drawing),
        "whole": f"{page}&{keys.ROW}={example.example_id}",
        "like": f"{page}&{keys.LIKE}={example.example_id}" if compared else None,
        "blind": item.blind,
        "scan_id": source.scan_id,
        "decision": decided(context, item.decision, reviewer),
        "tags": list(tags.get(example.example_id, ())),
        "before": _said_before(context, item.before, target),
        **also.get(example.example_id, {}),
    }
    if item.blind:  # what is not to be seen is not sent
        shown = {"given_label": example.label, "blind": 1, LIST: source.issue_type}
        return known | {"suggested": None, "why": "", "copies": (), "bars": (), "neighbours": [], "shown": shown}
    return known | {
        "suggested": issue.suggested_label,
        "why": item.why,
        "copies": item.copies,
        "bars": item.probabilities,
        "neighbours": [] if grid else [_neighbour(context, neighbour, drawing) for neighbour in item.neighbours],
        "shown": _shown(item, source),
    }


def _shown(item: ReviewItem, source: Source) -> JsonObject:
    """What stands beside a decision: where nothing ranked the row, its label alone."""
    issue, given = item.issue, {"given_label": item.example.label, LIST: source.issue_type}
    unscored = math.isnan(issue.score)
    if unscored and issue.suggested_label is None:
        return given
    score = {} if unscored else {"score": round(issue.score, 6)}
    return given | {"suggested_label": issue.suggested_label, **score, "tier": source.tier}


def decided(context: Context, decision: Decision | None, reviewer: str) -> JsonObject | None:
    """A decision as the desk says it; `by` only where it is another reviewer's, `key` tells the tab's own."""
    if decision is None:
        return None
    return {
        "decision_id": decision.decision_id,
        "key": decision.client_key,
        "action": decision.action,
        "label": decision.new_label,
        "by": None if decision.reviewer == reviewer else decision.reviewer,
        "note": decision.note and said_shown(context.store, decision.dataset_id, decision.note),
    }


def refusal(context: Context, refused: Refusal, reviewer: str) -> JsonObject:
    """Why an act was not taken down."""
    return {
        "key": refused.act.client_key,
        "example_id": refused.act.example_id,
        "message": say_stored(refused.message),
        "decision": decided(context, refused.decision, reviewer),
    }


def _said_before(context: Context, said: Decision | None, target: Target) -> str | None:
    """What somebody said of the row on an earlier version: `ada, 28 Nov, on an earlier version: kept as it is.`"""
    if said is None:
        return None
    words = in_words(said, target, said.shown.get("given_label"))
    told = say(
        "{who}, {day:%d %b %Y}, on an earlier version: {words}.", who=said.reviewer, day=said.decided_at, words=words
    )
    note = said_shown(context.store, said.dataset_id, said.note or "")
    return f"{told} {say('Note: “{note}”.', note=note)}" if note else told


def _meta(item: ReviewItem, drawing: Drawing) -> str:
    example, issue = item.example, item.issue
    ranked = not item.blind and not math.isnan(issue.score)
    parts = (
        not item.blind and issue.rank and f"#{issue.rank:,}",
        say("row {number}", number=example.example_id),
        example.source_id and say("id {id}", id=example.source_id),
        example.split,
        ranked and say("score {score:.3f}", score=issue.score),
        drawing.caption(example),
    )
    return " · ".join(part for part in parts if part)


def _neighbour(context: Context, neighbour: Neighbour, drawing: Drawing) -> JsonObject:
    example = neighbour.example
    return {
        "example_id": example.example_id,
        "label": example.label,
        "similarity": neighbour.similarity,
        **drawing.near(context, example),
    }
