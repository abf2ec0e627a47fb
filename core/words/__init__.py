"""The words that people see, in the language of whoever looks: English texts are the keys, a catalogue has the others.

Without anybody who says otherwise it is English, so that the command line, job files, JSON and the Python API are in
English. `zh/*.po` is the Chinese catalogue, in as many files as there are areas; `python -m core.words` says what it
lacks. Must not know who looks: `asked_by` is told how to find out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from core.words.catalogue import catalogue, key_of
from core.words.stored import translated

T = TypeVar("T")

LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
"""By code, in its own language. The first is that of the texts in the code."""
ENGLISH = next(iter(LANGUAGES))
_SPOKEN: ContextVar[str | None] = ContextVar("language", default=None)
_ASKED: list[Callable[[], str | None]] = []


def say(text: str, about: str = "", /, **values: object) -> str:
    """The text in the current language, its `{placeholders}` filled as `str.format` does. `about` tells apart what
    English has one word for: `say("Load", "noun")`."""
    found = catalogue(language()).get(key_of(text, about))
    said = text if found is None else found
    return said.format(**values) if values else said


def say_n(one: str, many: str, n: int, /, **values: object) -> str:
    """As `say`, for one thing or for several: `say_n("{n:,} row", "{n:,} rows", count)`."""
    found = catalogue(language()).get(key_of(one))
    return (found or (one if n == 1 else many)).format(n=n, **values)


def later(text: str, about: str = "", /) -> str:
    """The text itself: marks a constant that is said when it is shown, by `say(CONSTANT)`."""
    return text


def stored(text: str, /) -> str:
    """The text itself, mostly an f-string: marks what is written down in English and shown by `say_stored`."""
    return text


def say_stored(text: str, /) -> str:
    """A text that was written down in English, or came with an error, in the current language: found by the template
    that made it. What no template made stays as it is."""
    spoken = language()
    return text if spoken == ENGLISH or not text else translated(text, spoken)


def said_everywhere(text: str, about: str = "", /) -> tuple[str, ...]:
    """The text in every language: for what a link may have from somebody who reads another one."""
    return tuple(catalogue(code).get(key_of(text, about), text) for code in LANGUAGES)


def language() -> str:
    """The code of the current language."""
    return _SPOKEN.get() or next((found for ask in _ASKED if (found := ask())), ENGLISH)


def asked_by(ask: Callable[[], str | None]) -> None:
    """Has `ask` tell the language where no block sets it; None where it does not know."""
    if ask not in _ASKED:
        _ASKED.append(ask)


def in_this_language(work: Callable[[], T]) -> Callable[[], T]:
    """The work, said in the current language even where another thread does it."""
    spoken = language()

    def said() -> T:
        with speaking(spoken):
            return work()

    return said


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Sets the language in the block, for this thread or task."""
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def known(said: str | None) -> str | None:
    """The language that a tag such as `zh-CN` names; None for none that there is."""
    code = (said or "").strip().lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else None


def preferred(header: str) -> str:
    """The language that `Accept-Language` asks for; English where it asks for none that there is."""
    each = (one.partition(";") for one in header.split(","))
    ranked = sorted(((-_weight(rest), place, tag) for place, (tag, _, rest) in enumerate(each)))
    return next((code for *_, tag in ranked if (code := known(tag))), ENGLISH)


def _weight(said: str) -> float:
    try:
        return float(said.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
