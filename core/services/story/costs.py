"""At which threshold a model is good enough, at what cost of each kind of error. Reads the run's probabilities."""

from __future__ import annotations

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import NotFoundError, UsageError
from core.evaluation.costs import cost_curve
from core.progress import Report
from core.records import CostCurve, LabelsFrom, Run
from core.services.evaluation.measures import target_of_run, truth_version
from core.services.evaluation.probabilities import split_probabilities
from core.store.relations import relation
from core.store.telling.story import answers_of
from core.words import stored

ANSWER_ALL = 0.0
"""Where the line is usually drawn for answers: all of them are given."""
USUAL = 0.5


def costs(
    context: Context,
    run: Run,
    split: str,
    label: str | None,
    first: float,
    second: float,
    labels_from: LabelsFrom = "newest",
    timeout: float | None = TIMEOUT,
) -> CostCurve | Pending:
    """What errors cost by the threshold. With a class: `first` is the cost of a false alarm, `second` of a miss, and
    the threshold one of its probability. With None: `first` is the cost of a wrong answer, `second` of a row that is
    left to a person, and the threshold one of how sure the model is.

    Raises `UsageError` for costs below 0, `NotFoundError` for a class that the run does not know, and for a class of a
    run that has kept no probabilities.
    """
    if min(first, second) < 0:
        raise UsageError(f"A cost of {min(first, second):g} is none.", "Say what an error costs, 0 or more.")
    truth_id = truth_version(context, (run,), labels_from)

    def work(report: Report) -> CostCurve:
        if label is None:
            scores, wrong = answers_of(context.store, run.run_id, split, relation(context.store, truth_id))
            if not len(scores):
                raise NotFoundError(f"Run {run.number} has predicted no row of {split!r}.", "Choose another split.")
            return cost_curve(scores, wrong, first, second, usual_at=ANSWER_ALL)
        if label not in run.labels:
            raise NotFoundError(f"Run {run.number} does not know the class {label!r}.", "Choose one of its own.")
        found = split_probabilities(context, run, target_of_run(context, run), split, truth_id)
        if found is None:
            raise NotFoundError(f"Run {run.number} kept no probabilities.", "Train once more to choose a threshold.")
        place = run.labels.index(label)
        has = found.having(place)
        if not len(has):
            raise NotFoundError(f"Run {run.number} has predicted no row of {split!r}.", "Choose another split.")
        return cost_curve(found.of_class(place), ~has, first, second, below=has, usual_at=USUAL)

    key = (run.run_id, split, truth_id, label, first, second)
    return context.beside.answers("costs").ask(key, stored("Working out what errors cost"), work, timeout)
