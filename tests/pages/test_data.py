"""Data: splits, rename, delete, restore, export, masking, and links to what is not there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.context import Context
from core.records import RowFilter
from core.services.review.among import OfVersion
from core.services.splits import move, plan_move, split_counts
from core.store.datasets import list_datasets
from core.store.versions import list_versions
from core.ui.data import splits
from tests.pages.data_page import OpenAt, problems


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


def test_each_count_of_a_split_opens_its_rows(
    app: Context, open_at: OpenAt, films: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = list_datasets(app.store)[0].latest_version_id
    made = move(app, plan_move(app, OfVersion(first, RowFilter(example_ids=(0, 1, 2))), "test"), "ann", "three rows")
    [(label, parts)] = [(one, parts) for one, parts in split_counts(app, made.version_id).items() if one == "pos"]
    for asked, rows in (((True, "test"), parts["test"]), ((True, None), parts[None]), ((False, None), 30)):
        put: list[dict[str, str | None]] = []
        with monkeypatch.context() as patch:
            patch.setattr(splits, "put", put.append)
            splits._open(label, *asked)
        shown = open_at("data", dataset=films, **{key: one for key, one in put[0].items() if one is not None})
        assert rows and not problems(shown) and f"All {rows} row" in " ".join(one.label for one in shown.button)


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


def test_a_link_to_a_version_that_is_not_there_says_so(films: str, open_at: OpenAt) -> None:
    shown = open_at("data", dataset=films, version="9")
    assert [one.value for one in shown.warning] == ["films has no version 9. This is version 1."]
    assert not open_at("data", dataset=films, version="1").warning


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
