"""`compare`: two runs on the same rows, with paired intervals."""

from __future__ import annotations

import click

from core.beside.answers import Pending
from core.commands.command import Answer, command, table
from core.commands.parameters import dataset_argument, labels_option, split_option
from core.context import Context
from core.records import Comparison, Difference, Estimate, LabelsFrom, MultiLabelComparison, Run
from core.services.evaluation.measures import compare, target_of_run
from core.services.evaluation.named import compared_under_names
from core.services.evaluation.numbers import NumberComparison, compare_numbers, comparison_data
from core.services.runs.models import find_run
from core.store.datasets import get_dataset
from core.typed import JsonObject, to_json

TOP_CLASSES = 100
FIGURES = {"mae": "MAE", "rmse": "RMSE", "r2": "R²"}
NAMES = {"micro_f1": "micro F1", "macro_f1": "macro F1"}

AnyComparison = Comparison | MultiLabelComparison


@command
@dataset_argument
@click.option("--runs", required=True, nargs=2, metavar="R1 R2", help="numbers or ids, see `runs`")
@split_option
@labels_option
def compare_command(context: Context, name: str, runs: tuple[str, str], split: str, labels: LabelsFrom) -> Answer:
    """Hold two fine-tunes against each other, class by class."""
    first, second = (find_run(context, run, name) for run in runs)
    if target_of_run(context, first).numeric:
        numbers = compare_numbers(context, first, second, split, labels, timeout=None)
        assert isinstance(numbers, NumberComparison), "it was waited for"
        return Answer(comparison_data(first, second, numbers), _number_text(first, second, numbers))
    found = compare(context, first, second, split, labels, timeout=None)
    assert not isinstance(found, Pending), "it was waited for"
    dataset = get_dataset(context.store, first.dataset_id)
    return Answer(_data(first, second, found), _text(first, second, compared_under_names(found, dataset)))


def _parted(found: AnyComparison) -> tuple[list[Difference], list[Difference]]:
    """The differences of the figures, and of the classes."""
    figures = len(found.differences) - len(found.first.labels)
    return list(found.differences[:figures]), list(found.differences[figures:])


def _data(first: Run, second: Run, found: AnyComparison) -> JsonObject:
    figures, classes = _parted(found)
    of_class = (
        {"matrix_difference": found.matrix.tolist()}
        if isinstance(found, Comparison)
        else {"matrices_difference": found.tables.tolist()}
    )
    return {
        "runs": [first.number, second.number],
        "split": found.first.split,
        "labels_from": found.first.labels_from,
        "rows": found.rows,
        **{one.name: to_json(one) for one in figures},
        "classes": [to_json(one) for one in classes],
        "only_first_right": found.only_first_right,
        "only_second_right": found.only_second_right,
        "labels": found.first.labels,
        **of_class,
    }


def _text(first: Run, second: Run, found: AnyComparison) -> str:
    figures, classes = _parted(found)
    classes.sort(key=lambda one: -abs(one.difference.estimate))
    accuracy = "accuracy" if isinstance(found, Comparison) else "subset accuracy"
    shown = [
        *((NAMES.get(one.name, accuracy), one) for one in figures),
        *((one.name, one) for one in classes),
    ]
    lines = [(name, one.first, one.second, *_apart(one.difference), one.support) for name, one in shown]
    columns = ("F1 by class", f"run {first.number}", f"run {second.number}", "difference", "95 % interval", "rows")
    said = (
        f"Runs {first.number} ({first.title}) and {second.number} ({second.title}) on {found.rows:,} rows of "
        f"{found.first.split}: {found.only_first_right:,} only the first has right, "
        f"{found.only_second_right:,} only the second."
    )
    return f"{said}\n\n{table(columns, lines, TOP_CLASSES)}"


def _number_text(first: Run, second: Run, found: NumberComparison) -> str:
    lines = [
        (FIGURES[name], found.first[name], found.second[name], *_apart(one)) for name, one in found.differences.items()
    ]
    said = (
        f"Runs {first.number} ({first.title}) and {second.number} ({second.title}) on {found.rows:,} rows of "
        f"{found.split}: the first is nearer to {found.first_nearer:,} labels, the second to {found.second_nearer:,}."
    )
    columns = ("figure", f"run {first.number}", f"run {second.number}", "difference", "95 % interval")
    return f"{said}\n\n{table(columns, lines)}"


def _apart(found: Estimate) -> tuple[str, str]:
    """A difference, and the ends of its interval."""
    return f"{found.estimate:+.4f}", f"{found.low:+.4f} – {found.high:+.4f}"
