"""Data: load with a guess that can be changed, rows, rows set aside, splits, rename, delete, restore."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Context
from core.records import Dataset
from core.services.load import preview, start_load, wait
from core.services.splits import split_counts
from core.services.views import save_view
from core.store.datasets import list_datasets
from core.store.versions import count_unlabelled, get_version, list_versions
from core.ui.data.load import free_name
from tests.images import png
from tests.integration.load_support import loaded

OpenAt = Callable[..., AppTest]
TEXTS = ("a good film", "a bad film", "another good film", "another bad film")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that server paths may lie in, with one small file."""
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("WINNOW_DATA_FOLDERS", str(data))
    rows = [
        f"{number},{TEXTS[number % 4]} {number},{'pos' if number % 2 else 'neg'},b{number % 5}" for number in range(60)
    ]
    (data / "films.csv").write_text(
        "\n".join(["key,review,sentiment,batch", *rows, "61,broken,pos,b1,too many"]) + "\n"
    )
    return data


@pytest.fixture
def films(app: Context, folder: Path) -> str:
    """The file, loaded; its name."""
    path = str(folder / "films.csv")
    wait(app, start_load(app, [path], preview(app, [path]).guess, name="films", by="ada").job_id)
    return "films"


def words(shown: AppTest) -> str:
    return " | ".join(str(element.value) for element in [*shown.title, *shown.markdown, *shown.caption])


def problems(shown: AppTest) -> list[str]:
    return [element.value for element in [*shown.exception, *shown.error]]


def choose_place(shown: AppTest, place: str) -> None:
    shown.segmented_control(key="load-place").set_value(place).run()


def previewed(shown: AppTest) -> None:
    """Waits for the preview, which a page that is slow shows at its next run."""
    for _ in range(200):
        if shown.error or any(one.key == "load-start" for one in shown.button):
            return
        time.sleep(0.1)
        shown.run()


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


def test_rows_are_listed_with_their_label_and_narrowed_by_words(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films)
    assert not problems(shown)
    assert "60 rows" in words(shown)
    shown.text_input(key="words").set_value("another good").run()
    assert "15 rows" in words(shown)
    shown.selectbox(key="label").set_value("pos").run()
    assert "No row matches" in words(shown)


def test_a_sort_is_of_all_rows_and_not_of_the_page(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films)
    assert shown.dataframe[0].value["row"].tolist() == list(range(50))
    shown.selectbox(key="list-order").set_value("example_id desc").run()
    assert not problems(shown)
    assert shown.dataframe[0].value["row"].tolist() == list(range(59, 9, -1))
    shown.selectbox(key="list-order").set_value("text").run()
    texts = sorted(f"{TEXTS[number % 4]} {number}" for number in range(60))
    assert shown.dataframe[0].value["example"].tolist() == texts[:50]
    shown.text_input(key="words").set_value("another").run()
    assert shown.dataframe[0].value["example"].tolist() == [text for text in texts if "another" in text]


def test_a_saved_view_opens_with_the_boxes_that_stand_in_the_url(app: Context, open_at: OpenAt, films: str) -> None:
    [dataset] = list_datasets(app.store)
    save_view(app, dataset, "good ones", "data", {"label": "pos", "words": "bad", "where": "batch = b1"}, "ada")
    shown = open_at("data", dataset=films, view="rows", label="neg")
    shown.session_state["list-views"] = True
    shown.run()
    shown.button(key="view-open-good ones").click().run()
    assert not problems(shown)
    assert "label\\: pos · words\\: bad" in words(shown)
    assert shown.query_params["where"] in ("batch = b1", ["batch = b1"])


def test_rows_set_aside_are_counted_and_shown_with_line_and_reason(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="rejected")
    assert "1 row was set aside" in words(shown)
    table = shown.dataframe[0].value
    assert table["line"].tolist() == [62]
    assert "too many" in table["content"][0]


