"""Words in JavaScript: a component's source with the functions that say them, and the dictionary that it is given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.words.catalogue import catalogue, key_of

_LITERAL = r'("(?:[^"\\\n]|\\.)*")'
ONE = re.compile(rf"\bt\({_LITERAL}")
SEVERAL = re.compile(rf"\btn\({_LITERAL}, {_LITERAL}")


def speaking_source(source: str) -> str:
    """The source of a component with `t`, `tn` and `learn` before it."""
    return f"{(Path(__file__).parent / 'words.js').read_text(encoding='utf-8')}\n{source}"


@cache
def texts(source: str) -> tuple[tuple[str, str], ...]:
    """Each text that a source says, with that for several or an empty one."""
    single = {(json.loads(one), "") for one in ONE.findall(source)}
    return tuple(sorted(single | {(json.loads(one), json.loads(many)) for one, many in SEVERAL.findall(source)}))


@cache
def dictionary(source: str, code: str) -> Mapping[str, str]:
    """What `learn` takes: the texts of a source in that language, by their English ones; none where that is English."""
    known = catalogue(code)
    said = {}
    for one, many in texts(source):
        if found := known.get(key_of(one)):
            said[one] = found
            if many:
                said[many] = found
    return said
