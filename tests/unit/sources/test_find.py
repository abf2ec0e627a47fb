import json
from pathlib import Path

import pytest

from core.errors import SourceError, UsageError
from core.sources import SOURCES, Bench, find, hub
from core.sources.paths import existing, parts


@pytest.mark.parametrize(
    ("location", "source"),
    [
        ("a.csv", "csv"), ("a.TSV", "csv"), ("a.jsonl", "json"), ("a.json", "json"), ("a.parquet", "parquet"),
        ("a.arrow", "arrow"), ("a.feather", "arrow"), ("a.xlsx", "excel"), ("a.zip", "imagefolder"),
    ],
)  # fmt: skip
def test_a_file_belongs_to_a_source_by_its_name(tmp_path: Path, location: str, source: str) -> None:
    (tmp_path / location).write_text("x")
    assert find([str(tmp_path / location)]).name == source


@pytest.mark.parametrize(
    ("location", "source"),
    [
        ("bbc-news", "bbc-news"),
        ("digits", "digits"),
        ("imdb", "hub"),
        ("nyu-mll/glue:sst2", "hub"),
        ("hub:imdb", "hub"),
    ],
)
def test_samples_and_hub_ids_are_told_from_paths(location: str, source: str) -> None:
    assert find([location]).name == source


@pytest.mark.parametrize("location", ["hub:..", "hub:../secret", "hub:a/..", "../secret:x"])
def test_a_hub_id_never_names_a_folder_of_this_machine(location: str) -> None:
    with pytest.raises(SourceError):
        hub.parse(location)


def test_a_saved_folder_is_recognised_by_its_state(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"_data_files": []}))
    (tmp_path / "data.arrow").write_bytes(b"")
    assert find([str(tmp_path)]).name == "saved"


def test_files_of_different_kinds_are_not_one_dataset(tmp_path: Path) -> None:
    for name in ("a.csv", "b.json"):
        (tmp_path / name).write_text("x")
    with pytest.raises(SourceError, match="different kinds"):
        find([str(tmp_path / "a.csv"), str(tmp_path / "b.json")])


@pytest.mark.parametrize("location", ["gone.csv", "deep/down/gone.zip", "what is this"])
def test_what_is_not_there_is_said_with_the_path_looked_at(location: str, bench: Bench) -> None:
    with pytest.raises(SourceError, match="nothing at"):
        find([location]).preview([location], bench)


def test_an_unknown_suffix_lists_what_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(SourceError, match=r"cannot read a\.docx.*\.csv"):
        find([str(tmp_path / "a.docx")])


def test_an_unknown_source_name_lists_the_sources() -> None:
    with pytest.raises(SourceError, match="There are: bbc-planted, bbc-news"):
        find(["a.csv"], "xml")


def test_a_path_outside_the_allowed_folders_is_refused_also_through_a_link(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (tmp_path / "secret.csv").write_text("x")
    (allowed / "link.csv").symlink_to(tmp_path / "secret.csv")
    for location in (tmp_path / "secret.csv", allowed / "link.csv", allowed / ".." / "secret.csv"):
        with pytest.raises(SourceError, match="outside the folders"):
            existing(str(location), (allowed,))


def test_a_file_of_a_folder_that_is_a_link_to_another_place_is_refused(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (tmp_path / "secret.csv").write_text("x")
    (allowed / "a.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(SourceError, match="outside the folders"):
        parts([str(allowed)], [".csv"], (allowed,))
    assert [part.path.name for part in parts([str(allowed)], [".csv"], None)] == ["a.csv"]


def test_file_names_become_splits_only_where_they_differ(tmp_path: Path) -> None:
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_text("x")
    both = parts([str(tmp_path)], [".csv"], None)
    assert [(part.path.name, part.split) for part in both] == [("test.csv", "test"), ("train.csv", "train")]
    assert parts([str(tmp_path / "test.csv")], [".csv"], None)[0].split is None


@pytest.mark.parametrize("name", ["bbc-news", "digits"])
def test_every_sample_previews_real_rows_and_has_a_licence(bench: Bench, name: str) -> None:
    found = SOURCES[name].preview([name], bench)
    assert len(found.rows) == 50
    assert found.guess.label == "label"
    assert SOURCES[name].licence


def test_the_home_folder_of_nobody_is_named(bench: Bench) -> None:
    with pytest.raises(UsageError, match="no user 'nobody-of-that-name'"):
        find(["~nobody-of-that-name/a.csv"])
