"""Many rows of an always-masked dataset are masked in a process of their own: the same as where they are few."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.context import Context
from core.errors import JobError, UsageError
from core.records import Dataset, Reader, Schema
from core.services import collect
from core.services.export import export_rows
from core.services.privacy.always import set_always
from core.services.sql.ask import CopyFirstError, ask, ask_now, columns, row_ids
from core.store.datasets import get_dataset
from core.store.query.copies import forget_copies
from core.store.versions import get_version
from tests.staged import taken_in

ROWS = 40
PATHS = ("core.store.export.HERE", "core.services.sql.ask.HERE")


@pytest.fixture
def calls(context: Context, tmp_path: Path) -> Dataset:
    """With texts, lists, objects, numbers and dates that are somebody's, and some that are nobody's."""
    path = tmp_path / "calls.jsonl"
    lines = [
        {
            "text": f"write to jane{row}@firm.com",
            "label": "xy"[row % 2],
            "phone": 4155550100 + row,
            "date_of_birth": f"1950-03-{row % 28 + 1:02}",
            "sent": f"2020-03-{row % 28 + 1:02}",
            "user": {"full_name": "Jane Miller"},
            "words": ["jim@firm.com", None] if row % 3 else None,
            "vector": [0.5, float(row)],
            "stars": row,
        }
        for row in range(ROWS)
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    schema = Schema("text", "text", "label", attributes=tuple(one for one in lines[0] if one not in ("text", "label")))
    dataset = taken_in(context.store, Reader(sql=f"read_json('{path}')"), schema, "calls")
    set_always(context, dataset, True, "ada")
    return dataset


def _rows(context: Context, path: Path) -> object:
    return context.store.fetch_named(f"SELECT * FROM '{path}'")


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_a_file_is_the_same(
    context: Context, calls: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str
) -> None:
    here, apart = tmp_path / f"here.{format_}", tmp_path / f"apart.{format_}"
    asked = {"where": "stars >= 3"}
    assert export_rows(context, calls, calls.latest_version_id, asked, format_, here) == ROWS - 3
    monkeypatch.setattr(PATHS[0], 10)
    monkeypatch.setattr("core.store.masked.personal.masked", None)  # nobody masks in this process
    assert export_rows(context, calls, calls.latest_version_id, asked, format_, apart) == ROWS - 3
    assert _rows(context, apart) == _rows(context, here)
    assert format_ == "parquet" or apart.read_bytes() == here.read_bytes()
    told = str(_rows(context, apart))
    assert "[email]" in told and "[phone]" in told and "firm.com" not in told and "Miller" not in told


def test_queries_read_a_copy_that_a_job_makes_once(
    context: Context, calls: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = get_version(context.store, calls.latest_version_id)
    asked = "SELECT * FROM rows ORDER BY example_id"
    here = ask(context, calls, version, asked)
    forget_copies(context.workspace.queries, calls.dataset_id)
    monkeypatch.setattr(PATHS[1], 10)
    with pytest.raises(CopyFirstError) as first:
        ask_now(context, calls, version, asked)
    told: list[str] = []
    apart = ask(context, calls, version, asked, show=lambda job: told.append(job.job_id))
    assert set(told) == {first.value.job.job_id}, "one job, whoever asks"
    assert (apart.columns, apart.rows) == (here.columns, here.rows)
    described = ask(context, calls, version, "DESCRIBE SELECT * FROM rows").records()
    listed = dict(columns(context, calls, version)[0].columns)
    assert {one["column_name"]: one["column_type"] for one in described} == listed
    set_always(context, calls, False, "ada")
    assert "jane7@firm.com" in str(ask_now(context, calls, version, asked).rows), "as it is, and without a job"
    set_always(context, calls, True, "ada")
    assert ask_now(context, calls, version, asked).rows == here.rows, "the copy is kept"
    assert not list(context.queue.folder(told[0]).input.iterdir()), "no row is left there"


def test_a_filter_waits_for_the_copy_and_a_job_that_is_cancelled_is_said(
    context: Context, calls: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = get_version(context.store, calls.latest_version_id)
    monkeypatch.setattr(PATHS[1], 10)
    with pytest.raises(CopyFirstError) as first:
        ask_now(context, calls, version, "SELECT text FROM rows")

    def cancelled(context: Context) -> None:
        context.queue.cancel(first.value.job.job_id)
        collect.collect(context)

    with monkeypatch.context() as patch:
        patch.setattr("core.services.follow.collect", cancelled)
        with pytest.raises(JobError, match="cancelled"):
            ask(context, calls, version, "SELECT text FROM rows")
    ids, _ = row_ids(
        context, get_dataset(context.store, "calls"), version, "SELECT example_id FROM rows WHERE stars < 2"
    )
    assert sorted(ids) == [0, 1]


@pytest.mark.parametrize(
    ("column", "condition"),
    [
        ("phone", "phone > 5"),
        ("phone", "phone = 4155550142"),
        ("phone", "sum(phone) OVER () > 1"),
        ("date_of_birth", "year(date_of_birth) = 1950"),
        ('"user"', "\"user\".full_name = 'x'"),
    ],
)
def test_what_is_text_because_it_is_masked_is_said(
    context: Context, calls: Dataset, column: str, condition: str
) -> None:
    version = get_version(context.store, calls.latest_version_id)
    rows = columns(context, calls, version)[0]
    told = {name: kind for name, kind in rows.columns if name in rows.were}
    assert {"phone", "date_of_birth"} < rows.were.keys() and set(told.values()) == {"VARCHAR"}, rows
    column = column if column in rows.were else column.strip('"')
    with pytest.raises(UsageError, match="always masked") as error:
        ask(context, calls, version, f"SELECT {condition} FROM rows")
    assert f"{column} ({rows.were[column]})" in error.value.message
    assert "filters look at the rows as they are" in error.value.hint
    with pytest.raises(UsageError) as other:
        ask(context, calls, version, "SELECT phone FROM rows WHERE lable = 'x'")
    assert "always masked" not in other.value.message
