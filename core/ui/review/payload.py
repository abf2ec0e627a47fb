"""What the review desk is told about a row: plain values, images as data URLs. Draws nothing, decides nothing."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from typing import Any

from core.records import Decision
from core.review.records import Neighbour, Refusal, ReviewItem
from core.services.context import Context
from core.services.media import shown, thumbnail
from core.services.review.sources import Source
from core.ui.parts.rows import data_url

MAX_CHARACTERS = 20_000
"""A longer text is cut: no label is judged by what stands beyond."""
SNIPPET = 200
"""Characters of a neighbour."""
MAX_BYTES = 4_000_000
MAX_SECONDS = 0.15
"""One answer carries rows up to either bound; the browser asks for the rest at once."""


def fitting(items: Sequence[ReviewItem], build: Callable[[ReviewItem], dict[str, Any]]) -> list[dict[str, Any]]:
    """The first items as `build` makes them, as many as one answer carries, at least one."""
    built: list[dict[str, Any]] = []
    size, began = 0, time.monotonic()
    for item in items:
        if built and (size > MAX_BYTES or time.monotonic() - began > MAX_SECONDS):
            break
        built.append(build(item))
        size += sum(len(value) for value in built[-1].values() if isinstance(value, str))
    return built


def row(context: Context, item: ReviewItem, source: Source, reviewer: str, *, page: str, grid: bool) -> dict[str, Any]:
    """One row as `desk.js` or `grid.js` draws it; `page` is the address that shows the row named after it whole."""
    example, issue = item.example, item.issue
    return {
        "row_id": example.row_id,
        "text": None if example.media_id else _cut(example.text or ""),
        "image": _image(context, example.media_id) if example.media_id and not grid else None,
        "thumbnail": _thumbnail(context, example.media_id) if grid else None,
        "name": example.text or f"row {example.row_id}",
        "label": example.label or "",
        "suggested": issue.suggested_label,
        "meta": _meta(item),
        "whole": f"{page}{example.row_id}",
        "why": item.why,
        "copies": item.copies,
        "bars": item.probabilities,
        "neighbours": [] if grid else [_neighbour(context, neighbour) for neighbour in item.neighbours],
        "scan_id": source.scan_id,
        "shown": {
            "given_label": example.label,
            "suggested_label": issue.suggested_label,
            "score": round(issue.score, 6),
            "tier": source.tier,
        },
        "decision": decided(item.decision, reviewer),
    }


def decided(decision: Decision | None, reviewer: str) -> dict[str, Any] | None:
    """A decision as the desk says it; `by` only where it is somebody else's."""
    if decision is None:
        return None
    return {
        "decision_id": decision.decision_id,
        "action": decision.action,
        "label": decision.new_label,
        "by": None if decision.reviewer == reviewer else decision.reviewer,
    }


def refusal(refused: Refusal, reviewer: str) -> dict[str, Any]:
    """Why an act was not taken down."""
    return {
        "key": refused.act.client_key,
        "row_id": refused.act.row_id,
        "message": refused.message,
        "decision": decided(refused.decision, reviewer),
    }


def _meta(item: ReviewItem) -> str:
    example, issue = item.example, item.issue
    parts = (
        f"#{issue.rank:,}",
        f"row {example.row_id}",
        example.source_id and f"id {example.source_id}",
        example.split,
        f"score {issue.score:.3f}",
        example.text if example.media_id else None,
    )
    return " · ".join(part for part in parts if part)


def _neighbour(context: Context, neighbour: Neighbour) -> dict[str, Any]:
    example = neighbour.example
    return {
        "row_id": example.row_id,
        "label": example.label or "",
        "similarity": neighbour.similarity,
        "image": _thumbnail(context, example.media_id),
        "text": None if example.media_id else " ".join((example.text or "")[:SNIPPET].split()),
    }


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]}…\n\n(The first {MAX_CHARACTERS:,} of {len(text):,} characters.)"


def _image(context: Context, media_id: str) -> str:
    content, mime = shown(context, media_id)
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _thumbnail(context: Context, media_id: str | None) -> str | None:
    return data_url(thumbnail(context, media_id)) if media_id else None
