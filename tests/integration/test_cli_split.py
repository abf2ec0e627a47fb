"""`split` on the command line: parts made anew, and rows of a filter moved to one."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli_support import Run


def test_parts_are_made_anew_and_rows_are_moved(run: Run, tmp_path: Path) -> None:
    rows = "".join(f"text {row},{'ab'[row % 2]},{row}\n" for row in range(100))
    (tmp_path / "rows.csv").write_text(f"text,label,price\n{rows}")
    run("load", tmp_path / "rows.csv", "--name", "rows", "--label", "label")
    made = run("split", "rows", "--method", "stratified", "--shares", "train=80,test=20", "--json").json
    assert (made["version"], made["splits"]) == (2, {"train": 80, "test": 20})
    asked = ("split", "rows", "--to", "held out", "--where", "price >= 90", "--json")
    would = run(*asked, "--dry-run").json
    assert (would["version"], would["rows"], sum(would["sources"].values())) == (None, 10, 10)
    assert run(*asked).json == would | {"version": 3}
    assert "Each of these rows is in 'held out' already." in run(*asked).err
    undone = run("split", "rows", "--undo", "--json").json
    assert undone == {"dataset": "rows", "from_version": 3, "version": 4}
    assert sum(run(*asked, "--dry-run").json["sources"].values()) == 10
    assert "Version 4 was made after version 3" in run("split", "rows@3", "--undo").err
    back = run(
        "split", "rows@2", "--method", "grouped", "--group-by", "price", "--shares", "train=50,test=50", "--json"
    )
    assert back.json["from_version"] == 2 and sum(back.json["splits"].values()) == 100
    assert "One of the three" in run("split", "rows").err
    assert "is no share" in run("split", "rows", "--method", "random", "--shares", "train").err
