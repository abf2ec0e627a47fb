"""How far a run's numbers are off in the groups of an attribute, and in slices: asks `core.profile.by_group.off`.

Functions give their answer or `Pending`; with `timeout=None` they wait to the end, as the command line does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.beside.answers import TIMEOUT, Answers, Pending
from core.context import Context
from core.errors import WinnowError
from core.profile.by_group.off import NumberOutcomes, Off, number_outcomes, off
from core.profile.by_group.rates import holm
from core.profile.records import CHANCE
from core.progress import Report
from core.records import CROSS, Attribute, Estimate, Run
from core.services.evaluation.numbers import NumberEvaluation
from core.services.evaluation.slices import in_slice
from core.services.profile.figures import derive
from core.store.datasets import get_dataset
from core.store.row_facts import as_of
from core.store.rows import ids_of, rows_of
from core.typed import JsonObject
from core.words import stored


@dataclass(frozen=True, slots=True)
class NumbersByAttribute:
    """How differently far off a run is in the groups of one attribute."""

    outcomes: NumberOutcomes
    p_value: float
    """Corrected for all attributes that can be compared."""

    @property
    def chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.p_value >= CHANCE


@dataclass(frozen=True, slots=True)
class NumbersBySlice:
    """How far off a run is in a slice."""

    name: str
    """Empty for all rows of the split."""
    off: Off
    problem: str = ""
    """Why it cannot be looked up."""


def numbers_by_attributes(
    context: Context, run: Run, found: NumberEvaluation, timeout: float | None = TIMEOUT
) -> tuple[NumbersByAttribute, ...] | Pending:
    """The groups of every attribute, derived ones too: those that differ most first, those without two groups to
    compare last."""

    def work(report: Report) -> tuple[NumbersByAttribute, ...]:
        derive(context, run.dataset_id, report, lambda: context.beside.leaving)
        attributes = get_dataset(context.store, run.dataset_id).attributes
        each = []
        for place, attribute in enumerate(attributes):
            report(place, len(attributes))
            each.append(_outcomes(context, run, found, [attribute]))
        compared = [one for one in each if one.ends is not None]
        corrected = holm([one.p_value for one in compared])
        told = [NumbersByAttribute(one, p_value) for one, p_value in zip(compared, corrected, strict=True)]
        rest = [NumbersByAttribute(one, 1.0) for one in each if one.ends is None]
        return (*sorted(told, key=lambda one: (one.chance, one.p_value, -(one.outcomes.difference or 0))), *rest)

    what = stored(f"Comparing groups of rows for run {run.number}")
    key = (run.run_id, found.split, found.version_id, "numbers", context.store.masked())
    return _answers(context).ask(key, what, work, timeout)


def numbers_in_groups(
    context: Context,
    run: Run,
    found: NumberEvaluation,
    attributes: Sequence[Attribute],
    timeout: float | None = TIMEOUT,
) -> NumberOutcomes | Pending:
    """The groups of an attribute, or of several together."""
    name, columns = CROSS.join(one.name for one in attributes), tuple(one.column for one in attributes)
    what = stored(f"Comparing the groups of {name}")
    key = (run.run_id, found.split, found.version_id, columns, "numbers", context.store.masked())
    return _answers(context).ask(key, what, lambda report: _outcomes(context, run, found, attributes), timeout)


def numbers_by_slices(
    context: Context, run: Run, found: NumberEvaluation, timeout: float | None = TIMEOUT
) -> tuple[NumbersBySlice, ...] | Pending:
    """All rows of the split, then each slice, by name; nothing where nobody saved one."""
    names = context.store.slices.names(run.dataset_id)
    if not names:
        return ()

    def work(report: Report) -> tuple[NumbersBySlice, ...]:
        told = [NumbersBySlice("", off(found.predicted - found.true))]
        for place, name in enumerate(names):
            report(place, len(names))
            told.append(_of_slice(context, found, name))
        return tuple(told)

    fresh = as_of(context.store, in_slice(names[0]))
    answers = context.beside.answers("evaluations of slices", kept=16)
    what = stored(f"Comparing slices for run {run.number}")
    return answers.ask((run.run_id, found.split, found.version_id, fresh, "numbers"), what, work, timeout)


def number_groups_data(found: NumberOutcomes) -> JsonObject:
    """As JSON values: MAE and bias of every group with their intervals."""
    return {
        "attribute": found.attribute,
        "mae_difference": found.difference,
        "p_value": found.p_value,
        "groups": [{"group": group.name, **_off_data(one)} for group, one in zip(found.groups, found.off, strict=True)],
    }


def number_slices_data(found: Sequence[NumbersBySlice]) -> list[JsonObject]:
    """As JSON values."""
    return [
        {"slice": one.name or None, **_off_data(one.off), **({"problem": one.problem} if one.problem else {})}
        for one in found
    ]


def _off_data(one: Off) -> JsonObject:
    return {"rows": one.rows, "judged": one.judged, "mae": _estimate(one.mae), "bias": _estimate(one.bias)}


def _estimate(found: Estimate | None) -> JsonObject | None:
    if found is None:
        return None
    ends = [end if np.isfinite(end) else None for end in found.interval]
    return {"estimate": found.estimate, "interval": ends}


def _outcomes(context: Context, run: Run, found: NumberEvaluation, attributes: Sequence[Attribute]) -> NumberOutcomes:
    rows = rows_of(context.store, found.version_id)
    return number_outcomes(rows, run.run_id, found.split, attributes, found.example_ids, found.predicted - found.true)


def _of_slice(context: Context, found: NumberEvaluation, name: str) -> NumbersBySlice:
    try:
        ids = ids_of(context.store, found.version_id, in_slice(name))
    except WinnowError as error:
        return NumbersBySlice(name, off(np.zeros(0)), str(error))
    return NumbersBySlice(name, off((found.predicted - found.true)[np.isin(found.example_ids, ids)]))


def _answers(context: Context) -> Answers:
    return context.beside.answers("evaluations of groups", kept=16)
