"""`issues`, `decide` and `version` on the command line, where a label is several classes at once."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from core.services.context import open_context
from core.settings import workspace
from tests import crops
from tests.integration.cli_support import Run


@pytest.fixture
def reports(run: Run, tmp_path: Path) -> None:
    """A scanned dataset in the workspace that `run` works on."""
    context = open_context(workspace(tmp_path / "workspace"))
    crops.scan(context, tmp_path, crops.load(context, tmp_path))
    context.close()


def test_the_list_gives_sets_as_texts_that_are_json(run: Run, reports: None) -> None:
    listed = run("issues", "crops", "--flagged", "--json").json
    assert [json.loads(one["given_label"]) for one in listed] == [list(crops.given(row)) for row in range(6)]
    assert [tuple(json.loads(one["suggested_label"])) for one in listed] == list(crops.SUGGESTED.values())
    rows = list(csv.DictReader(io.StringIO(run("issues", "crops", "--top", "1").out)))
    assert json.loads(rows[0]["suggested_label"]) == ["corn", "grain"]


def test_rows_that_have_been_given_no_class_are_listed_alone(run: Run, reports: None, tmp_path: Path) -> None:
    listed = run("issues", "crops", "--no-class", "--json").json
    assert [one["example_id"] for one in listed] == [row for row in range(crops.ROWS) if not crops.given(row)]
    flagged = run("issues", "crops", "--no-class", "--flagged", "--json").json
    assert [(one["example_id"], one["given_label"]) for one in flagged] == [(4, "[]")]
    written = run("issues", "crops", "--no-class", "--out", tmp_path / "none.csv", "--json").json
    assert written["rows"] == len(listed)
    assert run("issues", "crops", "--no-class", "--top", "2", "--out", tmp_path / "2.csv", "--json").json["rows"] == 2


def test_the_suggestions_of_a_list_go_back_in_as_decisions_and_become_a_version(
    run: Run, reports: None, tmp_path: Path
) -> None:
    listed = run("issues", "crops", "--flagged", "--json").json
    decisions = tmp_path / "decisions.jsonl"
    lines = [{"example_id": one["example_id"], "action": "relabel", "label": one["suggested_label"]} for one in listed]
    lines[1]["label"] = ["wheat", "grain", "corn", "wheat"]
    decisions.write_text("\n".join(map(json.dumps, lines)))
    done = run("decide", "crops", "--file", decisions, "--reviewer", "ada", "--json").json
    assert (done["read"], done["written"], done["unchanged"]) == (6, 6, 0)
    assert run("decide", "crops", "--file", decisions, "--reviewer", "ada", "--json").json["unchanged"] == 6
    assert run("version", "crops", "--note", "sets").code == 0
    context = open_context(workspace(tmp_path / "workspace"))
    found = dict(context.store.fetch("SELECT example_id, label FROM overrides ORDER BY example_id"))
    context.close()
    assert {row: tuple(json.loads(label)) for row, label in found.items()} == crops.SUGGESTED


def test_a_class_that_there_is_not_is_named_with_its_line_and_nothing_is_written(
    run: Run, reports: None, tmp_path: Path
) -> None:
    decisions = tmp_path / "decisions.csv"
    decisions.write_text('example_id,action,label\n0,keep,\n1,relabel,"[""whaet""]"\n')
    refused = run("decide", "crops", "--file", decisions, "--reviewer", "ada")
    assert (refused.code, refused.out) == (2, "")
    assert "Line 3: Label 'whaet' is none of this dataset's 5 classes. Did you mean 'wheat'?" in refused.err
    decisions.write_text("example_id,action\n0,keep\n")
    assert run("decide", "crops", "--file", decisions, "--reviewer", "ada", "--json").json["written"] == 1
