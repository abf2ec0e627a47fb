"""Personal data inside of values: rows of tables, which are JSON objects, and columns of objects and lists."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.jobs.mask import run as mask
from core.jobs.mask.spec import MaskSpec
from core.jobs.mask.web import masked_columns
from core.modalities import WORDS
from core.personal import Masking
from core.queue import JobFolder, ProgressWriter
from core.records import Dataset, Reader, RowFilter, Schema
from core.services.export import export
from core.services.lists.columns import row_columns
from core.services.privacy.always import set_always
from core.services.privacy.masking import look
from core.store.datasets import get_dataset
from core.store.export import copy_query, export_rows
from core.store.export_lists import export_list
from core.store.masked import names_of
from core.store.query.views import views_of
from core.store.relations import relation
from core.store.rows import BY_ROW, get_rows
from core.store.versions import get_version
from core.typed import to_json
from tests.staged import taken_in

SECRETS = ("Miller", "19503", "@firm.com", "1950")
COLUMNS = ("customer_name", "date_of_birth", "income", "said")


@pytest.fixture
def table(context: Context, tmp_path: Path) -> Dataset:
    path = tmp_path / "table.csv"
    rows = [f"Jane Miller,1950-03-{row % 28 + 1:02},{row},{row} in Bonn,{'xy'[row % 2]}" for row in range(40)]
    path.write_text(",".join((*COLUMNS, "label")) + "\n" + "\n".join(rows) + "\n")
    schema = Schema("tabular-classification", "", "label", attributes=COLUMNS, features=COLUMNS)
    return taken_in(context.store, Reader(sql=f"read_csv('{path}')"), schema, "table")


@pytest.fixture
def nested(context: Context, tmp_path: Path) -> Dataset:
    path = tmp_path / "nested.jsonl"
    row = {
        "user": {"email": "jane@firm.com", "full_name": "Jane Miller"},
        "others": [{"full_name": "Jim Miller"}],
        "words": [["jim@firm.com"]],
        "vector": [0.5, 1.5],
    }
    lines = [{"text": f"text {one}", "label": "xy"[one % 2], **row} for one in range(40)]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    schema = Schema("text", "text", "label", attributes=("user", "others", "words", "vector"))
    return taken_in(context.store, Reader(sql=f"read_json('{path}')"), schema, "nested")


def _masked_copy(context: Context, dataset: Dataset, folder: Path) -> list[dict[str, object]]:
    job = JobFolder(folder / "job").create()
    export_rows(context.store, dataset.latest_version_id, job.input / "rows.parquet", "parquet", raw=True)
    job.write_spec(to_json(MaskSpec(Masking(), masked_columns(dataset), said=names_of(dataset))))
    assert mask.main(job, ProgressWriter(job)).rows == 40
    return list(pq.read_table(job.output / mask.OUT).to_pylist())


def _told(context: Context, dataset: Dataset, folder: Path) -> dict[str, str]:
    """By way out, what is told of the rows."""
    set_always(context, dataset, True, "ada")
    out = export_rows(context.store, dataset.latest_version_id, folder / "out.jsonl", "jsonl")
    part = f"SELECT * FROM {relation(context.store, dataset.latest_version_id)} ORDER BY example_id"
    version = get_version(context.store, dataset.latest_version_id)
    view = views_of(context.store, get_dataset(context.store, dataset.dataset_id), version, {})["rows"]
    return {
        "file": out.read_text(),
        "part": copy_query(context.store, part, folder / "part.jsonl", "jsonl").read_text(),
        "sql": str(context.store.fetch(view.sql)),
        "page": str(get_rows(context.store, dataset.latest_version_id, range(40))),
        "copy": str(_masked_copy(context, dataset, folder)),
    }


def test_no_row_of_a_table_is_told_with_what_is_in_its_columns(
    context: Context, table: Dataset, tmp_path: Path
) -> None:
    told = _told(context, table, tmp_path)
    assert not [(way, one) for way, text in told.items() for one in SECRETS if one in text]
    assert json.loads(told["part"].splitlines()[7])[WORDS] == json.dumps(
        {"customer_name": "[name]", "date_of_birth": "[birth_date]", "income": 7, "said": "7 in Bonn"}
    )


def test_what_columns_hold_inside_is_masked(context: Context, nested: Dataset, tmp_path: Path) -> None:
    told = _told(context, nested, tmp_path)
    assert not [(way, one) for way, text in told.items() for one in SECRETS if one in text]
    assert all("full_name" in text and "0.5" in text for text in told.values()), told


def test_a_name_that_the_model_finds_is_masked_in_the_value_that_it_stands_in(
    context: Context, table: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.personal import Personal, names

    def found(texts: list[str | None], tick: object) -> dict[int, tuple[Personal, ...]]:
        places = [(text or "").index("Bonn") for text in texts]
        return {row: (Personal("place", place, place + 4),) for row, place in enumerate(places)}

    monkeypatch.setattr(names, "names_in", found)
    job = JobFolder(tmp_path / "job").create()
    rows = f"SELECT * FROM {relation(context.store, table.latest_version_id)} ORDER BY example_id"
    copy_query(context.store, rows, job.input / "rows.parquet", "parquet")
    job.write_spec(to_json(MaskSpec(Masking(kinds=("place",)), (WORDS,), names=True)))
    mask.main(job, ProgressWriter(job))
    row = json.loads(pq.read_table(job.output / mask.OUT)[WORDS][7].as_py())
    assert row == {
        "customer_name": "Jane Miller",
        "date_of_birth": "1950-03-08",
        "income": 7,
        "said": "7 in [place]",
    }


def test_a_column_of_the_rows_is_masked_whatever_it_is_called(context: Context, tmp_path: Path) -> None:
    names = ("verdict", "kinds", "predicted", "true", "suggested_label")
    path = tmp_path / "named.csv"
    lines = [f"text {row},jo{row % 2}@firm.com," + ",".join(["jo@firm.com"] * len(names)) for row in range(3)]
    path.write_text(f"text,label,{','.join(names)}\n" + "\n".join(lines) + "\n")
    schema = Schema("text", "text", "label", attributes=names)
    dataset = taken_in(context.store, Reader(sql=f"read_csv('{path}')"), schema, "named")
    set_always(context, dataset, True, "ada")
    version = get_version(context.store, dataset.latest_version_id)
    view = views_of(context.store, get_dataset(context.store, dataset.dataset_id), version, {})["rows"]
    columns = [one for one in row_columns(dataset) if one.column not in ("text", "example_id")]
    out = tmp_path / "out.jsonl"
    export_list(context.store, version.version_id, out, "jsonl", RowFilter(), BY_ROW, columns)
    for row in (context.store.fetch_named(view.sql)[0], json.loads(out.read_text().splitlines()[0])):
        assert row["label"] == "jo0@firm.com", "a class stays what it is"
        assert {name: row[name] for name in names} == dict.fromkeys(names, "[email]")


def test_an_id_that_is_an_attribute_too_is_masked_as_that(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        "phone,text,label\n" + "".join(f"{195030000 + row},text {row},{'xy'[row % 2]}\n" for row in range(40))
    )
    schema = Schema("text", "text", "label", id="phone", attributes=("phone",))
    dataset = taken_in(context.store, Reader(sql=f"read_csv('{path}')"), schema, "calls")
    told = _told(context, dataset, tmp_path)
    assert not [way for way, text in told.items() if "19503" in text], told
    listed = tmp_path / "list.jsonl"
    columns = row_columns(dataset)
    export_list(context.store, dataset.latest_version_id, listed, "jsonl", RowFilter(), BY_ROW, columns)
    copied = _masked_copy(context, dataset, tmp_path / "again")[7]
    for row in (json.loads(told["file"].splitlines()[7]), json.loads(listed.read_text().splitlines()[7]), copied):
        assert (row["source_id"], row["phone"]) == ("[phone]", "[phone]")
    version = get_version(context.store, dataset.latest_version_id)
    changed = look(context, version, Masking(kinds=("phone",)))
    assert changed.kinds == {"phone": 80}, "of both columns"
    whole = export(context, dataset.latest_version_id, "csv", tmp_path / "whole.csv")
    assert "19503" not in whole.read_text()
