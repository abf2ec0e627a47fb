"""What is read is what was written: tables made by `csv`, `json` and `openpyxl`, read back through the sources."""

from __future__ import annotations

import csv
import datetime
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from core.errors import SourceError
from core.reading.work import query
from core.records import Reader, Schema
from core.sources import SOURCES, Bench, Table, find

ROLES = Schema("text", "text", "label", attributes=("n",))
SLOW = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def _read(path: Path, schema: Schema = ROLES) -> tuple[Reader, Table]:
    scratch = path.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    source = SOURCES[find([str(path)]).name]
    bench = Bench(query, scratch)
    source.preview([str(path)], bench)
    assert source.reader
    reader = source.reader([str(path)], schema, bench)
    return reader, query(f"SELECT * FROM {reader.sql}", reader.extensions)


def _column(table: Table, name: str) -> list[Any]:
    place = table.names.index(name)
    return [row[place] for row in table.rows]


def _texts(values: Sequence[Any]) -> list[str | None]:
    return [None if value is None or value == "" else str(value) for value in values]


# CSV


def _csv(path: Path, rows: Sequence[Sequence[Any]], **how: Any) -> list[list[str]]:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, **how).writerows(rows)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, **{key: value for key, value in how.items() if key != "lineterminator"}))


@SLOW
@given(
    st.lists(st.tuples(TEXTS, st.sampled_from(["a", "b"]), TEXTS), min_size=4, max_size=12),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_a_csv_gives_the_cells_that_pythons_csv_reads(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], mark: str, end: str, quoting: Any
) -> None:
    bare = quoting == csv.QUOTE_MINIMAL and end == "\n"
    assume(not (bare and any("\r" in cell for row in rows for cell in row)))  # the writer forgets to quote these
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    plain = [(f"a text, no. {i}", "ab"[i % 2], "x") for i in range(4)]
    said = _csv(path, [("text", "label", "n"), *plain, *rows], delimiter=mark, lineterminator=end, quoting=quoting)
    reader, table = _read(path)
    assert reader.rejected_parquet is None
    for place, name in enumerate(("text", "label", "n")):
        assert _texts(_column(table, name)) == [row[place] or None for row in said[1:]]


@pytest.mark.parametrize(
    "values",
    [
        ["1", "22", "-3"],
        ["1.10", "2.50", "3.00"],
        ["2.1", "2.10", "2.20"],
        ["3E2", "1E4", "7E1"],
        ["007", "08", "9"],
        ["0.5", "1.25", "300.0"],
        ["2024-01-05", "2024-02-29"],
        ["2024-01-05 10:00:00", "2024-12-31 23:59:59.5"],
        ["2024-01-05T10:00:00+02:00", "2024-01-05T08:00:00+00:00"],
        ["12345678901234567890", "1"],
        ["1_000", "2"],
        [" 1", "2 "],
        ["+1", "2"],
        ["t", "f"],
        ["1,000", "2,000"],
        ["NaN", "1"],
    ],
)
def test_a_column_gives_its_texts_back_whatever_its_type(tmp_path: Path, values: list[str]) -> None:
    _csv(
        tmp_path / "a.csv",
        [("text", "label", "n"), *((f"t {i}", "ab"[i % 2], values[i % len(values)]) for i in range(6))],
    )
    _, table = _read(tmp_path / "a.csv")
    kind = table.types[table.names.index("n")]
    for found, text in zip(_column(table, "n"), values * 6, strict=False):
        if kind == "DOUBLE":
            assert found == float(text)
        else:
            assert str(found).removesuffix("00000") == text


LATE = ["007", "3E2", "2.10", "1_000", " 5", "+5", "0x10", "1e999", "9" * 20]


@pytest.mark.parametrize("late", LATE)
def test_a_code_far_below_the_sample_sets_its_row_aside_and_is_not_made_a_number(tmp_path: Path, late: str) -> None:
    rows = [(f"{'text ' * 20}{i}", "ab"[i % 2], i % 50) for i in range(6000)]
    _csv(tmp_path / "a.csv", [("text", "label", "n"), *rows, ("the last", "a", late)])
    reader, table = _read(tmp_path / "a.csv")
    assert reader.reason_column is not None
    assert _column(table, reader.reason_column)[-1] == f"value does not fit its column's type: n: {late}"
    assert not any(_column(table, reader.reason_column)[:-1])


def test_a_cell_in_a_column_that_was_empty_so_far_sets_its_row_aside(tmp_path: Path) -> None:
    rows = "".join(f"{'text ' * 20}{i};{'ab'[i % 2]};\n" for i in range(6000))
    (tmp_path / "a.csv").write_text(f"text;label\n{rows}the last;a;surplus\n")
    reader, table = _read(tmp_path / "a.csv", Schema("text", "text", "label"))
    assert _column(table, str(reader.reason_column))[-2:] == [None, "too many columns: surplus"]


