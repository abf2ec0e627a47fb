"""Spans as one tag for each token, in the schemes that people write them in.

`IOB1`: I-X, and B-X only where a span follows another of its type; `IOB2`: every span begins with B-X; `BIOES`: its
last token is E-X, one of a single token S-X; `BILOU`: the same with L-X and U-X; `bare`: X alone. O is outside of all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Scheme = Literal["IOB1", "IOB2", "BIOES", "BILOU", "bare"]
SCHEMES: tuple[Scheme, ...] = ("IOB1", "IOB2", "BIOES", "BILOU", "bare")
OUTSIDE = "O"
_TAG = re.compile(r"([BIESLUM])-(.+)")
_ENDS = {"BIOES": ("E", "S"), "BILOU": ("L", "U")}
"""What the last of several tokens, and a single one, are called."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Spans of tokens: (first, behind the last, type)."""

    spans: tuple[tuple[int, int, str], ...]
    faults: tuple[str, ...]
    """What the scheme does not allow, each in words; the spans are what is left when it is mended as conlleval does."""


def is_tag(text: str) -> bool:
    """Whether a text is O or a type behind a letter of one of the schemes."""
    return text == OUTSIDE or _TAG.fullmatch(text) is not None


def scheme_of(tags: Iterable[Sequence[str]]) -> Scheme:
    """The scheme that most of the tags are in. Of IOB1 and IOB2, by how spans begin where no other goes before."""
    counts: Counter[str] = Counter()
    for sequence in tags:
        before = ""
        for tag in sequence:
            letter, name = _parts(tag)
            if letter in ("B", "I") and before != name:
                counts[f"begins {letter}"] += 1
            counts[letter] += 1
            before = name
    if counts["bare"] > counts["B"] + counts["I"] + counts["S"] + counts["U"]:
        return "bare"
    if counts["L"] + counts["U"] > counts["E"] + counts["S"]:
        return "BILOU"
    if counts["E"] + counts["S"]:
        return "BIOES"
    return "IOB1" if counts["begins I"] > counts["begins B"] else "IOB2"


def _parts(tag: str) -> tuple[str, str]:
    """The letter and the type of a tag; `bare` where it has no letter, nothing for O."""
    if tag in (OUTSIDE, ""):
        return "", ""
    found = _TAG.fullmatch(tag)
    return (found[1], found[2]) if found else ("bare", tag)


def decode(tags: Sequence[str], scheme: Scheme) -> Decoded:
    """The spans that tags say, mended where the scheme does not allow them: what goes on without a beginning begins."""
    faults: list[str] = []
    spans: list[tuple[int, int, str]] = []
    last, single = _ENDS.get(scheme, ("", ""))
    start, open_ = 0, ""

    def close(at: int, properly: bool) -> None:
        nonlocal open_
        if open_:
            spans.append((start, at, open_))
            if last and not properly:
                faults.append(f"{tags[at - 1]} is followed by no {last}-{open_}")
        open_ = ""

    for place, tag in enumerate(tags):
        letter, name = ("I", tag) if scheme == "bare" and tag != OUTSIDE else _parts(tag)
        before = tags[place - 1] if place else "the beginning"
        if letter == "bare" or (letter and scheme != "bare" and letter not in ("B", "I", last, single)):
            faults.append(f"{tag!r} is no tag of {scheme}")
            letter = "I"
        goes_on = letter in ("I", last) and open_ == name and bool(letter)
        if letter and not goes_on:
            if letter in ("I", last) and scheme not in ("IOB1", "bare"):
                faults.append(f"{tag} after {before}")
            close(place, False)
            start, open_ = place, name
        elif not letter:
            close(place, False)
        if letter and letter in (last, single):
            close(place + 1, True)
    close(len(tags), False)
    return Decoded(tuple(spans), tuple(faults))


def encode(spans: Iterable[tuple[int, int, str]], tokens: int, scheme: Scheme) -> list[str]:
    """The tags of so many tokens, of spans of tokens that do not overlap."""
    tags = [OUTSIDE] * tokens
    last, single = _ENDS.get(scheme, ("I", "B"))
    behind: tuple[int, str] = (-1, "")
    for start, stop, name in sorted(spans):
        if scheme == "bare":
            tags[start:stop] = [name] * (stop - start)
            continue
        first = "B" if scheme != "IOB1" or behind == (start, name) else "I"
        tags[start:stop] = [f"{first}-{name}", *[f"I-{name}"] * (stop - start - 1)]
        if scheme in _ENDS:
            tags[stop - 1] = f"{single if stop - start == 1 else last}-{name}"
        behind = (stop, name)
    return tags
