from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.ledger.sqlite import SqliteLedger
from core.modalities.text.facts import TEXT
from core.records import IssueFilter, RowFilter
from core.store.database import Database
from core.store.datasets import get_dataset
from core.store.export import export_issues, export_rows, write_job_rows
from core.store.ingest.derive import derive
from core.store.names import examples_table
from core.store.versions import make_review_version

from .conftest import Load, ScanOf
from .test_versions import decide

FORMULAS = ["=1+1", "+1+A1", "-1", "+2.50", "@SUM(A1)", "\t=1", "plain", "a=b", "-1e5", "'-1"]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_csv_export_holds_every_column_and_the_labels_of_the_version(
    db: Database, ledger: SqliteLedger, load: Load, tmp_path: Path
) -> None:
    dataset = load()
    decide(ledger, dataset, dataset.latest_version_id, 4, "relabel", "pos")
    version = make_review_version(db, dataset.latest_version_id, "", "ann")
    rows = _rows(export_rows(db, version.version_id, tmp_path / "out" / "a.csv", "csv"))
    assert rows[4] == {
        "example_id": "4", "text": "good film", "given_label": "neg", "label": "pos", "split": "train", "lang": "en",
        "stars": "5",
    }  # fmt: skip


def test_no_cell_of_a_csv_export_starts_a_formula(db: Database, load: Load, tmp_path: Path) -> None:
    lines = "".join(f'"{text}",{"xy"[row % 2]}\n' for row, text in enumerate(FORMULAS))
    dataset = load(f"text,label\n{lines}", columns="'text': 'VARCHAR', 'label': 'VARCHAR'")
    texts = [row["text"] for row in _rows(export_rows(db, dataset.latest_version_id, tmp_path / "a.csv", "csv"))]
    assert texts == ["'=1+1", "'+1+A1", "-1", "+2.50", "'@SUM(A1)", "'\t=1", "plain", "a=b", "-1e5", "''-1"]


def test_no_column_name_of_a_csv_export_starts_a_formula(db: Database, load: Load, tmp_path: Path) -> None:
    columns = "'text': 'VARCHAR', 'label': 'VARCHAR', '=1+1': 'VARCHAR'"
    dataset = load("text,label,=1+1\na,x,b\nc,y,d\n", columns=columns, attributes=("=1+1",))
    rows = _rows(export_rows(db, dataset.latest_version_id, tmp_path / "a.csv", "csv"))
    assert rows[0]["'=1+1"] == "b"


def test_bytes_in_a_csv_export_start_no_formula(db: Database, load: Load, tmp_path: Path) -> None:
    columns = "'text': 'VARCHAR', 'label': 'VARCHAR', 'raw': 'BLOB'"
    dataset = load("text,label,raw\na,x,=1\nc,y,d\n", columns=columns, attributes=("raw",))
    rows = _rows(export_rows(db, dataset.latest_version_id, tmp_path / "a.csv", "csv"))
    assert [row["raw"] for row in rows] == ["'=1", "d"]


def test_parquet_and_json_lines_keep_texts_as_they_are(db: Database, load: Load, tmp_path: Path) -> None:
    dataset = load("text,label\n=1,x\nb,y\n", columns="'text': 'VARCHAR', 'label': 'VARCHAR'")
    parquet = pq.read_table(export_rows(db, dataset.latest_version_id, tmp_path / "a.parquet", "parquet"))
    assert parquet["text"].to_pylist() == ["=1", "b"]
    lines = export_rows(db, dataset.latest_version_id, tmp_path / "a.jsonl", "jsonl").read_text().splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["=1", "b"]


@pytest.mark.parametrize(("top", "example_ids"), [(None, ["0", "1", "2", "3", "4"]), (2, ["0", "1"])])
def test_issues_are_exported_worst_first_with_the_source_s_id(
    db: Database, load: Load, scan: ScanOf, tmp_path: Path, top: int | None, example_ids: list[str]
) -> None:
    dataset = load("id,text,label\na,1,x\nb,2,y\nc,3,x\nd,4,y\ne,5,x\n", id="id")
    tier = scan(dataset, [0, 1, 0, 1, 0], [1, 0, 1, 0, 1], [0])
    rows = _rows(export_issues(db, tier.scan_id, tmp_path / "issues.csv", "csv", top))
    assert [row["example_id"] for row in rows] == example_ids
    assert (rows[0]["id"], rows[0]["given_label"], rows[0]["suggested_label"]) == ("a", "x", "y")
    assert (rows[0]["is_issue"], float(rows[1]["score"])) == ("true", pytest.approx(0.2))


def test_an_exported_list_holds_the_rows_that_the_filter_keeps(
    db: Database, load: Load, scan: ScanOf, tmp_path: Path
) -> None:
    dataset = load()
    tier = scan(dataset, [1, 0, 1, 0, 0], [0, 1, 0, 1, 1], [0, 1, 2])

    def exported(where: IssueFilter, top: int | None = None) -> list[str]:
        return [
            row["example_id"] for row in _rows(export_issues(db, tier.scan_id, tmp_path / "a.csv", "csv", top, where))
        ]

    assert exported(IssueFilter()) == ["0", "1", "2"]
    assert exported(IssueFilter(given_label="pos")) == ["0", "2"]
    assert exported(IssueFilter(flagged_only=False, rows=RowFilter(text="film", split="train"))) == ["0", "1", "4"]
    assert exported(IssueFilter(flagged_only=False, rows=RowFilter(attribute="lang", value="de")), 1) == ["2"]


def test_a_job_gets_its_rows_in_order_with_class_indices(db: Database, load: Load, tmp_path: Path) -> None:
    dataset = load()
    table = pq.read_table(write_job_rows(db, dataset.latest_version_id, tmp_path / "rows.parquet", dataset.labels))
    assert table.column_names == [
        *("example_id", "content_hash", "label", "split", "text", "media_id"),
        *("known", "before"),
    ]
    assert table["example_id"].to_pylist() == [0, 1, 2, 3, 4]
    assert table["label"].to_pylist() == [1, 0, 1, 0, 0]
    assert str(table["label"].type) == "int32"


def test_a_job_gets_the_derived_attributes_that_faults_are_told_from(db: Database, load: Load, tmp_path: Path) -> None:
    dataset = load()
    derive(db, dataset.dataset_id, TEXT.derived, lambda done, total: None, lambda: False)
    path = write_job_rows(db, dataset.latest_version_id, tmp_path / "rows.parquet", dataset.labels)
    column = next(one.column for one in get_dataset(db, dataset.dataset_id).attributes if one.name == "language")
    told = [value for (value,) in db.fetch(f"SELECT {column} FROM {examples_table(dataset.dataset_id)} ORDER BY 1")]
    assert sorted(pq.read_table(path)["derived_language"].to_pylist()) == told
    assert [name for name in pq.read_schema(path).names if name.startswith("derived_")] == ["derived_language"]
