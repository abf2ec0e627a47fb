"""Reads acts out of what a browser or a file sent. Trusts nothing but the shape it has checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, get_args

from core.errors import UsageError
from core.records import LIST, MAX_NOTE, Action
from core.review.records import Act
from core.targets import Target

ACTIONS: tuple[Action, ...] = get_args(Action)
DECIDING: tuple[Action, ...] = tuple(action for action in ACTIONS if action != "undo")
MAX_KEY = 64
"""Characters of a client key."""
MAX_SHOWN = 1000
"""Characters of a single value in what was shown."""


def read_acts(sent: Iterable[Mapping[str, Any]], target: Target) -> list[Act]:
    """The acts of a browser's report in their order. What has no usable form is left out: nobody could answer it."""
    return [act for act in map(partial(_read, target=target), sent) if act is not None]


def label_in(raw: object, target: Target) -> str | None:
    """The label that a browser or a file gives, in its text form: they have that, or a list of its classes in any
    order. None where they give none."""
    if isinstance(raw, list | tuple):
        return target.tidied(json.dumps(raw, ensure_ascii=False, default=str))
    return target.tidied(raw) if isinstance(raw, str) else None


def _read(raw: Mapping[str, Any], target: Target) -> Act | None:
    key, action, example_id = raw.get("key"), raw.get("action"), raw.get("example_id")
    if not isinstance(key, str) or not 0 < len(key) <= MAX_KEY or action not in ACTIONS:
        return None
    if not (type(example_id) is int or (example_id is None and action == "undo")):
        return None
    return Act(
        client_key=key,
        action=action,
        example_id=example_id,
        new_label=label_in(raw.get("label"), target) if action == "relabel" else None,
        shown=_shown(raw.get("shown"), target),
        scan_id=_text(raw.get("scan_id")),
        undoes_key=_text(raw.get("target")) if action == "undo" else None,
        instead_of=_texts(raw.get("instead_of")),
        note=note_of(raw.get("note")),
    )


def check_note(note: str | None) -> None:
    """Raises `UsageError` for a note that is too long to be kept."""
    if note is not None and len(note) > MAX_NOTE:
        raise UsageError(f"The note has {len(note):,} characters.", f"{MAX_NOTE} is the most.")


def note_of(raw: object) -> str | None:
    """A note as a browser or a file gives it, cut to its length; None where there is none."""
    return raw.strip()[:MAX_NOTE] or None if isinstance(raw, str) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    """A list of texts; a desk of an earlier release has one text in its place."""
    return tuple(one for one in (value if isinstance(value, list | tuple) else [value]) if isinstance(one, str))


def _shown(raw: Any, target: Target) -> dict[str, str | float]:
    if not isinstance(raw, Mapping):
        return {}
    wanted = {name: raw.get(name) for name in ("given_label", "suggested_label", "score", "tier", "blind", LIST)}
    shown = {
        name: value[:MAX_SHOWN] if isinstance(value, str) else float(value)
        for name, value in wanted.items()
        if isinstance(value, str | int | float)
    }
    return {name: value for name, value in shown.items() if not name.endswith("label") or _readable(value, target)}


def _readable(label: str | float, target: Target) -> bool:
    """Whether it can be said in words: a list of classes that was cut is none."""
    try:
        target.words(str(label))
    except (ValueError, TypeError):
        return False
    return True
