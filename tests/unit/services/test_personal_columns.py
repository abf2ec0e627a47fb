"""Personal data in columns of numbers and dates: looked at where the name of the column says whose they are."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.jobs.mask import run as mask
from core.jobs.mask.spec import MaskSpec
from core.personal import Masking
from core.queue import JobFolder, ProgressWriter
from core.records import Dataset
from core.services.export import export
from core.services.privacy.always import leaving, set_always
from core.services.privacy.masking import look
from core.store.export import export_rows, kept_texts, write_job_rows
from core.store.versions import get_version
from core.typed import to_json
from tests.integration.load_support import loaded

TOLD = {"phone": "[phone]", "date_of_birth": "[birth_date]"}
OTHERS = {"bought": "2020-03-04", "stars": 3}


@pytest.fixture
def people(context: Context, tmp_path: Path) -> Dataset:
    path = tmp_path / "people.csv"
    rows = [f"a text {row},{'xy'[row % 2]},138001380{row + 10},19{row + 50}-03-01,2020-03-04,3" for row in range(40)]
    path.write_text("text,label,phone,date_of_birth,bought,stars\n" + "\n".join(rows) + "\n")
    dataset = loaded(context, path, name="people")
    kinds = {one.name: one.kind for one in dataset.attributes}
    assert (kinds["phone"], kinds["date_of_birth"]) == ("number", "time")
    return dataset


def test_a_scan_reads_them(context: Context, people: Dataset, tmp_path: Path) -> None:
    kept = kept_texts(people)
    assert set(TOLD) <= set(kept.values()), "and categories, such as stars"
    out = write_job_rows(
        context.store, people.latest_version_id, tmp_path / "rows.parquet", people.labels, kept=[*kept]
    )
    row = pq.read_table(out, columns=list(kept)).to_pylist()[0]
    assert {"13800138010", "1950-03-01"} <= set(row.values())


def test_a_masked_copy_has_none_of_them(context: Context, people: Dataset, tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job").create()
    export_rows(context.store, people.latest_version_id, folder.input / "rows.parquet", "parquet", raw=True)
    folder.write_spec(to_json(MaskSpec(Masking(), ("text", *TOLD, *OTHERS))))
    assert mask.main(folder, ProgressWriter(folder)).kinds == {"phone": 40, "birth_date": 40}
    for row in pq.read_table(folder.output / mask.OUT).to_pylist():
        assert {name: row[name] for name in TOLD} == TOLD
        assert str(row["bought"]) == "2020-03-04" and row["stars"] == 3


def test_numbers_and_dates_of_which_none_is_masked_stay_what_they_are(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path / "job").create()
    columns = {
        "tax_amount": pa.array([13800138000.0, 2.5]),
        "account": pa.array([12, 345]),
        "born": pa.array([None, None], pa.timestamp("us")),
        "phone": pa.array([4155550142.0, None]),
    }
    table = pa.table({"example_id": [0, 1], "text": ["a", "b"], **columns})
    pq.write_table(table, folder.input / "rows.parquet")
    folder.write_spec(to_json(MaskSpec(Masking(), ("text", *columns))))
    assert mask.main(folder, ProgressWriter(folder)).kinds == {"phone": 1}
    masked = pq.read_table(folder.output / mask.OUT)
    assert masked["phone"].to_pylist() == ["[phone]", None]
    assert masked.drop(["phone"]).equals(table.drop(["phone"])), "the types too"


def test_nothing_that_leaves_has_them_once_it_is_always_masked(
    context: Context, people: Dataset, tmp_path: Path
) -> None:
    set_always(context, people, True, "ada")
    out = export(context, people.latest_version_id, "jsonl", tmp_path / "out.jsonl")
    for row in map(json.loads, Path(out).read_text().splitlines()):
        assert {name: row[name] for name in (*TOLD, *OTHERS)} == TOLD | OTHERS
    rows = [{"phone": 13800138000, "date_of_birth": None, "stars": 3}]
    assert leaving(context, people.dataset_id, rows) == [{"phone": "[phone]", "date_of_birth": None, "stars": 3}]


def test_a_look_of_some_kinds_hides_the_others_of_an_always_masked_one(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("text,label\n" + "write to jane@firm.com or call +49 30 901820,a\nnothing,b\n" * 3)
    calls = loaded(context, path, name="calls")
    version = get_version(context.store, calls.latest_version_id)
    some = Masking(kinds=("email",))
    assert look(context, version, some).examples[0][2] == "write to [email] or call +49 30 901820"
    set_always(context, calls, True, "ada")
    assert look(context, version, some).examples[0][2] == "write to [email] or call [phone]"
    whole = look(context, version, Masking("replacement")).examples[0][2]
    assert "@example.org" in whole and "901820" not in whole


def test_a_look_before_counts_what_the_job_masks(context: Context, people: Dataset) -> None:
    found = look(context, get_version(context.store, people.latest_version_id), Masking())
    assert (found.changed, found.kinds) == (40, {"phone": 40, "birth_date": 40})
    assert found.examples[0] == (0, "phone: 13800138010", "phone: [phone]")
    set_always(context, people, True, "ada")
    found = look(context, get_version(context.store, people.latest_version_id), Masking())
    assert found.examples[0][1:] == ("phone: [phone]", "phone: [phone]")
