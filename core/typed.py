"""Frozen records as JSON and back, every field checked by its type: what stands in a file was written by another
process, perhaps of an earlier release.

A field that the JSON lacks takes its default; fields that the record does not know are passed over, so that a file of a
later release can still be read. A record in a field with the metadata `FLAT` has its own fields beside the others in
the JSON. One in a field with the metadata `with_ends("interval")` has its first value under the field's own name, and
its others as a list under `interval`.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.errors import JobError

JsonObject = Mapping[str, object]
"""A JSON object as `json` reads it."""
Record = TypeVar("Record")
FLAT = {"flat": True}
"""Metadata of a field that holds a record."""
_ENDS = "ends"
_SHOWN = 80
"""Characters of a wrong value that a message names."""


class _MisfitError(Exception):
    """A value that is not of its field's type."""

    def __init__(self, name: str, found: str) -> None:
        super().__init__(f"{name} {found}")


def with_ends(name: str) -> Mapping[str, str]:
    """Metadata of a field that holds a figure with its ends; `name` is what the JSON calls these."""
    return {_ENDS: name}


def to_json(record: object) -> dict[str, object]:
    """The JSON object of a record, or of a mapping of values that JSON or this module knows. Raises TypeError for a
    value that neither does."""
    if isinstance(record, Mapping):
        return {str(key): _plain(value) for key, value in record.items()}
    found: dict[str, object] = {}
    for one in fields(cast(Any, record)):
        found |= _entries(one, getattr(record, one.name))
    return found


def from_json(kind: type[Record], content: JsonObject, where: str) -> Record:
    """The record of that type in a JSON object. Raises JobError, which names `where` it stands, the field and its
    value, for one that is missing or of another type."""
    try:
        return cast(Record, _record(kind, content, ""))
    except _MisfitError as misfit:
        hint = "It was damaged, or written by another release: start a new job."
        raise JobError(f"{where}: {misfit}.", hint) from None


def _entries(one: Field[Any], value: object) -> dict[str, object]:
    """What the JSON has of a field."""
    if one.metadata == FLAT:
        return to_json(value)
    if _ENDS in one.metadata:
        figure, *ends = to_json(value).values()
        return {one.name: figure, one.metadata[_ENDS]: ends}
    return {one.name: _plain(value)}


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping) or is_dataclass(value):
        return to_json(value)
    raise TypeError(f"no JSON for {value!r:.{_SHOWN}}")


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _record(kind: type, content: object, name: str) -> object:
    if not isinstance(content, Mapping):
        raise _misfit(name, content, "an object")
    values = {}
    for one in fields(kind):
        wanted, full = _hints(kind)[one.name], f"{name}.{one.name}" if name else one.name
        if one.metadata == FLAT:
            values[one.name] = _record(wanted, content, name)
        elif _ENDS in one.metadata:
            values[one.name] = _joined(wanted, content, name, one)
        elif one.name in content:
            values[one.name] = _value(wanted, content[one.name], full)
        elif _is_required(one):
            raise _MisfitError(full, "is missing")
    return kind(**values)


def _joined(kind: type, content: Mapping[str, object], name: str, one: Field[Any]) -> object:
    """The figure under the field's name with its ends, which stand under another."""
    figure, *ends = (_hints(kind)[each.name] for each in fields(kind))
    full = [f"{name}.{key}" if name else key for key in (one.name, one.metadata[_ENDS])]
    for key, its in zip((one.name, one.metadata[_ENDS]), full, strict=True):
        if key not in content:
            raise _MisfitError(its, "is missing")
    found = _value(figure, content[one.name], full[0])
    return kind(found, *_tuple(tuple(ends), content[one.metadata[_ENDS]], full[1]))


def _is_required(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _value(wanted: Any, value: object, name: str) -> object:
    """The value as a field of type `wanted` holds it."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is object or wanted is Any:
        return value
    if origin in (Union, types.UnionType):
        return _one_of(arguments, value, name)
    if origin is Literal:
        if value not in arguments:
            raise _misfit(name, value, f"one of {', '.join(map(repr, arguments))}")
        return value
    if origin is tuple:
        return _tuple(arguments, value, name)
    if origin in (dict, Mapping):
        if not isinstance(value, Mapping):
            raise _misfit(name, value, "an object")
        return {key: _value(arguments[1], one, f"{name}.{key}") for key, one in value.items()}
    if is_dataclass(wanted):
        return _record(cast(type, wanted), value, name)
    return _scalar(wanted, value, name)


def _one_of(kinds: tuple[Any, ...], value: object, name: str) -> object:
    if value is None and type(None) in kinds:
        return None
    misfits = []
    for kind in kinds:
        if kind is not type(None):
            try:
                return _value(kind, value, name)
            except _MisfitError as misfit:
                misfits.append(misfit)
    raise misfits[0]


def _tuple(kinds: tuple[Any, ...], value: object, name: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise _misfit(name, value, "a list")
    if kinds[1:] == (...,):
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise _misfit(name, value, f"a list of {len(kinds)}")
    return tuple(
        _value(kind, one, f"{name}[{place}]") for place, (kind, one) in enumerate(zip(kinds, value, strict=True))
    )


def _scalar(wanted: Any, value: object, name: str) -> object:
    if wanted is Path:
        if not isinstance(value, str):
            raise _misfit(name, value, "a path")
        return Path(value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return value
    names = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}
    if wanted not in names:
        raise TypeError(f"{name}: fields of type {wanted!r} are not known")
    if type(value) is not wanted:
        raise _misfit(name, value, names[wanted])
    return value


def _misfit(name: str, value: object, wanted: str) -> _MisfitError:
    return _MisfitError(name or "it", f"is {value!r:.{_SHOWN}} and not {wanted}")
