"""Puts an evaluation of numbers together as a report: one HTML file."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from core.context import Context
from core.issues.contract import rounded
from core.records import LabelsFrom, Run, split_said
from core.reports.numbers import NumberReport, ReportTable, number_html
from core.services.evaluation.numbers import NumberEvaluation, evaluate_numbers, limits
from core.services.evaluation.words import ALWAYS, held_against
from core.store.datasets import get_dataset
from core.store.masked import said_shown
from core.store.rows import get_rows
from core.store.versions import get_version
from core.words import later, say

WORST = 30
CHARACTERS = 160
TITLES = {"mae": later("MAE"), "rmse": later("RMSE"), "r2": later("R²")}
MEANINGS = {
    "mae": later("how far off on average"),
    "rmse": later("the same, large errors counting more"),
    "r2": later("share of the variance that is explained"),
}
BASES = {"mean": later("the mean of the train labels"), "median": later("the median of the train labels")}
WRITTEN_OUT = 1e12
"""Up to here numbers have no exponent."""


def number(value: float) -> str:
    """In four digits, and up to a million million in all before the point."""
    said = f"{value:,.4g}"
    return f"{value:,.0f}" if "e" in said and 1 <= abs(value) < WRITTEN_OUT else said


def between(low: float, high: float) -> str:
    """The interval of a figure in words."""
    return say(
        "over all rows of this kind probably between {low} and {high} (95 % interval)",
        low=number(low),
        high=number(high),
    )


def number_report(context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", by: str = "") -> str:
    """The HTML of a run's evaluation on a split. Raises `NotFoundError` for a split that it has not predicted."""
    found = evaluate_numbers(context, run, split, labels_from, timeout=None)
    assert isinstance(found, NumberEvaluation), "it was waited for"
    dataset, truth = get_dataset(context.store, run.dataset_id), get_version(context.store, found.version_id)
    figures = [
        (
            say(TITLES[name]),
            number(one.estimate),
            say("{meaning}; {interval}", meaning=say(MEANINGS[name]), interval=between(one.low, one.high)),
        )
        for name, one in found.figures.items()
    ]
    report = NumberReport(
        title=say("{name}: run {run} on {split}", name=dataset.name, run=run.number, split=split_said(split)),
        summary=held_against(run, found, split, truth),
        figures=figures,
        limits=[*limits(run, found), *map(say, ALWAYS)],
        tables=[_baselines(found), _range(found), _worst(context, found)],
        made_at=datetime.now(UTC),
        made_by=by or run.created_by,
    )
    return number_html(report)


def _baselines(found: NumberEvaluation) -> ReportTable:
    lines = [
        (say(BASES[name]), *(number(one[key]) for key in ("value", "mae", "rmse", "r2")))
        for name, one in found.baselines.items()
    ]
    titles = (say("said of every row"), say("number"), *(say(TITLES[name]) for name in ("mae", "rmse", "r2")))
    return ReportTable(say("What saying one number would cost"), titles, lines)


def _range(found: NumberEvaluation) -> ReportTable:
    lines = [
        (f"{number(one.low)} – {number(one.high)}", f"{one.rows:,}", number(one.mae), f"{one.bias:+,.4g}")
        for one in found.bins
    ]
    titles = (say("labels from – to"), say("rows", "column"), say("MAE"), say("predicted less labelled"))
    return ReportTable(say("How far off in each part of the range"), titles, lines)


def _worst(context: Context, found: NumberEvaluation) -> ReportTable:
    places = found.worst[:WORST].tolist()
    rows = get_rows(context.store, found.version_id, [int(found.example_ids[place]) for place in places])
    leaves = partial(said_shown, context.store, get_version(context.store, found.version_id).dataset_id)
    texts = {row.example_id: " ".join(leaves(row.text or "").split())[:CHARACTERS] for row in rows}
    lines = []
    for place in places:
        predicted, half = rounded(float(found.predicted[place]), float(found.half[place]))
        row = int(found.example_ids[place])
        suspect = say("probably wrong") if found.suspect(place) else ""
        lines.append((str(row), f"{found.true[place]:,.6g}", predicted, half, suspect, texts.get(row, "")))
    titles = (say("row"), say("labelled"), say("predicted"), "±", say("label", "of a number"), say("example"))
    return ReportTable(say("The rows that are farthest off"), titles, lines, frozenset((4, 5)))
