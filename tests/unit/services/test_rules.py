"""Rules: what they cover, where they conflict, how often people agreed; and that they only propose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, Rule
from core.review.records import Act
from core.services.classes.changing import ClassChange, carry_out_change, plan_change
from core.services.datasets import delete
from core.services.lists.asked import row_filter
from core.services.lists.written import write_filters
from core.services.review.decisions import make_version, record
from core.services.review.many import acts, carry_out, plan, take_back
from core.services.rules.figures import RuleFigures, previewed, rules_told, told_of
from core.services.rules.keeping import as_condition, retire_rule, rule_named, save_rule
from core.services.rules.proposals import OfRule, name_and_version, proposed, queue_of, sample_of, written
from core.services.views import save_slice
from core.store.acts import decisions
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import count_rows, get_rows
from tests import crops
from tests.integration.load_support import loaded
from tests.pages.issues_data import load, scan

EARLY = ("words < 300",)
"""Rows 0 to 29; row i is of the class i % 3 of business, sport and tech."""
ODD = ("desk = uk", "words < 200")
"""The odd rows below 20."""

RENAMED = ClassChange("rename", ("tech",), "computing")
MERGED = ClassChange("merge", ("tech",), "sport")
DELETED = ClassChange("delete", ("tech",))


@pytest.fixture
def stories(context: Context, tmp_path: Path) -> Dataset:
    return load(context, tmp_path)


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


def test_coverage_overlaps_conflicts_and_what_a_rule_would_change(context: Context, stories: Dataset) -> None:
    two_rules(context, stories)
    rule(context, stories, "also early", ("words < 100",), "tech")
    told = told_of(context, stories.latest_version_id)
    early, odd = figures(context, stories, "early").counts, figures(context, stories, "odd").counts
    assert (early.rows, early.labelled, early.same, early.proposed, early.open) == (30, 30, 10, 20, 13)
    assert (early.overlaps, early.conflicts) == (15, 10)
    assert (odd.rows, odd.same, odd.proposed, odd.open, odd.overlaps, odd.conflicts) == (10, 4, 6, 0, 10, 10)
    assert figures(context, stories, "early").coverage == pytest.approx(30 / 90)
    assert [(one.first, one.second, one.rows, one.conflict) for one in told.pairs] == [
        ("early", "odd", 10, True),
        ("also early", "odd", 5, True),
        ("also early", "early", 10, False),
    ]
    assert (told.covered, told.conflicts, told.unlabelled) == (30, 10, 0)


def test_every_number_is_that_of_the_rows_behind_it(context: Context, stories: Dataset) -> None:
    two_rules(context, stories)
    judge(context, stories, (0, "relabel", "tech"), (3, "relabel", "sport"), (2, "keep", None), (4, "exclude", None))
    for name in ("early", "odd"):
        one = figures(context, stories, name)
        counts = one.counts
        assert rows(context, stories, f"rule = {name}") == counts.rows
        assert rows(context, stories, f"rule_conflict = {name}") == counts.conflicts
        assert rows(context, stories, f"rule_right = {name}") == counts.right
        assert rows(context, stories, f"rule_wrong = {name}") == counts.wrong
        assert rows(context, stories, f"rule = {name}", f"label = {one.rule.label}") == counts.same
        assert rows(context, stories, *written(stories, proposed(one.rule).columns)) == counts.open
    assert rows(context, stories, "rule present") == told_of(context, stories.latest_version_id).covered
    assert rows(context, stories, "rule_conflict present") == 10
    assert rows(context, stories, "rule = early", "rule = odd") == 10
    assert rows(context, stories, 'rule = ["early","odd"]') == 30
    assert rows(context, stories, "rule != early") == 60


def test_precision_is_of_the_rows_that_a_person_judged_one_by_one(context: Context, stories: Dataset) -> None:
    two_rules(context, stories)
    assert figures(context, stories, "early").precision is None
    judge(context, stories, (0, "relabel", "tech"), (3, "relabel", "sport"), (2, "keep", None))
    judge(context, stories, (6, "exclude", None), (9, "unsure", None), (50, "keep", None))
    early, odd = figures(context, stories, "early").precision, figures(context, stories, "odd").precision
    assert early is not None and odd is not None
    assert (early.right, early.judged) == (2, 3)
    assert (round(early.low, 4), round(early.high, 4)) == (0.2077, 0.9385)
    assert (odd.right, odd.judged) == (1, 1)
    judge(context, stories, (0, "relabel", "business"))
    again = figures(context, stories, "early").precision
    assert again is not None and (again.right, again.judged) == (1, 3)


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


def test_a_change_a_retirement_and_a_return_are_versions_that_stay(context: Context, stories: Dataset) -> None:
    first = rule(context, stories, " early  rows ", EARLY, "tech")
    assert (first.name, first.number) == ("early rows", 1)
    assert rule(context, stories, "early rows", EARLY, "tech") == first, "nothing changed"
    assert rule(context, stories, "early rows", ("words < 100",), "tech").number == 2
    assert retire_rule(context, stories, "early rows", "bob").number == 3
    assert told_of(context, stories.latest_version_id).rules == ()
    with pytest.raises(NotFoundError, match="Rules: none yet"):
        rows(context, stories, "rule = early rows")
    with pytest.raises(UsageError, match="retired already"):
        retire_rule(context, stories, "early rows", "bob")
    assert rule(context, stories, "early rows", ("words < 100",), "tech").number == 4
    log = context.ledger.rules.log(stories.dataset_id, "early rows")
    assert [(one.number, one.retired, one.changed_by) for one in log] == [
        (4, False, "ada"),
        (3, True, "bob"),
        (2, False, "ada"),
        (1, False, "ada"),
    ]


def test_rules_of_a_dataset_in_the_trash_stay_as_they_are(context: Context, stories: Dataset) -> None:
    early = rule(context, stories, "early", EARLY, "tech")
    delete(context, stories.dataset_id)
    for change in (
        lambda: rule(context, stories, "odd", ODD, "sport"),
        lambda: rule(context, stories, "early", EARLY, "sport"),
        lambda: retire_rule(context, stories, "early", "ada"),
    ):
        with pytest.raises(UsageError, match="trash"):
            change()
    assert context.ledger.rules.of(stories.dataset_id) == [early]


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


def test_the_scan_is_a_hint(context: Context, stories: Dataset, tmp_path: Path) -> None:
    rule(context, stories, "early", EARLY, "tech")
    assert not told_of(context, stories.latest_version_id).scanned
    scan(context, tmp_path, stories)
    told = told_of(context, stories.latest_version_id)
    counts = told.rules[0].counts
    assert told.scanned and (counts.suggested, counts.suggested_same, counts.unlabelled) == (30, 10, 0)


def test_a_rule_is_previewed_beside_the_others_and_in_place_of_its_own_earlier_version(
    context: Context, stories: Dataset
) -> None:
    two_rules(context, stories)
    version = told_of(context, stories.latest_version_id).version
    tried = previewed(context, stories, version, "early", ("words < 50",), "tech")
    assert (tried.counts.rows, tried.counts.conflicts, tried.counts.open) == (5, 2, 2)
    assert [(one.second, one.rows, one.conflict) for one in tried.against] == [("odd", 2, True)]
    assert [row.example_id for row in tried.first] == [0, 1, 2, 3, 4]
    assert rule_named(context, stories, "early").number == 1, "nothing was saved"


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


def test_figures_are_told_anew_once_something_changed(context: Context, stories: Dataset) -> None:
    rule(context, stories, "early", EARLY, "tech")
    version_id = stories.latest_version_id
    before = rules_told(context, version_id, timeout=None)
    assert rules_told(context, version_id, timeout=None) is before
    judge(context, stories, (0, "relabel", "tech"))
    after = rules_told(context, version_id, timeout=None)
    rule(context, stories, "odd", ODD, "sport")
    last = rules_told(context, version_id, timeout=None)
    assert [len(one.rules) for one in (before, after, last)] == [1, 1, 2]  # type: ignore[union-attr]
    assert after.rules[0].counts.right == 1  # type: ignore[union-attr]


def test_what_is_no_rule_is_refused_with_what_to_do(context: Context, stories: Dataset) -> None:
    for where, label, said in (
        ((), "tech", "no condition"),
        (("  ",), "tech", "no condition"),
        (("price > 3",), "tech", "no column 'price'"),
        (EARLY, "cycling", "'cycling' is no class"),
        (("rule = early",), "tech", "cannot ask for rules"),
        (("rule_conflict missing",), "tech", "cannot ask for rules"),
    ):
        with pytest.raises(UsageError, match=said):
            rule(context, stories, "early", where, label)
    with pytest.raises(UsageError, match="no name for a rule"):
        rule(context, stories, " ", EARLY, "tech")
    assert context.ledger.rules.log(stories.dataset_id) == []


def test_a_rule_that_cannot_be_looked_up_says_so_and_leaves_the_others(context: Context, stories: Dataset) -> None:
    rule(context, stories, "early", EARLY, "tech")
    save_slice(context, stories, "mine", {"where": "desk = uk"}, "ada")
    rule(context, stories, "gone", ("slice = mine",), "sport")
    context.ledger.views.delete(stories.dataset_id, "mine")
    assert "There is no slice 'mine'" in figures(context, stories, "gone").problem
    told = told_of(context, stories.latest_version_id)
    assert figures(context, stories, "early").counts.rows == told.covered == 30
    tried = previewed(context, stories, told.version, "odd", ODD, "sport")
    assert told.not_counted == tried.not_counted == {"gone": figures(context, stories, "gone").problem}
    assert rows(context, stories, "rule_conflict missing") == 90
    with pytest.raises(UsageError, match="Rule 'gone' cannot be looked up"):
        rows(context, stories, "rule = gone")


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


def test_of_two_who_change_a_rule_at_once_the_second_is_told(
    context: Context, stories: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rule(context, stories, "early", EARLY, "tech")
    seen = context.ledger.rules.of(stories.dataset_id)
    context.ledger.rules.append(replace(made, act_id=new_id(), number=2, where="words < 100"))
    monkeypatch.setattr(context.ledger.rules, "of", lambda dataset_id: seen)
    with pytest.raises(UsageError, match="Somebody changed the rule 'early'"):
        rule(context, stories, "early", ("words < 50",), "tech")
    assert [one.where for one in context.ledger.rules.log(stories.dataset_id)] == ["words < 100", "words < 300"]


@pytest.mark.parametrize(
    "sql",
    [
        "length(text) > (SELECT size FROM read_text('/etc/passwd'))",
        "SELECT example_id FROM read_parquet('/tmp/*.parquet')",
        "1 = 1; ATTACH ':memory:' AS m",
        "true) OR example_id IN (SELECT example_id FROM issues",
    ],
)
def test_a_hostile_condition_stays_within_the_sandbox(context: Context, stories: Dataset, sql: str) -> None:
    with pytest.raises(UsageError):
        rule(context, stories, "hostile", (f"sql = {sql}",), "tech")
    assert context.ledger.rules.log(stories.dataset_id) == []


def test_a_rule_may_be_a_query(context: Context, stories: Dataset) -> None:
    made = rule(context, stories, "long", ("sql = length(text) > 20",), "tech")
    assert figures(context, stories, "long").counts.rows == rows(context, stories, "sql = length(text) > 20") > 0
    assert rows(context, stories, *written(stories, proposed(made).columns)) > 0


def test_what_narrows_a_list_is_a_condition(context: Context, stories: Dataset) -> None:
    asked = {"label": "sport", "split": "test", "words": "story about", "where": "words < 300"}
    where = as_condition(stories, asked)
    assert rows(context, stories, *where) == count_rows(
        context.store, stories.latest_version_id, row_filter(stories, asked)
    )
    with pytest.raises(UsageError, match="cannot ask for duplicates"):
        as_condition(stories, {"duplicates": "exact"})
    with pytest.raises(UsageError, match="cannot ask for rules"):
        as_condition(stories, {"where": "rule present"})


def test_labels_of_several_classes_have_no_rules(context: Context, tmp_path: Path) -> None:
    reports = crops.load(context, tmp_path)
    with pytest.raises(UsageError, match="may be several classes"):
        rule(context, get_dataset(context.store, reports.dataset_id), "corn", ("text contains corn",), "corn")
