"""What a rule proposes: taken as one act, judged at the desk, or a sample of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset
from core.services.review.decisions import make_version
from core.services.review.many import acts, carry_out, plan, take_back
from core.services.rules.figures import told_of
from core.services.rules.keeping import retire_rule, rule_named
from core.services.rules.proposals import OfRule, name_and_version, queue_of, sample_of
from core.store.acts import decisions
from core.store.rows import get_rows
from tests.integration.load_support import loaded
from tests.unit.services.of_rules import EARLY, figures, judge, rule, two_rules


def test_accepting_a_rule_is_no_evidence_for_it(context: Context, stories: Dataset) -> None:
    made = rule(context, stories, "early", EARLY, "tech")
    among = OfRule(stories.latest_version_id, made)
    carry_out(context, plan(context, among, among.doing, "ada"), "ada", name_and_version(made))
    found = figures(context, stories, "early")
    assert (found.precision, found.counts.open) == (None, 0)


def test_a_rule_is_accepted_as_one_act_without_what_is_decided_or_in_conflict_and_taken_back_whole(
    context: Context, stories: Dataset
) -> None:
    two_rules(context, stories)
    judge(context, stories, (0, "keep", None))
    made = rule_named(context, stories, "early")
    among = OfRule(stories.latest_version_id, made)
    planned = plan(context, among, among.doing, "ada")
    assert (planned.rows, planned.decided, planned.nothing) == (12, 0, 0)
    done = carry_out(context, planned, "ada", name_and_version(made))
    held = {one.example_id: one for one in decisions.in_force(context.store, stories.latest_version_id)}
    conflicting = set(range(1, 20, 2))
    assert held.keys() == {0} | {row for row in range(30) if row % 3 != 2 and row not in conflicting}
    one = held[6]
    assert (one.action, one.new_label) == ("relabel", "tech")
    assert (one.shown["tier"], one.shown["suggested_label"]) == ("rule early, version 1", "tech")
    _, [listed] = acts(context, stories.dataset_id, 10)
    assert (listed.among, listed.rows, listed.label) == ("rule early, version 1", 12, "tech")
    take_back(context, done.act.act_id, "ada")
    assert [one.example_id for one in decisions.in_force(context.store, stories.latest_version_id)] == [0]


def test_rows_without_a_label_are_what_rules_are_for(context: Context, tmp_path: Path) -> None:
    file = tmp_path / "half.csv"
    file.write_text("text\n" + "".join(f"{'a fine' if i % 4 else 'a dull'} reel {i}\n" for i in range(40)))
    half = loaded(context, file, name="half", label=None, classes=("good", "bad"))
    made = rule(context, half, "fine", ("text contains fine",), "good")
    counts = figures(context, half, "fine").counts
    assert (counts.rows, counts.labelled, counts.same, counts.open) == (30, 0, 0, 30)
    assert told_of(context, half.latest_version_id).unlabelled == 30
    among = OfRule(half.latest_version_id, made)
    assert carry_out(context, plan(context, among, among.doing, "ada"), "ada", name_and_version(made)).rows == 30
    version = make_version(context, half.latest_version_id, "by rules", "ada")
    assert [one.label for one in get_rows(context.store, version.version_id, [0, 1])] == [None, "good"]


def test_a_queue_of_a_rule_suggests_its_label_and_says_why(context: Context, stories: Dataset) -> None:
    two_rules(context, stories)
    source = queue_of(rule_named(context, stories, "early"), "Technology")
    version_id = stories.latest_version_id
    given = source.claim(context, version_id, "tab", 3)
    assert given == [0, 4, 6]
    [item] = source.items(context, version_id, [4])
    assert item.issue.suggested_label == "tech"
    assert "early" in item.why and "Technology" in item.why and "words < 300" in item.why
    assert source.undecided(context, version_id) == 13
    judge(context, stories, (4, "relabel", "tech"))
    counts = source.counts(context, version_id)
    assert (counts.flagged, counts.decided, counts.left) == (13, 1, 12)


def test_what_a_rule_proposed_is_refused_once_somebody_changed_it(context: Context, stories: Dataset) -> None:
    first = rule(context, stories, "early", EARLY, "tech")
    version_id, among = stories.latest_version_id, OfRule(stories.latest_version_id, first)
    source = queue_of(first, "Technology")
    assert plan(context, among, among.doing, "ada").rows == 20
    assert source.claim(context, version_id, "tab", 1) == [0]
    rule(context, stories, "early", ("words > 600",), "sport")
    for asked in (
        lambda: plan(context, among, among.doing, "ada"),
        lambda: source.claim(context, version_id, "tab", 1),
        lambda: source.counts(context, version_id),
    ):
        with pytest.raises(UsageError, match="Rule 'early' is at version 2 by now, and this was asked of version 1"):
            asked()
    now = OfRule(version_id, rule_named(context, stories, "early"))
    assert {one.after for one in plan(context, now, now.doing, "ada").changes} == {"sport"}
    retire_rule(context, stories, "early", "bob")
    with pytest.raises(NotFoundError, match="There is no rule 'early'"):
        plan(context, now, now.doing, "ada")


def test_a_sample_of_a_rule_is_drawn_from_all_that_it_covers_and_does_not_say_what_the_rule_says(
    context: Context, stories: Dataset
) -> None:
    two_rules(context, stories)
    source = sample_of(rule_named(context, stories, "early"))
    version_id = stories.latest_version_id
    given = source.claim(context, version_id, "tab", 90)
    assert sorted(given) == list(range(30)), "those in conflict, and those that have its label, too"
    assert given != sorted(given)
    [item] = source.items(context, version_id, [2])
    assert item.issue.suggested_label is None
    assert "tech" not in item.why and "suggestion" not in source.actions
    judge(context, stories, *((row, "keep", None) for row in given[:12]))
    precision = figures(context, stories, "early").precision
    assert precision is not None and precision.judged == 12
    assert precision.right == sum(row % 3 == 2 for row in given[:12])
    assert source.counts(context, version_id).left == 18
