"""`cleaning-effect` on the command line: a real job, from a load over reviewed labels to the answer."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli_support import ROWS, WORDS, Run, load, write_rows


def test_the_whole_way_to_the_question_whether_cleaning_helped(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    wrong = write_rows(path)
    load(run, path)
    refused = run("cleaning-effect", "notes", "--json")
    assert (refused.code, refused.out) == (2, "")
    assert "nothing was cleaned" in refused.err and "Review" in refused.err

    decisions = tmp_path / "decisions.csv"
    lines = [f"{key},relabel,{topic}" for key, topic in wrong.items()]
    decisions.write_text("\n".join(["source_id,action,label", *lines]) + "\n")
    assert run("decide", "notes", "--file", decisions, "--reviewer", "ada").code == 0
    assert run("version", "notes", "--note", "first pass").code == 0

    asked = run("cleaning-effect", "notes", "--version", "2", "--seeds", "2", "--json")
    assert asked.code == 0, asked.err
    found = asked.json
    assert (found["dataset"], found["version"], found["seeds"], found["strategy"]) == ("notes", 2, 2, "head")
    assert found["verdict"] in ("helped", "unclear", "chance", "harmed")
    assert found["conclusion"].endswith(".")
    assert found["train"]["rows"] + found["test"]["rows"] == ROWS
    changed = found["train"]["relabelled"] + found["test"]["relabelled"]
    assert 0 < found["train"]["relabelled"] <= changed <= len(wrong)
    for scoring in found["scorings"]:
        pairs = [(one["second"], one["first"]) for one in scoring["comparisons"]]
        assert pairs == [("reviewed", "given"), ("reviewed", "random"), ("random", "given")]
        for comparison in scoring["comparisons"]:
            names = [one["name"] for one in comparison["differences"]]
            assert names == ["accuracy", "macro_f1", *sorted(WORDS)]
            for one in comparison["differences"]:
                assert list(one) == ["name", "first", "second", "difference", "interval", "support"]
                assert one["interval"][0] <= one["difference"] <= one["interval"][1]
    assert any(job["kind"] == "cleaning_effect" and job["status"] == "done" for job in run("jobs", "--json").json)
