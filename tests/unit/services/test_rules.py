"""Rules: what they cover, where they conflict, how often people agreed; and that they only propose."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset
from core.services.datasets import delete
from core.services.lists.asked import row_filter
from core.services.rules.figures import previewed, rules_told, told_of
from core.services.rules.keeping import as_condition, retire_rule, rule_named
from core.services.rules.proposals import proposed, written
from core.services.views import save_slice
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.rows import count_rows
from tests import crops
from tests.pages.issues_data import scan
from tests.unit.services.of_rules import EARLY, ODD, figures, judge, rows, rule, two_rules


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
    assert [row.example_id for row in tried.first] == [0, 4], "those that it would change"
    same = previewed(context, stories, version, "early", ("label = tech",), "tech")
    assert same.counts.open == 0 and {row.label for row in same.first} == {"tech"}, "else those that it covers"
    assert rule_named(context, stories, "early").number == 1, "nothing was saved"


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
