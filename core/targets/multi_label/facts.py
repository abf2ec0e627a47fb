"""What any number of classes per example is, in plain facts: no heavy library.

A label's text form is a JSON array of its classes, each once, by code point, without blanks: equal sets, equal texts.
`[]` says that none of the classes applies, which is not the same as no label.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from core.errors import SchemaError
from core.lookalikes import EDGE, stripped
from core.records import Schema
from core.sql import identifier, literal
from core.targets.contract import Reading, Target
from core.targets.sets import all_classes, decode_sets, encode_sets
from core.targets.spelling import PYTHON_LIST, as_json, rarest_strata, unknown_class
from core.words import later, say, stored

_TYPE = "'[\"VARCHAR\"]'"
_CONTROLS = r"[\x00-\x1F]+"
"""Characters that programs escape in JSON each in their own way; a blank stands for them in a class's name."""
_NONE = "[]"
_QUOTE = "'"
_YES, _NO = ("1", "1.0", "true"), ("0", "0.0", "false")
_ANSWERS = (*_YES, *_NO)
_SHOWN = 100
"""Characters of a text that a reason repeats."""
NEITHER = later("neither 0 nor 1: column {column}: {value}")
NO_ARRAY = later("no JSON array of classes: column {column}: {value}")
"""Why rows are set aside."""
WHOLE = "\n"
"""A delimiter that no class has in its name: each value is one class."""


def read(schema: Schema, types: Mapping[str, str]) -> Reading:
    """Of columns of 0 and 1, of lists, of texts with a delimiter, or of texts that are JSON arrays or Python's lists.

    Empty texts and NULLs in a list are no classes. A list or a text of nothing says that no class applies, and so does
    `[]` where texts have a delimiter; NULL is no label."""
    if schema.label_columns and (schema.label is not None or schema.label_delimiter):
        raise SchemaError(
            f"Labels are asked for from {len(schema.label_columns):,} columns of classes and from one of labels.",
            "Choose one of the two; a delimiter belongs to one column.",
        )
    if schema.label_columns:
        return _of_columns(schema.label_columns)
    name = schema.label or ""
    column = identifier(name)
    if types[name].endswith("[]") and types[name].count("[") == 1 and "(" not in types[name]:
        return Reading(text_sql(f"CAST({column} AS VARCHAR[])"))
    if types[name] != "VARCHAR" and not (schema.label_delimiter == WHOLE and types[name].isalpha()):
        raise SchemaError(
            f"Column {name!r} holds {types[name]} values, which cannot be several classes.",
            "Choose a column of lists, or of texts with several classes each.",
        )
    if schema.label_delimiter:
        column = f"CAST({column} AS VARCHAR)"
        cut = text_sql(f"string_split({column}, {literal(schema.label_delimiter)})")
        return Reading(f"CASE WHEN trim({column}) = '{_NONE}' THEN '{_NONE}' ELSE {cut} END")
    return _of_arrays(name, column)


def _of_columns(names: Sequence[str]) -> Reading:
    """The classes are known and in order here: nothing is left to trim or to sort row by row."""
    said = {name: f"lower(trim(CAST({identifier(name)} AS VARCHAR)))" for name in names}
    yes, either = (", ".join(map(literal, values)) for values in (_YES, _ANSWERS))
    called = {found: name for name in names for found in _named([name])}
    if len(called) < len(names):
        raise SchemaError(
            f"The columns {', '.join(map(repr, names))} are {len(names):,} classes with {len(called):,} names.",
            "Give each column a name of its own in the file.",
        )
    found = ", ".join(f"CASE WHEN {said[called[one]]} IN ({yes}) THEN {literal(one)} END" for one in sorted(called))
    faults = {name: f"({value} IS NULL OR {value} NOT IN ({either}))" for name, value in said.items()}
    cases = " ".join(
        f"WHEN {fault} THEN {literal(NEITHER.removesuffix('{value}').format(column=name))} || "
        f"left(coalesce(CAST({identifier(name)} AS VARCHAR), 'no value'), {_SHOWN})"
        for name, fault in faults.items()
    )
    label = f"CAST(to_json(list_filter([{found}], lambda x: x IS NOT NULL)) AS VARCHAR)"
    return Reading(f"CASE WHEN NOT ({' OR '.join(faults.values())}) THEN {label} END", f"CASE {cases} END")


