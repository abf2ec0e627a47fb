"""`classes`: names and guidelines on the command line, and at `load`."""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.cli_support import Run


def table(folder: Path) -> str:
    file = folder / "films.csv"
    file.write_text("text,label\n" + "\n".join(f"a film of the number {i},{i % 2}" for i in range(40)) + "\n")
    return str(file)


def test_classes_are_named_listed_and_taken_back(run: Run, tmp_path: Path) -> None:
    run("load", table(tmp_path), "--name", "films")
    found = json.loads(run("classes", "films", "--name", "0=negative", "--guideline", "0=Complaints.", "--json").out)
    assert found == [
        {"code": "0", "rows": 20, "name": "negative", "guideline": "Complaints."},
        {"code": "1", "rows": 20, "name": "", "guideline": ""},
    ]
    assert "negative" in run("classes", "films", "--log").out
    refused = run("classes", "films", "--name", "1=negative")
    assert refused.code != 0 and "cannot both be called" in refused.err
    assert json.loads(run("classes", "films", "--undo", "--json").out)[0]["name"] == ""


def test_a_file_of_names_is_taken_at_load_and_a_wrong_one_leaves_the_load_standing(run: Run, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("class,name,guideline\n0,negative,Complaints.\n1,positive,\n")
    loaded = json.loads(run("load", table(tmp_path), "--name", "films", "--classes", str(names), "--json").out)
    assert (loaded["class_names"], loaded["unnamed"]) == ({"0": "negative", "1": "positive"}, "")
    other = run("load", table(tmp_path), "--name", "more", "--class-name", "7=seven")
    assert other.code == 0 and "No class was given a name: --class-name: Label '7'" in other.out
    assert run("classes", "more", "--file", str(tmp_path / "none.json")).code != 0


def test_a_decision_may_say_the_name_and_the_list_says_it(run: Run, tmp_path: Path) -> None:
    run("load", table(tmp_path), "--name", "films", "--class-name", "0=negative", "--class-name", "1=positive")
    decisions = tmp_path / "decisions.csv"
    decisions.write_text("example_id,action,label\n0,relabel,positive\n")
    assert run("decide", "films", "--file", str(decisions), "--reviewer", "ann").code == 0
    assert "changed to positive" in run("decisions", "films").out
    written = tmp_path / "rows.csv"
    run("export", "films", "--format", "csv", "--out", str(written))
    assert written.read_text().splitlines()[1].count("negative") == 0, "files have the label as it is stored"


def test_a_class_is_renamed_after_a_look_and_one_undo_takes_it_back(run: Run, tmp_path: Path) -> None:
    run("load", table(tmp_path), "--name", "films")
    looked = run("classes", "films", "--rename", "0=bad", "--dry-run", "--json").json
    assert (looked["rows"], looked["new"], looked["act"]) == (20, True, None)
    assert looked["changes"] == [{"from": "0", "to": "bad", "rows": 20}]
    done = run("classes", "films", "--rename", "0=bad", "--json").json
    assert done["written"] == 20
    assert run("decide", "films", "--undo", done["act"], "--reviewer", done["reviewer"]).code == 0
    assert [one["code"] for one in run("classes", "films", "--json").json] == ["0", "1"]
    assert run("classes", "films", "--merge", "0,1=all", "--json").json["rows"] == 40
    assert run("version", "films", "--note", "one class").code == 0
    assert [(one["code"], one["rows"]) for one in run("classes", "films", "--json").json] == [("all", 40)]
    versions = run("datasets", "--json").json[0]["versions"]
    assert [one["classes"] for one in versions] == [["0", "1"], ["all"]]
    refused = run("classes", "films", "--split", "all=some")
    assert (refused.code, "Nothing says which rows get the new class" in refused.err) == (2, True)
