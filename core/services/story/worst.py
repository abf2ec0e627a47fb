"""Where a model errs, in words: the classes that it is worst at, and the errors that are probably the labels' own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.context import Context
from core.evaluation.confusion import Integers
from core.lookalikes import quoted
from core.proportions import wilson
from core.records import (
    Evaluation,
    MultiLabelEvaluation,
    PredictedRow,
    PredictionFilter,
    RowOrder,
    RowsBehind,
    Run,
    Scan,
    Told,
    Version,
)
from core.services.evaluation.measures import predicted_rows
from core.services.evaluation.words import AnyEvaluation
from core.services.story.expected import expected_wrong
from core.store.predicted.columns import SUREST
from core.store.relations import relation
from core.store.scans import latest_scan
from core.store.telling.story import suspect_ids, suspect_ranks, suspects
from core.store.versions import list_versions
from core.words import later, stored

TOLD = 6
"""Classes that are told of, at most."""
NO_RUN = later("No model has predicted the rows yet.")
NO_SCAN = later("No scan has looked for wrong labels yet.")


def worst_classes(found: AnyEvaluation, called: Callable[[str], str]) -> tuple[Told, ...]:
    """The classes with the most errors for their size, surely bad ones first: by the lower end of the 95 % interval of
    the share of errors, so that two wrong rows of two do not outrank forty of fifty."""
    return _of_classes(found, called) if isinstance(found, Evaluation) else _of_sets(found, called)


def suspects_of(
    context: Context, run: Run | None, found: AnyEvaluation | None, newest: Version, scan: Scan | None
) -> tuple[Told | None, str]:
    """How many of the errors are on labels that are probably wrong, or why that cannot be said."""
    if run is None or found is None:
        return None, NO_RUN
    if scan is None or "label" not in scan.types:
        return None, NO_SCAN
    wrong = found.rows - found.right
    truth = relation(context.store, found.version_id)
    ranks = suspect_ranks(context.store, run.run_id, found.split, truth, newest.version_id, scan)
    total, expected = len(ranks), expected_wrong(scan, ranks)
    about, low, high = (f"{value:,.0f}" for value in (expected.estimate, expected.low, expected.high))
    said = stored(
        f"{total:,} of the model's {wrong:,} errors are on labels that are doubtful themselves"
        if not total
        else f"{total:,} of the model's {wrong:,} errors is on labels that are doubtful themselves: about {about} of "
        f"these labels are probably wrong ({low} to {high})"
        if total == 1
        else f"{total:,} of the model's {wrong:,} errors are on labels that are doubtful themselves: about {about} of "
        f"these labels are probably wrong ({low} to {high})"
    )
    return Told(said, total, wrong, RowsBehind(suspect=True)), ""


def doubting_scan(context: Context, dataset_id: str) -> Scan | None:
    """The scan of the newest version that has one."""
    versions = list_versions(context.store, dataset_id)
    scans = (latest_scan(context.store, one.version_id) for one in reversed(versions))
    return next((one for one in scans if one is not None), None)


def suspect_rows(
    context: Context, run: Run, split: str, truth_id: str, scan: Scan | None, judged: bool = False
) -> tuple[int, ...]:
    """The rows of the errors that `suspects_of` counts, by id, or those that somebody has `judged` too; `truth_id` is
    the version whose labels count as true."""
    if scan is None:
        return ()
    truth, newest = relation(context.store, truth_id), list_versions(context.store, run.dataset_id)[-1]
    return tuple(suspect_ids(context.store, run.run_id, split, truth, None if judged else newest.version_id, scan))


def rows_behind(
    context: Context,
    run: Run,
    found: AnyEvaluation,
    behind: RowsBehind,
    newest: Version,
    scan: Scan | None,
    limit: int,
    offset: int = 0,
    order: RowOrder | None = None,
) -> tuple[int, list[PredictedRow]]:
    """How many rows a figure counts, and a page of them as they are sorted: else the most doubtful labels first, or the
    surest predictions."""
    if behind.suspect:
        if scan is None:
            return 0, []
        truth = relation(context.store, found.version_id)
        about = (context.store, run.run_id, found.split, truth, newest.version_id, scan)
        return len(suspect_ranks(*about)), suspects(*about, limit, offset, order)
    total = count_behind(found, behind)
    where = filter_of(found, behind)
    rows = predicted_rows(context, run, where, found.labels_from, limit, offset, order or SUREST) if total else []
    return total, rows


def filter_of(found: AnyEvaluation, behind: RowsBehind) -> PredictionFilter:
    """The rows of a figure as the lists of an evaluation find them."""
    first, second = behind.pair or ("", "")
    if isinstance(found, MultiLabelEvaluation):
        wrong = False if behind.wrong else None
        return PredictionFilter(found.split, correct=wrong, missed=first or None, added=second or None)
    both = bool(first and second)
    return PredictionFilter(found.split, first or None, second or None, correct=None if both else False)


def count_behind(found: AnyEvaluation, behind: RowsBehind) -> int:
    """How many there are, read off the matrix."""
    first, second = behind.pair or ("", "")
    place = found.labels.index
    if not first and not second:
        return found.rows - found.right
    if isinstance(found, MultiLabelEvaluation):
        if first and second:
            return int(found.missed_and_added[place(first), place(second)])
        return int(found.tables[place(first), 1, 0] if first else found.tables[place(second), 0, 1])
    if first and second:
        return int(found.matrix[place(first), place(second)])
    of_one = found.matrix[place(first)] if first else found.matrix[:, place(second)]
    return int(of_one.sum() - found.matrix[place(first or second), place(first or second)])


def _of_classes(found: Evaluation, called: Callable[[str], str]) -> tuple[Told, ...]:
    support = found.matrix.sum(1)
    wrong = support - found.matrix.diagonal()
    told = []
    for place in _ranked(wrong, support):
        errors = found.matrix[place].copy()
        errors[place] = 0
        other, name = int(errors.argmax()), found.labels[place]
        taken, rows = int(errors[other]), int(support[place])
        rest = int(wrong[place]) - taken
        own, taken_for = quoted(called(name)), quoted(called(found.labels[other]))
        said = stored(
            f"{own} is taken for {taken_for} in {taken:,} of {rows:,} rows, and for other classes in {rest:,}"
            if rest
            else f"{own} is taken for {taken_for} in {taken:,} of {rows:,} rows"
        )
        told.append(Told(said, int(wrong[place]), rows, RowsBehind((name, "" if rest else found.labels[other]))))
    return tuple(told)


def _of_sets(found: MultiLabelEvaluation, called: Callable[[str], str]) -> tuple[Told, ...]:
    missed, added, hits = (found.tables[:, row, column] for row, column in ((1, 0), (0, 1), (1, 1)))
    told = []
    for place in _ranked(missed + added, missed + added + hits):
        name, has = found.labels[place], int(missed[place] + hits[place])
        rows = int(missed[place]) or int(added[place])
        behind = RowsBehind((name, "") if missed[place] else ("", name))
        told.append(Told(_of_set(quoted(called(name)), int(missed[place]), has, int(added[place])), rows, has, behind))
    return tuple(told)


def _of_set(name: str, missed: int, has: int, added: int) -> str:
    if not added:
        return stored(f"{name} is missed in {missed:,} of {has:,} rows that have it")
    if not missed:
        return stored(
            f"{name} is wrongly added to {added:,} other"
            if added == 1
            else f"{name} is wrongly added to {added:,} others"
        )
    return stored(
        f"{name} is missed in {missed:,} of {has:,} rows that have it, and wrongly added to {added:,} other"
        if added == 1
        else f"{name} is missed in {missed:,} of {has:,} rows that have it, and wrongly added to {added:,} others"
    )


def _ranked(wrong: Integers, of: Integers) -> list[int]:
    low, _ = wilson(wrong, of)
    ranked = np.lexsort((-wrong, -low))
    return [int(place) for place in ranked if wrong[place]][:TOLD]
