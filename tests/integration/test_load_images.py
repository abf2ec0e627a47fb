"""Images by every way in, decoded by a real job process."""

from __future__ import annotations

import base64
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.context import Context
from core.errors import JobError, SchemaError, SourceError, WinnowError
from core.queue import Queue
from core.services.follow import follow
from core.services.load import load_sample, preview, start_load, wait
from core.services.media import original, thumbnail
from core.store.datasets import list_datasets, rename
from tests.images import declared_png, png
from tests.integration.load_support import column, loaded, set_aside


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Eight images in two classes and two splits, and four files that cannot be used."""
    path = tmp_path / "pets.zip"
    with zipfile.ZipFile(path, "w") as out:
        for i in range(8):
            out.writestr(f"pets/{'test' if i >= 6 else 'train'}/{('cat', 'dog')[i % 2]}/{i}.png", png(i))
        out.writestr("pets/train/cat/huge.png", declared_png(30_000))
        out.writestr("pets/train/cat/broken.png", png(99)[:150])
        out.writestr("pets/train/dog/readme.txt", "no image")
        out.writestr("pets/top.png", png(50))
    return path


def test_a_zip_of_class_folders_loads_with_splits_and_measures(context: Context, archive: Path) -> None:
    dataset = loaded(context, archive)
    assert (dataset.task, dataset.labels, dataset.row_count) == ("image-classification", ("cat", "dog"), 9)
    assert column(context, dataset, "given_label").count(None) == 1
    assert column(context, dataset, "split") == ["train"] * 6 + ["test"] * 2 + [None]
    assert column(context, dataset, "width") == [20] * 9
    assert 0.4 < column(context, dataset, "brightness")[0] < 0.6
    assert [reason.split(":")[0] for _, reason in set_aside(context, dataset)] == [
        "image over the limit of 64 megapixels",
        "unreadable image",
        "not an image file (.txt)",
    ]


def test_images_are_not_taken_for_texts(context: Context, archive: Path) -> None:
    schema = replace(preview(context, [str(archive)]).guess, task="text")
    with pytest.raises(SchemaError, match="holds images"):
        start_load(context, [str(archive)], schema, name="pets", by="ada")


def test_an_original_comes_back_byte_for_byte_and_a_thumbnail_as_webp(context: Context, archive: Path) -> None:
    media_id = column(context, loaded(context, archive), "media_id")[0]
    assert original(context, media_id) == (png(0), "image/png")
    assert thumbnail(context, media_id)[8:12] == b"WEBP"


def test_an_unpacked_folder_gives_the_same_dataset(context: Context, archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        found.extractall(tmp_path / "unpacked")
    hashes = [
        set(column(context, loaded(context, place, name=str(place)), "content_hash"))
        for place in (archive, tmp_path / "unpacked")
    ]
    assert hashes[0] == hashes[1]


def test_a_load_that_was_taken_in_and_not_marked_so_is_one_dataset_after_the_restart(
    context: Context, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Queue, "mark_collected", crash)
        with pytest.raises(KeyboardInterrupt):
            loaded(context, archive)
    (taken_in,) = list_datasets(context.store)
    rename(context.store, taken_in.dataset_id, "pets")
    (job,) = context.queue.uncollected()
    assert follow(context, job.job_id).dataset_id == taken_in.dataset_id
    assert [dataset.name for dataset in list_datasets(context.store)] == ["pets"]


def test_images_listed_in_a_csv_by_path_and_uri(context: Context, tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for i in range(3):
        (tmp_path / "images" / f"{i}.png").write_bytes(png(i))
    uri = "data:image/png;base64," + base64.b64encode(png(7)).decode()
    rows = ["image,label,width", "images/0.png,a,1", "images/none.png,a,2", '"two\nlines.png",b,3', "images/1.png,b,4",
            "images/2.png,,5", "http://example.org/a.png,a,6", f'"{uri}",b,7', "images/1.png,b,8,9"]  # fmt: skip
    (tmp_path / "list.csv").write_text("\n".join(rows) + "\n")
    found = preview(context, [str(tmp_path / "list.csv")])
    assert found.guess.task == "image-classification"
    assert found.rows[0]["image"] == png(0)
    dataset = loaded(context, tmp_path / "list.csv")
    assert column(context, dataset, "width_source") == [1, 4, 5, 7]
    assert column(context, dataset, "given_label") == ["a", "b", None, "b"]
    assert [line for line, _ in set_aside(context, dataset)] == [3, 4, 8, 10]


def test_images_listed_in_a_parquet_file_as_bytes(context: Context, tmp_path: Path) -> None:
    images = [{"bytes": png(i), "path": f"{i}.png"} for i in range(4)]
    pq.write_table(pa.table({"image": images, "label": ["a", "b"] * 2, "taken": [1, 2, 3, 4]}), tmp_path / "a.parquet")
    dataset = loaded(context, tmp_path / "a.parquet")
    assert column(context, dataset, "text") == ["0.png", "1.png", "2.png", "3.png"]
    assert column(context, dataset, "taken") == [1, 2, 3, 4]


def test_somebody_at_a_browser_cannot_load_images_from_elsewhere_by_a_list(context: Context, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png(1))
    folder = tmp_path / "allowed"
    folder.mkdir()
    (folder / "list.csv").write_text(f"image,label\n{tmp_path}/secret.png,a\n../secret.png,b\n")
    place = [str(folder / "list.csv")]
    schema = preview(context, place, within=(folder,)).guess
    job = start_load(context, place, schema, name="it", by="tester", within=(folder,))
    with pytest.raises(JobError, match=r"None of the 2 images.*outside the folders allowed"):
        wait(context, job.job_id)
    assert not [file for file in context.workspace.media.rglob("*") if file.is_file()]


def _reaching_out(folder: Path, secret: Path) -> list[str]:
    """Every way in which a cell can name what lies outside of the folder."""
    (folder / "link.png").symlink_to(secret)
    (folder / "own.png").write_bytes(png(0))
    return ["own.png", "own.png", str(secret), f"../{secret.name}", secret.as_uri(), "link.png", "https://127.0.0.1:9/a.png",
            "http://127.0.0.1:9/a.png", "file:///etc/hostname", "file://127.0.0.1/etc/hostname"]  # fmt: skip


@pytest.mark.parametrize("kind", ["list.csv", "list.jsonl", "struct.parquet"])
def test_rows_that_reach_out_of_the_folder_are_set_aside_with_a_reason(
    context: Context, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "secret.png").write_bytes(png(1))
    folder = tmp_path / "allowed"
    folder.mkdir()
    images, labels = _reaching_out(folder, tmp_path / "secret.png"), [*"ababababab"]
    rows = [{"image": image, "label": label} for image, label in zip(images, labels, strict=True)]
    lines = {
        ".csv": "\n".join(["image,label", *(f"{row['image']},{row['label']}" for row in rows)]),
        ".jsonl": "\n".join(map(json.dumps, rows)),
    }
    path = folder / kind
    if path.suffix in lines:
        path.write_text(lines[path.suffix])
    else:
        cells = [{"bytes": None, "path": image} for image in images]
        pq.write_table(pa.table({"image": cells, "label": labels}), path)
    schema = preview(context, [str(path)], within=(folder,)).guess
    job = start_load(context, [str(path)], schema, name="it", by="tester", within=(folder,))
    dataset = wait(context, job.job_id)
    assert dataset.row_count == 2
    reasons = [reason for _, reason in set_aside(context, dataset)]
    assert len(reasons) == 8
    assert all("outside the folders allowed" in reason or "not fetched" in reason for reason in reasons), reasons
    assert [file.read_bytes() for file in context.workspace.media.rglob("*.png")] == [png(0)]


def test_the_digits_sample_has_its_1797_images_in_10_classes(context: Context) -> None:
    dataset = wait(context, load_sample(context, "digits", "tester").job_id)
    assert (dataset.row_count, dataset.labels) == (1797, tuple("0123456789"))
    assert "image size" in [attribute.name for attribute in dataset.attributes]


@pytest.mark.parametrize("name", ["../a/1.png", "/a/1.png"])
def test_an_unsafe_zip_is_refused_before_a_byte_is_written(context: Context, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as out:
        out.writestr("a/ok.png", png(1))
        out.writestr(name, png(2))
    with pytest.raises(WinnowError, match="leads outside"):
        loaded(context, tmp_path / "evil.zip")
    assert list_datasets(context.store) == []
    assert not [file for file in context.workspace.media.rglob("*") if file.is_file()]


def _shelf(folder: Path) -> Path:
    for i in range(6):
        path = folder / ("cup", "jug")[i % 2] / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(i))
    return folder


def test_a_table_beside_class_folders_that_says_nothing_of_classes_is_set_aside(
    context: Context, tmp_path: Path
) -> None:
    shelf = _shelf(tmp_path / "shelf")
    (shelf / "lenses.csv").write_text("file_name,lens\n" + "".join(f"cup/{i}.png,wide\n" for i in (0, 2, 4)))
    found = preview(context, [str(shelf)])
    assert "Not read beside the folders: lenses.csv. Load a table by its own path." in found.notes
    dataset = loaded(context, shelf)
    assert (dataset.task, dataset.row_count, dataset.labels) == ("image-classification", 6, ("cup", "jug"))
    assert set_aside(context, dataset) == [(7, "not an image file (.csv)")]


def test_a_table_beside_class_folders_that_names_classes_is_the_dataset(context: Context, tmp_path: Path) -> None:
    shelf = _shelf(tmp_path / "shelf")
    (shelf / "list.csv").write_text(
        "file_name,label\n" + "".join(f"{('cup', 'jug')[i % 2]}/{i}.png,{'xy'[i // 3]}\n" for i in range(6))
    )
    assert loaded(context, shelf).labels == ("x", "y")


def test_an_archive_may_write_its_paths_with_backslashes_or_name_no_encoding(context: Context, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tools.zip", "w") as archive:
        for i in range(4):
            entry = zipfile.ZipInfo("x")
            entry.filename = f"{('s__ge', 'axe')[i % 2]}\\{i}.png"
            archive.writestr(entry, png(i))
    named = (tmp_path / "tools.zip").read_bytes().replace(b"s__ge", "säge".encode())
    (tmp_path / "tools.zip").write_bytes(named)
    dataset = loaded(context, tmp_path / "tools.zip")
    assert (dataset.row_count, dataset.rejected_count) == (4, 0)
    assert dataset.labels == ("axe", "säge")


def test_a_table_in_an_archive_says_more_of_an_image_than_its_folder(context: Context, tmp_path: Path) -> None:
    rows = [{"file_name": f"x/{i}.png", "label": "a/b" if i else None, "split": "mine"} for i in range(3)]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for i in range(4):
            archive.writestr(f"in/x/{i}.png", png(i))
        archive.writestr("in/metadata.jsonl", "\n".join(map(json.dumps, rows)))
    dataset = loaded(context, tmp_path / "a.zip")
    assert column(context, dataset, "given_label") == [None, "a/b", "a/b", "x"]
    assert column(context, dataset, "split") == ["mine", "mine", "mine", None]
    assert set_aside(context, dataset) == []


@pytest.mark.parametrize("table", ["{", '{"file_name": "x/0.png", "label": ["a", ["b"]]}', "[" * 100_000])
def test_a_broken_table_in_an_archive_is_named(context: Context, tmp_path: Path, table: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for i in range(2):
            archive.writestr(f"{'xy'[i]}/{i}.png", png(i))
        archive.writestr("metadata.jsonl", table)
    with pytest.raises(SourceError, match=r"a\.zip/metadata\.jsonl cannot be read"):
        preview(context, [str(tmp_path / "a.zip")])
