"""`evaluate`: how good a run is on a split.

Where a label is several classes, `accuracy` is subset accuracy, and in place of the confusion matrix there are one
table [[TN, FP], [FN, TP]] for each class of `labels` and the rows that miss one class and have another added. JSON has
classes as labels have them, the text for a person has their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click
import numpy as np

from core.commands.command import Answer, command, table
from core.commands.groups.numbers import numbers_by, numbers_of_slices
from core.commands.parameters import attributes_named, dataset_argument, labels_option, run_option, split_option
from core.context import Context
from core.errors import UsageError
from core.evaluation.confusion import most_confused
from core.evaluation.metrics import report
from core.records import Dataset, Estimate, Evaluation, LabelsFrom, MultiLabelEvaluation, Run, Scores
from core.services.evaluation.groups import InGroups, groups_data, in_groups
from core.services.evaluation.in_sight import in_sight
from core.services.evaluation.measures import evaluate, target_of_run
from core.services.evaluation.named import under_names
from core.services.evaluation.numbers import WORST, NumberEvaluation, evaluate_numbers, evaluation_data
from core.services.evaluation.numbers import limits as limits_of_numbers
from core.services.evaluation.old_classes import old_classes
from core.services.evaluation.slices import by_slices, slices_data
from core.services.evaluation.spans import SpanEvaluation, entities_data, evaluate_spans
from core.services.evaluation.words import AnyEvaluation, limits
from core.services.profile.figures import derived
from core.services.runs.models import find_run
from core.store.datasets import get_dataset
from core.store.versions import get_version
from core.tasks import target_of
from core.typed import JsonObject

TOP_CLASSES = 100
TOP_PAIRS = 10
FIGURES = ("precision", "recall", "F1", "rows")


def score(found: Estimate) -> str:
    """A figure with its interval."""
    return f"{found.estimate:.4f} ({found.low:.4f} – {found.high:.4f})"


@command
@dataset_argument
@run_option
@split_option
@labels_option
@click.option("--by", multiple=True, metavar="ATTRIBUTE", help="how it fares in groups, instead; twice crosses two")
@click.option("--slices", is_flag=True, help="how it fares in the slices of the dataset, instead; see `views`")
def evaluate_command(
    context: Context, name: str, run: str, split: str, labels: LabelsFrom, by: Sequence[str], slices: bool
) -> Answer:
    """Score a fine-tune: accuracy, F1 by class, confusion matrix; of numbers MAE, RMSE and R²."""
    scored = find_run(context, run, name)
    if by and slices:
        raise UsageError("--by and --slices are two answers.", "Ask for one of them.")
    if target_of_run(context, scored).numeric:
        numbers = evaluate_numbers(context, scored, split, labels, timeout=None)
        assert isinstance(numbers, NumberEvaluation), "it was waited for"
        if by:
            return numbers_by(context, scored, numbers, by)
        if slices:
            return numbers_of_slices(context, scored, numbers)
        return Answer(evaluation_data(context, scored, numbers), _number_text(scored, numbers))
    if by:
        return _by_attribute(context, scored, split, labels, by)
    if slices:
        return _by_slices(context, scored, split, labels)
    found = evaluate(context, scored, split, labels, timeout=None)
    dataset = get_dataset(context.store, scored.dataset_id)
    known = [dataset.called(code) for code in scored.labels]
    if isinstance(found, Evaluation):
        return Answer(_data(context, scored, found), _text(context, scored, under_names(found, dataset), known))
    assert isinstance(found, MultiLabelEvaluation), "it was waited for"
    if target_of(dataset).located:
        spans = evaluate_spans(context, scored, split, labels, timeout=None)
        assert isinstance(spans, SpanEvaluation), "it was waited for"
        entities = entities_data(spans)
        return Answer({"entities": entities, **_set_data(context, scored, found)}, _span_text(scored, spans))
    return Answer(_set_data(context, scored, found), _set_text(context, scored, under_names(found, dataset), known))


def _by_attribute(context: Context, run: Run, split: str, labels: LabelsFrom, names: Sequence[str]) -> Answer:
    evaluate(context, run, split, labels, timeout=None)  # says what is wrong with the split
    dataset = derived(context, run.dataset_id, timeout=None)
    assert isinstance(dataset, Dataset), "it was waited for"
    attributes = attributes_named(dataset, names)
    found = in_groups(context, run, split, attributes, labels, timeout=None)
    assert isinstance(found, InGroups), "it was waited for"
    outcome = found.found.outcomes
    accuracy = [
        (group.name, group.count, "" if one is None else score(one), "" if group.judged else "few rows, not compared")
        for group, one in zip(outcome.groups, outcome.accuracy.estimates, strict=True)
    ]
    classes = [
        (
            dataset.called(one.label),
            *(_figure_or_none(value) for value in (one.equalised_odds, one.found.difference)),
            *(_figure_or_none(value) for value in (one.wrongly_given.difference, one.given.difference)),
            one.p_value,
        )
        for one in found.classes
    ]
    apart = ("equalized odds", "true positive rate", "false positive rate", "selection rate")
    text = [
        f"Run {run.number}, {run.title}, on {split}, by {outcome.attribute}; 95 % intervals.",
        table((outcome.attribute, "rows", "accuracy", ""), accuracy),
        "How far apart the groups are, class by class; p-values are corrected for all classes (Holm).",
        table(("class", *apart, "p-value"), classes, TOP_CLASSES),
    ]
    return Answer({"run": run.number, "split": split, **groups_data(found)}, "\n\n".join(text))


def _by_slices(context: Context, run: Run, split: str, labels: LabelsFrom) -> Answer:
    evaluate(context, run, split, labels, timeout=None)  # says what is wrong with the split
    found = by_slices(context, run, split, labels, timeout=None)
    assert isinstance(found, tuple), "it was waited for"
    lines = [
        (
            one.name or "all rows",
            one.rows,
            "" if one.accuracy is None else score(one.accuracy),
            one.problem or ("" if one.judged else "few rows, not compared"),
        )
        for one in found
    ]
    head = f"Run {run.number}, {run.title}, on {split}, by slice; 95 % intervals. Slices may overlap."
    name = get_dataset(context.store, run.dataset_id).name
    nothing = f"{name} has no slice yet: `views {name} --save NAME --where FILTER` saves one."
    text = f"{head}\n\n{table(('slice', 'rows', 'accuracy', ''), lines)}" if found else nothing
    return Answer({"run": run.number, "split": split, "slices": slices_data(found)}, text)


def _figure_or_none(value: float | None) -> object:
    return "" if value is None else value


def _data(context: Context, run: Run, found: Evaluation) -> JsonObject:
    return {
        **_figures(context, run, found),
        "labels": found.labels,
        "confusion_matrix": found.matrix.tolist(),
        "report": report(found.accuracy.estimate, found.classes, found.averages),
        "notes": [*limits(run, found), *old_classes(context, run, found), *in_sight(context, run, found)],
    }


def _set_data(context: Context, run: Run, found: MultiLabelEvaluation) -> JsonObject:
    return {
        **_figures(context, run, found),
        **_figure("micro_f1", found.micro_f1),
        "samples_f1": found.averages["samples avg"].f1,
        "hamming_loss": found.hamming_loss,
        "labels": found.labels,
        "confusion_matrices": found.tables.tolist(),
        "missed_and_added": found.missed_and_added.tolist(),
        "report": report(found.accuracy.estimate, found.classes, found.averages),
        "notes": [*limits(run, found), *old_classes(context, run, found), *in_sight(context, run, found)],
    }


def _figures(context: Context, run: Run, found: AnyEvaluation) -> JsonObject:
    return {
        "run": run.number,
        "split": found.split,
        "labels_from": found.labels_from,
        "labels_version": get_version(context.store, found.version_id).number,
        "rows": found.rows,
        **_figure("accuracy", found.accuracy),
        **_figure("macro_f1", found.macro_f1),
        "log_loss": found.log_loss,
    }


def _figure(name: str, found: Estimate) -> JsonObject:
    return {name: found.estimate, f"{name}_interval": found.interval}


def _text(context: Context, run: Run, found: Evaluation, known: Sequence[str]) -> str:
    loss = "" if found.log_loss is None else f", log loss {found.log_loss:.4f}"
    parts = [
        f"Run {run.number}, {run.title}, on {found.rows:,} rows of {found.split}: "
        f"accuracy {score(found.accuracy)}, "
        f"macro F1 {score(found.macro_f1)}{loss}; 95 % intervals.",
        *limits(run, found, known),
        *old_classes(context, run, found),
        *in_sight(context, run, found),
        table(("class", *FIGURES), _lines(found.classes), TOP_CLASSES),
        table(("average", *FIGURES), _lines(found.averages)),
    ]
    pairs = most_confused(found.matrix, found.labels, TOP_PAIRS)
    if pairs:
        listed = [(pair.true, pair.predicted, pair.rows, f"{pair.share:.1%}") for pair in pairs]
        parts.append(table(("most confused: true", "predicted", "rows", "of the class"), listed))
    return "\n\n".join(parts)


def _set_text(context: Context, run: Run, found: MultiLabelEvaluation, known: Sequence[str]) -> str:
    loss = "" if found.log_loss is None else f", log loss {found.log_loss:.4f}"
    classes = [
        (name, one.precision, one.recall, one.f1, one.support, missed, added)
        for (name, one), ((_, added), (missed, _)) in zip(found.classes.items(), found.tables.tolist(), strict=True)
    ]
    parts = [
        f"Run {run.number}, {run.title}, on {found.rows:,} rows of {found.split}: "
        f"micro F1 {score(found.micro_f1)}, "
        f"macro F1 {score(found.macro_f1)}, "
        f"subset accuracy {score(found.accuracy)}; 95 % intervals. "
        f"Hamming loss {found.hamming_loss:.4f}{loss}.",
        *limits(run, found, known),
        *old_classes(context, run, found),
        *in_sight(context, run, found),
        table(("class", *FIGURES, "missed", "added"), classes, TOP_CLASSES),
        table(("average", *FIGURES), _lines(found.averages)),
    ]
    pairs = most_confused(found.missed_and_added, found.labels, TOP_PAIRS)
    if pairs:
        listed = [(pair.true, pair.predicted, pair.rows) for pair in pairs]
        parts.append(table(("most often: missed", "wrongly added", "rows"), listed))
    return "\n\n".join(parts)


def _span_text(run: Run, found: SpanEvaluation) -> str:
    averages, ends = found.report.averages, found.report.intervals
    micro, macro = (Estimate(averages[name].f1, *ends[name].f1) for name in ("micro avg", "macro avg"))
    ways = [
        (way, one.correct, one.incorrect, one.partial, one.missed, one.spurious, one.f1)
        for way, one in found.matched.items()
    ]
    parts = [
        f"Run {run.number}, {run.title}, on {found.rows:,} rows of {found.split}: entities found whole and with the "
        f"right type: micro F1 {score(micro)}, macro F1 {score(macro)}; 95 % intervals. Of the tokens "
        f"{found.tokens.accuracy:.4f} have the right type.",
        table(("type", "precision", "recall", "F1", "entities"), _lines(found.report.types), TOP_CLASSES),
        table(("average", "precision", "recall", "F1", "entities"), _lines(averages)),
        table(("matched by", "correct", "incorrect", "partial", "missed", "spurious", "F1"), ways),
    ]
    named, guessed = [*found.types, "invented"], [*found.types, "missed"]
    cells = [
        (named[true], guessed[predicted], int(count))
        for (true, predicted), count in np.ndenumerate(found.confusion)
        if count and true != predicted
    ]
    if cells:
        worst = sorted(cells, key=lambda cell: -cell[2])[:TOP_PAIRS]
        parts.append(table(("most often wrong: true", "predicted", "entities"), worst))
    return "\n\n".join(parts)


def _number_text(run: Run, found: NumberEvaluation) -> str:
    mae, rmse, r2 = (found.figures[name] for name in ("mae", "rmse", "r2"))
    worst = [
        (
            int(found.example_ids[place]),
            float(found.true[place]),
            float(found.predicted[place]),
            float(found.half[place]),
            "probably wrong itself" if found.suspect(place) else "",
        )
        for place in found.worst[:WORST].tolist()
    ]
    parts = [
        f"Run {run.number}, {run.title}, on {found.rows:,} rows of {found.split}: MAE {score(mae)}, "
        f"RMSE {score(rmse)}, R² {score(r2)}; 95 % intervals. {found.within:.1%} of the labels lie within the interval "
        "around their prediction, which is to hold 90 %.",
        *limits_of_numbers(run, found),
        table(
            ("for every row", "number", "MAE", "RMSE", "R²"),
            [(name, one["value"], one["mae"], one["rmse"], one["r2"]) for name, one in found.baselines.items()],
        ),
        table(
            ("labels from", "to", "rows", "MAE", "predicted less labelled"),
            [(one.low, one.high, one.rows, one.mae, one.bias) for one in found.bins],
        ),
        table(("largest residuals: row", "labelled", "predicted", "±", "label"), worst),
    ]
    return "\n\n".join(parts)


def _lines(scores: Mapping[str, Scores]) -> list[tuple[object, ...]]:
    return [(name, one.precision, one.recall, one.f1, one.support) for name, one in scores.items()]
