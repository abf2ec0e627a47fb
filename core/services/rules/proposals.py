"""What a rule proposes: its rows as filters, for acts on many, and for the desk."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from core.context import Context
from core.errors import UsageError
from core.issues.contract import DeskAction
from core.lookalikes import isolated
from core.records import ColumnFilter, Dataset, RowFilter, Rule
from core.review.many import Doing
from core.services.lists.columns import row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_text
from core.services.review.many import MAX_ROWS
from core.services.review.rows_source import RowsSource
from core.services.rules.keeping import rule_named, texts_of
from core.sql import literal
from core.store.acts import many
from core.store.datasets import get_dataset
from core.store.filters import Condition
from core.store.row_facts.decision import DECISION
from core.store.row_facts.rule import RULE, RULE_CONFLICT
from core.store.rules.covered import all_ready
from core.words import say, stored


def proposed(rule: Rule) -> RowFilter:
    """The rows to which a rule proposes another label: it covers them, they have none or another one, and no verdict.
    Those on which another rule says another one are left out."""
    return RowFilter(
        columns=(
            ColumnFilter(RULE.column, "=", (rule.name,)),
            ColumnFilter("label", "!=", (rule.label,)),
            ColumnFilter(DECISION.column, "missing", ()),
            ColumnFilter(RULE_CONFLICT.column, "!=", (rule.name,)),
        )
    )


def check_newest(context: Context, rule: Rule) -> None:
    """Raises `UsageError` where a rule has a newer version: its rows are looked up by its name, and its label is that
    of the version in hand. Asked once they are looked up, so that none came between."""
    now = rule_named(context, get_dataset(context.store, rule.dataset_id), rule.name)
    if now.number != rule.number:
        raise UsageError(
            f"Rule {rule.name!r} is at version {now.number} by now, and this was asked of version {rule.number}.",
            "Look at it as it is now, and ask again.",
        )


def written(dataset: Dataset, where: Sequence[ColumnFilter]) -> list[str]:
    """Filters as links to the dataset's rows write them."""
    columns = row_columns(dataset)
    by_column = {one.column: one for one in (*columns, *fact_columns(columns))}
    return [filter_text(by_column[one.column], one.how, one.values) for one in where]


def name_and_version(rule: Rule) -> str:
    """What is written down of a row that was decided by a rule: `rule refunds, version 2`."""
    return stored(f"rule {rule.name}, version {rule.number}")


@dataclass(frozen=True, slots=True)
class OfRule:
    """What a rule proposes, as rows of an act on many: as many as one act takes. See
    `core.services.review.among.Among`."""

    version_id: str
    rule: Rule
    scan_id: str | None = None

    @property
    def issue_type(self) -> str | None:
        return None

    @property
    def tier(self) -> str | None:
        return name_and_version(self.rule)

    @property
    def filtered(self) -> RowFilter:
        return proposed(self.rule)

    @property
    def asked(self) -> Hashable:
        return self

    @property
    def doing(self) -> Doing:
        """What the rule says is to be done."""
        return Doing("relabel", self.rule.label)

    def query(self, context: Context) -> Condition:
        check_against(context, self.version_id, self.rule)
        query, parameters = many.of_version(context.store, self.version_id, self.filtered)
        check_newest(context, self.rule)
        suggested = f"CAST({literal(self.rule.label)} AS VARCHAR) AS suggested"
        first = f"ORDER BY example_id LIMIT {MAX_ROWS}"
        return f"SELECT example_id, {suggested}, score, place FROM ({query}) {first}", parameters


def check_against(context: Context, version_id: str, rule: Rule) -> None:
    """Raises `UsageError` where a rule that says another class cannot be looked up: on which rows the two conflict is
    not known then."""
    says = {one.name: one.label for one in context.ledger.rules.of(rule.dataset_id)}
    for name, problem in all_ready(context.store, version_id)[1].items():
        if name != rule.name and says.get(name) != rule.label:
            reason = problem.message
            raise UsageError(
                f"Where {name!r} says another class is not known: {reason}",
                "Try again, or change or retire that rule, then accept this one.",
            ) from problem


@dataclass(frozen=True, slots=True)
class RuleRows(RowsSource):
    """A review's queue of rows by a rule, as long as that is its newest version."""

    rule: Rule = field(kw_only=True)

    def ranked(self, context: Context, version_id: str) -> Condition:
        found = RowsSource.ranked(self, context, version_id)
        check_newest(context, self.rule)
        return found


def queue_of(rule: Rule, called: str) -> RowsSource:
    """A review's queue of what a rule proposes, with its label as the suggestion; `called` is what people call that. A
    row that is decided stays one of the queue's."""
    columns = tuple(one for one in proposed(rule).columns if one.column != DECISION.column)
    offered: tuple[DeskAction, ...] = ("suggestion", "keep", "choose", "exclude", "unsure")
    why = say(
        "Rule “{name}” (version {number}) says {label}: {condition}.",
        name=rule.name,
        number=rule.number,
        label=isolated(called),
        condition="; ".join(texts_of(rule)),
    )
    return RuleRows(
        *(RowFilter(columns=columns), False, offered, rule.label, name_and_version(rule), why),
        rule=rule,
    )


def sample_of(rule: Rule) -> RowsSource:
    """A review's queue of all rows that a rule covers, in random order and without what it says of them: the verdicts
    on as many of these as one likes are of a random sample."""
    why = say("Drawn at random from the rows that rule “{name}” covers.", name=rule.name)
    covered = RowFilter(columns=(ColumnFilter(RULE.column, "=", (rule.name,)),))
    offered: tuple[DeskAction, ...] = ("keep", "choose", "exclude", "unsure")
    return RuleRows(*(covered, True, offered, None, name_and_version(rule), why), rule=rule)
