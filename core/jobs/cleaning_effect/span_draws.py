"""Spans changed at random, as often and in the ways in which review changed them, in tokens of their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Tokens = tuple[int, int, str]
"""The first token of a span, the one behind its last, and its type."""
Row = tuple[Tokens, ...]
TRIES = 200
"""Rows that are looked at for one in which all that review did to a row can be done."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What review did to one span."""

    kind: str
    """`type`, `bounds`, `drop` or `add`."""
    type: str = ""
    """The type that it has now, empty where it has kept its own."""
    first: int = 0
    behind: int = 0
    """By how many tokens its ends have moved; of an added one `behind` is its length."""


def edits(given: Row, reviewed: Row) -> list[Edit]:
    """What makes one row of spans of the other: those that overlap belong together, each with one."""
    old, new = (sorted(set(one) - set(other)) for one, other in ((given, reviewed), (reviewed, given)))
    found = []
    for first, behind, name in old:
        partner = next((one for one in new if one[0] < behind and one[1] > first), None)
        if partner is None:
            found.append(Edit("drop"))
            continue
        new.remove(partner)
        to = "" if partner[2] == name else partner[2]
        moved = partner[0] - first, partner[1] - behind
        found.append(Edit("bounds", to, *moved) if any(moved) else Edit("type", to))
    return found + [Edit("add", name, 0, behind - first) for first, behind, name in new]


def changed_spans(
    given: Sequence[Row],
    reviewed: Sequence[Row | None],
    lengths: Sequence[int],
    types: Sequence[str],
    generator: np.random.Generator,
) -> list[Row | None]:
    """The rows as given, with as many that are changed and left out (None) as review has, at random; `lengths`: tokens
    of each. Where nothing of what review did to a row can be done to any that was looked at, the last gets a span."""
    order = generator.permutation(len(given)).tolist()
    found: list[Row | None] = list(given)
    done = [edits(one, other) for one, other in zip(given, reviewed, strict=True) if other is not None]
    for _ in range(sum(one is None for one in reviewed)):
        found[order.pop()] = None
    for wanted in (one for one in done if one):
        best, row = -1, given[order[-1]]
        for place in range(len(order) - 1, max(-1, len(order) - 1 - TRIES), -1):
            made, count = _edited(given[order[place]], wanted, lengths[order[place]], types, generator)
            if count > best and made != given[order[place]]:
                best, row, chosen = count, made, place
            if best == len(wanted):
                break
        if best >= 0:
            found[order.pop(chosen)] = row
    return found


def _edited(
    row: Row, wanted: Sequence[Edit], length: int, types: Sequence[str], generator: np.random.Generator
) -> tuple[Row, int]:
    """The row after those edits that can be done to it, and how many these are."""
    spans, count = list(row), 0
    for one in wanted:
        if one.kind == "add":
            made = _added(spans, one, length, generator)
        else:
            made = _changed(spans, one, length, types, generator)
        if made is not None:
            spans, count = made, count + 1
    return tuple(sorted(spans)), count


def _added(spans: list[Tokens], one: Edit, length: int, generator: np.random.Generator) -> list[Tokens] | None:
    free = [start for start in range(length - one.behind + 1) if not _taken(spans, start, start + one.behind)]
    if not free:
        return None
    start = free[int(generator.integers(len(free)))]
    return [*spans, (start, start + one.behind, one.type)]


def _changed(
    spans: list[Tokens], one: Edit, length: int, types: Sequence[str], generator: np.random.Generator
) -> list[Tokens] | None:
    for place in generator.permutation(len(spans)).tolist():
        first, behind, name = spans[place]
        rest = spans[:place] + spans[place + 1 :]
        if one.kind == "drop":
            return rest
        to = one.type
        if to == name:
            others = [other for other in types if other != name]
            to = others[int(generator.integers(len(others)))] if others else name
        first, behind = first + one.first, behind + one.behind
        new = (first, behind, to or name)
        if 0 <= first < behind <= length and not _taken(rest, first, behind) and new != spans[place]:
            return [*rest, new]
    return None


def _taken(spans: Sequence[Tokens], first: int, behind: int) -> bool:
    return any(one[0] < behind and one[1] > first for one in spans)
