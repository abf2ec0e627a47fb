"""Texts that look like others, or like nothing: which characters show nothing, and class names that differ only in what
hardly shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

from core.words import stored

_EDGES = (
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x61C, 0x61C), (0x1680, 0x1680), (0x180E, 0x180E), (0x2000, 0x200F),
    (0x2028, 0x202F), (0x205F, 0x206F), (0x3000, 0x3000), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),
)  # fmt: skip
"""Blanks, controls, and what joins, parts or directs letters: nothing at the end of a name."""
_UNSEEN = (
    *_EDGES, (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""With fillers, and the selectors and tags that give the character before them its form (Unicode's
Default_Ignorable_Code_Point)."""
_SHOWN = 5
"""Groups that notes name at most."""


def _class(ranges: Sequence[tuple[int, int]], form: str) -> str:
    return "".join(f"{form.format(low)}-{form.format(high)}" for low, high in ranges)


UNSEEN = _class(_UNSEEN, r"\x{{{:X}}}")
"""The characters that show nothing, for a class of RE2, which is DuckDB's: `[…]`."""
EDGE = _class(_EDGES, r"\x{{{:X}}}")
"""What `stripped` takes off either end, for a class of RE2."""
_EDGE = f"[{_class(_EDGES, chr(92) + 'U{:08X}')}]"
_AROUND = re.compile(f"^{_EDGE}+|{_EDGE}+$")
_NOTHING = re.compile(f"[{_class(_UNSEEN, chr(92) + 'U{:08X}')}]+")


_FROM_THE_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Letters of Hebrew, Arabic and their like."""


def isolated(name: str) -> str:
    """A name that stands in a sentence: one that is read from the right is set apart (Unicode's first strong isolate),
    or it would draw the numbers and marks behind it over to its other side. Any other name is as it is."""
    return f"\u2068{name}\u2069" if _FROM_THE_RIGHT.search(name) else name


def quoted(name: str) -> str:
    """A name in quotation marks, in a sentence."""
    return isolated(f"“{name}”")


def stripped(name: str) -> str:
    """Without blanks and invisible characters at either end."""
    return _AROUND.sub("", name)


def shown(name: str) -> str:
    """As `stripped`; empty where nothing of it shows."""
    return "" if _NOTHING.fullmatch(name) else stripped(name)


def _same_accents(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


def _same_blanks(name: str) -> str:
    return _NOTHING.sub("", name)


_DIFFERENCES: tuple[tuple[str, Callable[[str], str]], ...] = (
    (stored("capitals"), str.casefold),
    (stored("blanks or invisible characters"), _same_blanks),
    (stored("how letters and accents are encoded"), _same_accents),
)


def _alike(name: str) -> str:
    return _same_blanks(_same_accents(_same_accents(name).casefold()))


def lookalikes(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of names that differ only in capitals, blanks, invisible characters or the encoding of letters, sorted."""
    groups: dict[str, list[str]] = {}
    for name in sorted(names):
        groups.setdefault(_alike(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def lookalike_notes(names: Iterable[str]) -> list[str]:
    """What to say of class names that are probably one class, a note a group, the first few groups."""
    groups = lookalikes(names)
    notes = [_note(group) for group in groups[:_SHOWN]]
    more = len(groups) - _SHOWN
    return [*notes, stored(f"… and {more:,} more groups of classes that look alike.")] if more > 0 else notes


def _note(group: Sequence[str]) -> str:
    reason, names = _difference(group), _listed(group)
    return stored(f"Classes that differ in {reason} only: {names}.")


def _difference(group: Sequence[str]) -> str:
    one = next((said for said, same in _DIFFERENCES if len(set(map(same, group))) == 1), None)
    return one or stored("capitals, blanks or how letters are encoded")


def _listed(group: Sequence[str]) -> str:
    """The names, with the characters spelled out where they would look the same."""
    shown = [name if name.isprintable() and len(set(map(_same_accents, group))) == len(group) else ascii(name)
             for name in group]  # fmt: skip
    return ", ".join(shown)
