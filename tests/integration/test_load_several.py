"""Datasets of several classes per row, loaded in every form in which files hold them."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import JobError, SchemaError
from core.records import Schema
from core.services.load import preview
from core.typed import from_json
from tests.integration.load_support import column, loaded, set_aside

SETS = (["grain", "wheat"], ["oil"], [], ["wheat", "oil", "grain"], ["grain"], ["oil", "wheat"])
LABELS = ['["grain","wheat"]', '["oil"]', "[]", '["grain","oil","wheat"]', '["grain"]', '["oil","wheat"]']
TEXTS = [f"the news of day {number}" for number in range(len(SETS))]
SEVERAL = "multi-label-text"


def _csv(path: Path, header: Sequence[str], *rows: Sequence[Any]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def _table(**more: Any) -> pa.Table:
    return pa.table({"text": TEXTS, **more})


def _flags(path: Path, names: Sequence[str] = ("grain", "oil", "wheat")) -> Path:
    rows = [[text, *(int(name in found) for name in names)] for text, found in zip(TEXTS, SETS, strict=True)]
    return _csv(path, ["text", *names], *rows)


@pytest.mark.parametrize("type_", [pa.list_(pa.string()), pa.large_list(pa.large_string()), pa.list_(pa.string(), -1)])
def test_lists_of_parquet_are_guessed_and_read(context: Context, tmp_path: Path, type_: pa.DataType) -> None:
    pq.write_table(_table(topics=pa.array(SETS, type_)), tmp_path / "a.parquet")
    dataset = loaded(context, tmp_path / "a.parquet")
    assert (dataset.task, dataset.labels) == (SEVERAL, ("grain", "oil", "wheat"))
    assert column(context, dataset, "given_label") == LABELS


def test_lists_of_arrow_and_of_json_lines_are_guessed_and_read(context: Context, tmp_path: Path) -> None:
    feather.write_feather(_table(tags=SETS), str(tmp_path / "a.arrow"))
    lines = [json.dumps({"text": text, "tags": found}) for text, found in zip(TEXTS, SETS, strict=True)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    for place, file in enumerate(("a.arrow", "a.jsonl")):
        dataset = loaded(context, tmp_path / file, name=str(place))
        assert (dataset.task, column(context, dataset, "given_label")) == (SEVERAL, LABELS)


def test_lists_of_numbers_are_classes_by_number(context: Context, tmp_path: Path) -> None:
    pq.write_table(_table(labels=[[1, 10], [2], [], [10], [2, 1], [1]]), tmp_path / "a.parquet")
    dataset = loaded(context, tmp_path / "a.parquet")
    assert dataset.labels == ("1", "2", "10")
    assert column(context, dataset, "given_label")[0] == '["1","10"]'


def test_lists_of_class_numbers_have_the_names_that_datasets_left_in_the_file(context: Context, tmp_path: Path) -> None:
    names = ["grain", "oil", "wheat"]
    feature = {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "List"}
    table = _table(labels=[*([names.index(name) for name in found] for found in SETS[:-1]), [1, 7]])
    meta = {"huggingface": json.dumps({"info": {"features": {"labels": feature}}})}
    pq.write_table(table.replace_schema_metadata(meta), tmp_path / "a.parquet")
    dataset = loaded(context, tmp_path / "a.parquet")
    assert column(context, dataset, "given_label") == LABELS[:-1]
    assert set_aside(context, dataset) == [(6, "class number 7 in labels: there are 3 class names, for 0 to 2")]


def test_texts_that_are_json_arrays_are_guessed_and_read(context: Context, tmp_path: Path) -> None:
    rows = [(text, json.dumps(found)) for text, found in zip(TEXTS, SETS, strict=True)]
    dataset = loaded(context, _csv(tmp_path / "a.csv", ("text", "label"), *rows, ("more", ""), ("most", "oil")))
    assert (dataset.task, column(context, dataset, "given_label")) == (
        "text-classification",
        [*map(json.dumps, SETS), None, "oil"],
    )
    several = loaded(context, tmp_path / "a.csv", name="several", task=SEVERAL)
    assert column(context, several, "given_label") == [*LABELS, None]
    assert set_aside(context, several) == [(9, "no JSON array of classes: column label: oil")]


def test_texts_with_a_delimiter_are_read_by_choice_and_never_guessed(context: Context, tmp_path: Path) -> None:
    rows = [(text, "; ".join(found) or "[]") for text, found in zip(TEXTS, SETS, strict=True)]
    file = _csv(tmp_path / "a.csv", ("text", "label"), *rows, ("nobody said", ""))
    assert preview(context, [str(file)]).guess.task == "text-classification"
    dataset = loaded(context, file, task=SEVERAL, label_delimiter=";")
    assert dataset.labels == ("grain", "oil", "wheat")
    assert column(context, dataset, "given_label") == [*LABELS, None]


def test_an_empty_text_with_a_delimiter_has_no_class_where_the_file_tells_it_from_a_missing_one(
    context: Context, tmp_path: Path
) -> None:
    labels = ["grain|wheat", "oil", "", "wheat|oil|grain", "grain", None]
    pq.write_table(_table(label=labels), tmp_path / "a.parquet")
    dataset = loaded(context, tmp_path / "a.parquet", task=SEVERAL, label_delimiter="|")
    assert column(context, dataset, "given_label") == [*LABELS[:-1], None]


def test_columns_of_0_and_1_are_guessed_as_the_classes_that_they_are_called(context: Context, tmp_path: Path) -> None:
    found = preview(context, [str(_flags(tmp_path / "a.csv"))]).guess
    assert (found.task, found.label, found.label_columns) == (SEVERAL, None, ("grain", "oil", "wheat"))
    dataset = loaded(context, tmp_path / "a.csv")
    assert (dataset.labels, column(context, dataset, "given_label")) == (("grain", "oil", "wheat"), LABELS)
    assert [attribute.name for attribute in dataset.attributes if not attribute.derived] == []


def test_truth_values_and_fractions_of_parquet_are_0_and_1_too(context: Context, tmp_path: Path) -> None:
    flags = {name: [name in found for found in SETS] for name in ("grain", "oil")}
    wheat = [1.0 if "wheat" in found else 0.0 for found in SETS]
    pq.write_table(_table(**flags, wheat=wheat), tmp_path / "a.parquet")
    dataset = loaded(context, tmp_path / "a.parquet")
    assert column(context, dataset, "given_label") == LABELS


def test_a_row_that_is_neither_0_nor_1_is_set_aside_with_the_column_and_the_value(
    context: Context, tmp_path: Path
) -> None:
    file = _csv(tmp_path / "a.csv", ("text", "spam", "rude"), ("a", 1, 0), ("b", 0, 1), ("c", "", 1), ("d", 0, -1))
    dataset = loaded(context, file, task=SEVERAL, label=None, label_columns=("spam", "rude"), attributes=())
    assert column(context, dataset, "given_label") == ['["spam"]', '["rude"]']
    assert set_aside(context, dataset) == [
        (4, "neither 0 nor 1: column spam: no value"), (5, "neither 0 nor 1: column rude: -1")
    ]  # fmt: skip


def test_a_source_that_faults_rows_by_itself_keeps_its_reasons(context: Context, tmp_path: Path) -> None:
    file = _csv(tmp_path / "a.csv", ("text", "price", "tags"), *(("t", 1.5, '["a","b"]') for _ in range(60_000)))
    with file.open("a") as more:
        more.write('t,cheap,"[""a""]"\nt,2.5,nothing\n')
    dataset = loaded(context, file, task=SEVERAL, label="tags", attributes=("price",))
    assert set_aside(context, dataset) == [
        (60_002, "value does not fit its column's type: price: cheap"),
        (60_003, "no JSON array of classes: column tags: nothing"),
    ]


def test_one_class_alone_and_none_at_all_make_no_dataset(context: Context, tmp_path: Path) -> None:
    one = _csv(tmp_path / "one.csv", ("text", "tags"), ("a", '["x"]'), ("b", "[]"))
    none = _csv(tmp_path / "none.csv", ("text", "tags"), ("a", "[]"), ("b", "[]"))
    with pytest.raises(JobError, match="The only class is 'x'"):
        loaded(context, one, task=SEVERAL, label="tags")
    with pytest.raises(JobError, match="Column 'tags' names no class in any row"):
        loaded(context, none, name="none", task=SEVERAL, label="tags")


def test_lists_are_no_label_of_one_class_nor_lists_of_objects_one_of_several(context: Context, tmp_path: Path) -> None:
    pq.write_table(_table(label=SETS, who=[[{"name": "x"}]] * len(SETS)), tmp_path / "a.parquet")
    with pytest.raises(JobError, match="Column 'label' holds lists"):
        loaded(context, tmp_path / "a.parquet", task="text-classification", label="label")
    with pytest.raises(JobError, match="Column 'who' holds lists"):
        loaded(context, tmp_path / "a.parquet", name="who", task=SEVERAL, label="who", attributes=())


def test_several_columns_for_a_task_of_one_class_are_refused_before_anything_is_read(
    context: Context, tmp_path: Path
) -> None:
    with pytest.raises(SchemaError, match="One class for each row was asked for, and 3 columns of labels"):
        loaded(context, _flags(tmp_path / "a.csv"), task="text-classification")


def test_a_column_that_is_chosen_twice_is_refused(context: Context, tmp_path: Path) -> None:
    with pytest.raises(JobError, match="Column 'oil' is chosen as label and id"):
        loaded(context, _flags(tmp_path / "a.csv"), id="oil")


def test_a_schema_that_was_written_before_there_were_several_classes_is_read_as_ever() -> None:
    old = {"task": "text", "payload": "text", "label": "topic", "split": None, "id": "key", "attributes": ["source"]}
    schema = from_json(Schema, old, "the schema")
    assert schema == Schema("text", "text", "topic", None, "key", ("source",))
    assert (schema.labelled_by, schema.roles) == (("topic",), {"text", "topic", "key"})
