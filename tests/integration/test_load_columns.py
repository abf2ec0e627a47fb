"""Columns of Parquet and Arrow files of every type and name, loaded through the store."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import JobError, SourceError
from core.services.load import preview
from tests.images import png
from tests.integration.load_support import column, loaded, set_aside


def _table(labels: Any, **more: Any) -> pa.Table:
    return pa.table({"text": [f"text {i}" for i in range(len(labels))], "label": labels, **more})


def _write(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def _class_numbers(numbers: list[int], names: list[str]) -> pa.Table:
    info = {"features": {"label": {"names": names, "_type": "ClassLabel"}}}
    return _table(numbers).replace_schema_metadata({"huggingface": json.dumps({"info": info})})


def test_labels_and_attributes_that_are_bytes_of_text_are_read_as_text(context: Context, tmp_path: Path) -> None:
    towns = pa.array(["Köln".encode(), b"Bonn"] * 3, pa.binary())
    file = _write(tmp_path / "a.parquet", _table(towns.dictionary_encode(), river=towns))
    dataset = loaded(context, file)
    assert dataset.labels == ("Bonn", "Köln")
    assert column(context, dataset, "river") == ["Köln", "Bonn"] * 3
    assert "'label' holds bytes, read as UTF-8 text." in preview(context, [str(file)]).notes


def test_labels_that_are_no_text_are_set_aside_and_such_attributes_stay_bytes(context: Context, tmp_path: Path) -> None:
    file = _write(tmp_path / "a.parquet", _table([b"a", b"b", b"\xff"], digest=[b"\xff\x00", b"x", None]))
    dataset = loaded(context, file)
    assert set_aside(context, dataset) == [(3, "bytes that are no UTF-8 text: column label")]
    assert column(context, dataset, "digest") == [b"\xff\x00", b"x"]
    assert "'digest' holds bytes; CSV and JSON write them as \\x…" in preview(context, [str(file)]).notes


def test_whole_labels_and_ids_that_a_gap_has_turned_into_fractions_are_whole_again(
    context: Context, tmp_path: Path
) -> None:
    labels = pa.array([1.0, 2.0, float("nan"), None, 2.5], pa.float64(), from_pandas=False)
    file = _write(tmp_path / "a.parquet", _table(labels, id=[7.0, 8.0, 9.0, 10.0, 11.0]))
    dataset = loaded(context, file, id="id")
    assert column(context, dataset, "given_label") == ["1", "2", None, None, "2.5"]
    assert column(context, dataset, "source_id") == ["7", "8", "9", "10", "11"]
    assert set_aside(context, dataset) == []


def test_a_class_number_without_a_name_sets_its_row_aside_and_says_so(context: Context, tmp_path: Path) -> None:
    dataset = loaded(context, _write(tmp_path / "a.parquet", _class_numbers([0, 1, 2, -1, -2], ["a", "b"])))
    assert column(context, dataset, "given_label") == ["a", "b", None]  # -1 is no label, as `datasets` writes it
    assert set_aside(context, dataset) == [
        (3, "class number 2 in label: there are 2 class names, for 0 to 1"),
        (5, "class number -2 in label: there are 2 class names, for 0 to 1"),
    ]


def test_a_class_number_without_a_name_stays_a_number_in_an_attribute(context: Context, tmp_path: Path) -> None:
    table = _class_numbers([0, 1, 9, -1], ["a", "b"]).append_column("kind", pa.array(["x", "y"] * 2))
    dataset = loaded(context, _write(tmp_path / "a.parquet", table), label="kind", attributes=("label",))
    assert column(context, dataset, "label_source") == ["a", "b", "9", "-1"]


@pytest.mark.parametrize(
    ("labels", "held"), [([["a"], ["a", "b"]], "lists"), ([{"name": "a"}, {"name": "b"}], "objects")]
)
def test_lists_and_objects_are_refused_as_labels(
    context: Context, tmp_path: Path, labels: list[Any], held: str
) -> None:
    file = _write(tmp_path / "a.parquet", _table(labels * 4))
    with pytest.raises(JobError, match=f"Column 'label' holds {held}"):
        loaded(context, file, task="text-classification", label="label", attributes=())


def test_columns_that_differ_in_capitals_only_keep_their_own_values(context: Context, tmp_path: Path) -> None:
    table = _table(["a", "b"] * 2, Topic=["p", "q"] * 2, topic=["1", "2", "3", "4"])
    table = table.append_column("topic", pa.array(["r", "s"] * 2))
    file = _write(tmp_path / "a.parquet", table)
    found = preview(context, [str(file)])
    assert found.notes[:2] == (
        "A second column 'topic' is called 'topic_2'.", "A second column 'topic' is called 'topic_3'.",
    )  # fmt: skip
    dataset = loaded(context, file)
    assert column(context, dataset, "Topic") == ["p", "q"] * 2
    assert column(context, dataset, "topic_2") == ["1", "2", "3", "4"]
    assert column(context, dataset, "topic_3") == ["r", "s"] * 2


def test_files_whose_columns_differ_in_capitals_or_width_make_one_table(context: Context, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    _write(tmp_path / "data" / "1.parquet", _table(["a", "b"], Size=pa.array([1, 2], pa.int32())))
    _write(tmp_path / "data" / "2.parquet", _table(["a", "b"], size=pa.array([3, 2**40], pa.int64())))
    assert column(context, loaded(context, tmp_path / "data"), "Size") == [1, 2, 3, 2**40]


def test_a_folder_named_like_a_partition_adds_no_column(context: Context, tmp_path: Path) -> None:
    folder = tmp_path / "label=hidden"
    folder.mkdir()
    assert loaded(context, _write(folder / "a.parquet", _table(["a", "b"]))).labels == ("a", "b")


ATTRIBUTES: dict[str, tuple[pa.Array, list[Any], str]] = {
    "lists": (pa.array([["a"], None]), ['["a"]', None], "'it' holds lists, kept as JSON text."),
    "objects": (pa.array([{"a": 1}, None]), ['{"a":1}', None], "'it' holds objects, kept as JSON text."),
    "durations": (pa.array([1500, None], pa.duration("ms")), [1.5, None], "'it' holds durations, kept as seconds."),
    "nothing": (pa.nulls(2), [None, None], ""),
    "truth": (pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, None], pa.int8())), [True, None], ""),
    "unsigned": (pa.array([2**64 - 1, None], pa.uint64()), [2**64 - 1, None], ""),
    "decimals": (pa.array([Decimal("1.10"), None], pa.decimal128(38, 2)), [Decimal("1.10"), None], ""),
    "wide decimals": (
        pa.array([Decimal("12345678901234567890123456789012345678901.10"), None], pa.decimal256(60, 2)),
        ["12345678901234567890123456789012345678901.10", None], "'it' holds numbers of 60 digits, kept as text.",
    ),
    "times": (
        pa.array([1, None], pa.time64("ns")), [dt.time(0), None],
        "'it' holds times of day in nanoseconds, kept to the microsecond.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ATTRIBUTES)
def test_an_attribute_keeps_its_values_or_the_difference_is_said(context: Context, tmp_path: Path, case: str) -> None:
    values, kept, note = ATTRIBUTES[case]
    file = _write(tmp_path / "a.parquet", _table(["a", "b"], it=values))
    assert column(context, loaded(context, file), "it") == kept
    assert [found for found in preview(context, [str(file)]).notes if "'it'" in found] == ([note] if note else [])


def test_numbers_that_would_be_read_as_others_are_refused(context: Context, tmp_path: Path) -> None:
    lists = pa.array([[Decimal(1)], None], pa.list_(pa.decimal256(60, 2)))
    file = _write(tmp_path / "a.parquet", _table(["a", "b"], it=lists))
    with pytest.raises(SourceError, match=r"Column 'it' of a\.parquet holds list"):
        preview(context, [str(file)])


def test_times_of_a_zone_are_said_to_be_kept_as_instants(context: Context, tmp_path: Path) -> None:
    file = _write(tmp_path / "a.parquet", _table(["a", "b"], at=pa.array([0, None], pa.timestamp("us", "Asia/Tokyo"))))
    found = preview(context, [str(file)])
    assert found.rows[0]["at"] == "1970-01-01 00:00:00+00"
    assert "'at' holds times of the zone Asia/Tokyo, kept as instants of UTC." in found.notes


def test_an_arrow_file_is_read_by_the_same_rules(context: Context, tmp_path: Path) -> None:
    table = _table(pa.array([1.0, 2.0, None]), note=pa.array([b"\xc3\x96", b"a", b"b"]))
    with pa.ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    dataset = loaded(context, tmp_path / "a.arrow")
    assert dataset.labels == ("1", "2")
    assert column(context, dataset, "note") == ["Ö", "a", "b"]


def test_a_listed_image_whose_class_number_has_no_name_is_set_aside_with_that_reason(
    context: Context, tmp_path: Path
) -> None:
    table = _class_numbers([0, 1, 5], ["a", "b"]).append_column("image", pa.array([png(i) for i in range(3)]))
    dataset = loaded(context, _write(tmp_path / "a.parquet", table.drop_columns("text")))
    assert dataset.row_count == 2
    assert set_aside(context, dataset) == [(None, "class number 5 in label: there are 2 class names, for 0 to 1")]


def test_splits_in_other_languages_are_called_like_all_others(context: Context, tmp_path: Path) -> None:
    names = ["训练", "训练集", "验证", "测试", "テスト", "validación"]
    file = tmp_path / "评论.csv"
    lines = [f"{i},第{i}条评论,{'正负'[i % 2]},{names[i % 6]}" for i in range(12)]
    file.write_text("\n".join(["编号,评论,情感,划分", *lines]) + "\n", encoding="utf-8")
    dataset = loaded(context, file)
    assert (dataset.id_column, dataset.labels) == ("编号", ("正", "负"))
    assert column(context, dataset, "split")[:6] == ["train", "train", "validation", "test", "test", "validation"]
