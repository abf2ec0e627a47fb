"""What stands in the place of personal data: its kind, a digest of it, or another of its kind that is nobody's."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Literal

from core.personal.columns import personal_in_column
from core.personal.inside import masked_inside
from core.personal.patterns import Personal, personal_in
from core.personal.stand_in import stand_in
from core.words import later

SHORT = 80
"""Characters of a text that is kept with its mask: tags, groups, people's names and values of a column repeat."""

Manner = Literal["label", "hash", "replacement"]
MANNERS: Mapping[Manner, str] = {
    "label": later("Its kind: [email]"),
    "hash": later("Its kind and a digest, the same for the same value: [email 3f9a2c41]"),
    "replacement": later("Another value of its kind that is nobody's: +1 212-555-0142"),
}
_DIGITS = 8
"""Hexadecimal digits of a digest: two of a million values share one with a chance of 1 in 9,000 each."""


@dataclass(frozen=True, slots=True)
class Masking:
    """How personal data is masked."""

    manner: Manner = "label"
    kinds: tuple[str, ...] = ()
    """Which kinds of `core.personal.KINDS`; empty: all."""
    salt: str = ""
    """Keys the digests: the same value has the same one under the same salt, and none can be told without it."""


def masked(text: str, column: str = "") -> str:
    """The text with the kind of each in place of it: `Write to [email]`. `column`: whose value it is, where it is one
    of a column that is kept with the example. Of a JSON object or list each value, by the name that it stands under."""
    return _short(text, column) if len(text) <= SHORT else str(masked_inside(labelled, column, text))


@lru_cache(1 << 14)
def _short(text: str, column: str) -> str:
    return str(masked_inside(labelled, column, text))


def masked_by(how: Masking, text: str, places: Sequence[Personal] | None = None) -> tuple[str, Counter[str]]:
    """The text with something else in place of each, and how many of each kind there were. `places`: where they are,
    in order and apart; else those that patterns find."""
    chosen: Set[str] = frozenset(how.kinds)
    parts, at, counts = [], 0, Counter[str]()
    for one in personal_in(text) if places is None else places:
        if chosen and one.kind not in chosen:
            continue
        parts += [text[at : one.start], _instead(how, one.kind, text[one.start : one.stop])]
        at = one.stop
        counts[one.kind] += 1
    return "".join((*parts, text[at:])), counts


def labelled(column: str, text: str) -> str:
    """A text that holds no others, as `masked` has it."""
    return masked_by(Masking(), text, personal_in_column(column, text) if column else None)[0]


def _instead(how: Masking, kind: str, value: str) -> str:
    if how.manner == "label":
        return f"[{kind}]"
    same = value.casefold() if kind in ("email", "name", "place", "address") else "".join(filter(str.isalnum, value))
    digest = hmac.new(how.salt.encode(), f"{kind} {same.casefold()}".encode(), sha256).digest()
    if how.manner == "hash":
        return f"[{kind} {digest.hex()[:_DIGITS]}]"
    return stand_in(kind, value, int.from_bytes(digest, "big"))