def _of_arrays(name: str, column: str) -> Reading:
    """An object or a list in a list is no class. Lists as Python writes them are read, too."""
    by_python = f"contains({column}, {literal(_QUOTE)}) AND regexp_full_match({column}, {literal(PYTHON_LIST)})"
    array = f"CASE WHEN {by_python} THEN replace({column}, {literal(_QUOTE)}, '\"') ELSE {column} END"
    may_nest = f"regexp_matches({column}, '^.*[{{\\[].*[{{\\[]')"
    nested = f"{may_nest} AND list_has_any(TRY(json_type({array}, '$[*]')), ['OBJECT', 'ARRAY'])"
    classes = f"CASE WHEN {nested} THEN NULL ELSE TRY(from_json({array}, {_TYPE})) END"
    unread = f"({classes}) IS NULL AND trim({column}) NOT IN ('', 'null')"
    fault = literal(NO_ARRAY.removesuffix("{value}").format(column=name))
    return Reading(text_sql(classes), f"CASE WHEN {unread} THEN {fault} || left({column}, {_SHOWN}) END")


def text_sql(classes: str) -> str:
    """SQL for the text form of an expression that is a list of classes (VARCHAR[]): their names without controls and
    without what shows nothing at either end."""
    plain = f"regexp_replace(x, '{_CONTROLS}', ' ', 'g')"
    trimmed = f"list_transform({classes}, lambda x: regexp_replace({plain}, '^[{EDGE}]+|[{EDGE}]+$', '', 'g'))"
    named = f"list_filter({trimmed}, lambda x: x IS NOT NULL AND x <> '')"
    return f"CAST(to_json(list_sort(list_distinct({named}))) AS VARCHAR)"


def classes_in(schema: Schema, row: Mapping[str, Any]) -> tuple[str, ...] | None:
    """By code point."""
    if schema.label_columns:
        said = {name: _text(row[name]).strip().lower() for name in schema.label_columns}
        return (
            _named(name for name, value in said.items() if value in _YES) if set(said.values()) <= {*_ANSWERS} else None
        )
    value = row[schema.label] if schema.label is not None else None
    if value is None:
        return None
    if schema.label_delimiter:
        text = _text(value)
        return () if text.strip() == _NONE else _named(text.split(schema.label_delimiter))
    try:
        found = json.loads(as_json(value)) if isinstance(value, str) else value
    except ValueError:
        return None
    if not isinstance(found, list) or any(isinstance(one, dict | list) for one in found):
        return None
    return _named(_text(one) for one in found if one is not None)


def _text(value: Any) -> str:
    """A value of a preview as the text that the store reads."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _named(classes: Iterable[str]) -> tuple[str, ...]:
    found = {stripped(re.sub(_CONTROLS, " ", name)) for name in classes} - {""}
    return tuple(sorted(found))


def classes_sql(label: str) -> str:
    """Its elements."""
    return f"from_json({label}, {_TYPE})"


def classes_of(label: str) -> tuple[str, ...]:
    """By code point."""
    return tuple(json.loads(label))


def label_of(classes: Iterable[str]) -> str:
    """Each once, by code point."""
    return json.dumps(sorted(set(classes)), ensure_ascii=False, separators=(",", ":"))


def words(label: str) -> str:
    """With commas between them."""
    return ", ".join(classes_of(label)) or say("none", "of the classes")


def tidied(label: str) -> str:
    """Forgives order, repeats, blanks and whole numbers that stand for the texts of their digits."""
    found = _listed(label)
    if found is None or not all(type(name) in (str, int) for name in found):
        return label
    return label_of(_named(map(str, found)))


def objection(label: str, known: Set[str], called: Set[str] = frozenset()) -> str:
    """Names what is no set of classes, and classes that are spelled like an unknown one."""
    found = _listed(label)
    if found is None or not all(isinstance(name, str) for name in found):
        return stored(f'Label {label!r} is no list of classes: write it as ["one","two"], or [] where none applies.')
    unknown = [unknown_class(name, known, called) for name in found if name not in known]
    if unknown:
        return " ".join(unknown)
    ordered = label_of(found)
    return "" if label == ordered else stored(f"Label {label!r} is not in order: write it as {ordered}.")


def _listed(label: str) -> list[Any] | None:
    """The list that a text says; None where it says none."""
    try:
        found = json.loads(label)
    except ValueError:
        return None
    return found if isinstance(found, list) else None


MULTI_LABEL = Target(
    name="multi-label",
    several=True,
    read=read,
    classes_in=classes_in,
    classes_sql=classes_sql,
    classes_of=classes_of,
    classes=lambda labels: all_classes(labels, classes_of),
    label_of=label_of,
    renamed=lambda label, name: label_of(map(name, classes_of(label))),
    words=words,
    encode=lambda labels, classes: encode_sets(labels, classes, classes_of),
    decode=lambda labels, classes: decode_sets(labels, classes, label_of),
    tidied=tidied,
    objection=objection,
    strata=lambda labels: rarest_strata([() if label is None else classes_of(label) for label in labels]),
    problem_type="multi_label_classification",
    answer="""\
probabilities = logits.sigmoid()[0]
print({name: float(p) for name, p in zip(model.config.id2label.values(), probabilities) if p >= 0.5})
""",
    heavy="core.targets.multi_label.heavy",
)
