"""`evaluate --by` and `--slices` where labels are numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.commands.command import Answer, table
from core.commands.parameters import attributes_named
from core.context import Context
from core.profile.by_group.off import NumberOutcomes, Off
from core.records import Dataset, Estimate, Run
from core.services.evaluation.number_groups import (
    number_groups_data,
    number_slices_data,
    numbers_by_slices,
    numbers_in_groups,
)
from core.services.evaluation.number_report import number
from core.services.evaluation.numbers import NumberEvaluation
from core.services.profile.figures import derived
from core.store.datasets import get_dataset

HOW = "95 % intervals by Student's t; bias is predicted less labelled."


def numbers_by(context: Context, run: Run, found: NumberEvaluation, names: Sequence[str]) -> Answer:
    """How far off the run is in the groups of an attribute, or of several together."""
    dataset = derived(context, run.dataset_id, timeout=None)
    assert isinstance(dataset, Dataset), "it was waited for"
    told = numbers_in_groups(context, run, found, attributes_named(dataset, names), timeout=None)
    assert isinstance(told, NumberOutcomes), "it was waited for"
    lines = [(group.name, *_cells(one)) for group, one in zip(told.groups, told.off, strict=True)]
    text = [
        f"Run {run.number}, {run.title}, on {found.split}, by {told.attribute}. {HOW}",
        table((told.attribute, "rows", "MAE", "bias", ""), lines),
        f"That groups differ so by chance, in how far off or in bias (Kruskal-Wallis): p-value {told.p_value:.4f}.",
    ]
    return Answer({"run": run.number, "split": found.split, **number_groups_data(told)}, "\n\n".join(text))


def numbers_of_slices(context: Context, run: Run, found: NumberEvaluation) -> Answer:
    """How far off the run is in each slice."""
    told = numbers_by_slices(context, run, found, timeout=None)
    assert isinstance(told, tuple), "it was waited for"
    name = get_dataset(context.store, run.dataset_id).name
    lines = [(one.name or "all rows", *_cells(one.off, one.problem)) for one in told]
    text = (
        f"Run {run.number}, {run.title}, on {found.split}, by slice. {HOW} Slices may overlap.\n\n"
        f"{table(('slice', 'rows', 'MAE', 'bias', ''), lines)}"
        if told
        else f"{name} has no slice yet: `views {name} --save NAME --where FILTER` saves one."
    )
    return Answer({"run": run.number, "split": found.split, "slices": number_slices_data(told)}, text)


def _cells(one: Off, problem: str = "") -> tuple[object, ...]:
    remark = problem or ("" if one.judged else "few rows, not compared")
    return one.rows, _figure(one.mae), _figure(one.bias), remark


def _figure(found: Estimate | None) -> str:
    if found is None:
        return ""
    if not np.isfinite(found.low):
        return number(found.estimate)
    return f"{number(found.estimate)} ({number(found.low)} – {number(found.high)})"
