"""Datasets that are always masked: pages, exports, files of lists, reports; shared links are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.context import Context
from core.errors import UsageError
from core.records import Dataset, MaskRule
from core.store.masked import masked_value
from core.tasks import Task, task_named


def can_mask(task: Task) -> bool:
    """Whether personal data can be masked: in texts and rows of tables whose labels are not places in them."""
    return not task.modality.in_files and not task.target.located


def standing(context: Context, dataset: Dataset) -> MaskRule | None:
    """What was said last, by whom and when; None where nobody has said anything."""
    return context.ledger.masking.standing(dataset.dataset_id)


def always_masked(context: Context, dataset_id: str) -> bool:
    """Whether all that is shown or written of it is masked."""
    rule = context.ledger.masking.standing(dataset_id)
    return rule is not None and rule.on


def set_always(context: Context, dataset: Dataset, on: bool, by: str) -> MaskRule | None:
    """From now on. Nothing is written down where it is so already. Raises UsageError where nothing can be masked."""
    if on and not can_mask(task_named(dataset.task)):
        raise UsageError(
            f"Personal data of '{dataset.name}' cannot be masked (task {dataset.task}).",
            "Texts and rows of tables can be, where labels are not places in them.",
        )
    if on != always_masked(context, dataset.dataset_id):
        context.ledger.masking.append(dataset.dataset_id, on, by)
        context.beside.forget_answers()
    return standing(context, dataset)


def leaving(context: Context, dataset_id: str, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they are shown or written, by the names of their columns."""
    if not always_masked(context, dataset_id):
        return [dict(row) for row in rows]
    return [{name: masked_value(name, value) for name, value in row.items()} for row in rows]
