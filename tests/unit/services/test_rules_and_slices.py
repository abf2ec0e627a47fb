"""Rules that ask for slices and saved queries: these stay, and ask for no rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.context import Context
from core.errors import UsageError
from core.records import Dataset
from core.services.review.many import plan
from core.services.rules.keeping import retire_rule
from core.services.rules.proposals import OfRule
from core.services.sql.saved import save_query
from core.services.views import delete_view, rename_view, save_slice
from core.words import say_stored, speaking
from tests.unit.services.of_rules import EARLY, figures, rows, rule


def test_a_rule_is_never_by_rules_by_way_of_a_slice_either(context: Context, stories: Dataset) -> None:
    save_slice(context, stories, "mine", {"where": "desk = uk"}, "ada")
    rule(context, stories, "by slice", ("slice = mine",), "tech")
    assert rows(context, stories, "rule = by slice") == 45
    with pytest.raises(UsageError, match="Slice 'mine' would ask for rules, and rule 'by slice' asks for it"):
        save_slice(context, stories, "mine", {"where": "rule = by slice"}, "bob")
    save_slice(context, stories, "others", {"where": "rule_conflict missing"}, "bob")
    with pytest.raises(UsageError, match="would ask for rules"):
        save_slice(context, stories, "mine", {"where": "slice = others"}, "bob")
    [mine] = [one for one in context.ledger.views.of(stories.dataset_id) if one.name == "mine"]
    context.ledger.views.save(replace(mine, query=(("where", "rule = by slice"),)))  # both at once
    one = figures(context, stories, "by slice")
    assert "cannot ask for rules" in one.problem and one.counts.rows == 0
    with pytest.raises(UsageError, match="'by slice'"):
        rows(context, stories, "slice = mine")


def test_no_rule_is_accepted_while_another_class_may_be_said_of_its_rows(context: Context, stories: Dataset) -> None:
    made = rule(context, stories, "early", EARLY, "tech")
    save_slice(context, stories, "mine", {"where": "desk = uk"}, "ada")
    rule(context, stories, "gone", ("slice = mine",), "sport")
    among = OfRule(stories.latest_version_id, made)
    assert plan(context, among, among.doing, "ada").rows == 10
    context.ledger.views.delete(stories.dataset_id, "mine")
    with pytest.raises(UsageError, match="'gone' cannot be looked up: There is no slice 'mine'") as found:
        plan(context, among, among.doing, "ada")
    with speaking("zh"):
        assert "规则 'gone' 无法查询：没有切片 'mine'。" in say_stored(found.value.message)
    retire_rule(context, stories, "gone", "ada")
    assert plan(context, among, among.doing, "ada").rows == 20


def test_what_a_rule_asks_for_is_neither_renamed_nor_deleted(context: Context, stories: Dataset) -> None:
    save_slice(context, stories, "mine", {"where": "desk = uk"}, "ada")
    save_query(context, stories, "short", "words < 100", "ada")
    rule(context, stories, "by slice", ("slice = mine",), "tech")
    rule(context, stories, "by query", ("sql = short",), "tech")
    for name, user in (("mine", "by slice"), ("short", "by query")):
        for act in (
            lambda one: rename_view(context, stories, one, "other"),
            lambda one: delete_view(context, stories, one),
        ):
            with pytest.raises(UsageError, match=f"'{name}' is used by rules: '{user}'"):
                act(name)
        retire_rule(context, stories, user, "ada")
        delete_view(context, stories, name)
