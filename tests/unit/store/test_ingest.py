from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import SchemaError, SourceError, StoppedError, UsageError
from core.records import Attribute, CsvFile, Reader, RowFilter, Schema
from core.store.database import Database
from core.store.datasets import list_datasets, rejected, rename
from core.store.ingest.ingest import ingest
from core.store.rows import page_rows
from core.store.versions import count_unlabelled
from tests.staged import staged

from .conftest import Load, csv_reader, load_from

TEXT = Schema("text", "text", "label")


def _leftovers(db: Database) -> list[tuple[object, ...]]:
    return db.fetch(
        """SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'examples%'
           UNION ALL SELECT dataset_id FROM datasets UNION ALL SELECT version_id FROM versions
           UNION ALL SELECT file FROM rejected_rows"""
    )


def test_a_csv_file_becomes_a_dataset_with_its_first_version(db: Database, load: Load) -> None:
    dataset = load()
    assert (dataset.name, dataset.labels, dataset.row_count, dataset.state) == ("reviews", ("neg", "pos"), 5, "ready")
    assert dataset.attributes == (Attribute("lang", "lang", "category"), Attribute("stars", "stars", "category"))
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert [row.example_id for row in rows] == [0, 1, 2, 3, 4]
    assert [row.text for row in rows] == ["good film", "bad film", "gut", "schlecht", "good film"]
    assert (rows[2].label, rows[2].split, rows[2].attributes) == ("pos", "test", {"lang": "de", "stars": 4})