def test_rows_set_aside_are_narrowed_and_sorted(open_at: OpenAt, films: str) -> None:
    shown = open_at(
        "data", dataset=films, view="rejected", rejected_where="reason contains nothing", where="stars >= 3"
    )
    assert not problems(shown)
    assert "No row matches these filters" in words(shown)
    assert not shown.dataframe
    shown = open_at("data", dataset=films, view="rejected", rejected_order="line desc", rejected_columns="line,reason")
    assert list(shown.dataframe[0].value) == ["line", "reason"]


def test_splits_become_a_new_version_with_the_class_counts_of_each_part(
    app: Context, open_at: OpenAt, films: str
) -> None:
    shown = open_at("data", dataset=films, view="splits")
    shown.button(key="split-start").click().run()
    [job] = [job for job in app.queue.list() if job.kind == "split"]
    while app.queue.get(job.job_id).status != "done":
        time.sleep(0.02)
    shown.run()
    assert not problems(shown)
    assert shown.query_params["version"] == "2"
    counts = shown.dataframe[0].value.set_index("class")
    assert list(counts.columns) == ["train", "validation", "test"]
    assert counts.loc["pos"].tolist() == [24, 3, 3]


def test_shares_that_do_not_add_up_are_refused(app: Context, open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="splits")
    shown.number_input(key="split-train").set_value(50).run()
    shown.button(key="split-start").click().run()
    assert "70 %" in problems(shown)[0].replace("\\", "")
    assert len(list_versions(app.store, list_datasets(app.store)[0].dataset_id)) == 1


def test_a_dataset_is_renamed_and_the_page_follows(app: Context, open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="manage")
    next(field for field in shown.text_input if field.label == "Name").set_value("reviews")
    next(button for button in shown.button if button.label == "Rename").click().run()
    assert not problems(shown)
    assert [dataset.name for dataset in list_datasets(app.store)] == ["reviews"]
    assert shown.query_params["dataset"] == "reviews"


def test_deleting_needs_the_name_and_can_be_taken_back(app: Context, open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="manage")
    confirm = next(field for field in shown.text_input if field.label.startswith("Type"))
    delete = next(button for button in shown.button if button.label == "Move to the trash")
    confirm.set_value("film")
    delete.click().run()
    assert "not the name" in problems(shown)[0]
    next(field for field in shown.text_input if field.label.startswith("Type")).set_value("films")
    next(button for button in shown.button if button.label == "Move to the trash").click().run()
    assert not list_datasets(app.store)
    next(button for button in shown.button if button.label == "Restore").click().run()
    assert [dataset.name for dataset in list_datasets(app.store)] == ["films"]


def test_an_unknown_dataset_in_the_url_is_named_and_another_one_shown(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset="gone")
    assert "gone" in shown.warning[0].value
    assert shown.selectbox(key="dataset").value == films


def test_every_format_is_offered_that_fits_the_task(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="export")
    assert shown.radio(key="export-format").options == [
        "CSV, formulas escaped",
        "Parquet",
        "JSON lines",
        "Folder for datasets.load_from_disk",
    ]


def test_an_export_is_written_on_the_server_once_and_never_over_a_file(
    open_at: OpenAt, films: str, folder: Path
) -> None:
    shown = open_at("data", dataset=films, view="export")
    shown.radio(key="export-format").set_value("jsonl").run()
    shown.button(key="export-write").click().run()
    for _ in range(50):
        if (folder / "films-v1.jsonl").exists() and shown.success:
            break
        time.sleep(0.1)
        shown.run()
    assert not problems(shown)
    assert any(said.startswith("Takes about 1 s on this machine") for said in [one.value for one in shown.caption])
    assert len((folder / "films-v1.jsonl").read_text().splitlines()) == 60
    shown.button(key="export-write").click().run()
    assert "exists already" in problems(shown)[0]
    (folder / "films-v1.jsonl").unlink()
    shown.run()
    assert not problems(shown)
    assert not (folder / "films-v1.jsonl").exists()