@pytest.mark.parametrize("above", ['"Title, of two\nlines"\n', '# said "so\n', "sep=,\n\n"])
def test_lines_above_the_header_leave_no_trace_in_the_rows(tmp_path: Path, above: str) -> None:
    _csv(tmp_path / "a.csv", [("text", "label"), *((f'say "{i}"', "ab"[i % 2]) for i in range(6))])
    (tmp_path / "a.csv").write_text(above + (tmp_path / "a.csv").read_text())
    reader, table = _read(tmp_path / "a.csv", Schema("text", "text", "label"))
    assert _column(table, "text") == [f'say "{i}"' for i in range(6)]
    assert reader.csv_files[0].lines_before == above.count("\n") + 1


@pytest.mark.parametrize("inner", ["\r\n", "\n", "\r", "\x00", "\u2028", "\x0c", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_no_character_inside_a_cell_is_changed(tmp_path: Path, inner: str, end: str) -> None:
    texts = [f"one{inner}two {i}, and" for i in range(4)] + ["plain"]
    rows = [("text", "label"), *((text, "ab"[i % 2]) for i, text in enumerate(texts))]
    _csv(tmp_path / "a.csv", rows, lineterminator=end, quoting=csv.QUOTE_ALL)
    assert _column(_read(tmp_path / "a.csv", Schema("text", "text", "label"))[1], "text") == texts


# JSON


@SLOW
@given(
    st.lists(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS,
            st.dates().map(str), st.datetimes().map(str), st.lists(st.integers(), max_size=2),
        ),
        min_size=2,
        max_size=8,
    ),
    st.sampled_from([".jsonl", ".json"]),
)  # fmt: skip
def test_json_gives_the_values_that_pythons_json_reads(
    tmp_path_factory: pytest.TempPathFactory, values: list[Any], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("json") / f"a{suffix}"
    rows = [{"text": f"t {i}", "label": "ab"[i % 2], "n": value} for i, value in enumerate(values)]
    path.write_text("\n".join(map(json.dumps, rows)) if suffix == ".jsonl" else json.dumps(rows))
    _, table = _read(path)
    for found, value in zip(_column(table, "n"), values, strict=True):
        if isinstance(found, int | float) and not isinstance(found, bool):
            assert found == value
        elif isinstance(found, datetime.date):
            assert str(found) == str(value).removesuffix(".000000")
        else:
            shown = value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)
            assert (str(found).lower() if isinstance(found, bool) else found) == shown


def test_names_that_differ_in_capitals_only_are_refused_by_both_names(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a", "Topic": "x", "topic": "y"}\n' * 3)
    with pytest.raises(SourceError, match="the columns 'Topic' and 'topic' differ in capitals only"):
        _read(tmp_path / "a.jsonl")


# Excel


def _sheet(path: Path, rows: Sequence[Sequence[Any]]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)


def _said(value: Any) -> str | None:
    """A value that openpyxl reads, as a person would write it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return str(value.date())
    if isinstance(value, int | float):  # a sheet's numbers are floats: from 2**53 on, its whole numbers are not exact
        return str(int(value)) if float(value).is_integer() and abs(value) < 2**53 else str(float(value))
    return str(value)


_SHEET_TEXT = TEXTS.filter(lambda text: not ILLEGAL_CHARACTERS_RE.search(text) and not text.startswith("=")).filter(
    lambda text: "\r" not in text and "_x" not in text and text == text.strip()
)
_CELLS: dict[str, st.SearchStrategy[Any]] = {
    "texts": _SHEET_TEXT,
    "codes": st.text("0123456789.eE+-", min_size=1, max_size=6),
    "truth": st.booleans(),
    "whole": st.integers(-(10**14), 10**14),
    "numbers": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "dates": st.dates(datetime.date(1901, 1, 1), datetime.date(2200, 1, 1)),
    "times": st.datetimes(datetime.datetime(1901, 1, 1), datetime.datetime(2200, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    ),
}


@SLOW
@given(st.data(), st.lists(st.sampled_from(sorted(_CELLS)), min_size=1, max_size=3, unique=True))
def test_every_cell_of_a_sheet_is_the_one_that_openpyxl_reads(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, kinds: list[str]
) -> None:
    path = tmp_path_factory.mktemp("excel") / "a.xlsx"
    cells = data.draw(st.lists(st.one_of(st.none(), *(_CELLS[kind] for kind in kinds)), min_size=3, max_size=8))
    _sheet(path, [("text", "label", "n"), *((f"t {i}", "ab"[i % 2], cell) for i, cell in enumerate(cells))])
    rows = list(openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True))
    _, table = _read(path, Schema("text", "text", "label", id="n"))
    assert _column(table, "n") == [_said(row[2]) for row in rows]
    typed = _column(_read(path)[1], "n")
    for found, row in zip(typed, rows, strict=True):
        if isinstance(found, float):
            assert found == row[2]
        elif isinstance(found, datetime.datetime):
            assert found == (row[2] if isinstance(row[2], datetime.datetime) else None)
        else:
            assert (str(found).upper() if isinstance(found, bool) else _said(found)) == _said(row[2])


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([7, "8B", "9B"], "VARCHAR"),
        ([1, 2, 3], "BIGINT"),
        ([1, 2.5, None], "DOUBLE"),
        ([True, None, False], "BOOLEAN"),
        ([True, 1, "x"], "VARCHAR"),
        ([datetime.date(2024, 1, 1), datetime.date(2024, 1, 2), None], "DATE"),
        ([datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 2, 3), None], "TIMESTAMP"),
        ([datetime.time(1, 2), None, datetime.time(3)], "TIME"),
        ([None, "007", "08"], "VARCHAR"),
    ],
)
def test_a_column_of_a_sheet_has_the_type_of_all_of_its_cells(tmp_path: Path, cells: list[Any], kind: str) -> None:
    _sheet(
        tmp_path / "a.xlsx", [("text", "label", "n"), *((f"t {i}", "ab"[i % 2], cell) for i, cell in enumerate(cells))]
    )
    _, table = _read(tmp_path / "a.xlsx")
    assert table.types[table.names.index("n")] == kind


def test_a_number_is_the_one_that_excel_shows_and_not_how_it_is_stored(tmp_path: Path) -> None:
    _sheet(tmp_path / "a.xlsx", [("text", "label", "n"), ("a", 36.16, 0.1 + 0.2), ("b", 7.0, 1)])
    _, table = _read(tmp_path / "a.xlsx")
    assert (_column(table, "label"), _column(table, "n")) == (["36.16", "7"], [0.3, 1.0])


def _patched(path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    import zipfile

    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    members[member] = change(members[member])
    with zipfile.ZipFile(path, "w") as book:
        for name, content in members.items():
            book.writestr(name, content)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda xml: xml.replace(b'r="A1"', b'r="ZZZZZZ99999999999"'), "at most 10,000 columns"),
        (lambda xml: xml.replace(b'r="A1"', b'r="-1"'), "is damaged"),
        (lambda xml: xml.replace(b't="n"><v>1</v>', b't="s"><v>9999</v>'), "is damaged: Cell string index not found"),
    ],
)
def test_a_damaged_sheet_is_refused_by_name(tmp_path: Path, change: Callable[[bytes], bytes], said: str) -> None:
    _sheet(tmp_path / "a.xlsx", [("text", "label"), ("a", 1), ("b", 2)])
    _patched(tmp_path / "a.xlsx", SHEET, change)
    with pytest.raises(SourceError, match=rf"a\.xlsx.*{said}"):
        _read(tmp_path / "a.xlsx")


def test_a_cell_far_from_the_table_is_refused_before_memory_is_filled(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["text", "label"], ["a", "x"], ["b", "y"]):
        book.active.append(row)
    book.active["CV1000000"] = "stray"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(SourceError, match=r"reaches to row 1,000,000 and column 100 for 7 filled cells"):
        _read(tmp_path / "a.xlsx")


def test_errors_formulas_without_a_value_and_hidden_sheets_are_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("Table & more")
    for row in (["Title"], [], ["text", "label"], ["a", "x"], ["b", "#N/A"], ["c", "=1+1"], ["d", "y"]):
        sheet.append(row)
    book.active = 1
    sheet["B5"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    shown = SOURCES["excel"].preview([str(tmp_path / "a.xlsx")], Bench(query, tmp_path))
    (note,) = (note for note in shown.notes if note.startswith("a.xlsx"))
    assert note == (
        "a.xlsx: sheet 'Table & more', left out: 'Sheet'; 1 cells hold an error such as #N/A and are read as empty; "
        "1 formulas were never calculated and are read as empty: save the file in Excel; "
        "left out above the header: Title"
    )
    reader, table = _read(tmp_path / "a.xlsx", Schema("text", "text", "label"))
    assert list(zip(_column(table, "label"), _column(table, str(reader.line_column)), strict=True)) == [
        ("x", 4), (None, 5), (None, 6), ("y", 7),
    ]  # fmt: skip
