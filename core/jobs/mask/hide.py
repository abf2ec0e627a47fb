"""What masking does to the values of a column: what the job writes, and what a look before shows of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from core.modalities import WORDS
from core.personal import Personal, masked_by, masked_inside, merged, personal_in, personal_in_column, tells
from core.personal.mask import Masking


def of_texts(kind: pa.DataType) -> bool:
    """Whether a column holds texts, or lists of them."""
    return bool(pa.types.is_string(kind) or (pa.types.is_list(kind) and pa.types.is_string(kind.value_type)))


def may_become_text(column: str, kind: pa.DataType) -> bool:
    """Numbers and dates whose name says that they are somebody's, and what holds texts deeper inside."""
    if of_texts(kind):
        return False
    return tells(column) or (pa.types.is_nested(kind) and any(name in str(kind) for name in ("string", "struct")))


def values_of(column: pa.Array | pa.ChunkedArray) -> list[Any]:
    """A column's values; of what is no text the text, of what is nested its JSON."""
    if pa.types.is_nested(column.type) and not of_texts(column.type):
        values = column.to_pylist(maps_as_pydicts="lossy")
        return [None if one is None else json.dumps(one, ensure_ascii=False, default=str) for one in values]
    return list((column if of_texts(column.type) else column.cast(pa.string())).to_pylist())


def hidden_in(
    how: Masking, column: str, value: object, named: Sequence[Personal] | None, kinds: Counter[str]
) -> object:
    """A value, as `values_of` gives it, with all in it masked; `kinds` counts what was. `named`: what a model found in
    it beside."""

    def hide(name: str, text: str) -> str:
        places = personal_in_column(name, text) if name else personal_in(text)
        if named:
            places = merged(places, named if text is value else list(_again(str(value), named, text)))
        text, counts = masked_by(how, text, places)
        kinds.update(counts)
        return text

    return masked_inside(hide, "" if column == WORDS else column, value)


def _again(whole: str, named: Sequence[Personal], part: str) -> Iterator[Personal]:
    """Where what is named in a text stands in a value that is part of it."""
    for one in named:
        for found in re.finditer(re.escape(whole[one.start : one.stop]), part):
            yield Personal(one.kind, found.start(), found.end())