def test_a_picked_row_is_shown_whole(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films)
    key = str(shown.dataframe[0].key)
    shown.session_state[key] = {"selection": {"rows": [2], "columns": [], "cells": []}}
    shown.run()
    assert not problems(shown)
    assert "another good film 2" in [element.value for element in shown.text]


@pytest.fixture
def comments(folder: Path) -> Path:
    """Comments with a column of 0 and 1 per class, the same as texts with a delimiter, and rows that have neither."""
    rows = [
        f"{TEXTS[row % 4]} {row},{int(row % 2 == 0)},{int(row % 3 == 0)},{'spam' if row % 2 else 'rude| spam'}"
        for row in range(24)
    ]
    (folder / "comments.csv").write_text("\n".join(["comment,rude,spam,tags", *rows, "nothing said,0,,", ""]))
    return folder / "comments.csv"


def test_columns_of_0_and_1_are_guessed_shown_with_their_classes_and_loaded(
    app: Context, open_at: OpenAt, comments: Path
) -> None:
    comments.write_text("\n".join(line.rsplit(",", 1)[0] for line in comments.read_text().splitlines()) + "\n")
    shown = _looked_into(open_at, "comments.csv")
    assert not problems(shown)
    pickers = {box.label: box for box in shown.selectbox}
    assert pickers["Task"].value == "multi-label-text"
    assert pickers["Labels are stored in"].value == "columns"
    assert shown.multiselect[0].value == ["rude", "spam"]
    assert "labels among them: rude 12, spam 8" in words(shown)
    assert "1 without a label that can be read" in words(shown)
    shown.button(key="load-start").click().run()
    dataset = _loaded(app)
    assert (dataset.task, dataset.labels, dataset.row_count) == ("multi-label-text", ("rude", "spam"), 24)


def test_a_person_says_the_delimiter_between_classes(app: Context, open_at: OpenAt, comments: Path) -> None:
    shown = _looked_into(open_at, "comments.csv")
    _picker(shown, "Task").set_value("multi-label-text").run()
    assert _picker(shown, "Labels are stored in").value == "texts"
    _picker(shown, "Label").set_value("tags").run()
    delimiter = next(box for box in shown.text_input if box.label == "Delimiter")
    assert delimiter.value == ";"
    delimiter.set_value("|").run()
    assert not problems(shown)
    assert "labels among them: spam 24, rude 12" in words(shown)
    shown.button(key="load-start").click().run()
    dataset = _loaded(app)
    assert (dataset.task, dataset.labels, dataset.row_count) == ("multi-label-text", ("rude", "spam"), 25)
    assert count_unlabelled(app.store, dataset.latest_version_id) == 1
    assert [attribute.name for attribute in dataset.attributes if not attribute.derived] == ["rude", "spam"]


def test_no_column_of_labels_chosen_is_said_where_the_load_is_started(open_at: OpenAt, comments: Path) -> None:
    shown = _looked_into(open_at, "comments.csv")
    _picker(shown, "Task").set_value("multi-label-text").run()
    _picker(shown, "Labels are stored in").set_value("columns").run()
    shown.button(key="load-start").click().run()
    assert "No label column is chosen" in " ".join(problems(shown))


def _looked_into(open_at: OpenAt, file: str) -> AppTest:
    """The form of a file, once its first rows are read."""
    shown = open_at("data")
    choose_place(shown, "path")
    shown.text_input(key="load-path").set_value(file).run()
    for whole in shown.toggle:  # a folder is gone through until somebody wants all of it
        whole.set_value(True).run()
    previewed(shown)
    for _ in range(50):
        if shown.button:
            break
        time.sleep(0.2)
        shown.run()
    return shown


def _picker(shown: AppTest, label: str) -> Any:
    return next(box for box in shown.selectbox if box.label == label)


def _loaded(app: Context) -> Dataset:
    [job] = app.queue.list()
    return wait(app, job.job_id)


