"""`compare`: two runs on the same rows, with paired intervals."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from core.commands.command import Answer, Command, table
from core.commands.evaluate import add_split_and_labels
from core.records import Comparison, Run
from core.services.context import Context
from core.services.evaluation.measures import compare
from core.store.datasets import get_dataset
from core.store.runs import get_run

TOP_CLASSES = 100


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset")
    parser.add_argument("--runs", required=True, nargs=2, metavar=("R1", "R2"), help="numbers or ids, see `runs`")
    add_split_and_labels(parser)


def _run(context: Context, options: Namespace) -> Answer:
    dataset = get_dataset(context.store, options.name)
    first, second = (get_run(context.store, dataset.dataset_id, name) for name in options.runs)
    found = compare(context, first, second, options.split, options.labels, timeout=None)
    assert isinstance(found, Comparison), "it was waited for"
    return Answer(_data(first, second, found), _text(first, second, found))


def _data(first: Run, second: Run, found: Comparison) -> dict[str, Any]:
    accuracy, macro_f1, *classes = found.differences
    return {
        "runs": [first.number, second.number],
        "split": found.first.split,
        "labels_from": found.first.labels_from,
        "rows": found.rows,
        "accuracy": accuracy,
        "macro_f1": macro_f1,
        "classes": classes,
        "only_first_right": found.only_first_right,
        "only_second_right": found.only_second_right,
        "labels": found.first.labels,
        "matrix_difference": found.matrix.tolist(),
    }


def _text(first: Run, second: Run, found: Comparison) -> str:
    accuracy, macro_f1, *classes = found.differences
    shown = [accuracy, macro_f1, *sorted(classes, key=lambda one: -abs(one.difference))[:TOP_CLASSES]]
    names = ["accuracy", "macro F1", *(one.name for one in shown[2:])]
    lines = [
        (
            *(name, f"{one.first:.4f}", f"{one.second:.4f}", f"{one.difference:+.4f}"),
            *(f"{one.interval[0]:+.4f} – {one.interval[1]:+.4f}", one.support),
        )
        for name, one in zip(names, shown, strict=True)
    ]
    columns = ("F1 by class", f"run {first.number}", f"run {second.number}", "difference", "95 % interval", "rows")
    parts = [
        f"Runs {first.number} ({first.title}) and {second.number} ({second.title}) on {found.rows:,} rows of "
        f"{found.first.split}: {found.only_first_right:,} only the first has right, "
        f"{found.only_second_right:,} only the second.",
        table(columns, lines),
    ]
    if len(classes) > TOP_CLASSES:
        parts.append(f"… and {len(classes) - TOP_CLASSES:,} classes more: --json has them all.")
    return "\n\n".join(parts)


COMPARE = Command("compare", "Hold two fine-tunes against each other, class by class.", _arguments, _run)
