"""Names of people and places in English texts, by a small model of spaCy. Only jobs import it.

What presidio makes of the same model is the same, place by place; its own patterns find fewer of what `patterns` finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from core.personal.model import MODEL, check_installed
from core.personal.patterns import Personal
from core.progress import Report, unheard

if TYPE_CHECKING:
    from spacy.language import Language

AT_ONCE = 2_000
"""Texts between two reports."""
_PIECE = 5_000
"""Characters of a text that are looked at together."""
_OF = {"PERSON": "name", "GPE": "place", "LOC": "place", "FAC": "place"}
_UNSAID = re.compile(r"https?\S*|www\.\S+|[@#]\w+|&\w+;|\S+@\S+|[^\w\s.,;:!?'’\"()&/$%+*-]|_")
"""Links, handles, addresses and pictures, which a model of sentences takes for names."""
_CAPITAL = re.compile(r"\b[A-ZÀ-ÖØ-ÞŠŽĐŁ][\w'’]*")
_OFTEN = """
    I I'm I've I'll A An The This That These Those There Here It Its It's He She We You They My Your His Her Our Their
    What Who Whom Whose Which When Where Why How Is Are Was Were Am Be Been Do Does Did Don't Didn't Can Can't Could
    Will Would Should Shall May Might Must Have Has Had Haven't If In On At By For From To Of With And But Or So Not No
    Yes Please Hi Hello Hey Thanks Thank Just Also Then Than Now As"""
_COMMON = frozenset(_OFTEN.split())
"""Words with a capital of which none is a name."""


def names_in(texts: Sequence[str | None], report: Report = unheard) -> dict[int, tuple[Personal, ...]]:
    """By position, the names and places of those of n texts that have any, in order. `report` hears (done, n), first
    before the model is loaded, which takes seconds, and may raise to stop. Raises UsageError where the model is not
    installed."""
    check_installed()
    found: dict[int, tuple[Personal, ...]] = {}
    for start in range(0, len(texts), AT_ONCE):
        report(start, len(texts))
        pieces = [
            (text, (row, at))
            for row, whole in enumerate(texts[start : start + AT_ONCE], start)
            if whole and _may_have(whole)
            for at, text in _pieces(whole)
        ]
        for document, (row, at) in _loaded().pipe(pieces, as_tuples=True, batch_size=256):
            places = tuple(
                Personal(_OF[one.label_], at + one.start_char, at + one.end_char)
                for one in document.ents
                if one.label_ in _OF and sum(map(str.isalpha, one.text)) > 1
            )
            if places:
                found[row] = (*found.get(row, ()), *places)
    report(len(texts), len(texts))
    return found


@cache
def _loaded() -> Language:
    import spacy

    others = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer")
    return spacy.load(MODEL, exclude=others)


def _may_have(text: str) -> bool:
    """Whether a word begins with a capital that is not one of those that begin most sentences: others cost a hundred
    times as much. What is written in small letters alone is not looked at."""
    return any(word not in _COMMON for word in _CAPITAL.findall(text))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Where each piece begins, and what is said in it, character for character."""
    said = _UNSAID.sub(lambda found: " " * len(found[0]), text)
    at = 0
    while len(said) - at > _PIECE:
        stop = said.rfind(" ", at + 1, at + _PIECE)
        stop = stop if stop > at else at + _PIECE
        yield at, said[at:stop]
        at = stop
    yield at, said[at:]
