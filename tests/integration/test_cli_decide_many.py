"""`decide --act` on the command line: one thing done to every row that a filter keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.records import Reader, Schema
from core.services.context import open_context
from core.settings import workspace
from tests import crops
from tests.integration.cli_support import Run
from tests.pages.issues_data import load, scan
from tests.pages.test_regression import LABELS, predicted_by
from tests.staged import taken_in


@pytest.fixture
def news(run: Run, tmp_path: Path) -> None:
    """A scanned dataset in the workspace that `run` works on."""
    context = open_context(workspace(tmp_path / "workspace"))
    scan(context, tmp_path, load(context, tmp_path))
    context.close()


def test_a_dry_run_says_what_would_change_and_changes_nothing(run: Run, news: None) -> None:
    asked = ("decide", "news", "--act", "suggestion", "--given", "business", "--reviewer", "ada", "--dry-run")
    found = run(*asked, "--json").json
    assert found["changes"] == [{"from": "business", "to": "sport", "rows": 14}]
    assert (found["matching"], found["rows"], found["act"]) == (14, 14, None)
    assert "14 rows of 14 of news would be changed to what is suggested.\n  business → sport: 14" in run(*asked).out
    assert run(*asked, "--json").json["rows"] == 14


def test_an_act_on_a_filter_is_done_and_taken_back_by_its_id(run: Run, news: None) -> None:
    asked = ("decide", "news", "--act", "relabel", "--to", "tech", "--label", "sport", "--split", "test")
    done = run(*asked, "--reviewer", "ada", "--json").json
    assert (done["written"], done["changes"]) == (6, [{"from": "sport", "to": "tech", "rows": 6}])
    again = run(*asked, "--reviewer", "ada", "--json")
    assert again.code != 0
    assert "No row would be changed" in again.err
    by_another = run("decide", "news", "--undo", done["act"], "--reviewer", "bob")
    assert "only they can undo it" in by_another.err
    back = run("decide", "news", "--undo", done["act"], "--reviewer", "ada", "--json").json
    assert (back["written"], back["left_alone"], back["undoes"]) == (6, 0, done["act"])
    assert run(*asked, "--reviewer", "ada", "--json").json["written"] == 6


def test_rows_are_never_all_taken_by_leaving_options_out(run: Run, news: None) -> None:
    refused = run("decide", "news", "--act", "exclude", "--reviewer", "ada")
    assert refused.code != 0
    assert "No option says which rows" in refused.err
    assert run("decide", "news", "--act", "exclude", "--all", "--reviewer", "ada", "--json").json["written"] == 90
    both = run("decide", "news", "--act", "keep", "--keep-one", "--reviewer", "ada")
    assert "Give one of" in both.err


def test_a_class_is_added_to_the_labels_of_a_filter(run: Run, tmp_path: Path) -> None:
    context = open_context(workspace(tmp_path / "workspace"))
    crops.scan(context, tmp_path, crops.load(context, tmp_path))
    context.close()
    asked = ("decide", "crops", "--act", "add", "--to", "zinc", "--label", "corn", "--reviewer", "ada", "--dry-run")
    assert "corn, grain → corn, grain, zinc" in run(*asked).out


@pytest.fixture
def rents(run: Run, tmp_path: Path) -> None:
    """Numbers with what a run predicts for the last twenty of sixty: half more, of two far more."""
    context = open_context(workspace(tmp_path / "workspace"))
    file = tmp_path / "rents.csv"
    file.write_text("text,rent\n" + "".join(f"flat {row},{label}\n" for row, label in enumerate(LABELS)))
    schema = Schema("text-regression", "text", "rent")
    dataset = taken_in(context.store, Reader(sql=f"read_csv('{file}')"), schema, "rents")
    predicted_by(context, dataset, {41: 5.0, 52: 5.0})
    context.close()


def test_numbers_that_a_run_says_are_probably_wrong_get_what_it_predicts(run: Run, rents: None) -> None:
    asked = ("decide", "rents", "--run", "1", "--act", "suggestion", "--reviewer", "ada")
    found = run(*asked, "--dry-run", "--json").json
    assert found["changes"] == [{"from": "4.52", "to": "9.5", "rows": 1}, {"from": "5.41", "to": "10.4", "rows": 1}]
    assert found["numbers"]["by"]["most"] == pytest.approx(4.99)
    assert run(*asked, "--json").json["written"] == 2
    named = run(*asked, "--true", "5.41")
    assert "labels are numbers" in named.err and "off_by >= 3" in named.err


def test_any_column_of_the_list_says_which_rows_an_act_is_for(run: Run, rents: None) -> None:
    asked = ("decide", "rents", "--where", "label >= 2", "--where", "label < 5", "--reviewer", "ada", "--dry-run")
    rows = sum(2 <= one < 5 for one in LABELS)
    told = run(*asked, "--act", "relabel", "--to", "4.0").out
    assert f"{rows} rows of {rows} of rents would be changed to 4.\n  {rows} from 2.02 to 4.52, median" in told
    assert "→ excluded" in run(*asked, "--act", "exclude").out
    of_run = ("decide", "rents", "--run", "1", "--where", "off_by < 3", "--reviewer", "ada", "--dry-run")
    assert run(*of_run, "--act", "keep", "--json").json["rows"] == 18
