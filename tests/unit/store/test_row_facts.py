"""Rows narrowed by what stands elsewhere of them: the newest scan's flags, and the verdicts that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import NotFoundError, StoreError
from core.ledger.sqlite import SqliteLedger
from core.records import ClassNaming, ColumnFilter, How, IssueFilter, RowFilter, TagAct
from core.store.database import Database
from core.store.ids import new_id
from core.store.issues import page_issues
from core.store.maps.points import folder_of_maps, write_points
from core.store.row_facts import as_of
from core.store.rows import count_rows, ids_of
from core.store.times import now
from core.store.versions import make_review_version

from .conftest import Load, ScanOf
from .test_versions import decide


def rows(db: Database, version: str, column: str, how: How, *values: str) -> list[int]:
    where = RowFilter(columns=(ColumnFilter(column, how, values),))
    found = sorted(ids_of(db, version, where).tolist())
    assert count_rows(db, version, where) == len(found)
    return found


def test_rows_are_narrowed_by_what_the_newest_scan_flags(db: Database, load: Load, scan: ScanOf) -> None:
    dataset = load()
    version = dataset.latest_version_id
    assert rows(db, version, "@issue", "present") == []
    assert rows(db, version, "@issue", "missing") == [0, 1, 2, 3, 4]
    scan(dataset, [0] * 5, [1] * 5, [0, 1])
    scan(dataset, [0] * 5, [1] * 5, [0, 3, 4], job_id="later")
    assert rows(db, version, "@issue", "=", "label") == [0, 3, 4]
    assert rows(db, version, "@issue", "!=", "label") == rows(db, version, "@issue", "missing") == [1, 2]
    with pytest.raises(NotFoundError, match="outlier"):
        rows(db, version, "@issue", "=", "outlier")


def test_rows_are_narrowed_by_the_verdict_that_holds(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    decide(ledger, dataset, version, 0, "keep")
    undone = decide(ledger, dataset, version, 1, "exclude")
    decide(ledger, dataset, version, 2, "relabel", "neg")
    decide(ledger, dataset, version, 3, "unsure")
    undo = replace(undone, decision_id=new_id(), client_key=new_id(), action="undo", undoes=undone.decision_id)
    ledger.decisions.append([undo])
    assert rows(db, version, "@decision", "=", "keep", "unsure") == [0, 3]
    assert rows(db, version, "@decision", "!=", "keep") == [1, 2, 3, 4]
    assert rows(db, version, "@decision", "present") == [0, 2, 3]
    assert rows(db, version, "@decision", "missing") == [1, 4]
    with pytest.raises(NotFoundError, match="relabeled"):
        rows(db, version, "@decision", "=", "relabeled")
    corrected = make_review_version(db, version, "", "ann").version_id
    assert rows(db, corrected, "@decision", "=", "relabel") == [2], "its label is what the verdict made it"


def test_a_scan_s_list_is_narrowed_by_facts_too(db: Database, ledger: SqliteLedger, load: Load, scan: ScanOf) -> None:
    dataset = load()
    found = scan(dataset, [0] * 5, [1] * 5, [0, 1, 2])
    decide(ledger, dataset, dataset.latest_version_id, 1, "unsure")
    where = IssueFilter(rows=RowFilter(columns=(ColumnFilter("@decision", "=", ("unsure",)),)), settled=None)
    assert [one.example_id for one in page_issues(db, found, where, 10)] == [1]


def test_what_a_fact_lets_through_is_as_fresh_as_the_acts(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    by_fact = RowFilter(columns=(ColumnFilter("@decision", "missing"),))
    before = as_of(db, by_fact)
    assert as_of(db, RowFilter(text="film")) is None
    decide(ledger, dataset, dataset.latest_version_id, 0, "keep")
    assert as_of(db, by_fact) != before


def test_what_a_query_lets_through_is_as_fresh_as_the_names_of_classes(
    db: Database, ledger: SqliteLedger, load: Load
) -> None:
    dataset = load()
    db.follow(ledger.decisions, ledger.classes, ledger.tags)
    by_query = RowFilter(columns=(ColumnFilter("@sql", "=", ("label_name = 'Good'",)),))
    before = as_of(db, by_query)
    ledger.classes.append([ClassNaming(new_id(), dataset.dataset_id, "pos", "Good", "", "ann", now())], 0)
    assert as_of(db, by_query) != before


@pytest.mark.parametrize("column", ["@map", "@slice"])
def test_what_an_area_lets_through_is_as_fresh_as_the_map(db: Database, load: Load, column: str) -> None:
    path = folder_of_maps(db, load().dataset_id) / "umap-minilm.parquet"
    by_area = RowFilter(columns=(ColumnFilter(column, "=", ("umap-minilm: 0,0 10,0 10,10 0,10",)),))
    states = [as_of(db, by_area)]
    for place in (5, 50):
        write_points(path, np.arange(1), np.full((1, 2), place, np.float32), {"method": "umap"})
        states.append(as_of(db, by_area))
    assert len(set(states)) == 3


def test_a_file_beside_the_store_that_went_is_told_without_its_place(db: Database) -> None:
    gone = str(db.path.parent / "queries" / "gone.parquet")
    with pytest.raises(StoreError, match="not there any more") as error:
        db.fetch("SELECT * FROM read_parquet(?)", [[gone]])
    assert str(db.path.parent) not in str(error.value)


def test_rows_are_narrowed_by_their_tags(db: Database, ledger: SqliteLedger, load: Load) -> None:
    dataset = load()
    version = dataset.latest_version_id
    db.follow(ledger.decisions, ledger.classes, ledger.tags)
    by_tag = RowFilter(columns=(ColumnFilter("@tag", "present"),))
    before = as_of(db, by_tag)
    assert rows(db, version, "@tag", "missing") == [0, 1, 2, 3, 4]
    for name, tagged in (("to ask", (0, 1)), ("Odd", (1, 4))):
        act = TagAct(new_id(), dataset.dataset_id, name, True, "", "ann", now())
        ledger.tags.append([(act, tagged)])
    assert as_of(db, by_tag) != before
    assert rows(db, version, "@tag", "=", "to ask") == [0, 1]
    assert rows(db, version, "@tag", "=", "odd", "to ask") == rows(db, version, "@tag", "present") == [0, 1, 4]
    assert rows(db, version, "@tag", "!=", "to ask") == [2, 3, 4]
    with pytest.raises(NotFoundError, match="Odd, to ask"):
        rows(db, version, "@tag", "=", "od")
    decide(ledger, dataset, version, 4, "exclude")
    later = make_review_version(db, version, "", "ann").version_id
    assert rows(db, later, "@tag", "=", "odd") == [1], "they hold in all versions, of the rows that these have"
