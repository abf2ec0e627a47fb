"""Bad rows are set aside with line and reason and the rest loads; what makes no dataset leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.context import Context
from core.errors import SchemaError, WinnowError
from core.services.load import preview, start_load, wait
from core.store.datasets import list_datasets
from tests.integration.load_support import column, loaded, set_aside

GOOD = "".join(f'"a good text, number {i}",{"ab"[i % 2]},{i}\n' for i in range(30))


def test_eight_kinds_of_bad_rows_in_one_csv(context: Context, tmp_path: Path) -> None:
    bad = [
        (b"too,many,1,4", "too many columns"),
        (b"few", "too few columns"),
        (b",a,3", "empty"),
        (b"\xff\xfe bad,b,3", "undecodable bytes"),
        (b'"never closed,b,3', "quote is opened and never closed"),
        (b'"hi" there,a,3', "quotes inside a cell are not doubled"),
        (b"x" * 34_000_000 + b",a,3", "cell over 32 MB"),
        (b"   ,b,3", "empty"),
    ]
    file = tmp_path / "bad.csv"
    rows = b"".join(row + b'\n"two\nlines",a,1\n' for row, _ in bad)
    file.write_bytes(b"text,label,age\n" + GOOD.encode() + rows + b"last,b,3\n")
    dataset = loaded(context, file)
    assert (dataset.row_count, dataset.rejected_count) == (30 + 8 + 1, 8)
    found = set_aside(context, dataset)
    assert [line for line, _ in found] == [32 + 3 * i for i in range(8)]
    for (_, reason), (_, expected) in zip(found, bad, strict=True):
        assert reason.startswith(expected)
    assert column(context, dataset, "text")[-2:] == ["two\nlines", "last"]


def test_what_the_reader_refuses_is_said_with_column_and_numbers(context: Context, tmp_path: Path) -> None:
    bad = [
        b"few",
        b"very,few",
        b"far,too,many,4,5",
        b'"hi" there,a,3',
        b"caf\xe9,b,3",
    ]
    file = tmp_path / "bad.csv"
    file.write_bytes(f"text,label,age\n{GOOD}größer,a,1\nüber,b,2\n".encode() + b"\n".join(bad) + b"\n")
    assert set_aside(context, loaded(context, file)) == [
        (34, "too few columns: 1 where the table has 3; label is the first that is missing"),
        (35, "too few columns: 2 where the table has 3; age is the first that is missing"),
        (36, "too many columns: 5 where the table has 3"),
        (37, "quotes in the wrong place: in column text; a quote inside a quoted cell is written twice"),
        (38, "bytes that cannot be decoded: in column text; the rest of the file is UTF-8"),
    ]


def test_undecodable_bytes_in_a_file_that_is_read_natively(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("text,label\ngrößer,x\nüber,y\n".encode() + b"caf\xe9,x\n" + "schön,y\n".encode())
    dataset = loaded(context, file)
    assert dataset.row_count == 3
    ((line, reason),) = set_aside(context, dataset)
    assert (line, reason.split(":")[0]) == (4, "bytes that cannot be decoded")


def test_broken_json_lines_are_set_aside_with_their_lines(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = [
        '{"text":"a","label":"x","n":1}',
        '{"text":"b","label":',
        "",
        "[1]",
        '{"text":"c","n":2}',
        '{"text":"d","label":"y"}',
    ]
    file.write_bytes("\n".join(lines).encode() + b'\n{"text":"\xff","label":"x"}\n')
    dataset = loaded(context, file)
    assert column(context, dataset, "text") == ["a", "c", "d"]
    assert column(context, dataset, "given_label") == ["x", None, "y"]
    found = set_aside(context, dataset)
    assert [line for line, _ in found] == [2, 4, 7]
    assert [reason.split(":")[0] for _, reason in found] == [
        "broken JSON",
        "a JSON object was expected, not a list",
        "undecodable bytes",
    ]


def test_a_few_values_that_do_not_fit_a_type_set_their_rows_aside(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    rows = [f"text {i},{'ab'[i % 2]},{i}" for i in range(40_000)]
    rows[30_000] = "text,a,unknown"
    file.write_text("text,label,age\n" + "\n".join(rows) + "\n" + " " * 300_000 + ",a,1\n")
    dataset = loaded(context, file)
    assert dataset.attributes[0].kind == "number"
    assert [reason.split(":")[0] for _, reason in set_aside(context, dataset)] == [
        "value does not fit its column's type",
        "empty",
    ]


def test_where_many_values_do_not_fit_the_type_gives_way_and_no_row_is_lost(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    head = [f"{'text ' * 20}{i},{'ab'[i % 2]},{i},{i}" for i in range(6000)]
    odd = ["t,a,1.5,none" for _ in range(100)]
    file.write_text("text,label,age,size\n" + "\n".join([*head, *odd]) + "\n")
    dataset = loaded(context, file)
    assert (dataset.row_count, dataset.rejected_count) == (6100, 0)
    assert (column(context, dataset, "age")[-1], column(context, dataset, "size")[-1]) == (1.5, "none")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("header.csv", b"text,label\n", "has a header and no rows"),
        ("one.csv", b"text,label\na,x\nb,x\n", "Every row has the label 'x'"),
        ("twice.csv", b"text,label,text\na,x,b\n", "'text' occurs 2 times"),
        ("none.csv", b"text\nhello there\nyou there\n", "No label column is chosen"),
        ("all_bad.csv", b"text,label\n,a\n,b\n", "no usable row"),
        ("no_class.csv", b"text,label\na,\nb,\n", "names no class in any row"),
        ("broken.json", b'[{"text":"a","label":"x"},{"te', "Malformed JSON"),
        ("text.json", b"hello", "no JSON objects"),
        ("bad.parquet", b"PAR1 no", "not a readable Parquet file"),
        ("bad.xlsx", b"no", "not an Excel workbook"),
        ("bad.arrow", b"no", "not a readable Arrow file"),
    ],
)
def test_what_makes_no_dataset_says_why_and_leaves_nothing(
    context: Context, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WinnowError, match=message):
        loaded(context, tmp_path / name)
    assert list_datasets(context.store) == []
    assert context.store.fetch("SELECT count(*) FROM datasets") == [(0,)]


def test_ten_thousand_classes_load_and_the_preview_asks_whether_that_is_meant(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("text,label\n" + "".join(f"text {i},c{i // 2}\n" for i in range(20_000)))
    assert any("is it the label?" in note for note in preview(context, [str(file)]).notes)
    assert len(loaded(context, file).labels) == 10_000


def test_a_role_that_names_no_column_lists_the_columns(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text,label\na,x\nb,y\n")
    with pytest.raises(WinnowError, match=r"Label column 'lable' not found. The source has: text, label\."):
        loaded(context, file, label="lable")


def test_no_label_is_refused_before_anything_starts(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([{"text": "a"}, {"text": "b"}]))
    found = preview(context, [str(file)])
    with pytest.raises(SchemaError):
        start_load(context, [str(file)], found.guess, name="it", by="tester")
    assert context.queue.count() == 0


def test_a_load_can_be_stopped_and_keeps_nothing(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text,label\n" + "a text,x\nb text,y\n" * 400_000)
    job = start_load(context, [str(file)], preview(context, [str(file)]).guess, name="it", by="tester")
    context.queue.stop(job.job_id)
    with pytest.raises(WinnowError):
        wait(context, job.job_id)
    assert context.queue.get(job.job_id).status == "stopped"
    assert list_datasets(context.store) == []
