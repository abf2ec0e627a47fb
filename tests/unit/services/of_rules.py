"""Rules for tests: made, and what each comes to."""

from __future__ import annotations

from core.context import Context
from core.records import Dataset, Rule
from core.review.records import Act
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.lists.asked import row_filter
from core.services.lists.written import write_filters
from core.services.review.decisions import make_version, record
from core.services.rules.figures import RuleFigures, told_of
from core.services.rules.keeping import save_rule
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import count_rows

EARLY = ("words < 300",)
"""Rows 0 to 29; row i is of the class i % 3 of business, sport and tech."""
ODD = ("desk = uk", "words < 200")
"""The odd rows below 20."""
RENAMED = ClassChange("rename", ("tech",), "computing")
MERGED = ClassChange("merge", ("tech",), "sport")
DELETED = ClassChange("delete", ("tech",))


def rule(context: Context, dataset: Dataset, name: str, where: tuple[str, ...], label: str) -> Rule:
    return save_rule(context, dataset, dataset.latest_version_id, name, where, label, "ada")


def figures(context: Context, dataset: Dataset, name: str) -> RuleFigures:
    told = told_of(context, dataset.latest_version_id)
    return next(one for one in told.rules if one.rule.name == name)


def rows(context: Context, dataset: Dataset, *where: str) -> int:
    asked = row_filter(dataset, {"where": write_filters(where)})
    return count_rows(context.store, dataset.latest_version_id, asked)


def judge(context: Context, dataset: Dataset, *acts: tuple[int, str, str | None]) -> None:
    made = [Act(new_id(), action, row, label) for row, action, label in acts]  # type: ignore[arg-type]
    assert not record(context, dataset.latest_version_id, "ada", made).refused


def change_classes(context: Context, dataset: Dataset, change: ClassChange) -> None:
    carry_out_change(context, plan_change(context, dataset, change), "ada")


def changed(context: Context, dataset: Dataset, change: ClassChange) -> Dataset:
    """The dataset with a version that has another class or none in place of one."""
    change_classes(context, dataset, change)
    make_version(context, dataset.latest_version_id, change.kind, "ada")
    return get_dataset(context.store, dataset.dataset_id)


def two_rules(context: Context, dataset: Dataset) -> None:
    rule(context, dataset, "early", EARLY, "tech")
    rule(context, dataset, "odd", ODD, "sport")
