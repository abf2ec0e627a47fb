"""A store on a fresh file, and a loader for small CSV texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.ledger.sqlite import SqliteLedger
from core.records import CsvFile, Dataset, Reader, Scan, Schema
from core.store.database import Database
from core.store.scans import add_tier
from core.store.schema import migrate
from tests.staged import taken_in

REVIEWS = """text,label,split,lang,stars
good film,pos,train,en,5
bad film,neg,train,en,1
gut,pos,test,de,4
schlecht,neg,test,de,2
good film,neg,train,en,5
"""

Load = Callable[..., Dataset]
ScanOf = Callable[..., Scan]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    opened = SqliteLedger(tmp_path / "ledger.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def db(tmp_path: Path, ledger: SqliteLedger) -> Iterator[Database]:
    opened = Database.open(tmp_path / "winnow.duckdb", ledger.decisions)
    migrate(opened)
    yield opened
    opened.close()


def csv_reader(path: Path, columns: str = "") -> Reader:
    """A reader of one CSV file, as the CSV source describes it."""
    types = f", columns={{{columns}}}" if columns else ", auto_detect=true"
    return Reader(
        sql=f"read_csv('{path}', header=true, delim=',', quote='\"', escape='\"', store_rejects=true{types})",
        rejects=True,
        csv_files=(CsvFile(str(path), ","),),
    )


@pytest.fixture
def load(db: Database, tmp_path: Path) -> Load:
    """Loads CSV text; the schema's attributes are `lang` and `stars` where the header has them."""

    def _load(
        text: str = REVIEWS, *, name: str = "reviews", columns: str = "", job_id: str | None = None, **roles: object
    ) -> Dataset:
        path = tmp_path / f"{name}.csv"
        path.write_text(text)
        header = text.split("\n", 1)[0].split(",")
        schema = {
            "task": "text",
            "payload": "text",
            "label": "label",
            "split": "split" if "split" in header else None,
            "attributes": tuple(column for column in ("lang", "stars") if column in header),
        }
        return load_from(db, csv_reader(path, columns), Schema(**{**schema, **roles}), name, job_id)  # type: ignore[arg-type]

    return _load


def load_from(db: Database, reader: Reader, schema: Schema, name: str = "data", job_id: str | None = None) -> Dataset:
    return taken_in(db, reader, schema, name, by="ann", job_id=job_id)


@pytest.fixture
def scan(db: Database, tmp_path: Path) -> ScanOf:
    """Takes in a tier: row i has rank i + 1; `flagged` rows are issues; given and suggested are class indices.
    An `also` type ranks the rows the other way round and flags the others."""

    def _scan(
        dataset: Dataset,
        given: Sequence[int],
        suggested: Sequence[int],
        flagged: Sequence[int],
        *,
        job_id: str = "job",
        tier_order: int = 0,
        version_id: str | None = None,
        also: str | None = None,
    ) -> Scan:
        rows = range(len(given))
        path = tmp_path / f"issues-{job_id}-{tier_order}.parquet"
        found = pa.table(
            {
                "example_id": pa.array(rows, pa.int64()),
                "issue_type": ["label"] * len(given),
                "score": pa.array([row / len(given) for row in rows], pa.float32()),
                "is_issue": [row in flagged for row in rows],
                "given": pa.array(given, pa.int32()),
                "suggested": pa.array(suggested, pa.int32()),
                "why": ['{"given_probability": 0.1}'] * len(given),
                "rank": pa.array([row + 1 for row in rows], pa.int64()),
            }
        )
        if also:
            other = {"issue_type": [also] * len(given), "is_issue": [row not in flagged for row in rows]}
            other["rank"] = found["rank"].to_pylist()[::-1]
            found = pa.concat_tables([found, pa.table(found.to_pydict() | other, found.schema)])
        pq.write_table(found, path)
        return add_tier(
            db,
            job_id=job_id,
            dataset_id=dataset.dataset_id,
            version_id=version_id or dataset.latest_version_id,
            tier=f"tier {tier_order}",
            tier_order=tier_order,
            settings={"labels": list(dataset.labels)},
            summary={"rows": len(given)},
            by="ann",
            issues_parquet=path,
            final=True,
        )

    return _scan
