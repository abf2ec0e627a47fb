"""`load` on the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from tests.integration.cli_support import (
    Run,
)


def test_columns_named_on_the_command_line_play_their_roles(run: Run, notes: Path) -> None:
    loaded = run("load", notes, "--name", "by source", "--label", "source", "--json").json
    assert loaded["schema"]["label"] == "source"
    assert "topic" in loaded["schema"]["attributes"]
    assert loaded["classes"] == 2


def test_a_column_that_does_not_exist_is_wrong_usage_and_names_those_that_do(run: Run, notes: Path) -> None:
    ran = run("load", notes, "--name", "notes", "--label", "colour")
    assert (ran.code, ran.out) == (2, "")
    assert "no column 'colour'" in ran.err
    assert "key, text, topic, source" in ran.err


def test_the_text_sample_loads_by_its_name(run: Run) -> None:
    assert run("load", "bbc-news", "--json").json["rows"] == 2225
    (dataset,) = run("datasets", "--json").json
    assert (dataset["name"], dataset["classes"], dataset["scan"]) == ("bbc-news", 5, None)


def test_what_is_told_of_a_file_is_told_to_people_too(run: Run, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [("text", "label"), *((f"seat {i}", "ab"[i % 2]) for i in range(6))]:
        book.active.append(row)
    for month in ("July", "August", "September", "October"):
        book.create_sheet(month).append(("left", "out"))
    book.save(tmp_path / "two.xlsx")
    loaded = run("load", tmp_path / "two.xlsx", "--name", "two")
    assert "  two.xlsx: sheet 'Sheet', left out: 'July', 'August', 'September' and 1 more" in loaded.out.splitlines()


def test_rows_set_aside_are_counted_and_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("text,label\n" + "a b c,x\nd e f,y\n" * 20 + ",x\n")
    loaded = run("load", path, "--name", "gaps", "--payload", "text", "--label", "label")
    assert loaded.code == 0
    assert "1 rows were set aside" in loaded.out
    assert ":42:" in loaded.out


def _tags(path: Path) -> Path:
    path.write_text("text,tags,spam,rude\n" + "a b c,x; y,1,0\nd e f,y,1,1\n" * 4 + "g,[],0,0\n")
    return path


def test_a_delimiter_makes_the_label_several_classes(run: Run, tmp_path: Path) -> None:
    file = _tags(tmp_path / "tags.csv")
    loaded = run("load", file, "--name", "t", "--label", "tags", "--label-delimiter", ";", "--json").json
    assert (loaded["task"], loaded["classes"], loaded["rows"]) == ("multi-label-text", 2, 9)
    assert (loaded["schema"]["label"], loaded["schema"]["attributes"]) == ("tags", ["spam", "rude"])


def test_columns_of_labels_make_it_several_classes_and_are_no_attributes(run: Run, tmp_path: Path) -> None:
    loaded = run("load", _tags(tmp_path / "tags.csv"), "--name", "t", "--label-columns", "spam, rude", "--json").json
    assert (loaded["task"], loaded["classes"]) == ("multi-label-text", 2)
    assert loaded["schema"]["label_columns"] == ["spam", "rude"]
    assert loaded["schema"]["attributes"] == ["tags"]
    assert (
        "  label: spam, rude" in run("load", tmp_path / "tags.csv", "--name", "u", "--label-columns", "spam,rude").out
    )


def test_one_column_named_instead_of_the_guessed_ones_makes_it_one_class(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "flags.csv"
    file.write_text("text,spam,rude\n" + "a b c,1,0\nd e f,0,1\n" * 4)
    assert run("load", file, "--name", "both", "--json").json["task"] == "multi-label-text"
    loaded = run("load", file, "--name", "one", "--label", "spam", "--json").json
    assert (loaded["task"], loaded["schema"]["attributes"]) == ("text-classification", ["rude"])


def test_columns_of_labels_do_not_go_with_one_column(run: Run, tmp_path: Path) -> None:
    file = _tags(tmp_path / "tags.csv")
    for more in (("--label", "tags"), ("--label-delimiter", ";")):
        ran = run("load", file, "--name", "t", "--label-columns", "spam,rude", *more)
        assert ran.code == 2
        assert "goes neither with --label nor with --label-delimiter" in ran.err


def test_a_column_of_labels_that_does_not_exist_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    ran = run("load", _tags(tmp_path / "tags.csv"), "--name", "t", "--label-columns", "spam,kind")
    assert (ran.code, ran.out) == (2, "")
    assert "--label-columns: there is no column 'kind'" in ran.err
