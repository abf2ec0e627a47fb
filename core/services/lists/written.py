"""Filters, orders and names of columns as links, commands and saved views write them.

A filter is written `price >= 10`, `label = sport`, `label = ["sport","tech"]`, `text contains good film`,
`region missing`; several as a JSON array of such texts. An order is `price` or `price desc`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Literal, cast, get_args

from core.errors import UsageError
from core.records import ColumnFilter, How, ListColumn, RowOrder
from core.services.lists.columns import VERDICT
from core.store.search.rank import BEST

Width = Literal["narrow", "wide"]
"""How wide a column is drawn, where it is not as wide as usual."""
DESCENDING = " desc"
_PLAIN_NAME = re.compile(r"[^\W\d][\w.-]*")
_HOW = re.compile(r"\s*(?P<how>>=|<=|!=|=|>|<|(?:contains|missing|present)\b)\s*(?P<value>.*)", re.DOTALL)


def read_filters(text: str, columns: Sequence[ListColumn]) -> list[tuple[ColumnFilter, ListColumn]]:
    """The filters of a link's parameter, with their columns. Raises `UsageError` for what cannot be read."""
    return [_filter(one, columns) for one in filter_texts(text)]


def filter_text(column: ListColumn, how: How, values: Sequence[str] = ()) -> str:
    """A filter of a column as it is written."""
    name = column.name if _PLAIN_NAME.fullmatch(column.name) else json.dumps(column.name, ensure_ascii=False)
    if how in ("missing", "present"):
        return f"{name} {how}"
    if how == "contains":
        return f"{name} contains {' '.join(' '.join(values).split())}"
    [first, *others] = values
    bare = not others and first and first.strip() == first and not first.startswith(("[", '"'))
    return f"{name} {how} {first if bare else json.dumps(list(values), ensure_ascii=False)}"


def in_one_line(text: str, columns: Sequence[ListColumn]) -> str:
    """A filter, written without a line break; as it is where it has none. One that cannot be read keeps its words."""
    if not {"\n", "\r"} & set(text):
        return text
    try:
        one, column = _filter(text, columns)
    except UsageError:
        return " ".join(text.splitlines())
    name = column.name if _PLAIN_NAME.fullmatch(column.name) else json.dumps(column.name, ensure_ascii=False)
    return f"{name} {one.how} {json.dumps(list(one.values), ensure_ascii=False)}"


def read_order(text: str, columns: Sequence[ListColumn]) -> RowOrder:
    """`price` or `price desc`. Raises `UsageError` for a column that the list has not."""
    names = {one.name: one for one in columns if one is not VERDICT}
    descending = text not in names and text.endswith(DESCENDING)
    name = text.removesuffix(DESCENDING) if descending else text
    if name not in names:
        raise _no_column(name, names)
    return RowOrder(names[name].column, descending, names[name].added)


def write_order(order: RowOrder, columns: Sequence[ListColumn]) -> str:
    """An order as it is written."""
    if order == BEST:
        return "match"
    column = next(one for one in columns if (one.column, one.added) == (order.column, order.added))
    return f"{column.name}{DESCENDING if order.descending else ''}"


def read_names(text: str) -> list[str]:
    """Names of columns: with commas between them, or as a JSON array where one has a comma itself."""
    if text.startswith("["):
        found = _json(text)
        return [str(one) for one in found] if isinstance(found, list) else [text]
    return [name for name in text.split(",") if name]


def write_names(names: Sequence[str]) -> str:
    """Names as `read_names` reads them."""
    if any("," in name for name in names) or (names[:1] and names[0].startswith("[")):
        return json.dumps(list(names), ensure_ascii=False)
    return ",".join(names)


def width_of(name: str, known: Container[str]) -> tuple[str, Width | None]:
    """The column that a name such as `text:wide` is of, and how wide it is to be; None as usual. A column of that name
    goes before it."""
    column, _, width = name.rpartition(":")
    return (name, None) if name in known or width not in get_args(Width) else (column, cast(Width, width))


def with_width(name: str, width: Width | None) -> str:
    """A name as `width_of` reads it."""
    return name if width is None else f"{name}:{width}"


def _filter(text: str, columns: Sequence[ListColumn]) -> tuple[ColumnFilter, ListColumn]:
    known = {one.name: one for one in columns if one is not VERDICT}
    name, rest = _name_of(text, known)
    if name not in known:
        raise _no_column(name, known)
    found, column = _HOW.fullmatch(rest), known[name]
    if found is None:
        raise UsageError(
            f"{text!r} is no filter.", f"Write it as “{name} = value”, with one of {', '.join(get_args(How))}."
        )
    how = cast(How, found["how"])
    if column.kind == "fact" and how not in ("=", "!=", "missing", "present"):
        raise UsageError(
            f"{text!r} is no filter.", f"Write it as “{name} = value”, “{name} missing” or “{name} present”."
        )
    values = () if how in ("missing", "present") else _values(found["value"])
    if how not in ("missing", "present") and not any(value or how in ("=", "!=") for value in values):
        raise UsageError(f"{text!r} says nothing to compare with.", f"Write it as “{name} {how} value”.")
    return ColumnFilter(column.column, how, values), column


def _name_of(text: str, known: Mapping[str, Any]) -> tuple[str, str]:
    """The column that a filter begins with, and what follows."""
    text = text.strip()
    if text.startswith('"'):
        try:
            name, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError:
            return text, ""
        return str(name), text[end:]
    for name in sorted(known, key=len, reverse=True):
        rest = text.removeprefix(name)
        if rest != text and _HOW.fullmatch(rest) and not (rest[:1].isalnum() or rest[:1] == "_"):
            return name, rest
    word = _PLAIN_NAME.match(text)
    return (word[0], text[word.end() :]) if word else (text, "")


def _values(text: str) -> tuple[str, ...]:
    found = _json(text) if text.startswith("[") else None
    return tuple(str(one) for one in found) if isinstance(found, list) and found else (text.strip(),)


def filter_texts(text: str) -> list[str]:
    """The filters of a link's parameter, each as it is written."""
    text = text.strip()
    found = _json(text) if text.startswith("[") else None
    return [str(one) for one in found] if isinstance(found, list) else [text] if text else []


def write_filters(texts: Sequence[str]) -> str:
    """Filters, each as it is written, as one parameter."""
    few = len(texts) == 1 and not texts[0].startswith("[")
    return texts[0] if few else json.dumps(list(texts), ensure_ascii=False) if texts else ""


def _json(text: str) -> object:
    try:
        found: object = json.loads(text)
    except json.JSONDecodeError:
        return None
    return found


def _no_column(name: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"The list has no column {name!r}.", f"It has: {', '.join(known)}.")
