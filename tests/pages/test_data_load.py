"""Data, view Load: from a path or an upload to a preview and a dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.services.load import wait
from core.services.splits import split_counts
from core.store.versions import get_version
from core.ui.data.load import free_name
from tests.images import png
from tests.integration.load_support import loaded
from tests.pages.data_page import OpenAt, choose_place, looked_into, previewed, problems


def test_an_empty_workspace_opens_on_loading(open_at: OpenAt) -> None:
    shown = open_at("data")
    assert not problems(shown)
    assert shown.segmented_control(key="load-place").value == "upload"


def test_a_server_path_shows_the_guess_and_the_person_can_change_it(
    app: Context, open_at: OpenAt, folder: Path
) -> None:
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value("films.csv").run()
    previewed(shown)
    assert not problems(shown)
    pickers = {box.label: box for box in shown.selectbox}
    assert (pickers["Example"].value, pickers["Label"].value) == ("review", "sentiment")
    pickers["Label"].set_value("batch").run()
    shown.button(key="load-start").click().run()
    [job] = app.queue.list()
    assert wait(app, job.job_id).labels == ("b0", "b1", "b2", "b3", "b4")
    shown.run()
    assert not problems(shown)
    assert shown.query_params["dataset"] == "films"


def test_splits_can_be_chosen_before_loading(app: Context, open_at: OpenAt, folder: Path) -> None:
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value("films.csv").run()
    previewed(shown)
    shown.selectbox(key="load-split").set_value("stratified").run()
    shown.button(key="load-start").click().run()
    [job] = app.queue.list()
    version = get_version(app.store, wait(app, job.job_id).latest_version_id)
    assert version.number == 2
    assert {part for parts in split_counts(app, version.version_id).values() for part in parts} == {
        "train",
        "validation",
        "test",
    }


def test_a_path_outside_the_allowed_folders_is_refused(open_at: OpenAt, folder: Path) -> None:
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value("/etc/passwd").run()
    assert "outside the folders" in problems(shown)[0]


def test_a_refused_path_says_what_to_run_to_allow_it(open_at: OpenAt, folder: Path) -> None:
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value("/srv/sets/films.csv").run()
    assert [code.value for code in shown.code] == [f"WINNOW_DATA_FOLDERS={folder}:/srv/sets make app"]


def test_the_folders_that_may_be_loaded_from_are_walked_by_clicks(
    open_at: OpenAt, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "deep" / "deeper").mkdir(parents=True)
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", f"{folder}:{other}")
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value("deep/deeper").run()
    ways = [button.key for button in shown.button if str(button.key).startswith("load-to-")]
    there = [folder, folder / "deep", folder / "deep" / "deeper", other]
    assert ways == [f"load-to-{place}" for place in there], "nothing above what may be loaded from"
    shown.button(key=f"load-to-{folder / 'deep'}").click().run()
    assert shown.text_input(key="load-path").value == str(folder / "deep")
    assert "deeper/" in [*shown.dataframe[0].value["name"]]
    shown.button(key=f"load-to-{other}").click().run()
    assert shown.text_input(key="load-path").value == str(other)


def test_whoever_is_alone_at_the_machine_and_names_no_folders_may_type_any_path(
    app: Context, open_at: OpenAt, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_DATA_FOLDERS")
    monkeypatch.delenv("WINNOW_TOKEN", raising=False)
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value(str(folder / "films.csv")).run()
    previewed(shown)
    assert not problems(shown)
    shown.button(key="load-start").click().run()
    [job] = app.queue.list()
    assert app.queue.folder(job.job_id).spec()["within"] == [str(Path.cwd()), str(folder)]


def test_where_others_can_come_no_path_outside_is_read(
    open_at: OpenAt, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WINNOW_DATA_FOLDERS")
    monkeypatch.setenv("WINNOW_I_KNOW", "1")
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value(str(folder / "films.csv")).run()
    previewed(shown)
    assert "outside the folders" in problems(shown)[0]
    choose_place(shown, "hub")
    shown.text_input(key="load-hub").set_value(str(folder / "films.csv")).run()
    assert "no hub id" in problems(shown)[0]


def test_where_others_can_come_nobody_reads_what_another_uploads(
    app: Context, open_at: OpenAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(app.workspace.root))
    monkeypatch.setenv("WINNOW_I_KNOW", "1")
    theirs = app.workspace.uploads / "theirs" / "films.csv"
    theirs.parent.mkdir()
    theirs.write_text("text,label\na,b\n")
    shown = open_at("data")
    choose_place(shown, "path")
    for path in (theirs, theirs.parent, app.workspace.uploads):
        shown.text_input(key="load-path").set_value(str(path)).run()
        assert "outside the folders" in problems(shown)[0]
    shown.text_input(key="load-path").set_value(str(app.workspace.root)).run()
    shown.toggle[0].set_value(True).run()
    assert "what others upload" in problems(shown)[0]


def test_an_upload_is_kept_in_the_workspace_and_previewed(app: Context, open_at: OpenAt, folder: Path) -> None:
    shown = open_at("data")
    content = (folder / "films.csv").read_bytes()
    shown.get("file_uploader")[0].upload("../../films.csv", content, "text/csv").run()
    previewed(shown)
    assert not problems(shown)
    kept = [path for path in app.workspace.uploads.rglob("*") if path.is_file()]
    assert [path.name for path in kept] == ["films.csv"]
    assert kept[0].read_bytes() == content
    assert shown.button(key="load-start")


def test_a_file_whose_name_says_nothing_is_called_by_its_folder_or_else_dataset(
    app: Context, folder: Path, tmp_path: Path
) -> None:
    loaded(app, folder / "films.csv", name="dataset")
    uploads, shop = app.workspace.uploads / "a1", tmp_path / "shop reviews"
    proposed = {
        uploads / "films.csv": "films",
        uploads / "test.csv": "dataset-2",
        uploads / "Data.csv": "dataset-2",
        uploads / "images.zip": "dataset-2",
        uploads / "news_train.csv": "news-train",
        shop / "films.csv": "films",
        shop / "test.csv": "shop-reviews",
        shop / "data" / "images": "shop-reviews",
        Path("owner/name:plain"): "name-plain",
    }
    assert {path: free_name(app, [str(path)]) for path in proposed} == proposed


def test_a_load_without_a_label_says_what_to_do(app: Context, open_at: OpenAt, folder: Path) -> None:
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value("films.csv").run()
    previewed(shown)
    next(box for box in shown.selectbox if box.label == "Label").set_value("none").run()
    shown.button(key="load-start").click().run()
    assert "label" in problems(shown)[0]
    assert not app.queue.list()


def test_a_folder_of_images_says_how_long_its_load_takes_before_it_starts(open_at: OpenAt, folder: Path) -> None:
    for number in range(4):
        place = folder / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png(number))
    said = [
        [one.value.replace("\\", "") for one in looked_into(open_at, path).caption] for path in ("pets", "films.csv")
    ]
    assert any(line.startswith("Takes about") and "on this machine" in line for line in said[0])
    assert not any(line.startswith("Takes about") for line in said[1])
