"""What rules come to on a version: coverage, overlaps, conflicts, precision, and what they would change.

These are the figures of labelling functions in weak supervision (Ratner et al. 2017, “Snorkel: Rapid Training Data
Creation with Weak Supervision”): coverage, overlaps and conflicts as there; empirical accuracy on the rows that a
person has decided is called precision here, since it is of the rows that the rule covers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.beside.answers import TIMEOUT, Answers, Pending
from core.context import Context
from core.errors import WinnowError
from core.proportions import wilson
from core.records import ColumnFilter, Dataset, Example, RowFilter, Rule, Version
from core.services.rules.keeping import checked, condition_of, rules_of
from core.store.datasets import get_dataset
from core.store.row_facts import as_of
from core.store.row_facts.decision import DECISION
from core.store.row_facts.rule import RULE
from core.store.rows import page_rows
from core.store.rules.counts import RuleCounts, Together, count_rules
from core.store.rules.covered import Ready, all_ready
from core.store.versions import get_version
from core.words import stored

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the rows that a rule covers and a person has judged one by one, the share of which they said the same."""

    right: int
    judged: int
    share: float
    low: float
    """The ends of the 95 % interval (Wilson)."""
    high: float


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """A rule that holds, and what it comes to."""

    rule: Rule
    counts: RuleCounts
    coverage: float
    """Share of the version's rows, 0–1."""
    precision: Precision | None
    """None where nobody has judged a row that it covers."""
    problem: str = ""
    """Why it cannot be looked up, as `core.errors` has it in English; its figures are none then."""


@dataclass(frozen=True, slots=True)
class RulesTold:
    """All rules of a dataset on a version."""

    dataset: Dataset
    version: Version
    rules: tuple[RuleFigures, ...]
    """Those that hold, by name."""
    retired: tuple[Rule, ...]
    pairs: tuple[Together, ...]
    covered: int
    """Rows that any rule covers."""
    conflicts: int
    """Rows that rules say different classes of."""
    unlabelled: int
    """Rows without a label that any rule covers."""
    scanned: bool
    """Whether the version has a scan that suggests labels."""

    @property
    def not_counted(self) -> dict[str, str]:
        """The rules that hold and are in none of these figures, with why; see `RuleFigures.problem`."""
        return {one.rule.name: one.problem for one in self.rules if one.problem}


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would come to that is not saved yet."""

    counts: RuleCounts
    coverage: float
    precision: Precision | None
    against: tuple[Together, ...]
    """Rules with which it would share rows."""
    first: tuple[Example, ...]
    """The first rows that it would change, or of those that it covers where it would change none."""
    not_counted: dict[str, str]
    """Other rules with which it may share rows: these could not be looked up, for this reason."""


def rules_told(context: Context, version_id: str, timeout: float | None = TIMEOUT) -> RulesTold | Pending:
    """All of it, kept until an answer may be another."""
    return _kept(context).ask(
        (version_id, _fresh(context)), stored("Counting"), lambda report: told_of(context, version_id), timeout
    )


def count_again(context: Context, version_id: str) -> None:
    """Has `rules_told` count anew: what kept it from looking a rule up may have passed."""
    _kept(context).forget((version_id, _fresh(context)))


def told_of(context: Context, version_id: str) -> RulesTold:
    """The same, worked out now."""
    version = get_version(context.store, version_id)
    dataset = get_dataset(context.store, version.dataset_id)
    every = rules_of(context, dataset)
    found, problems = all_ready(context.store, version_id)
    counted = count_rules(context.store, version_id, found)
    rules = tuple(
        _figures(rule, counted.rules.get(rule.name, RuleCounts()), version, problems.get(rule.name))
        for rule in every
        if not rule.retired
    )
    retired = tuple(rule for rule in every if rule.retired)
    return RulesTold(
        *(dataset, version, rules, retired, tuple(counted.pairs), counted.covered, counted.conflicts),
        *(counted.unlabelled, counted.scanned),
    )


def preview(
    context: Context,
    dataset: Dataset,
    version: Version,
    name: str,
    where: Sequence[str],
    label: str,
    timeout: float | None = TIMEOUT,
) -> Preview | Pending:
    """What a rule would come to beside the others, in place of one of its name. Raises `UsageError` as `checked`."""
    answers = context.beside.answers("rules that are tried", kept=16)
    key = (version.version_id, name, tuple(where), label, _fresh(context))
    return answers.ask(
        key, stored("Counting"), lambda report: previewed(context, dataset, version, name, where, label), timeout
    )


def previewed(
    context: Context, dataset: Dataset, version: Version, name: str, where: Sequence[str], label: str
) -> Preview:
    """The same, worked out now."""
    tried, written = checked(context, dataset, version.version_id, name, where, label)
    found, problems = all_ready(context.store, version.version_id)
    others = [one for one in found if one.name != name]
    tried = Ready("", tried.label, tried.condition)
    counted = count_rules(context.store, version.version_id, [tried, *others], within=tried)
    counts = counted.rules[""]
    rows = condition_of(dataset, written)
    if counts.open:
        conflicts = [one.second for one in counted.pairs if not one.first and one.conflict]
        against = [ColumnFilter(RULE.column, "!=", (other,)) for other in conflicts]
        rows = replace(
            rows,
            columns=(
                *rows.columns,
                ColumnFilter("label", "!=", (label,)),
                ColumnFilter(DECISION.column, "missing", ()),
                *against,
            ),
        )
    first = page_rows(context.store, version.version_id, rows, FIRST_ROWS, 0) if counts.rows else []
    return Preview(
        counts,
        _share(counts.rows, version),
        precision_of(counts),
        tuple(one for one in counted.pairs if not one.first),
        tuple(first),
        {other: str(problem) for other, problem in problems.items() if other != name},
    )


def precision_of(counts: RuleCounts) -> Precision | None:
    """The precision of a rule on judged rows."""
    judged = counts.right + counts.wrong
    if not judged:
        return None
    low, high = wilson(np.array(counts.right), np.array(judged))
    return Precision(counts.right, judged, counts.right / judged, float(low), float(high))


def _figures(rule: Rule, counts: RuleCounts, version: Version, problem: WinnowError | None) -> RuleFigures:
    said = "" if problem is None else str(problem)
    return RuleFigures(rule, counts, _share(counts.rows, version), precision_of(counts), said)


def _share(rows: int, version: Version) -> float:
    return rows / max(1, version.row_count)


def _kept(context: Context) -> Answers:
    return context.beside.answers("figures of rules", kept=16)


def _fresh(context: Context) -> Hashable:
    """Another one once a figure may be another: what filters by rules depend on."""
    return as_of(context.store, RowFilter(columns=(ColumnFilter(RULE.column, "present", ()),)))
