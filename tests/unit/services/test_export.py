import csv
import json
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import UsageError
from core.jobs.export.plan import foresee_export
from core.jobs.foresight import staged
from core.jobs.groups.web import make_split
from core.jobs.split_plan import SplitPlan
from core.records import Dataset
from core.services.export import export, file_name, folder_name
from core.services.runs.forecast_time import time_of_export
from tests.images import png
from tests.integration.load_support import loaded


def test_a_csv_export_escapes_formulas_and_keeps_every_row(context: Context, news: Dataset, tmp_path: Path) -> None:
    out = export(context, news.latest_version_id, "csv", tmp_path / "out" / "a.csv")
    rows = list(csv.DictReader(out.open()))
    assert len(rows) == 40
    assert rows[39]["text"] == "'=1+1"
    assert (rows[0]["uid"], rows[0]["label"], rows[0]["author"]) == ("u0", "x", "author 0")


def test_parquet_and_json_lines_hold_the_same_rows(context: Context, news: Dataset, tmp_path: Path) -> None:
    one = pq.read_table(export(context, news.latest_version_id, "parquet", tmp_path / "a.parquet")).to_pylist()
    other = export(context, news.latest_version_id, "jsonl", tmp_path / "a.jsonl").read_text().splitlines()
    assert [row["text"] for row in one] == [json.loads(line)["text"] for line in other]
    assert one[39]["text"] == "=1+1"


def test_a_datasets_folder_is_one_that_the_library_opens_with_class_names(
    context: Context, news: Dataset, tmp_path: Path
) -> None:
    from datasets import load_from_disk

    version = make_split(context, news.latest_version_id, SplitPlan("random", {"train": 0.5, "test": 0.5}), "tester")
    found = load_from_disk(str(export(context, version.version_id, "datasets", tmp_path / "folder")))
    assert {split: len(part) for split, part in found.items()} == {"train": 20, "test": 20}
    assert found["train"].features["label"].names == ["x", "y"]
    assert not list(tmp_path.glob("*.part"))


def test_images_in_a_datasets_folder_are_the_originals(context: Context, pets: Dataset, tmp_path: Path) -> None:
    from datasets import Image, load_from_disk

    found = load_from_disk(str(export(context, pets.latest_version_id, "datasets", tmp_path / "folder")))
    assert found.cast_column("image", Image(decode=False))[0]["image"]["bytes"] == png(0)


def test_an_image_folder_zip_has_a_folder_for_each_class(context: Context, pets: Dataset, tmp_path: Path) -> None:
    out = export(context, pets.latest_version_id, "imagefolder", tmp_path / "a.zip")
    with zipfile.ZipFile(out) as archive:
        assert sorted(archive.namelist()) == [
            "big/1.png",
            "big/3.png",
            "big/5.png",
            "cat/0.png",
            "cat/2.png",
            "cat/4.png",
        ]
        assert archive.read("cat/0.png") == png(0)


def test_classes_whose_names_make_one_folder_get_a_folder_each(context: Context, tmp_path: Path) -> None:
    lines = []
    for number, label in enumerate(["a/b", "a:b", "A:B"]):
        (tmp_path / f"v1.{number}.png").write_bytes(png(number))
        lines.append(f"v1.{number}.png,{label}")
    (tmp_path / "list.csv").write_text("\n".join(["image,label", *lines]) + "\n")
    dataset = loaded(context, tmp_path / "list.csv", name="list")
    with zipfile.ZipFile(export(context, dataset.latest_version_id, "imagefolder", tmp_path / "a.zip")) as archive:
        names = archive.namelist()
    assert names.pop() == "metadata.jsonl"
    assert len({name.split("/")[0].lower() for name in names}) == 3
    assert [name.split("/")[1] for name in names] == ["v1.0.png", "v1.1.png", "v1.2.png"]


@pytest.mark.parametrize("labels", [["in/out", "in:out", "in_out", "Stop", "stop"], ["__MACOSX", ".net", "a ", "test"]])
def test_an_image_folder_loads_as_the_classes_and_splits_that_it_was_made_of(
    context: Context, tmp_path: Path, labels: list[str]
) -> None:
    lines = []
    for number in range(2 * len(labels)):
        (tmp_path / f"{number}.png").write_bytes(png(number))
        lines.append(f"{number}.png,{labels[number // 2]},{('train', 'hold-out')[number % 2]}")
    (tmp_path / "list.csv").write_text("\n".join(["image,label,split", *lines]) + "\n")
    dataset = loaded(context, tmp_path / "list.csv", name="list")
    again = loaded(context, export(context, dataset.latest_version_id, "imagefolder", tmp_path / "a.zip"), name="again")
    rows = [
        context.store.fetch(
            f"SELECT content_hash, given_label, split FROM examples_{one.dataset_id} ORDER BY content_hash"
        )
        for one in (dataset, again)
    ]
    assert rows[0] == rows[1]
    assert again.labels == dataset.labels


def test_splits_of_any_name_are_parts_of_a_datasets_folder(context: Context, tmp_path: Path) -> None:
    from datasets import load_from_disk

    file = tmp_path / "odd.csv"
    splits = ["hold-out", "hold out", "../up", ""]
    file.write_text("text,label,split\n" + "".join(f"text {n},{'xy'[n % 2]},{s}\n" for n, s in enumerate(splits)))
    dataset = loaded(context, file, split="split", attributes=(), name="odd")
    found = load_from_disk(str(export(context, dataset.latest_version_id, "datasets", tmp_path / "folder")))
    assert {name: part["text"][:] for name, part in found.items()} == {
        "hold_out": ["text 0"], "hold_out_2": ["text 1"], "up": ["text 2"], "unassigned": ["text 3"],
    }  # fmt: skip


def test_an_export_never_writes_over_anything(context: Context, news: Dataset, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(UsageError, match="exists already"):
        export(context, news.latest_version_id, "csv", tmp_path / "a.csv")


@pytest.mark.parametrize(("format_", "message"), [("imagefolder", "has no images"), ("xml", "There are: csv")])
def test_a_format_that_does_not_fit_is_refused(
    context: Context, news: Dataset, tmp_path: Path, format_: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        export(context, news.latest_version_id, format_, tmp_path / "a")


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("cat", "cat"),
        ("../../etc", "_.._etc"),
        ("a/b", "a_b"),
        ("", "_"),
        ("..", "_"),
        ("a\x00:b", "a__b"),
        ("__MACOSX", "___MACOSX"),
        ("ö" * 200, "ö" * 100),
    ],
)
def test_a_class_never_names_a_folder_elsewhere(name: str, folder: str) -> None:
    assert folder_name(name) == folder


def test_a_file_is_named_in_any_script_and_never_with_markup_or_a_path() -> None:
    assert file_name("新聞 a/b-run-3-my_split.v2.csv") == "新聞-a-b-run-3-my_split.v2.csv"


def test_how_long_an_export_takes_is_learnt_from_the_last(context: Context, news: Dataset, tmp_path: Path) -> None:
    version_id = news.latest_version_id
    assert not time_of_export(context, version_id, "csv").learnt
    export(context, version_id, "csv", tmp_path / "out.csv")
    assert time_of_export(context, version_id, "csv").learnt and not time_of_export(context, version_id, "jsonl").learnt
    [stage] = staged(context, [foresee_export(context, version_id, "jsonl")])
    context.queue.learn_of(stage, 30.0)
    assert time_of_export(context, version_id, "jsonl").seconds == pytest.approx(30.0, rel=0.02)
