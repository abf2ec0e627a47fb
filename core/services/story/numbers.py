"""The story where labels are numbers: how far off the newest model is, beside the one before and beside saying one
number; the worst parts of the range; what is flagged, decided, gained by cleaning, and next. All by the labels of the
newest version, as in `core.services.story.tell`, which has what stories have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.beside.answers import TIMEOUT, Pending
from core.context import Context
from core.errors import WinnowError
from core.evaluation import numbers
from core.progress import Report
from core.records import Dataset, Estimate, Run, ScoreOf, Story, Version
from core.services.cleaning_effect import effects
from core.services.evaluation.numbers import NumberComparison, NumberEvaluation, compare_numbers, evaluate_numbers
from core.services.runs.listing import done_runs
from core.services.story.tell import Teller, kept_under, line_of
from core.store.scans import latest_scan
from core.store.versions import list_versions
from core.words import stored


@dataclass(frozen=True, slots=True)
class NumberBaseline:
    """What it would cost to say one number of every row."""

    name: str
    """`mean` or `median`."""
    value: float
    mae: float
    difference: Estimate
    """The model's MAE less this one's, paired over the same rows."""


@dataclass(frozen=True, slots=True)
class NumberStory:
    """All that is told of a dataset whose labels are numbers."""

    told: Story
    """What all stories have; its score is `found`'s."""
    run: Run | None
    """The newest that is done and has predicted rows with a label."""
    found: NumberEvaluation | None
    """Of that run, by the labels of the newest version."""
    scored: dict[int, ScoreOf]
    """By the number of a version that has one, the newest run on it and its MAE on the same split."""
    since: tuple[Run, NumberComparison] | None
    """The run on the first of these versions, held against the newest one."""
    baselines: tuple[NumberBaseline, ...]


def number_story(context: Context, dataset: Dataset, timeout: float | None = TIMEOUT) -> NumberStory | Pending:
    """The story of a dataset whose labels are numbers, about its newest run, on the split that tells most."""
    versions = list_versions(context.store, dataset.dataset_id)
    scans = {one.version_id: latest_scan(context.store, one.version_id) for one in versions}
    runs = done_runs(context, dataset.dataset_id)
    asked = [effect for one in reversed(versions) for effect in effects(context, one.version_id)]
    key = ("numbers", *kept_under(context, dataset, versions, scans, runs, asked))

    def work(report: Report) -> NumberStory:
        teller = Teller(context, dataset, versions, scans, runs, asked, "newest")
        found = _evaluated(context, runs)
        report(1, 3)
        if found is None:
            return NumberStory(teller.common(None), None, None, {}, None, ())
        run, evaluation = found
        scored = _scored(context, versions, runs, run, evaluation)
        lines = tuple(line_of(context, one, scans[one.version_id], scored.get(one.number)) for one in versions)
        told = teller.common(run, lines)
        report(2, 3)
        first = next(iter(scored.values()), None)
        since = None if first is None or first.run.run_id == run.run_id else _since(context, first.run, run, evaluation)
        return NumberStory(told, run, evaluation, scored, since, _baselines(evaluation))

    what = stored(f"Telling the story of {dataset.name}")
    return context.beside.answers("stories of numbers", kept=4).ask(key, what, work, timeout)


def _evaluated(context: Context, runs: Sequence[Run]) -> tuple[Run, NumberEvaluation] | None:
    for run in runs:
        for split in ("test", "validation", "train"):
            found = _evaluate(context, run, split)
            if found is not None:
                return run, found
    return None


def _evaluate(context: Context, run: Run, split: str) -> NumberEvaluation | None:
    try:
        found = evaluate_numbers(context, run, split, "newest", timeout=None)
    except WinnowError:  # it has predicted no row of the split that still has a label
        return None
    assert not isinstance(found, Pending), "it was waited for"
    return found


def _scored(
    context: Context, versions: Sequence[Version], runs: Sequence[Run], shown: Run, found: NumberEvaluation
) -> dict[int, ScoreOf]:
    scored = {}
    for version in versions:
        own = [one for one in runs if one.version_id == version.version_id]
        for run in [shown] if shown in own else own:
            evaluation = found if run is shown else _evaluate(context, run, found.split)
            if evaluation is not None:
                mae = evaluation.figures["mae"]
                scored[version.number] = ScoreOf(run, found.split, "MAE", mae, evaluation.rows)
                break
    return scored


def _since(context: Context, first: Run, run: Run, found: NumberEvaluation) -> tuple[Run, NumberComparison] | None:
    try:
        compared = compare_numbers(context, first, run, found.split, "newest", timeout=None)
    except WinnowError:
        return None
    assert not isinstance(compared, Pending), "it was waited for"
    return first, compared


def _baselines(found: NumberEvaluation) -> tuple[NumberBaseline, ...]:
    return tuple(
        NumberBaseline(
            name,
            one["value"],
            one["mae"],
            numbers.differences(found.true, np.full(found.rows, one["value"]), found.predicted)["mae"],
        )
        for name, one in found.baselines.items()
    )
