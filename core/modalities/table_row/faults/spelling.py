"""Values that are written nearly as others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.lookalikes import lookalikes

OFTEN, SELDOM = 20, 2
"""Rows that the right spelling has at least, and an odd one at most."""
LETTERS = 5
"""A shorter value is another word as likely as a slip."""
KNOWN = 0.95
"""Of a column's rows, those that have one of the frequent values at least; in a column of names or texts they are
fewer, and what is seldom there is no slip."""
_WORD = re.compile(r"[^\W\d_]", re.UNICODE)


def odd_spellings(counts: Mapping[str, int]) -> dict[str, str]:
    """Seldom values → the frequent one that they are one letter, or two exchanged ones, away from, or that differs in
    capitals and blanks alone."""
    often = {value for value, rows in counts.items() if rows >= OFTEN}
    if sum(counts[value] for value in often) < KNOWN * sum(counts.values()):
        return {}
    seldom = [value for value, rows in counts.items() if rows <= SELDOM]
    if not often or not seldom:
        return {}
    near: dict[str, list[str]] = {}
    for value in sorted(often, key=lambda one: counts[one]):
        for shorter in _shorter(value):
            near.setdefault(shorter, []).append(value)
    found: dict[str, str] = {}
    for group in lookalikes([*often, *seldom]):
        right = next((one for one in sorted(group, key=lambda one: -counts[one]) if one in often), None)
        found |= {one: right for one in group if right is not None and one not in often}
    for value in seldom:
        if value not in found and len(value) >= LETTERS:
            known = (one for shorter in _shorter(value) for one in near.get(shorter, ()) if _slip(value, one))
            right = max(known, key=lambda one: counts[one], default=None)
            if right is not None:
                found[value] = right
    return found


def _shorter(value: str) -> Iterator[str]:
    """The value, and it without each of its characters."""
    yield value
    for place in range(len(value)):
        yield value[:place] + value[place + 1 :]


def _slip(odd: str, right: str) -> bool:
    """Whether one letter more, less or other, or two exchanged ones, make one of the other: digits and signs that
    differ make another value, as `room 1` and `room 2` are."""
    if odd == right or min(len(odd), len(right)) < LETTERS - 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(odd, right, strict=False)) if a != b), min(len(odd), len(right)))
    ends = zip(reversed(odd[start:]), reversed(right[start:]), strict=False)
    same = next((at for at, (a, b) in enumerate(ends) if a != b), min(len(odd), len(right)) - start)
    left, wanted = odd[start : len(odd) - same], right[start : len(right) - same]
    if not all(_WORD.fullmatch(one) for one in left + wanted):
        return False
    exchanged = len(left) == len(wanted) == 2 and left == wanted[::-1]
    return exchanged or (len(left) <= 1 and len(wanted) <= 1)
