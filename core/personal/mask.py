"""What stands in the place of personal data."""

from __future__ import annotations

from core.personal.patterns import personal_in


def masked(text: str) -> str:
    """The text with the kind of each in place of it: `Write to [email]`."""
    parts, at = [], 0
    for one in personal_in(text):
        parts += [text[at : one.start], f"[{one.kind}]"]
        at = one.stop
    return "".join((*parts, text[at:]))
