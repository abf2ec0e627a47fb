"""Several classes per row, as SQL reads them, as a preview shows them, and as their text form says them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import SchemaError
from core.lookalikes import stripped
from core.records import Schema
from core.targets import TARGETS

MULTI = TARGETS["multi-label"]
ONE = TARGETS["one-class"]
_NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_PLAIN = _NAMES.filter(lambda name: stripped(name) == name and min(name) >= " ")
_SETS = st.lists(st.lists(_PLAIN, max_size=5), min_size=1, max_size=8)


def _schema(column: str | None = "tags", columns: tuple[str, ...] = (), delimiter: str = "") -> Schema:
    return Schema("multi-label-text", "text", column, label_columns=columns, label_delimiter=delimiter)


def _read(rows: Sequence[dict[str, str | None]], schema: Schema) -> list[tuple[str | None, str | None]]:
    """(label, fault) of each row, by DuckDB."""
    names = list(rows[0])
    reading = MULTI.read(schema, dict.fromkeys(names, "VARCHAR"))
    values = ", ".join(f"({', '.join(['?::VARCHAR'] * len(names))})" for _ in rows)
    columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    with duckdb.connect() as engine:
        return engine.execute(
            f"SELECT {reading.label}, {reading.fault or 'NULL'} FROM (VALUES {values}) AS rows({columns})",
            [row[name] for row in rows for name in names],
        ).fetchall()


def _label(text: str | None, delimiter: str = "") -> str | None:
    return _read([{"tags": text}], _schema(delimiter=delimiter))[0][0]


@given(_SETS)
@example([["a\\b", 'say "it"', "x, y", "🙂", "é", "e\u0301", "x\u007f0", "a/b", "'", "null", "[]", "1"]])
@settings(max_examples=60, deadline=None)
def test_any_set_of_classes_is_read_from_json_as_the_label_that_it_makes(sets: list[list[str]]) -> None:
    rows: list[dict[str, str | None]] = [{"tags": json.dumps(names)} for names in sets]
    assert _read(rows, _schema()) == [(MULTI.label_of(names), None) for names in sets]


@given(_SETS)
@settings(max_examples=60, deadline=None)
def test_a_preview_shows_the_classes_that_are_read(sets: list[list[str]]) -> None:
    rows: list[dict[str, str | None]] = [{"tags": json.dumps(names, ensure_ascii=False)} for names in sets]
    shown = [MULTI.classes_in(_schema(), row) for row in rows]
    assert [MULTI.label_of(names) if names is not None else None for names in shown] == [
        label for label, _ in _read(rows, _schema())
    ]


@given(st.lists(_NAMES, max_size=4), st.sampled_from([";", "|", ",", " / ", "'"]))
@settings(max_examples=60, deadline=None)
def test_texts_with_a_delimiter_are_read_as_a_preview_shows_them(names: list[str], delimiter: str) -> None:
    row: dict[str, str | None] = {"tags": delimiter.join(names)}
    schema = _schema(delimiter=delimiter)
    shown = MULTI.classes_in(schema, row)
    assert shown is not None
    assert _read([row], schema) == [(MULTI.label_of(shown), None)]


def test_blanks_doubles_and_empty_parts_between_delimiters_are_no_classes() -> None:
    assert _label(" wheat ;grain;; wheat;", ";") == '["grain","wheat"]'


def test_a_text_of_nothing_and_an_empty_list_say_that_no_class_applies() -> None:
    assert [_label(text, ";") for text in ("", " ", "[]", None)] == ["[]", "[]", "[]", None]
    assert [_label(text) for text in ("[]", "[null]", '[""]', "null", "", None)] == ["[]", "[]", "[]", None, None, None]


def test_numbers_in_a_list_are_classes_by_their_text() -> None:
    assert _label("[3, 10]") == '["10","3"]'


@pytest.mark.parametrize("text", ["sport", '{"a": 1}', '["a"', '[["a"], "b"]', '[{"name": "a"}]', '"a"', "['a' 'b']"])
def test_what_is_no_json_array_of_classes_is_a_fault_that_names_it(text: str) -> None:
    row: dict[str, str | None] = {"tags": text}
    assert _read([row], _schema()) == [(None, f"no JSON array of classes: column tags: {text}")]
    assert MULTI.classes_in(_schema(), row) is None


def test_columns_of_0_and_1_are_classes_by_their_names() -> None:
    columns = ("to'xic", 'in"sult', "threat")
    schema = _schema(None, columns)
    said = [
        ("1", "0", "1"),
        ("0", "0", "0"),
        ("true", "1.0", "False"),
        ("1", None, "0"),
        ("-1", "0", "0"),
        ("0", "0", "x"),
    ]
    rows = [dict(zip(columns, values, strict=True)) for values in said]
    assert _read(rows, schema) == [
        ('["threat","to\'xic"]', None),
        ("[]", None),
        ('["in\\"sult","to\'xic"]', None),
        (None, 'neither 0 nor 1: column in"sult: no value'),
        (None, "neither 0 nor 1: column to'xic: -1"),
        (None, "neither 0 nor 1: column threat: x"),
    ]
    assert [MULTI.classes_in(schema, row) for row in rows[:4]] == [
        ("threat", "to'xic"), (), ('in"sult', "to'xic"), None
    ]  # fmt: skip


def test_values_of_a_preview_that_are_no_texts_are_read_as_their_texts() -> None:
    row = {"a": True, "b": 1.0, "c": 0, "d": 1}
    assert MULTI.classes_in(_schema(None, ("a", "b", "c", "d")), row) == ("a", "b", "d")


def test_controls_in_a_name_become_a_blank_so_that_every_program_writes_it_alike() -> None:
    assert _label('["a\\u001f\\tb", " \\u200bc\\n"]') == '["a b","c"]'


def test_one_class_refuses_several_columns_and_a_delimiter() -> None:
    with pytest.raises(SchemaError, match="2 columns of labels"):
        ONE.read(_schema(None, ("a", "b")), {"a": "VARCHAR", "b": "VARCHAR"})
    with pytest.raises(SchemaError, match=r"a delimiter \(';'\)"):
        ONE.read(_schema(delimiter=";"), {"tags": "VARCHAR"})


def test_columns_of_classes_and_a_column_of_labels_are_not_read_together() -> None:
    types = {"tags": "VARCHAR", "spam": "VARCHAR", "rude": "VARCHAR"}
    for schema in (_schema("tags", ("spam", "rude")), _schema(None, ("spam", "rude"), ";")):
        with pytest.raises(SchemaError, match="from 2 columns of classes and from one of labels"):
            MULTI.read(schema, types)


def test_several_classes_refuse_a_column_of_another_type() -> None:
    with pytest.raises(SchemaError, match="'tags' holds BIGINT values"):
        MULTI.read(_schema(), {"tags": "BIGINT"})


def test_one_class_is_read_and_previewed_as_ever() -> None:
    schema = Schema("text-classification", "text", "label")
    assert ONE.read(schema, {"label": "VARCHAR"}).label == 'CAST("label" AS VARCHAR)'
    assert [ONE.classes_in(schema, {"label": value}) for value in (" a ", 3, None)] == [("a",), ("3",), None]


def test_lists_are_read_as_the_texts_that_say_the_same() -> None:
    reading = MULTI.read(_schema(), {"tags": "VARCHAR[]"})
    with duckdb.connect() as engine:
        rows = engine.execute(
            f"SELECT {reading.label} FROM (VALUES (['b', ' a', 'b', NULL, '']), ([]), (NULL)) AS rows(tags)"
        ).fetchall()
    assert (rows, reading.fault) == ([('["a","b"]',), ("[]",), (None,)], "")


def test_columns_whose_names_differ_in_what_hardly_shows_are_refused() -> None:
    with pytest.raises(SchemaError, match="are 2 classes with 1 names"):
        MULTI.read(_schema(None, ("spam", "spam ")), {"spam": "VARCHAR", "spam ": "VARCHAR"})


@pytest.mark.parametrize("text", ["['b', 'a']", "[ 'b' ,'a', '' ]", "['b', 'a', 'a']"])
def test_a_list_as_python_writes_it_is_read(text: str) -> None:
    assert _label(text) == '["a","b"]'
    assert MULTI.classes_in(_schema(), {"tags": text}) == ("a", "b")


@given(st.lists(_PLAIN, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_python_writes_is_read_as_it_is_or_not_at_all(names: list[str]) -> None:
    row: dict[str, str | None] = {"tags": repr(names)}
    label, fault = _read([row], _schema())[0]
    assert label == MULTI.label_of(names) or fault is not None
    shown = MULTI.classes_in(_schema(), row)
    assert label == (None if shown is None else MULTI.label_of(shown))
