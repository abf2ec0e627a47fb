"""Rows of tables through the store: what the cell holds, what is set aside, and that an export loads to the same."""

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
from core.errors import JobError
from core.records import Dataset, RowFilter
from core.services.export import export
from core.services.load import guess_for, preview, start_load, wait, widened
from core.store.rows import count_rows
from tests.integration.cli_support import Run
from tests.integration.load_support import column, loaded, set_aside

LATE = dt.datetime(2024, 2, 29, 12, 30)
COLUMNS: dict[str, pa.Array] = {
    "whole": pa.array([2**53 + 1, -7, None] * 8, pa.int64()),
    "ratio": pa.array([0.1, 1.0, None] * 8, pa.float64()),
    "price": pa.array([Decimal("12.30"), Decimal("-0.05"), None] * 8, pa.decimal128(10, 2)),
    "sex": pa.array(["f", "m", None] * 8),
    "member": pa.array([True, False, None] * 8),
    "born": pa.array([dt.date(1990, 1, 2), None, dt.date(1970, 1, 1)] * 8),
    "seen": pa.array([LATE, None, LATE] * 8, pa.timestamp("us")),
    "serial": pa.array(range(24), pa.int32()),
}


def _file(folder: Path, **more: pa.Array) -> Path:
    path = folder / "people.parquet"
    pq.write_table(pa.table({**COLUMNS, **more, "class": ["yes", "no"] * 12}), path)
    return path


def _cells(context: Context, dataset: Dataset) -> list[dict[str, Any]]:
    return [json.loads(cell) for cell in column(context, dataset, "text")]


def test_the_cell_holds_every_value_as_it_is_and_the_features_stay_typed_columns(
    context: Context, tmp_path: Path
) -> None:
    dataset = loaded(context, _file(tmp_path))
    assert dataset.task == "tabular-classification"
    first, _, third = _cells(context, dataset)[:3]
    assert first == {
        "whole": 2**53 + 1, "ratio": 0.1, "price": 12.3, "sex": "f", "member": True,
        "born": "1990-01-02", "seen": "2024-02-29 12:30:00", "serial": 0,
    }  # fmt: skip
    assert list(third.items())[:5] == [(name, None) for name in ("whole", "ratio", "price", "sex", "member")]
    assert column(context, dataset, "price")[:2] == [Decimal("12.30"), Decimal("-0.05")]
    assert column(context, dataset, "missing_values")[:3] == [0, 2, 5]
    assert [one.name for one in dataset.attributes] == [*COLUMNS, "missing values"]


def test_what_is_no_finite_number_is_missing_in_the_cell(context: Context, tmp_path: Path) -> None:
    odd = pa.array([float("nan"), float("inf"), 3.0] * 8, pa.float64(), from_pandas=False)
    dataset = loaded(context, _file(tmp_path, odd=odd))
    assert [cell["odd"] for cell in _cells(context, dataset)[:3]] == [None, None, 3]


def test_equal_values_make_one_content_in_whatever_order_features_are_named(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b,c,class\n" + "1,2,x,yes\n1.0,2,x,no\n" * 3 + "2,2,y,yes\n")
    dataset = loaded(context, file, features=("c", "a"), attributes=("a", "b", "c"))
    assert column(context, dataset, "text")[0] == '{"a":1,"c":"x"}'
    assert count_rows(context.store, dataset.latest_version_id, RowFilter(duplicates="exact")) == 6


def test_a_row_without_any_value_is_set_aside_with_its_line(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a,b,c,class\n1,2,x,yes\n,,,no\n2,3,x,no\n3,,z,yes\n")
    dataset = loaded(context, file)
    assert set_aside(context, dataset) == [(3, "empty: every feature")]
    assert dataset.row_count == 3


@pytest.mark.parametrize("format_", ["csv", "parquet", "jsonl", "datasets"])
def test_an_export_loads_by_the_guess_alone_to_the_same(context: Context, tmp_path: Path, format_: str) -> None:
    dataset = loaded(context, _file(tmp_path))
    out = export(context, dataset.latest_version_id, format_, tmp_path / f"out.{format_}")
    again = loaded(context, out, name="again")
    assert again.task == dataset.task
    assert preview(context, [str(out)]).guess.features == tuple(COLUMNS)
    told = str if format_ == "csv" else int  # a CSV's numbers of so many digits are read as texts
    wanted = [cell | {"whole": cell["whole"] and told(cell["whole"])} for cell in _cells(context, dataset)]
    assert _cells(context, again) == wanted
    for name in ("sex", "member", "serial", "given_label"):
        assert column(context, again, name) == column(context, dataset, name), name
    if format_ == "parquet":
        assert all(column(context, again, name) == column(context, dataset, name) for name in COLUMNS)
        assert column(context, again, "content_hash") == column(context, dataset, "content_hash")


def test_no_feature_or_an_unknown_one_is_named(context: Context, tmp_path: Path) -> None:
    file = _file(tmp_path)
    with pytest.raises(JobError, match="No feature column"):
        loaded(context, file, features=())
    with pytest.raises(JobError, match="'height' is not among"):
        loaded(context, file, features=("height",))


def test_a_guess_is_made_again_for_the_task_or_the_example_that_a_person_names(
    context: Context, tmp_path: Path
) -> None:
    found = preview(context, [str(_file(tmp_path))])
    assert guess_for(found, None, one_column=False) is found.guess
    assert guess_for(found, None, one_column=True).task == "text-classification"
    text = guess_for(found, "text-classification", one_column=False)
    assert (text.features, widened(text, found).features) == ((), ())
    job = start_load(context, [str(tmp_path / "people.parquet")], text, name="t", by="t")
    assert wait(context, job.job_id).task == "text-classification"


def test_features_are_named_on_the_command_line(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path)
    found = run("load", file, "--name", "few", "--features", "ratio, sex", "--json")
    assert found.code == 0, found.err
    assert found.json["schema"]["features"] == ["ratio", "sex"]
    assert "whole" in found.json["schema"]["attributes"]
    told = run("load", file, "--name", "none", "--features", "height")
    assert (told.code != 0, "there is no column 'height'" in told.err) == (True, True)
    text = run("load", file, "--name", "none", "--task", "text-classification", "--features", "sex")
    assert "example is one column" in text.err
    whole = run("load", file, "--name", "all", "--task", "tabular-classification", "--id", "serial", "--json")
    assert whole.json["schema"]["features"] == [name for name in COLUMNS if name != "serial"]


def test_a_table_of_a_thousand_columns_and_odd_names_loads(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    names = ['"a ""b""\tc"', "'d", *(f"v{place}" for place in range(1_200)), "label"]
    rows = [
        ",".join([f"{row}.5", "x" if row % 3 else "", *[f"{(row % 4 + 1) / 8}"] * 1_200, "yn"[row % 2]])
        for row in range(50)
    ]
    file.write_text("\n".join([",".join(names), *rows]) + "\n")
    dataset = loaded(context, file)
    first = _cells(context, dataset)[0]
    assert list(first.items())[:3] == [('a "b"\tc', 0.5), ("'d", None), ("v0", 0.125)]
    assert len(first) == 1_202
