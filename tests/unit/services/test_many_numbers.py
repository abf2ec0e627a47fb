"""One act on many rows whose labels are numbers: what it would do told in all, done, and taken back whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.records import ColumnFilter, Dataset, PredictionFilter, Reader, RowFilter, Run, Schema
from core.review.many import Doing
from core.services.review import many
from core.services.review.among import OfRun, OfVersion
from core.services.review.many import Change, carry_out, plan, take_back
from core.services.review.moved import Moved, Range, moved_words
from core.services.review.sources import RunSource
from core.store.acts import decisions
from tests.staged import taken_in
from tests.unit.services.test_review_numbers import _run

SAID = [(8.123456, 10.0), (4.5678, 1.0), (3.04, 0.1), (3.5, 0.0)]
"""Numbers that a run predicts for labels of 0.5, 1.5, 2.5 and 3.5, with half of the interval around each."""
WORTH = ["8", "4.6", "3.04", "3.5"]


@pytest.fixture
def scores(context: Context, tmp_path: Path) -> Dataset:
    lines = [*(f"review {row},{row}.5,test\n" for row in range(4)), "review 4,,test\n"]
    (tmp_path / "scores.csv").write_text("text,score,split\n" + "".join(lines))
    reader = Reader(sql=f"read_csv('{tmp_path / 'scores.csv'}', all_varchar=true)")
    return taken_in(context.store, reader, Schema("text-regression", "text", "score", "split"), "scores")


@pytest.fixture
def run(context: Context, scores: Dataset, tmp_path: Path) -> Run:
    return _run(context, scores, SAID, tmp_path)


def labels(context: Context, version_id: str) -> dict[int, tuple[str, str | None]]:
    return {one.example_id: (one.action, one.new_label) for one in decisions.in_force(context.store, version_id)}


def test_every_row_of_a_list_gets_the_number_that_a_run_predicts_for_it(
    context: Context, scores: Dataset, run: Run
) -> None:
    version_id = scores.latest_version_id
    among = OfRun(run, PredictionFilter("test"), "newest", version_id)
    planned = plan(context, among, Doing("suggestion"), "ada")
    assert (planned.matching, planned.rows, planned.nothing) == (4, 3, 1)  # one is predicted as it is
    assert planned.changes == (Change("0.5", "8", 1), Change("1.5", "4.6", 1), Change("2.5", "3.04", 1))
    by = Range(pytest.approx(0.54), pytest.approx(3.1), pytest.approx(7.5))  # type: ignore[arg-type]
    assert planned.moved == Moved(3, Range(0.5, 1.5, 2.5), Range(3.04, 4.6, 8.0), by)
    done = carry_out(context, planned, "ada", "run 1 on test")
    assert labels(context, version_id) == {row: ("relabel", WORTH[row]) for row in range(3)}
    shown = dict(decisions.decision_of(context.store, version_id, [1])[1].shown)
    assert shown.pop("settles") == ["label", "unlabelled", "ambiguous"]
    assert shown == {"given_label": "1.5", "suggested_label": "4.6", "tier": "run 1"}, "no score: a run says none"
    [(_, listed)] = [many.acts(context, scores.dataset_id, 5)]
    assert [(one.action, one.rows, one.among) for one in listed] == [("suggestion", 3, "run 1 on test")]
    assert take_back(context, done.act.act_id, "ada").rows == 3
    assert labels(context, version_id) == {}


def test_an_act_on_all_suggests_what_the_desk_does(context: Context, scores: Dataset, run: Run) -> None:
    source = RunSource(run, PredictionFilter("test"), "version")
    items = source.items(context, scores.latest_version_id, [0, 1, 2, 3])
    assert [one.issue.suggested_label for one in items] == WORTH


def test_the_rows_of_a_filter_of_numbers_get_one_number_or_none(context: Context, scores: Dataset, run: Run) -> None:
    version_id = scores.latest_version_id
    above = RowFilter(columns=(ColumnFilter("label", ">=", ("1.5",)),))
    planned = plan(context, OfVersion(version_id, above), Doing("relabel", " 2.50 "), "ada")
    assert planned.changes == (Change("1.5", "2.5", 1), Change("3.5", "2.5", 1))
    assert planned.moved == Moved(2, Range(1.5, 2.5, 3.5), Range(2.5, 2.5, 2.5), Range(1.0, 1.0, 1.0))
    assert planned.moved is not None
    assert moved_words(planned.moved, "") == "1.5 to 3.5, median 2.5 → 2.5; each moves by 1"
    kept = plan(context, OfVersion(version_id, RowFilter()), Doing("exclude"), "ada")
    assert (kept.rows, kept.moved) == (5, Moved(4, Range(0.5, 2.0, 3.5), None, None))  # one has no label
    assert moved_words(Moved(4, Range(0.5, 2.0, 3.5), None, None), "excluded").endswith("median 2 → excluded")
    far = PredictionFilter("test", columns=(ColumnFilter("suspect", "=", ("true",)),))
    carry_out(context, plan(context, OfRun(run, far, "newest", version_id), Doing("unsure"), "ada"), "ada", "")
    assert labels(context, version_id) == {1: ("unsure", None), 2: ("unsure", None)}


def test_more_numbers_than_can_be_listed_are_told_in_all_and_their_first_rows_by_name(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "KINDS", 10)
    lines = "".join(f"review {row},{row / 4}\n" for row in range(40))
    (tmp_path / "long.csv").write_text(f"text,score\n{lines}")
    reader = Reader(sql=f"read_csv('{tmp_path / 'long.csv'}')")
    dataset = taken_in(context.store, reader, Schema("text-regression", "text", "score"), "long")
    planned = plan(context, OfVersion(dataset.latest_version_id, RowFilter()), Doing("relabel", "1"), "ada")
    assert (planned.rows, planned.nothing, planned.changes) == (39, 1, ())
    assert planned.moved is not None and (planned.moved.rows, planned.moved.before.most) == (39, 9.75)
    assert [(row.example_id, after) for row, after in planned.first] == [(row, "1") for row in (0, 1, 2, 3, 5)]