def test_rows_of_several_classes_are_listed_in_words_and_found_by_a_class_or_by_none(
    app: Context, open_at: OpenAt, folder: Path
) -> None:
    lines = ['{"text": "wheat and corn", "tags": ["wheat", "corn"]}', '{"text": "rain", "tags": []}']
    lines += ['{"text": "corn alone", "tags": ["corn"]}', '{"text": "more wheat", "tags": ["wheat"], "split": "test"}']
    (folder / "tags.jsonl").write_text("\n".join(lines))
    path = str(folder / "tags.jsonl")
    wait(app, start_load(app, [path], preview(app, [path]).guess, name="tags", by="ada").job_id)
    shown = open_at("data", dataset="tags")
    assert list(shown.dataframe[0].value["label"]) == ["corn, wheat", "none", "corn", "wheat"]
    shown.selectbox(key="label").set_value("corn").run()
    assert list(shown.dataframe[0].value["row"]) == [0, 2]
    shown.selectbox(key="label").set_value("[]").run()
    assert list(shown.dataframe[0].value["label"]) == ["none"]
    assert "of no class" in words(shown)
    shown = open_at("data", dataset="tags", view="splits")
    assert not problems(shown)
    assert list(shown.dataframe[0].value["class"]) == ["corn", "wheat"]
    assert "test: 1 · no part: 3 · a row counts in each of its classes" in words(shown)


def test_a_link_to_a_version_that_is_not_there_says_so(films: str, open_at: OpenAt) -> None:
    shown = open_at("data", dataset=films, version="9")
    assert [one.value for one in shown.warning] == ["films has no version 9. This is version 1."]
    assert not open_at("data", dataset=films, version="1").warning


def test_a_folder_of_images_says_how_long_its_load_takes_before_it_starts(open_at: OpenAt, folder: Path) -> None:
    for number in range(4):
        place = folder / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png(number))
    said = [
        [one.value.replace("\\", "") for one in _looked_into(open_at, path).caption] for path in ("pets", "films.csv")
    ]
    assert any(line.startswith("Takes about") and "on this machine" in line for line in said[0])
    assert not any(line.startswith("Takes about") for line in said[1])


def test_missing_images_are_said_with_their_folder_and_how_they_come_back(
    app: Context, open_at: OpenAt, tmp_path: Path
) -> None:
    for number in range(4):
        place = tmp_path / "pets" / ("cat", "dog")[number % 2]
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.png").write_bytes(png(number))
    loaded(app, tmp_path / "pets", name="pets")
    folder = app.workspace.media
    assert not [one for one in open_at("data", dataset="pets").warning if "missing" in one.value]
    folder.rename(tmp_path / "elsewhere")
    shown = open_at("data", dataset="pets")
    [said] = [one.value.replace("\\", "") for one in shown.warning if "missing" in one.value]
    assert said.startswith(f"Images or sounds of this dataset are missing in {folder}. `python -m core media --from")
    assert not shown.exception


def test_a_switch_has_whatever_leaves_of_the_dataset_masked_and_says_who_said_so(
    app: Context, open_at: OpenAt, films: str
) -> None:
    shown = open_at("data", dataset=films, view="export")
    assert not shown.checkbox(key="export-masked-False").value
    shown.toggle(key="export-always-False").set_value(True).run()
    assert not problems(shown)
    forced = shown.checkbox(key="export-masked-True")
    assert forced.value and forced.disabled
    assert any(one.value.startswith("Always masked since ") for one in shown.caption)
    [dataset] = list_datasets(app.store)
    assert app.ledger.masking.on() == {dataset.dataset_id}
    shown.toggle(key="export-always-True").set_value(False).run()
    assert not app.ledger.masking.on() and not shown.checkbox(key="export-masked-False").disabled


def test_a_look_at_what_masking_does_comes_before_the_button(open_at: OpenAt, films: str) -> None:
    shown = open_at("data", dataset=films, view="export")
    for _ in range(50):
        if any("would be masked" in one.value for one in shown.caption):
            break
        time.sleep(0.1)
        shown.run()
    assert any(one.value.startswith("Of the first 60 rows 0 would be masked.") for one in shown.caption)
    assert shown.button(key="mask-start").label == "Make the masked dataset"
    assert not problems(shown)
