"""Texts that were written down in English, such as a job's title, stage or error, said in another language: the
catalogue's template that a text was made with is found by matching it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from core.words.catalogue import entries

PLACEHOLDER = re.compile(r"\{(\w+)(?:[!:][^{}]*)?\}")
_FIGURE = re.compile(r"\{\w+:(?:[+,.\d]*[df%]|,)\}")
"""A placeholder of a figure."""
OURS = ("job", "stage", "status", "reason", "hint", "mark", "split")
"""Placeholders that hold a text of ours, stored or a usual name of a split: it is translated too. All others hold names
and values."""
LETTERS = 4
"""A template with fewer letters of its own would match what it has not made."""
LONGEST = 600
"""Characters of a text that is looked at sentence by sentence: the time for it grows with the square of its sentences,
and what is longer is somebody else's, such as an error of a library."""
_SENTENCE = re.compile(r"(?<=[.:;]) ")


@lru_cache(4096)
def translated(text: str, code: str) -> str:
    """The text in that language: as a whole, else sentence by sentence, else as it is."""
    whole = _found(text, code)
    if whole is not None or len(text) > LONGEST:
        return text if whole is None else whole
    for cut in reversed(list(_SENTENCE.finditer(text))):
        first = _found(text[: cut.start()], code)
        if first is not None:
            return f"{first}{translated(text[cut.end() :], code)}"
    sentence = next(_SENTENCE.finditer(text), None)
    if sentence is None:
        return text
    return text[: sentence.end()] + translated(text[sentence.end() :], code)


def _found(text: str, code: str) -> str | None:
    plain, templates = _known(code)
    if text in plain:
        return plain[text]
    for template, said in templates:
        match = template.fullmatch(text)
        if match:
            return _filled(said, match.groupdict(), code)
    return None


def _filled(said: str, values: Mapping[str, str], code: str) -> str:
    """The translated template with the values as they were written."""

    def value(place: re.Match[str]) -> str:
        text = values[place[1]]
        return translated(text, code) if place[1].rstrip("0123456789") in OURS else text

    return PLACEHOLDER.sub(value, said)


@cache
def _known(code: str) -> tuple[Mapping[str, str], list[tuple[re.Pattern[str], str]]]:
    """Texts without placeholders; templates, those with most letters of their own first."""
    plain: dict[str, str] = {}
    templates: list[tuple[int, int, re.Pattern[str], str]] = []
    for entry in entries(code):
        if not entry.said or entry.about:
            continue
        for text in filter(None, (entry.text, entry.many)):
            if PLACEHOLDER.search(text):
                bare = PLACEHOLDER.sub("", text)
                own = len(re.sub(r"\W", "", bare))
                if own >= LETTERS:
                    templates.append((-own, -len(bare), template_of(text), entry.said))
            else:
                plain.setdefault(text, entry.said)
    return plain, [(template, said) for *_, template, said in sorted(templates, key=lambda one: one[:2])]


def template_of(text: str) -> re.Pattern[str]:
    """What matches every text that this template makes."""
    parts, end, seen = [], 0, set[str]()
    for one in PLACEHOLDER.finditer(text):
        name = one[1]
        what = r"[-+−\d,.%]+?" if _FIGURE.fullmatch(one[0]) else ".+?"
        parts += [re.escape(text[end : one.start()]), f"(?P={name})" if name in seen else f"(?P<{name}>{what})"]
        seen.add(name)
        end = one.end()
    return re.compile("".join((*parts, re.escape(text[end:]))), re.DOTALL)
