"""Attributes that are made from a text, so that bias can be measured on what it looks like.

Each is a SQL expression over the examples table, computed once per dataset by the store. Bands of length and the like
are no columns: `core.profile.bias` cuts every number into bands by itself.
"""

from __future__ import annotations

from typing import Final

from core.modalities.contract import Derived
from core.modalities.text.language import languages
from core.words import later

BEGINNING: Final = "left(text, 300)"
"""The beginning of a text, which its language and its class of characters are told from."""


UNSPACED: Final = "[\\p{Han}\\p{Hiragana}\\p{Katakana}ー\\p{Thai}\\p{Lao}\\p{Khmer}\\p{Myanmar}]"
"""Characters of scripts that put no blanks between words, for RE2. Korean has them, and counts by them."""
_SCRIPTS = (
    *("Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew", "Cyrillic", "Greek", "Armenian", "Georgian"),
    *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala"),
    *("Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Mongolian", "Tibetan"),
)
_BEYOND_LATIN = f"[{''.join(f'{chr(92)}p{{{name}}}' for name in _SCRIPTS)}]"
_CASED = ("Cyrillic", "Greek", "Armenian")
_WITHOUT_CASE = f"[{''.join(f'{chr(92)}p{{{name}}}' for name in _SCRIPTS if name not in _CASED)}]"
"""Scripts in which no letter is a capital."""
_WIDE_MARKS = (
    "[\\x{3000}-\\x{303F}\\x{30FB}\\x{FF01}-\\x{FF0F}\\x{FF1A}-\\x{FF20}\\x{FF3B}-\\x{FF40}\\x{FF5B}-\\x{FF65}“”‘’…—]"
)
"""Punctuation of such texts, which ends no word with a blank."""


CLASSES: Final = (
    *(later("links"), later("markup"), later("emoji"), later("digits"), later("capitals"), later("mixed scripts")),
    *(later("beyond Latin"), later("beyond ASCII"), later("plain")),
)
"""What `_CHARACTERS` says."""
_CHARACTERS = (
    "CASE WHEN regexp_matches(text, 'https?://|www\\.') THEN 'links'"
    f" WHEN regexp_matches({BEGINNING}, '</?[a-zA-Z][^<>]*>') THEN 'markup'"
    f" WHEN regexp_matches({BEGINNING}, '[\\x{{1F300}}-\\x{{1FAFF}}\\x{{2600}}-\\x{{27BF}}]') THEN 'emoji'"
    f" WHEN length(regexp_replace({BEGINNING}, '[0-9]', '', 'g')) < 0.8 * length({BEGINNING}) THEN 'digits'"
    f" WHEN upper({BEGINNING}) = {BEGINNING} AND regexp_matches(text, '\\p{{Lu}}{{2}}')"
    f" AND NOT regexp_matches(text, '{_WITHOUT_CASE}') THEN 'capitals'"
    f" WHEN regexp_matches(text, '{_BEYOND_LATIN}')"
    " THEN CASE WHEN regexp_matches(text, '[a-zA-Z]{2}') THEN 'mixed scripts' ELSE 'beyond Latin' END"
    " WHEN regexp_matches(text, '[^\\x00-\\x7F]') THEN 'beyond ASCII'"
    " ELSE 'plain' END"
)
"""The first class that fits: links, markup, emoji, a fifth digits or more, capitals only, Latin words among those of
another script, letters of another script, others beyond ASCII, plain."""

_PIECES = "len(list_filter(string_split(replace({}, chr(10), ' '), ' '), lambda word: word NOT IN ('', chr(13))))"
_WORDS = (
    f"CASE WHEN regexp_matches(text, '{UNSPACED}') THEN "
    + _PIECES.format(
        f"regexp_replace(regexp_replace(regexp_replace(text, '\\p{{M}}', '', 'g'), '{_WIDE_MARKS}', ' ', 'g'),"
        f" '{UNSPACED}', ' \\0 ', 'g')"
    )
    + f" ELSE {_PIECES.format('text')} END"
)
"""What blanks and line ends part; where a script has none between words, each of its characters without its marks. One
rule for all texts, so that texts of one column compare, and so do parts of a text that mixes scripts."""

DERIVED: Final = (
    Derived(later("text length"), "text_length", "number", "length(text)"),
    Derived(
        later("word count"),
        "word_count",
        "number",
        _WORDS,
        about=later(
            "What blanks part. In scripts that have none between words, such as Chinese, Japanese and Thai, each "
            "character counts as one."
        ),
    ),
    Derived(later("language"), "language", "category", BEGINNING, languages),
    Derived(
        later("characters"),
        "characters",
        "category",
        _CHARACTERS,
        about=later(
            "The first that fits: links, markup, emoji, a fifth digits or more, capitals only, mixed scripts (Latin "
            "words in another script), beyond Latin, beyond ASCII, plain."
        ),
    ),
)
