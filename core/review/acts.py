"""Reads acts out of what a browser or a file sent. Trusts nothing but the shape it has checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from core.records import Action
from core.review.records import Act

ACTIONS: tuple[Action, ...] = get_args(Action)
DECIDING: tuple[Action, ...] = tuple(action for action in ACTIONS if action != "undo")
MAX_KEY = 64
"""Characters of a client key."""
MAX_SHOWN = 1000
"""Characters of a single value in what was shown."""


def read_acts(sent: Iterable[Mapping[str, Any]]) -> list[Act]:
    """The acts of a browser's report in their order. What has no usable form is left out: nobody could answer it."""
    return [act for act in map(_read, sent) if act is not None]


def _read(raw: Mapping[str, Any]) -> Act | None:
    key, action, example_id = raw.get("key"), raw.get("action"), raw.get("example_id")
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY or action not in ACTIONS:
        return None
    if not (type(example_id) is int or (example_id is None and action == "undo")):
        return None
    return Act(
        client_key=key,
        action=action,
        example_id=example_id,
        new_label=_text(raw.get("label")) if action == "relabel" else None,
        shown=_shown(raw.get("shown")),
        scan_id=_text(raw.get("scan_id")),
        undoes_key=_text(raw.get("target")) if action == "undo" else None,
        instead_of=_text(raw.get("instead_of")),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _shown(raw: Any) -> dict[str, str | float]:
    if not isinstance(raw, Mapping):
        return {}
    wanted = {name: raw.get(name) for name in ("given_label", "suggested_label", "score", "tier")}
    return {
        name: value[:MAX_SHOWN] if isinstance(value, str) else float(value)
        for name, value in wanted.items()
        if isinstance(value, str | int | float)
    }
