"""Every usual layout of a table in JSON gives its rows; what cannot be read costs its row and says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import SourceError
from core.sources.delimited.encoding import detect
from core.sources.json.rows import Row, open_rows

ROWS: list[dict[str, Any]] = [{"text": f"claim {i}", "label": "kettle" if i % 2 else "lamp"} for i in range(14)]
COLUMNS = {name: [row[name] for row in ROWS] for name in ("text", "label")}


def _rows(path: Path, content: str | bytes) -> tuple[str, list[Row]]:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    path.write_bytes(data)
    found = open_rows(path, detect(data))
    return found.layout, list(found.rows)


def _fields(path: Path, content: str | bytes) -> list[Any]:
    return [row.fields for row in _rows(path, content)[1]]


LAYOUTS = {
    "lines": "\n".join(map(json.dumps, ROWS)),
    "lines with blanks and CRLF": "\r\n\r\n".join(map(json.dumps, ROWS)) + "\r\n",
    "list": json.dumps(ROWS),
    "list, indented": json.dumps(ROWS, indent=2),
    "list, an object a line": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]",
    "objects over lines, one after the other": "\n".join(json.dumps(row, indent=1) for row in ROWS),
    "object with the rows": json.dumps({"status": "ok", "count": 14, "results": ROWS}),
    "object with the rows further in": json.dumps({"ok": True, "data": {"page": 1, "items": ROWS}}, indent=1),
    "pandas table": json.dumps({"schema": {"fields": [{"name": "text"}]}, "data": ROWS}),
    "lists": json.dumps(COLUMNS),
    "pandas columns": json.dumps({name: dict(enumerate(column)) for name, column in COLUMNS.items()}),
    "pandas index": json.dumps(dict(enumerate(ROWS))),
    "pandas split": json.dumps(
        {"columns": ["text", "label"], "index": list(range(14)), "data": [list(row.values()) for row in ROWS]}
    ),
    "list of lists with a header": json.dumps([["text", "label"], *(list(row.values()) for row in ROWS)]),
    "one object": json.dumps(ROWS[0]),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_gives_the_rows_that_were_written(tmp_path: Path, name: str) -> None:
    assert _fields(tmp_path / "a.json", LAYOUTS[name]) == (ROWS[:1] if name == "one object" else ROWS)


def test_keys_that_say_more_than_the_order_are_a_column(tmp_path: Path) -> None:
    keyed = {f"K{i}": row for i, row in enumerate(ROWS)}
    expected = [{"index": key, **row} for key, row in keyed.items()]
    assert _fields(tmp_path / "a.json", json.dumps(keyed)) == expected
    columns = {name: dict(zip(keyed, values, strict=True)) for name, values in COLUMNS.items()}
    assert _fields(tmp_path / "a.json", json.dumps(columns)) == expected


def test_lists_that_are_named_as_splits_are_one_table(tmp_path: Path) -> None:
    layout, rows = _rows(tmp_path / "a.json", json.dumps({"train": ROWS[:9], "dev": ROWS[9:]}))
    assert "'train', 'dev'" in layout
    assert [row.fields and row.fields["split"] for row in rows] == ["train"] * 9 + ["dev"] * 5


def test_a_list_of_lists_without_a_header_gets_names(tmp_path: Path) -> None:
    rows = _fields(tmp_path / "a.json", json.dumps([[f"claim {i}", i % 2] for i in range(6)]))
    assert rows[0] == {"column0": "claim 0", "column1": 0}
    assert len(rows) == 6


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps({"a": ROWS, "b": ROWS[:3]}), r"several lists of rows: 'a' \(14\), 'b' \(3\)"),
        (json.dumps({"a": {"b": 1}, "c": [1, 2, 3]}), r"no layout of a table that Winnow knows.*'a' \(dict\)"),
        (json.dumps({"x": [1, 2], "y": [1, 2, 3]}), "no layout of a table"),
        ("[1, 2, 3]", r"a list of single values \(1\)"),
        ("[]", "empty list"),
        ('[{"a": 1}, {"a": ', "Malformed JSON in element 2 of the list"),
        ('[{"a": 1} {"a": 2}]', "Malformed JSON in element 2 of the list: a comma or a closing bracket is missing"),
        (
            '{\n"a": [{"b": 1}],\n"c": 1 "d": 2}',
            r"Malformed JSON: a comma or a closing bracket is missing \(line 3, character 8\)",
        ),
        ('[{"a": ' + "[" * 200_000, "nested too deep"),
        ("hello", "no JSON objects: it begins with 'h'"),
    ],
)
def test_what_is_no_table_says_how_it_is_laid_out(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        _rows(tmp_path / "a.json", content)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"text": "cut \\ude00", "label": "x"}', "half a surrogate pair: \\ude00"),
        ('{"text": "a", "t\\ud83dx": "x"}', "half a surrogate pair: \\ud83d"),
        ('{"text": "a", "text": "b"}', "two values for the key 'text'"),
        ('{"text": {"n": 1, "n": 2}}', "two values for the key 'n'"),
        ('{"text":', "broken JSON: a value is missing (character 9)"),
        ("[1]", "a JSON object was expected, not a list"),
        ("{}", "empty JSON object"),
        ('{"a": ' + "[" * 100_000, "broken JSON: nested too deep"),
        ('{"a": ' + "9" * 5000 + "}", "broken JSON: a whole number with thousands of digits"),
    ],
)
def test_a_bad_line_costs_itself_alone(tmp_path: Path, line: str, fault: str) -> None:
    rows = _rows(tmp_path / "a.jsonl", f'{{"text": "before"}}\n{line}\n{{"text": "after"}}\n')[1]
    assert [row.place for row in rows if row.fields is None] == [2]
    assert rows[1].fault.startswith(fault)
    assert rows[1].content == line[: len(rows[1].content)] != ""
    assert [row.fields for row in rows if row.fields] == [{"text": "before"}, {"text": "after"}]


def test_a_broken_first_line_does_not_make_the_lines_a_document(tmp_path: Path) -> None:
    layout, rows = _rows(tmp_path / "a.jsonl", '{"text": "b", "label":\n' + LAYOUTS["lines"])
    assert (layout, [row.fields for row in rows][1:]) == ("JSON lines", ROWS)


def test_a_bad_value_in_a_list_costs_its_element(tmp_path: Path) -> None:
    for content in (
        '[{"t": "a"}, {"t": "\\udc00"}, {"t": "c"}]',
        '{"rows": [{"t": "a"}, {"t": "\\udc00"}, {"t": "c"}]}',
    ):
        rows = _rows(tmp_path / "a.json", content)[1]
        assert [(row.place, row.fault[:23]) for row in rows if row.fault] == [(2, "half a surrogate pair: ")]


@pytest.mark.parametrize("mark", ["\u2028", "\u0000", "\x0c", "\x1b", "\x85", "\t", "\U0001f600"])
@pytest.mark.parametrize("escaped", [True, False])
def test_no_character_stops_a_file_or_is_lost(tmp_path: Path, mark: str, escaped: bool) -> None:
    shown = json.dumps(f"in{mark}side")[1:-1] if escaped else f"in{mark}side"
    text = f'{{"text": "{shown}"}}\n{{"text": "plain"}}\n'
    assert _fields(tmp_path / "a.jsonl", text) == [{"text": f"in{mark}side"}, {"text": "plain"}]


def test_what_python_writes_for_a_missing_number_is_missing(tmp_path: Path) -> None:
    rows = _fields(tmp_path / "a.jsonl", '{"n": NaN, "m": Infinity}\n{"n": 1, "m": -Infinity}\n')
    assert rows == [{"n": None, "m": float("inf")}, {"n": 1, "m": float("-inf")}]


_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    _TEXTS,
    st.lists(st.integers(), max_size=2),
    st.dictionaries(_TEXTS, st.booleans(), max_size=2),
)
_OBJECTS = st.dictionaries(_TEXTS.filter(bool), _VALUES, min_size=1, max_size=4)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_OBJECTS, min_size=2, max_size=5), st.booleans(), st.sampled_from([None, 1]))
def test_rows_are_what_pythons_json_reads(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], ascii_only: bool, indent: int | None
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    lines = "\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows)
    assert _fields(path, lines) == rows
    assert _fields(path, json.dumps(rows, ensure_ascii=ascii_only, indent=indent)) == rows
    assert _fields(path, json.dumps({"rows": rows}, ensure_ascii=ascii_only, indent=indent)) == rows
