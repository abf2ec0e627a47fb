"""`rule`: a condition and the class that it says, made, changed, retired or accepted; `rules` lists them with their
figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from core.commands.command import Answer, command, person, rows_words, table
from core.commands.parameters import dataset_argument, dataset_version, version_argument, where_option
from core.context import Context
from core.errors import UsageError
from core.records import Dataset, Rule, Version
from core.services.review.many import MAX_ROWS, carry_out, plan
from core.services.rules.figures import RuleFigures, RulesTold, previewed, told_of
from core.services.rules.keeping import checked_name, retire_rule, rule_named, save_rule, texts_of
from core.services.rules.proposals import OfRule, name_and_version, proposed, written

PAIRS = 10
"""Pairs of rules that conflict which are listed; of more, how many they are."""


@command
@dataset_argument
@click.argument("rule", help="its name, such as “refunds”")
@where_option
@click.option("--label", metavar="CLASS", help="the class that it says of the rows that --where keeps")
@click.option("--retire", is_flag=True, help="it says nothing from now on; its versions stay")
@click.option("--accept", is_flag=True, help="give its label to the rows that it would change and nobody has decided")
@click.option("--dry-run", is_flag=True, help="only say what would come of it")
@click.option("--reviewer", metavar="WHO", help="who does it; you, where it is left out")
def rule_command(
    context: Context,
    name: str,
    rule: str,
    where: tuple[str, ...],
    label: str | None,
    retire: bool,
    accept: bool,
    dry_run: bool,
    reviewer: str | None,
) -> Answer:
    """Make a rule, a condition and the class that it says; or change, retire or accept one; or show its versions."""
    dataset, version = dataset_version(context, name)
    rule = checked_name(rule)
    by = reviewer or person()
    changes = bool(where) or label is not None
    if retire + accept + changes > 1:
        raise UsageError("A rule is changed, retired or accepted, one at a time.", "Leave the others out.")
    if dry_run and not (changes or accept):
        raise UsageError("--dry-run says what a change or --accept would come to.", "Add --where and --label.")
    if accept:
        return _accept(context, dataset, version, rule, by, dry_run)
    if retire:
        retired = retire_rule(context, dataset, rule, by)
        return Answer(_plain(dataset, retired), f"Rule “{rule}” of {name} is retired, as its version {retired.number}.")
    if not changes:
        return _versions(context, dataset, rule)
    last = None if where and label is not None else rule_named(context, dataset, rule)
    texts = list(where) or texts_of(_there(last))
    says = label if label is not None else _there(last).label
    if dry_run:
        tried = previewed(context, dataset, version, rule, texts, says)
        data = {"dataset": name, "rule": rule, "coverage": tried.coverage, **asdict(tried.counts)}
        came_to = _came_to(f"Rule “{rule}” would cover", tried.counts.rows, tried.coverage, tried.counts.open)
        said = "\n".join([came_to, *_not_counted(tried.not_counted)])
        return Answer({**data, "not_counted": tried.not_counted}, said)
    saved = save_rule(context, dataset, version.version_id, rule, texts, says, by)
    told = told_of(context, version.version_id)
    made = next(one for one in told.rules if one.rule.name == saved.name)
    head = f"Rule “{saved.name}” of {name}, version {saved.number}, covers"
    came_to = _came_to(head, made.counts.rows, made.coverage, made.counts.open)
    said = "\n".join([came_to, *_not_counted(told.not_counted)])
    return Answer({**_figures(dataset, made), "not_counted": told.not_counted}, said)


@command
@version_argument
def rules_command(context: Context, name: str) -> Answer:
    """List a dataset's rules with their coverage, overlaps, conflicts and precision on the rows that people judged."""
    _, version = dataset_version(context, name)
    told = told_of(context, version.version_id)
    data: dict[str, Any] = {
        "dataset": told.dataset.name,
        "version": version.number,
        "rules": [_figures(told.dataset, one) for one in told.rules],
        "pairs": [asdict(one) for one in told.pairs],
        "retired": [one.name for one in told.retired],
        "covered": told.covered,
        "conflicts": told.conflicts,
        "unlabelled": told.unlabelled,
        "not_counted": told.not_counted,
    }
    return Answer(data, _listed(told))


