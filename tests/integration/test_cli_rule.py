"""`rule` and `rules` on the command line: made, looked at before, changed, accepted, taken back, retired, listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.services.context import open_context
from core.settings import workspace
from core.store.datasets import get_dataset
from tests.integration.cli_support import Run
from tests.pages.issues_data import load, scan


@pytest.fixture
def news(run: Run, tmp_path: Path) -> None:
    """A scanned dataset in the workspace that `run` works on: row i is of the class i % 3."""
    context = open_context(workspace(tmp_path / "workspace"))
    scan(context, tmp_path, load(context, tmp_path))
    context.close()


def test_a_rule_is_tried_made_accepted_taken_back_and_retired(run: Run, news: None) -> None:
    asked = ("rule", "news", "early", "--where", "words < 300", "--label", "tech")
    assert "No rule of news holds" in run("rules", "news").out
    tried = run(*asked, "--dry-run", "--json").json
    assert (tried["rows"], tried["open"], run("rules", "news", "--json").json["rules"]) == (30, 20, [])
    made = run(*asked, "--json").json
    assert (made["version"], made["rows"], made["same"], made["precision"]) == (1, 30, 10, None)
    assert "covers 30 rows (33.3%); it would change 20 of them." in run(*asked).out
    odd = ("rule", "news", "odd", "--where", "desk = uk", "--where", "words < 200", "--label", "sport")
    assert run(*odd, "--json").json["conflicts"] == 10

    would = run("rule", "news", "early", "--accept", "--dry-run", "--json").json
    assert (would["rows"], would["in_conflict"], would["act"]) == (13, 7, None)
    assert sum(one["rows"] for one in would["changes"]) == 13
    accepted = run("rule", "news", "early", "--accept", "--reviewer", "ada")
    assert "13 rows of news changed to tech. 7 on which rules conflict left out." in accepted.out
    undo = accepted.out.split("--undo ")[1].strip()
    listed = run("decisions", "news", "--json").json
    told = {(one["act"], one["among"]) for one in listed["decisions"]}
    assert (listed["total"], told) == (13, {(undo, "rule early, version 1")})
    assert f"; act {undo} on 13 rows: rule early, version 1" in run("decisions", "news").out
    assert run("decide", "news", "--undo", undo, "--reviewer", "ada", "--json").json["written"] == 13

    told = run("rules", "news").out
    assert "Conflict: early × odd, 10 rows" in told and "precision" in told
    assert run("rule", "news", "early", "--where", "words < 100", "--json").json["version"] == 2
    assert run("rule", "news", "early", "--retire", "--json").json["retired"]
    listed = run("rules", "news", "--json").json
    assert ([one["rule"] for one in listed["rules"]], listed["retired"]) == (["odd"], ["early"])
    versions = run("rule", "news", "early", "--json").json["versions"]
    assert [(one["version"], one["where"], one["retired"]) for one in versions] == [
        (3, ["words < 100"], True),
        (2, ["words < 100"], False),
        (1, ["words < 300"], False),
    ]
    assert "tech where words < 300" in run("rule", "news", "early").out


def test_a_rule_that_cannot_be_looked_up_is_said_to_be_in_no_count(run: Run, news: None, tmp_path: Path) -> None:
    run("views", "news", "--save", "mine", "--where", "desk = uk")
    run("rule", "news", "by slice", "--where", "slice = mine", "--label", "tech")
    context = open_context(workspace(tmp_path / "workspace"))
    context.ledger.views.delete(get_dataset(context.store, "news").dataset_id, "mine")
    context.close()
    told = run("rules", "news", "--json").json
    assert "There is no slice 'mine'" in told["not_counted"]["by slice"] and told["covered"] == 0
    said = "Not counted: Rule 'by slice' cannot be looked up: There is no slice 'mine'."
    listed = run("rules", "news").out
    assert said in listed and listed.split("by slice  tech")[1].split("\n")[0].split() == ["–"] * 7
    made = run("rule", "news", "early", "--where", "words < 300", "--label", "sport", "--dry-run")
    assert "covers" not in made.out and said in made.out


def test_of_many_conflicts_the_largest_are_listed_and_the_rest_counted(run: Run, news: None) -> None:
    for number in range(1, 13):
        run("rule", "news", f"odd {number}", "--where", f"words < {10 * number}", "--label", "sport")
    run("rule", "news", "early", "--where", "words < 300", "--label", "tech")
    told = run("rules", "news").out.splitlines()
    listed = [line for line in told if line.startswith("Conflict: ")]
    assert [line.split(", ")[1] for line in listed] == [*(f"{n} rows" for n in range(12, 2, -1))]
    assert told[-1] == "2 more pairs of rules conflict: --json has all of them."
    assert sum(one["conflict"] for one in run("rules", "news", "--json").json["pairs"]) == 12


def test_one_row_is_a_row_and_a_name_is_found_however_it_is_spaced(run: Run, news: None) -> None:
    made = run("rule", "news", " first  row ", "--where", "words < 10", "--label", "tech")
    assert "Rule “first row” of news, version 1, covers 1 row (1.1%); it would change 1 of them." in made.out
    tried = run("rule", "news", "one", "--where", "words < 10", "--label", "sport", "--dry-run")
    assert "would cover 1 row (1.1%)" in tried.out
    assert "1 row of news would be changed to tech." in run("rule", "news", "first row ", "--accept", "--dry-run").out
    assert "1 row of news changed to tech." in run("rule", "news", "  first row", "--accept").out
    assert "on 1 row: rule first row, version 1" in run("decisions", "news").out
    run("rule", "news", "one", "--where", "words < 10", "--label", "sport")
    assert "Conflict: first row × one, 1 row\n" in run("rules", "news").out + "\n"
    assert [one["version"] for one in run("rule", "news", " first  row", "--json").json["versions"]] == [1]
    retired = run("rule", "news", "  first   row ", "--retire")
    assert (retired.code, "Rule “first row” of news is retired" in retired.out) == (0, True)


def test_precision_is_listed_with_its_interval_and_rules_narrow_other_commands(
    run: Run, news: None, tmp_path: Path
) -> None:
    run("rule", "news", "early", "--where", "words < 300", "--label", "tech")
    file = tmp_path / "said.csv"
    file.write_text("example_id,action,label\n0,relabel,tech\n3,relabel,sport\n2,keep,\n")
    assert run("decide", "news", "--file", file, "--reviewer", "ada").code == 0
    [one] = run("rules", "news", "--json").json["rules"]
    assert (one["right"], one["wrong"], round(one["precision"]["low"], 4)) == (2, 1, 0.2077)
    assert "0.667 (0.208–0.939)" in run("rules", "news").out
    assert run("tag", "news", "odd", "--where", "rule = early", "--json").json["rows"] == 30
    assert run("tag", "news", "right", "--where", "rule_right = early", "--json").json["rows"] == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("early", "--label", "tech"), "has no rule 'early'"),
        (("early", "--where", "price > 3", "--label", "tech"), "no column 'price'"),
        (("early", "--where", "words < 3", "--label", "cycling"), "is no class of version 1 of 'news'"),
        (("early", "--where", "sql = SELECT * FROM read_text('/etc/passwd')", "--label", "tech"), "read_text"),
        (("early", "--retire", "--accept"), "one at a time"),
        (("early", "--accept"), "has no rule 'early'"),
        (("early", "--dry-run"), "Add --where and --label"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(run: Run, news: None, asked: tuple[str, ...], said: str) -> None:
    told = run("rule", "news", *asked)
    assert told.code in (1, 2) and said in told.err, told.err
    assert run("rules", "news", "--json").json["rules"] == []
