"""Rules where classes were renamed, merged or deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Dataset
from core.services.classes.changing import ClassChange
from core.services.review.decisions import make_version
from core.services.review.many import plan
from core.services.rules.proposals import OfRule
from core.store.datasets import get_dataset
from core.store.ids import new_id
from tests.unit.services.of_rules import (
    DELETED,
    EARLY,
    MERGED,
    RENAMED,
    change_classes,
    changed,
    figures,
    judge,
    rows,
    rule,
    two_rules,
)


def verdicts(context: Context, dataset: Dataset, name: str, label: str) -> tuple[int, int]:
    """Rows of which people said the class of a rule, and another one; its figures and its filters agree."""
    rule(context, dataset, name, EARLY, label)
    counts = figures(context, dataset, name).counts
    assert rows(context, dataset, f"rule_right = {name}") == counts.right
    assert rows(context, dataset, f"rule_wrong = {name}") == counts.wrong
    return counts.right, counts.wrong


@pytest.mark.parametrize("applied", [False, True], ids=["before a version", "in the version"])
def test_verdicts_on_a_rule_go_on_with_a_change_of_classes(context: Context, stories: Dataset, applied: bool) -> None:
    judge(context, stories, (0, "relabel", "tech"), (2, "keep", None), (1, "keep", None), (5, "unsure", None))
    if applied:
        make_version(context, stories.latest_version_id, "judged", "ada")
        stories = get_dataset(context.store, stories.dataset_id)
    assert verdicts(context, stories, "early", "tech") == (2, 1)
    change_classes(context, stories, RENAMED)
    assert verdicts(context, stories, "early", "tech") == (2, 1)
    assert verdicts(context, stories, "renamed", "computing") == (2, 1)
    make_version(context, stories.latest_version_id, "renamed", "ada")
    after = get_dataset(context.store, stories.dataset_id)
    assert verdicts(context, after, "renamed", "computing") == (2, 1)
    assert verdicts(context, after, "others", "sport") == (1, 2)
    judge(context, after, (0, "relabel", "sport"))
    assert verdicts(context, after, "renamed", "computing") == (1, 2)


def test_a_verdict_for_a_class_that_was_deleted_is_none(context: Context, stories: Dataset) -> None:
    judge(context, stories, (0, "relabel", "tech"), (2, "keep", None), (1, "keep", None))
    after = changed(context, stories, DELETED)
    assert verdicts(context, after, "others", "sport") == (1, 0)


@pytest.mark.parametrize("change", [RENAMED, MERGED, DELETED], ids=lambda one: one.kind)
def test_a_rule_of_a_class_that_a_version_has_no_more_says_so_and_proposes_nothing(
    context: Context, stories: Dataset, change: ClassChange
) -> None:
    two_rules(context, stories)
    after = changed(context, stories, change)
    one = figures(context, after, "early")
    assert "It says 'tech', which is no class of version 2 of 'news'." in one.problem
    assert (one.counts.rows, one.counts.open, figures(context, after, "odd").counts.conflicts) == (0, 0, 0)
    among = OfRule(after.latest_version_id, one.rule)
    with pytest.raises(UsageError, match="no class of version 2"):
        plan(context, among, among.doing, "ada")
    with pytest.raises(UsageError, match="'tech' is no class of version 2 of 'news'"):
        rule(context, after, "another", EARLY, "tech")
    assert figures(context, stories, "early").counts.rows == 30, "the version that has the class is as it was"


def test_a_rule_of_a_class_that_is_none_any_more_says_so(context: Context, stories: Dataset) -> None:
    made = rule(context, stories, "early", EARLY, "tech")
    context.ledger.rules.append(replace(made, act_id=new_id(), number=2, label="gone"))
    one = figures(context, stories, "early")
    assert "says 'gone', which is no class" in one.problem and one.counts.rows == 0
    assert rows(context, stories, "rule present") == 0