def _listed(told: RulesTold) -> str:
    name = told.dataset.name
    if not told.rules:
        return f"No rule of {name} holds: `rule {name} NAME --where FILTER --label CLASS` makes one."
    columns = ("rule", "says", "rows", "coverage", "overlaps", "conflicts", "would change", "precision", "judged")
    unknown = ("–",) * (len(columns) - 2)
    lines = [
        (one.rule.name, told.dataset.called(one.rule.label), *unknown)
        if one.problem
        else (
            *(one.rule.name, told.dataset.called(one.rule.label), one.counts.rows, one.coverage, one.counts.overlaps),
            *(one.counts.conflicts, one.counts.open, _precision(one), one.counts.right + one.counts.wrong),
        )
        for one in told.rules
    ]
    said = [table(columns, lines)]
    said += _not_counted(told.not_counted)
    pairs = [one for one in told.pairs if one.conflict]  # most rows first
    said += [f"Conflict: {one.first} × {one.second}, {rows_words(one.rows)}" for one in pairs[:PAIRS]]
    more = len(pairs) - PAIRS
    if more > 0:
        conflict = "pair of rules conflicts" if more == 1 else "pairs of rules conflict"
        said.append(f"{more:,} more {conflict}: --json has all of them.")
    return "\n".join(said)


def _precision(one: RuleFigures) -> str:
    found = one.precision
    return "–" if found is None else f"{found.share:.3f} ({found.low:.3f}–{found.high:.3f})"


def _accept(context: Context, dataset: Dataset, version: Version, name: str, by: str, dry_run: bool) -> Answer:
    rule = rule_named(context, dataset, name)
    if rule.retired:
        raise UsageError(f"Rule {name!r} is retired and proposes nothing.", "Save it again to bring it back.")
    among = OfRule(version.version_id, rule)
    counts = next(one for one in told_of(context, version.version_id).rules if one.rule.name == name).counts
    planned = plan(context, among, among.doing, by)
    left = counts.proposed - counts.open
    said = f" {left:,} on which rules conflict left out." if left else ""
    rest = counts.open - planned.rows
    more = f" {rest:,} more are for another time: one act takes {MAX_ROWS:,}." if rest > 0 else ""
    data = {**_plain(dataset, rule), "rows": planned.rows, "in_conflict": left}
    changes = [{"from": one.before, "to": one.after, "rows": one.rows} for one in planned.changes]
    if dry_run:
        would = f"{rows_words(planned.rows)} of {dataset.name} would be changed to {dataset.called(rule.label)}."
        told = f"{would}{said}{more}"
        return Answer({**data, "changes": changes, "act": None}, told)
    done = carry_out(context, planned, by, name_and_version(rule))
    told = f"{rows_words(done.rows)} of {dataset.name} changed to {dataset.called(rule.label)}.{said}{more}"
    return Answer(
        {**data, "changes": changes, "act": done.act.act_id, "written": done.rows},
        f"{told} To take it back: decide {dataset.name} --undo {done.act.act_id}",
    )


def _versions(context: Context, dataset: Dataset, name: str) -> Answer:
    rule_named(context, dataset, name)
    log = context.ledger.rules.log(dataset.dataset_id, name)
    lines = [
        f"  {one.number}  {one.changed_at:%Y-%m-%d %H:%M}  {one.changed_by}: "
        f"{'retired' if one.retired else f'{dataset.called(one.label)} where ' + ' and '.join(texts_of(one))}"
        for one in log
    ]
    data = {"dataset": dataset.name, "rule": name, "versions": [_plain(dataset, one) for one in log]}
    return Answer(data, "\n".join([f"Rule “{name}” of {dataset.name}", *lines]))


def _there(rule: Rule | None) -> Rule:
    assert rule is not None, "it was looked up where a part of it is kept"
    return rule


def _plain(dataset: Dataset, rule: Rule) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "rule": rule.name,
        "version": rule.number,
        "where": texts_of(rule),
        "label": rule.label,
        "retired": rule.retired,
        "by": rule.changed_by,
        "at": rule.changed_at,
    }


def _figures(dataset: Dataset, one: RuleFigures) -> dict[str, Any]:
    return {
        **_plain(dataset, one.rule),
        "coverage": one.coverage,
        **asdict(one.counts),
        "precision": None if one.precision is None else asdict(one.precision),
        "problem": one.problem,
        "would_change": written(dataset, proposed(one.rule).columns),
    }


def _not_counted(problems: Mapping[str, str]) -> list[str]:
    return [f"Not counted: {problem}" for problem in problems.values()]


def _came_to(head: str, rows: int, coverage: float, to_change: int) -> str:
    return f"{head} {rows_words(rows)} ({coverage:.1%}); it would change {to_change:,} of them."
