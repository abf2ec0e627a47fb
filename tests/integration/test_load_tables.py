"""Every tabular source ends as the same rows, with types, splits and ids kept."""

from __future__ import annotations

import datetime
import json
import tracemalloc
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import UsageError
from core.services.export import export
from core.services.load import load_sample, preview, samples, start_load, wait
from core.services.splits import SplitPlan, split_counts
from core.store.versions import list_versions
from tests.integration.load_support import column, loaded

ROWS = [
    {"uid": "a1", "text": "first, text", "label": "01", "n": 1, "score": 0.5},
    {"uid": "a2", "text": 'second "text"', "label": "02", "n": 2, "score": 1.5},
    {"uid": "a3", "text": "third\ntext", "label": "01", "n": 3, "score": 2.5},
]


def _write(folder: Path, name: str) -> Path:
    path = folder / name
    table = pa.Table.from_pylist(ROWS)
    if path.suffix in (".csv", ".tsv"):
        mark = "\t" if path.suffix == ".tsv" else ","
        cells = [[f'"{str(value).replace(chr(34), chr(34) * 2)}"' for value in row.values()] for row in ROWS]
        path.write_text("\n".join(mark.join(row) for row in [list(ROWS[0]), *cells]) + "\n")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    elif path.suffix == ".json":
        path.write_text(json.dumps(ROWS, indent=1))
    elif path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".feather":
        feather.write_feather(table, path)
    elif path.suffix == ".arrow":
        with pa.ipc.new_stream(str(path), table.schema) as stream:
            stream.write_table(table)
    else:
        book = openpyxl.Workbook()
        for row in [list(ROWS[0]), *(list(row.values()) for row in ROWS)]:
            book.active.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet", "a.feather", "a.arrow", "a.xlsx"])
def test_every_format_gives_the_same_dataset(context: Context, tmp_path: Path, name: str) -> None:
    dataset = loaded(context, _write(tmp_path, name), id="uid", attributes=("n", "score"))
    assert column(context, dataset, "text") == [row["text"] for row in ROWS]
    assert column(context, dataset, "given_label") == ["01", "02", "01"]
    assert column(context, dataset, "source_id") == ["a1", "a2", "a3"]
    assert column(context, dataset, "score") == [0.5, 1.5, 2.5]
    assert [float(n) for n in column(context, dataset, "n")] == [1, 2, 3]
    assert dataset.id_column == "uid"
    assert dataset.derived_ready


def test_an_excel_label_of_1_is_not_1_0_and_a_date_stays_a_date(context: Context, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["text", "label", "when"])
    for day in (1, 2, 3):
        book.active.append([f"text {day}", day % 2, datetime.datetime(2024, 1, day)])
    book.save(tmp_path / "a.xlsx")
    dataset = loaded(context, tmp_path / "a.xlsx")
    assert dataset.labels == ("0", "1")
    assert column(context, dataset, "when")[2] == datetime.date(2024, 1, 3)


def test_winnows_own_csv_comes_back_as_it_was(context: Context, tmp_path: Path) -> None:
    rows = [
        ("k1", "=1+1", "-1"),
        ("k2", "'-quoted", "+1"),
        ("k3", "''twice", "-1"),
        ("-4", "@home", "'x"),
        ("k5", "-a", "+1"),
    ]
    lines = [json.dumps(dict(zip(("key", "text", "label"), row, strict=True))) for row in rows]
    (tmp_path / "own.jsonl").write_text("\n".join(lines))
    roles = {"payload": "text", "label": "label", "id": "key"}
    first = loaded(context, tmp_path / "own.jsonl", name="first", **roles)
    out = export(context, first.latest_version_id, "csv", tmp_path / "out.csv")
    assert "k1,'=1+1,-1,-1," in out.read_text(), "a formula is escaped, a number is not"
    second = loaded(context, out, name="second", **roles)
    assert second.labels == first.labels
    for name in ("source_id", "text", "given_label"):
        assert column(context, second, name) == column(context, first, name)
    assert column(context, second, "text") == [text for _, text, _ in rows]


def test_train_and_test_files_become_splits_of_one_dataset(context: Context, tmp_path: Path) -> None:
    (tmp_path / "my_train.csv").write_text("text,label\na,x\nb,y\n")
    (tmp_path / "my_test.csv").write_text("label,text,extra\nx,c,1\n")
    dataset = loaded(context, tmp_path / "my_train.csv", tmp_path / "my_test.csv")
    assert column(context, dataset, "split") == ["train", "train", "test"]
    assert column(context, dataset, "extra") == [None, None, 1]


