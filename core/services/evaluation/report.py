"""Puts an evaluation together as a report: reads the store, asks for figures and curves, hands them on as records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np

from core.beside.answers import Pending
from core.context import Context
from core.errors import WinnowError
from core.evaluation.confusion import ConfusedPair, Integers, drawn_classes, most_confused
from core.evaluation.curves import Kind
from core.finetune.settings import SETTINGS
from core.records import (
    Curve,
    Estimate,
    Evaluation,
    LabelsFrom,
    Metric,
    MultiLabelEvaluation,
    PredictionFilter,
    Run,
    split_said,
)
from core.reports.evaluation import (
    MATRIX_CLASSES,
    EvaluationReport,
    ReportExample,
    ReportFigure,
    ReportPair,
    Series,
)
from core.services.evaluation import measures as evaluation
from core.services.evaluation.named import under_names
from core.services.evaluation.old_classes import old_classes
from core.services.evaluation.words import (
    ALWAYS,
    AnyEvaluation,
    between,
    errors,
    held_against,
    limits,
    percent,
    worst_class,
    worst_error,
)
from core.services.media import thumbnail
from core.services.runs.listing import metrics
from core.services.runs.models import task_of_run
from core.store.datasets import get_dataset
from core.store.masked import said_shown
from core.store.rows import get_rows
from core.store.versions import get_version
from core.words import later, say, say_stored

PAIRS = 50
PAIRS_WITH_EXAMPLES = 8
EXAMPLES = 3
TEXT_CHARACTERS = 500
FIGURES = (later("loss"), later("accuracy"), later("macro f1"))
"""By epoch."""


def evaluation_report(
    context: Context, run: Run, split: str, labels_from: LabelsFrom = "version", by: str = ""
) -> EvaluationReport:
    """A run's evaluation on a split, ready to be written down. Seconds of work: not for the script thread.

    Raises `NotFoundError` for a split that the run has not predicted.
    """
    found = evaluation.evaluate(context, run, split, labels_from, timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    dataset = get_dataset(context.store, run.dataset_id)
    found = under_names(found, dataset)
    truth = get_version(context.store, found.version_id)
    matrix = _errors(found)
    order = drawn_classes(matrix, "confusion", max(MATRIX_CLASSES, len(found.labels)))
    figures = metrics(context, run)
    pairs = most_confused(matrix, found.labels, PAIRS)
    return EvaluationReport(
        title=say("{name}: run {run} on {split}", name=dataset.name, run=run.number, split=split_said(split)),
        summary=held_against(run, found, split, truth),
        figures=_figures(found),
        errors=say("{errors}. {worst}", errors=errors(found), worst=worst_error(found)),
        facts=_facts(context, run, found),
        settings=_settings(run),
        found=found,
        order=order if len(order) <= MATRIX_CLASSES else np.zeros(0, np.int64),
        pairs=tuple(_pair(context, run, found, pair, place) for place, pair in enumerate(pairs)),
        roc=_curves(context, run, found, "roc"),
        precision_recall=_curves(context, run, found, "precision_recall"),
        losses=_series(figures, ("loss",)),
        scores=_series(figures, ("accuracy", "macro_f1")),
        limits=tuple(
            say_stored(one)
            for one in (
                *limits(run, found, [dataset.called(code) for code in run.labels]),
                *old_classes(context, run, found),
                *ALWAYS,
            )
        ),
        made_at=datetime.now(UTC),
        made_by=by or run.created_by,
    )


def _errors(found: AnyEvaluation) -> Integers:
    """(k, k) rows of each class that are predicted as each other one; of several classes per row, those that miss the
    one and have the other wrongly added."""
    return found.matrix if isinstance(found, Evaluation) else found.missed_and_added


def _figures(found: AnyEvaluation) -> tuple[ReportFigure, ...]:
    macro = _figure(say("Macro F1"), found.macro_f1, say("F1 averaged over the classes, each as one"))
    if isinstance(found, Evaluation):
        return _figure(say("Accuracy"), found.accuracy, say("of the rows are predicted right")), macro
    return (
        _figure(say("Micro F1"), found.micro_f1, say("F1 of every class of every row together")),
        macro,
        _figure(say("Subset accuracy"), found.accuracy, say("of the rows have all classes right")),
    )


def _figure(name: str, found: Estimate, meaning: str) -> ReportFigure:
    return ReportFigure(name, found.estimate, say("{meaning}; {between}", meaning=meaning, between=between(found)))


def _facts(context: Context, run: Run, found: AnyEvaluation) -> dict[str, str]:
    dataset = get_dataset(context.store, run.dataset_id)
    learnt, truth = get_version(context.store, run.version_id), get_version(context.store, found.version_id)
    facts = {
        say("Dataset"): say("{name}, {n:,} classes", name=dataset.name, n=len(dataset.labels)),
        say("Licence"): dataset.licence,
        say("Run"): say(
            "{run}, made {day:%d %b %Y, %H:%M} UTC by {user}", run=run.number, day=run.created_at, user=run.created_by
        ),
        say("Learnt from"): say("version {version}, {n:,} rows in all", version=learnt.number, n=learnt.row_count),
        say("Its fingerprint"): learnt.fingerprint,
        say("Held against"): say(
            "{n:,} rows of {split}, labels of version {version}",
            n=found.rows,
            split=split_said(found.split),
            version=truth.number,
        ),
        **_figures_in_short(found),
        say("Log loss"): "" if found.log_loss is None else _loss(found, found.log_loss),
        say("Device"): str(run.summary.get("device", "")),
    }
    if isinstance(found, MultiLabelEvaluation):
        facts[say("Hamming loss")] = say("{loss:.4f}, the share of answers that are wrong", loss=found.hamming_loss)
        facts[say("F1 averaged over the rows")] = f"{found.averages['samples avg'].f1:.4f}"
    if truth != learnt:
        facts[say("Fingerprint of the labels")] = truth.fingerprint
    return {name: value for name, value in facts.items() if value}


def _figures_in_short(found: AnyEvaluation) -> dict[str, str]:
    """Each with its interval: `87.2 % (95 %: 81.2 % to 91.5 %)`."""
    figures = {say("Accuracy"): found.accuracy, say("Macro F1"): found.macro_f1}
    if isinstance(found, MultiLabelEvaluation):
        figures = {
            say("Micro F1"): found.micro_f1,
            say("Macro F1"): found.macro_f1,
            say("Subset accuracy"): found.accuracy,
        }
    return {
        name: say(
            "{estimate} (95 %: {low} to {high})",
            estimate=percent(one.estimate),
            low=percent(one.low),
            high=percent(one.high),
        )
        for name, one in figures.items()
    }


def _loss(found: AnyEvaluation, loss: float) -> str:
    if isinstance(found, Evaluation):
        return say("{loss:.4f} nats a row", loss=loss)
    return say("{loss:.4f} nats a row and class", loss=loss)


def _settings(run: Run) -> dict[str, str]:
    known = {setting.name: setting for setting in SETTINGS}
    return {
        say(known[name].title): str(value)
        for name, value in run.spec.items()
        if name in known and run.spec["strategy"] in known[name].strategies and value is not None
    }


def _pair(context: Context, run: Run, found: AnyEvaluation, pair: ConfusedPair, place: int) -> ReportPair:
    """A confused pair, those most confused with examples."""
    true, predicted = map(get_dataset(context.store, run.dataset_id).coded, (pair.true, pair.predicted))
    if isinstance(found, Evaluation):
        share, where = pair.share, PredictionFilter(found.split, true, predicted)
    else:
        share = pair.rows / int(found.tables[found.labels.index(pair.true), 1, 0])
        where = PredictionFilter(found.split, missed=true, added=predicted)
    if place >= PAIRS_WITH_EXAMPLES:
        return ReportPair(pair.true, pair.predicted, pair.rows, share)
    rows = evaluation.predicted_rows(context, run, where, found.labels_from, EXAMPLES)
    examples = get_rows(context.store, found.version_id, [row.example_id for row in rows])
    in_line = task_of_run(context, run).modality.line
    leaves = partial(said_shown, context.store, run.dataset_id)
    shown = tuple(
        ReportExample(
            name=(example.text or "" if example.media_id else "") or say("row {n}", n=example.example_id),
            text="" if example.media_id else _cut(in_line(leaves(example.text or ""), len(example.text or ""))),
            image=thumbnail(context, example.media_id) if example.media_id else None,
            confidence=row.confidence,
        )
        for row, example in zip(rows, examples, strict=True)
    )
    return ReportPair(pair.true, pair.predicted, pair.rows, share, shown)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_CHARACTERS else f"{line[:TEXT_CHARACTERS]}…"


def _curves(context: Context, run: Run, found: AnyEvaluation, kind: Kind) -> tuple[Curve, ...]:
    """The averages and the weakest class; without those that cannot be drawn, such as where no probabilities are."""
    worst, dataset = worst_class(found), get_dataset(context.store, run.dataset_id)
    weakest = dataset.coded(worst[0]) if worst else None
    drawn: list[Curve] = []
    for label, average in ((None, "macro"), (None, "micro"), (weakest, "macro")):
        try:
            one = evaluation.curves(
                context,
                run,
                found.split,
                label,
                kind,
                found.labels_from,
                "micro" if average == "micro" else "macro",
                None,
            )
        except WinnowError:
            continue
        assert isinstance(one, Curve), "it was waited for"
        if one.area == one.area:
            drawn.append(replace(one, label=_average(average) if label is None else dataset.called(label)))
    return tuple(drawn)


def _average(name: str) -> str:
    return say("micro average") if name == "micro" else say("macro average")


def _series(figures: Sequence[Metric], names: Sequence[str]) -> tuple[Series, ...]:
    """A line per figure and split, of those with more than one point."""
    lines: dict[str, list[Metric]] = {}
    for figure in figures:
        if figure.name in names and figure.split:
            name = say("{name}, {split}", name=say(figure.name.replace("_", " ")), split=split_said(figure.split))
            lines.setdefault(name, []).append(figure)
    return tuple(
        (name, [one.epoch for one in found], [one.value for one in found])
        for name, found in lines.items()
        if len(found) > 1
    )
