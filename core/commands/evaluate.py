"""`evaluate`: how good a run is on a split."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, get_args

from core.commands.command import Answer, Command, table
from core.evaluation.confusion import most_confused
from core.evaluation.metrics import report
from core.records import Evaluation, Interval, LabelsFrom, Run, Scores
from core.services.context import Context
from core.services.evaluation.measures import evaluate
from core.services.evaluation.words import limits
from core.store.datasets import get_dataset
from core.store.runs import get_run
from core.store.versions import get_version

TOP_CLASSES = 100
TOP_PAIRS = 10
FIGURES = ("precision", "recall", "F1", "rows")


def add_split_and_labels(parser: ArgumentParser) -> None:
    """What to score on: `--split` and `--labels`."""
    parser.add_argument("--split", default="test", metavar="S", help="default: test")
    parser.add_argument(
        "--labels",
        choices=get_args(LabelsFrom),
        default="version",
        help="whose labels are true: those that the run was given, those as loaded, or those of the newest version",
    )


def score(value: float, ends: Interval) -> str:
    """A figure with its interval."""
    return f"{value:.4f} ({ends[0]:.4f} – {ends[1]:.4f})"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", help="a dataset")
    parser.add_argument("--run", required=True, metavar="R", help="number or id, see `runs`")
    add_split_and_labels(parser)


def _run(context: Context, options: Namespace) -> Answer:
    run = get_run(context.store, get_dataset(context.store, options.name).dataset_id, options.run)
    found = evaluate(context, run, options.split, options.labels, timeout=None)
    assert isinstance(found, Evaluation), "it was waited for"
    return Answer(_data(context, run, found), _text(run, found))


def _data(context: Context, run: Run, found: Evaluation) -> dict[str, Any]:
    return {
        "run": run.number,
        "split": found.split,
        "labels_from": found.labels_from,
        "labels_version": get_version(context.store, found.version_id).number,
        "rows": found.rows,
        "accuracy": found.accuracy,
        "accuracy_interval": found.accuracy_interval,
        "macro_f1": found.macro_f1,
        "macro_f1_interval": found.macro_f1_interval,
        "log_loss": found.log_loss,
        "labels": found.labels,
        "confusion_matrix": found.matrix.tolist(),
        "report": report(found.accuracy, found.classes, found.averages),
        "notes": limits(run, found),
    }


def _text(run: Run, found: Evaluation) -> str:
    classes = dict(list(found.classes.items())[:TOP_CLASSES])
    loss = "" if found.log_loss is None else f", log loss {found.log_loss:.4f}"
    parts = [
        f"Run {run.number}, {run.title}, on {found.rows:,} rows of {found.split}: "
        f"accuracy {score(found.accuracy, found.accuracy_interval)}, "
        f"macro F1 {score(found.macro_f1, found.macro_f1_interval)}{loss}; 95 % intervals.",
        *limits(run, found),
        table(("class", *FIGURES), _lines(classes)),
        table(("average", *FIGURES), _lines(found.averages)),
    ]
    if len(found.classes) > TOP_CLASSES:
        parts.append(f"… and {len(found.classes) - TOP_CLASSES:,} classes more: --json has them all.")
    pairs = most_confused(found.matrix, found.labels, TOP_PAIRS)
    if pairs:
        listed = [(pair.true, pair.predicted, pair.rows, f"{pair.share:.1%}") for pair in pairs]
        parts.append(table(("most confused: true", "predicted", "rows", "of the class"), listed))
    return "\n\n".join(parts)


def _lines(scores: Mapping[str, Scores]) -> list[tuple[str, str, str, str, int]]:
    return [
        (name, f"{one.precision:.4f}", f"{one.recall:.4f}", f"{one.f1:.4f}", one.support)
        for name, one in scores.items()
    ]


EVALUATE = Command("evaluate", "Score a fine-tune: accuracy, F1 by class, confusion matrix.", _arguments, _run)