def test_rows_keep_the_source_s_order_across_many_row_groups(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("text,label\n" + "".join(f"text {row},{row % 3}\n" for row in range(300_000)))
    dataset = load_from(db, csv_reader(path), TEXT)
    wrong = db.fetch(f"SELECT count(*) FROM examples_{dataset.dataset_id} WHERE text <> 'text ' || example_id")
    assert wrong == [(0,)]


def test_rows_without_a_payload_are_set_aside_with_their_line_and_those_without_a_label_kept(
    db: Database, load: Load
) -> None:
    dataset = load('text,label\na,x\nb,\n\n"two\nlines",y\n,x\n"  ",y\nc,y,extra\nd,x\n')
    assert (dataset.row_count, dataset.labels) == (4, ("x", "y"))
    found = [(row.file, row.line, row.reason.split(":")[0]) for row in rejected(db, dataset.dataset_id, 10)]
    assert found == [
        ("reviews.csv", 7, "empty"),
        ("reviews.csv", 8, "empty"),
        ("reviews.csv", 9, "too many columns"),
    ]
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert [(row.example_id, row.text, row.label) for row in rows] == [
        (0, "a", "x"), (1, "b", None), (2, "two\nlines", "y"), (3, "d", "x"),
    ]  # fmt: skip
    assert dataset.rejected_count == 3
    assert count_unlabelled(db, dataset.latest_version_id) == 1


@pytest.mark.parametrize("nothing", ["\u200b\u200c", "\ufeff\u2060", "\xa0", "\u3164", "\U000e0020", "\x7f"])
def test_what_shows_nothing_is_neither_a_text_nor_a_label(db: Database, load: Load, nothing: str) -> None:
    dataset = load(f"text,label\na,x\n{nothing},x\nb,{nothing}\nc,y\n{nothing}d{nothing},y\n")
    assert [(row.line, row.reason) for row in rejected(db, dataset.dataset_id, 10)] == [(3, "empty: column text")]
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert [row.label for row in rows] == ["x", None, "y", "y"]


def test_labels_lose_blanks_and_invisible_characters_at_their_ends(load: Load) -> None:
    labels = ["refund", "refund\xa0", "refund\u200b", "\u2009repair", "repair", "re\u200bpair"]
    dataset = load("text,label\n" + "".join(f"a{i},{label}\n" for i, label in enumerate(labels)))
    assert dataset.labels == ("refund", "repair", "re\u200bpair")


def test_in_several_files_each_row_set_aside_names_its_own_file_and_line(db: Database, tmp_path: Path) -> None:
    paths = [tmp_path / "train.csv", tmp_path / "test.csv"]
    paths[0].write_text("text,label\na,x\nb,y\n,y\n")
    paths[1].write_text("text,label\n,x\nd,y\n")
    parts = [f"SELECT *, '{path}' AS f FROM {csv_reader(path).sql}" for path in paths]
    reader = Reader(
        f"({' UNION ALL BY NAME '.join(parts)})",
        rejects=True,
        file_column="f",
        csv_files=tuple(CsvFile(str(path), ",") for path in paths),
    )
    dataset = load_from(db, reader, TEXT)
    assert [(row.file, row.line) for row in rejected(db, dataset.dataset_id, 10)] == [("test.csv", 2), ("train.csv", 4)]
    names = [name for name, *_ in db.fetch(f"DESCRIBE examples_{dataset.dataset_id}")]
    assert not [name for name in names if name.startswith("load_")]


def test_a_cell_that_is_too_large_sets_its_row_aside(db: Database, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.ingest.usable.MAX_CELL_BYTES", 1000)
    dataset = load(f"text,label\na,x\n{'b' * 1001},y\nc,y\n")
    assert dataset.row_count == 2
    assert [(row.line, len(row.content)) for row in rejected(db, dataset.dataset_id, 10)] == [(3, 500)]


def test_rows_that_the_source_itself_refuses_are_set_aside_with_its_reason(db: Database, tmp_path: Path) -> None:
    sql = """(SELECT * FROM (VALUES ('a', 'x', 1, NULL), (NULL, NULL, 2, 'broken JSON'), ('b', 'y', 3, NULL))
              t(text, label, line, why))"""
    reader = Reader(sql, line_column="line", reason_column="why")
    dataset = load_from(db, reader, TEXT)
    assert [(row.line, row.reason) for row in rejected(db, dataset.dataset_id, 10)] == [(2, "broken JSON")]
    assert dataset.row_count == 2


def test_the_rejects_of_a_load_job_are_taken_over(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "rejected.parquet"
    pq.write_table(
        pa.table({"file": ["a.zip"], "line": [7], "reason": ["unreadable image"], "content": ["x.png"]}), path
    )
    reader = Reader("(SELECT * FROM (VALUES ('a', 'x'), ('b', 'y')) t(text, label))", rejected_parquet=str(path))
    dataset = load_from(db, reader, TEXT)
    assert [(row.file, row.line) for row in rejected(db, dataset.dataset_id, 10)] == [("a.zip", 7)]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ("(1), (10), (2)", ("1", "2", "10")),
        ("(1.0::DOUBLE), (2.0), (NULL)", ("1", "2")),
        ("(0.5::DOUBLE), (1.0), ('nan')", ("0.5", "1")),
        ("(true), (false)", ("false", "true")),
        ("(' b '), ('a'), ('b')", ("a", "b")),
        ("('10'), ('9'), ('x')", ("10", "9", "x")),
    ],
)
def test_labels_become_text_in_a_stable_order(db: Database, values: str, labels: tuple[str, ...]) -> None:
    reader = Reader(f"(SELECT 'text' AS text, label FROM (VALUES {values}) t(label))")
    assert load_from(db, reader, TEXT).labels == labels


def test_a_column_named_like_one_of_winnow_s_is_kept_under_another_name(db: Database) -> None:
    sql = "(SELECT * FROM (VALUES ('a', 'x', 1, 2), ('b', 'y', 3, 4)) t(body, class, \"Label\", example_id))"
    dataset = load_from(db, Reader(sql), Schema("text", "body", "class", attributes=("Label", "example_id")))
    assert [(a.name, a.column) for a in dataset.attributes] == [
        ("Label", "Label_source"),
        ("example_id", "example_id_source"),
    ]
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert rows[1].attributes == {"Label": 3, "example_id": 4}


def test_images_keep_the_hash_and_media_id_of_their_load_job(db: Database) -> None:
    sql = """(SELECT * FROM (VALUES ('1.png', 'x', 'aa', 'aa/aa.png'), ('2.png', 'y', 'bb', 'bb/bb.png'))
              t(file, label, content_hash, media_id))"""
    dataset = load_from(db, Reader(sql, media=True), Schema("image", "file", "label"))
    rows = page_rows(db, dataset.latest_version_id, RowFilter(), 10)
    assert [(row.text, row.media_id) for row in rows] == [("1.png", "aa/aa.png"), ("2.png", "bb/bb.png")]


@pytest.mark.parametrize(
    ("text", "roles", "error", "message"),
    [
        ("text,label\na,x\nb,x\n", {}, SourceError, "Every row has the label 'x'"),
        ("text,label\n,x\n,y\n", {}, SourceError, "no usable row: all 2 rows were set aside"),
        ("text,label\na,\nb,\n", {}, SourceError, "Column 'label' names no class in any row"),
        ("text,label\na,x\nb,y\n", {"label": None}, SchemaError, "No label column"),
        ("text,label\na,x\nb,y\n", {"label": "class"}, SchemaError, "Column 'class', chosen as label, not found"),
        ("text,label\na,x\nb,y\n", {"attributes": ("z",)}, SchemaError, "Column 'z'"),
    ],
)
def test_what_makes_no_dataset_is_refused_and_leaves_nothing_behind(
    db: Database, load: Load, text: str, roles: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        load(text, **roles)
    assert _leftovers(db) == []


def test_one_class_is_enough_where_other_rows_are_still_to_be_labelled(db: Database, load: Load) -> None:
    dataset = load("text,label\na,x\nb,\n")
    assert (dataset.labels, count_unlabelled(db, dataset.latest_version_id)) == (("x",), 1)


def test_a_file_with_too_many_classes_is_refused(db: Database, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.store.ingest.stage.MAX_CLASSES", 3)
    with pytest.raises(SourceError, match="has 4 different values; at most 3"):
        load("text,label\na,1\nb,2\nc,3\nd,4\n")
    assert _leftovers(db) == []


def test_a_label_that_is_a_list_is_refused(db: Database) -> None:
    with pytest.raises(SchemaError, match=r"INTEGER\[\]"):
        load_from(db, Reader("(SELECT 'a' AS text, [1, 2] AS label)"), TEXT)


def test_a_source_that_cannot_be_read_says_why_and_leaves_nothing_behind(db: Database) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        load_from(db, Reader("read_parquet('nowhere.parquet')"), TEXT)
    assert _leftovers(db) == []


def test_a_name_that_is_taken_is_refused_before_anything_is_read(load: Load) -> None:
    load()
    with pytest.raises(UsageError, match="'reviews' exists already"):
        load()


def test_what_a_job_has_made_is_taken_in_once_whatever_it_is_called_by_now(db: Database, load: Load) -> None:
    first = load(job_id="job 1")
    rename(db, first.dataset_id, "other")
    assert load(job_id="job 1").dataset_id == first.dataset_id
    assert load(job_id="job 2").dataset_id != first.dataset_id
    assert [dataset.name for dataset in list_datasets(db)] == ["reviews", "other"]


def test_a_load_that_is_stopped_leaves_nothing_behind(db: Database) -> None:
    asked: list[float] = []
    sql = "(SELECT md5(i::VARCHAR) AS text, i % 2 AS label FROM range(200_000_000) t(i))"
    with pytest.raises(StoppedError):
        ingest(
            db,
            staged(Reader(sql, row_estimate=200), TEXT),
            TEXT,
            name="long",
            source="csv",
            licence="",
            by="ann",
            on_progress=lambda done, total: asked.append(done),
            stopped=lambda: len(asked) >= 2,
        )
    assert _leftovers(db) == []
    assert list_datasets(db) == []


def test_progress_ends_at_the_number_of_rows(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,label\na,x\nb,y\n")
    seen: list[tuple[float, float | None]] = []
    ingest(
        db,
        staged(csv_reader(path), TEXT),
        TEXT,
        name="a",
        source="csv",
        licence="",
        by="ann",
        on_progress=lambda done, total: seen.append((done, total)),
        stopped=lambda: False,
    )
    assert seen[-1] == (2, 2)


def test_an_apostrophe_is_taken_off_in_winnow_s_own_exports_alone(db: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label,note\n'=1,x,'-a\n'@ann hello,y,b\n")
    reader = csv_reader(tmp_path / "a.csv")
    own = replace(reader, csv_files=(replace(reader.csv_files[0], escaped=True),))
    kept = [
        db.fetch(f"SELECT text, note FROM examples_{dataset.dataset_id}")
        for name, read in (("own", own), ("other", reader))
        if (dataset := load_from(db, read, Schema("text", "text", "label", attributes=("note",)), name))
    ]
    assert kept == [[("=1", "-a"), ("@ann hello", "b")], [("'=1", "'-a"), ("'@ann hello", "b")]]
