"""Attributes that are made from the example itself, so that bias can be measured on what it looks like.

Each is a SQL expression over the examples table, computed once per dataset by the store. Bands of text length,
brightness and the like are no columns: `core.profile.bias` cuts every number into bands by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from core.profile.language import languages
from core.records import AttributeKind

BEGINNING: Final = "left(text, 300)"
"""The beginning of a text, which its language and its class of characters are told from."""


@dataclass(frozen=True, slots=True)
class Derived:
    """An attribute made from the example."""

    name: str
    """As the person sees it."""
    column: str
    kind: AttributeKind
    sql: str
    """An expression over the columns of the examples table."""
    function: Callable[[Sequence[str]], list[str]] | None = None
    """What is made of the expression's values, some thousands at a time; None: the attribute is the expression."""


_CHARACTERS = (
    "CASE WHEN regexp_matches(text, 'https?://|www\\.') THEN 'links'"
    f" WHEN regexp_matches({BEGINNING}, '</?[a-zA-Z][^<>]*>') THEN 'markup'"
    f" WHEN regexp_matches({BEGINNING}, '[\\x{{1F300}}-\\x{{1FAFF}}\\x{{2600}}-\\x{{27BF}}]') THEN 'emoji'"
    f" WHEN length(regexp_replace({BEGINNING}, '[0-9]', '', 'g')) < 0.8 * length({BEGINNING}) THEN 'digits'"
    f" WHEN upper({BEGINNING}) = {BEGINNING} AND regexp_matches(text, '\\p{{Lu}}{{2}}') THEN 'capitals'"
    " WHEN regexp_matches(text, '[^\\x00-\\x7F]') THEN 'beyond ASCII'"
    " ELSE 'plain' END"
)
"""The first class that fits: links, markup, emoji, a fifth digits or more, capitals only, beyond ASCII, plain."""

DERIVED: Final[dict[str, tuple[Derived, ...]]] = {
    "text": (
        Derived("text length", "text_length", "number", "length(text)"),
        Derived(
            "word count",
            "word_count",
            "number",
            "len(list_filter(string_split(replace(text, chr(10), ' '), ' '), lambda word: word NOT IN ('', chr(13))))",
        ),
        Derived("language", "language", "category", BEGINNING, languages),
        Derived("characters", "characters", "category", _CHARACTERS),
    ),
    "image": (
        Derived("image size", "image_size", "category", "width || '×' || height"),
        Derived(
            "shape",
            "shape",
            "category",
            "CASE WHEN width > 1.05 * height THEN 'landscape' WHEN height > 1.05 * width THEN 'portrait'"
            " ELSE 'square' END",
        ),
    ),
}
"""By payload kind. A source's own column of the same name keeps it; the store finds another for the derived one."""
