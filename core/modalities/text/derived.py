"""Attributes that are made from a text, so that bias can be measured on what it looks like.

Each is a SQL expression over the examples table, computed once per dataset by the store. Bands of length and the like
are no columns: `core.profile.bias` cuts every number into bands by itself.
"""

from __future__ import annotations

from typing import Final

from core.modalities.contract import Derived
from core.modalities.text.language import languages

BEGINNING: Final = "left(text, 300)"
"""The beginning of a text, which its language and its class of characters are told from."""


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

DERIVED: Final = (
    Derived("text length", "text_length", "number", "length(text)"),
    Derived(
        "word count",
        "word_count",
        "number",
        "len(list_filter(string_split(replace(text, chr(10), ' '), ' '), lambda word: word NOT IN ('', chr(13))))",
    ),
    Derived("language", "language", "category", BEGINNING, languages),
    Derived("characters", "characters", "category", _CHARACTERS),
)