def test_class_names_that_datasets_left_in_a_parquet_file_are_used(context: Context, tmp_path: Path) -> None:
    info = {"info": {"features": {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}
    table = pa.table({"text": ["a", "b"], "label": [0, 1]})
    table = table.replace_schema_metadata({"huggingface": json.dumps(info)})
    pq.write_table(table, tmp_path / "a.parquet")
    assert loaded(context, tmp_path / "a.parquet").labels == ("neg", "pos")


def test_nested_attributes_are_kept_as_json(context: Context, tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a", "b"], "label": ["x", "y"], "tags": [["p"], []]}), tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text('{"text":"a","label":"x","tags":["p"]}\n{"text":"b","label":"y","tags":[]}\n')
    for number, name in enumerate(("a.parquet", "a.jsonl")):
        dataset = loaded(context, tmp_path / name, name=str(number))
        assert column(context, dataset, "tags") == ['["p"]', "[]"]


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_a_csv_in_any_encoding_gives_the_same_texts(context: Context, tmp_path: Path, codec: str) -> None:
    (tmp_path / "a.csv").write_bytes("text;label\r\ncafé olé;x\r\nüber uns;y\r\n".encode(codec))
    assert column(context, loaded(context, tmp_path / "a.csv"), "text") == ["café olé", "über uns"]


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "cp1252"])
def test_a_json_list_in_any_encoding_is_read_without_being_held_whole(
    context: Context, tmp_path: Path, codec: str
) -> None:
    rows = [{"text": f"naïve café {i} " + "x" * 20_000, "label": "äö"[i % 2]} for i in range(400)]
    (tmp_path / "a.json").write_bytes(json.dumps(rows, ensure_ascii=False).encode(codec))
    tracemalloc.start()
    dataset = loaded(context, tmp_path / "a.json")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert column(context, dataset, "text") == [row["text"] for row in rows]
    assert dataset.labels == ("ä", "ö")
    assert most < 30_000_000


def test_the_news_sample_has_its_2225_articles_in_5_topics_without_a_broken_character(context: Context) -> None:
    sample = samples()[0]
    dataset = wait(context, load_sample(context, sample.name, "tester").job_id)
    assert (dataset.row_count, len(dataset.labels), dataset.rejected_count) == (sample.rows, 5, 0)
    assert not any("\ufffd" in text or "\udc80" in text for text in column(context, dataset, "text"))
    assert dataset.licence


def test_the_real_banking_files_load_as_one_dataset(context: Context, shared_data: Path) -> None:
    folder = shared_data / "banking77"
    dataset = loaded(context, folder / "train.csv", folder / "test.csv")
    assert (dataset.row_count, len(dataset.labels), dataset.rejected_count) == (13083, 77, 0)
    counts = split_counts(context, dataset.latest_version_id)
    assert sum(parts["train"] for parts in counts.values()) == 10003


def test_a_load_with_a_split_plan_ends_with_a_second_version(context: Context, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text,label\n" + "".join(f"text {i},{'xy'[i % 2]}\n" for i in range(40)))
    place = [str(tmp_path / "a.csv")]
    plan = SplitPlan("stratified", {"train": 0.5, "test": 0.5})
    job = start_load(context, place, preview(context, place).guess, name="it", by="tester", split_plan=plan)
    dataset = wait(context, job.job_id)
    assert [version.kind for version in list_versions(context.store, dataset.dataset_id)][-1:] != []
    assert split_counts(context, dataset.latest_version_id) == {
        "x": {"test": 10, "train": 10},
        "y": {"test": 10, "train": 10},
    }


def test_a_name_that_is_taken_is_refused_before_anything_starts(context: Context, tmp_path: Path) -> None:
    loaded(context, _write(tmp_path, "a.csv"))
    with pytest.raises(UsageError, match="exists already"):
        loaded(context, tmp_path / "a.csv")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_a_file_whose_name_is_a_pattern_is_read_alone(context: Context, tmp_path: Path, suffix: str) -> None:
    odd = _write(tmp_path, f"a*[1]?{suffix}")
    _write(tmp_path, f"ab1c{suffix}")
    assert loaded(context, odd).row_count == 3


def test_times_with_a_zone_are_the_instants_that_were_written_on_every_way_out(
    context: Context, tmp_path: Path
) -> None:
    first = datetime.datetime(2023, 7, 1, 6, tzinfo=datetime.UTC)
    times = [first + datetime.timedelta(minutes=37 * i) for i in range(4)]
    columns = {"text": ["a", "b", "c", "d"], "label": ["x", "y", "x", "y"]}
    zoned = pa.array(times, pa.timestamp("ms", tz="Asia/Tokyo"))
    feather.write_feather(pa.table({**columns, "taken": zoned}), tmp_path / "a.feather")
    shown = preview(context, [str(tmp_path / "a.feather")]).rows[1]["taken"]
    assert datetime.datetime.fromisoformat(str(shown)) == times[1]
    dataset = loaded(context, tmp_path / "a.feather")
    assert dataset.attributes[0].kind == "time"
    assert column(context, dataset, "taken") == times
    assert context.store.fetch("SELECT now(), [now()]")
    out = export(context, dataset.latest_version_id, "parquet", tmp_path / "out.parquet")
    assert pq.read_table(out)["taken"].cast(pa.timestamp("ms", "UTC")).to_pylist() == times


def test_the_spellings_of_a_split_are_one_split(context: Context, tmp_path: Path) -> None:
    names = ["train", "Train ", "TRAINING", "dev", "Val", "test", "holdout", ""]
    (tmp_path / "a.csv").write_text(
        "text,label,split\n" + "".join(f"t {i},{'xy'[i % 2]},{n}\n" for i, n in enumerate(names))
    )
    dataset = loaded(context, tmp_path / "a.csv", split="split")
    expected = ["train", "train", "train", "validation", "validation", "test", "holdout", None]
    assert column(context, dataset, "split") == expected


def test_codes_that_only_come_late_make_a_column_text_where_they_are_many(context: Context, tmp_path: Path) -> None:
    rows = [f"{'text ' * 20}{i},{'ab'[i % 2]},{i % 90},{i % 90}.25" for i in range(6000)]
    late = [f"t,a,0{i % 90},{i % 90}.10" for i in range(100)]
    (tmp_path / "a.csv").write_text("text,label,code,version\n" + "\n".join([*rows, *late]) + "\n")
    dataset = loaded(context, tmp_path / "a.csv")
    assert (dataset.row_count, dataset.rejected_count) == (6100, 0)
    assert column(context, dataset, "code")[-100:] == [f"0{i % 90}" for i in range(100)]
    assert column(context, dataset, "version")[-1] == "9.10"
