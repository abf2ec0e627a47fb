"""Rules of a dataset: made, changed, retired and brought back, each time as the next version."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.ledger.contract import Rules
from core.modalities import WORDS
from core.records import Dataset, RowFilter, Rule
from core.services.lists.asked import DUPLICATES, FILTERS, LABEL, SEARCH, SPLIT, row_filter, rows_listed
from core.services.lists.columns import row_columns
from core.services.lists.written import filter_text, filter_texts, write_filters
from core.services.review.decisions import stopped
from core.store.datasets import get_dataset
from core.store.ids import new_id
from core.store.row_facts.rule import OF_RULES
from core.store.rules.covered import MAX_RULES, Ready, made_ready
from core.store.telling.class_lists import class_list
from core.store.versions import get_version
from core.tasks import target_of
from core.words import stored

MAX_NAME = 60
WHERE = stored("Write a filter on each line, such as “text contains refund” or “price >= 10”.")
OTHERWISE = stored("Change labels by a filter instead: “All N rows…” above a list, `decide --where`.")


class RulesOfLedger:
    """See `core.store.acts.rules.RuleLog`."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def names(self, dataset_id: str) -> Sequence[str]:
        return tuple(rule.name for rule in self._rules.of(dataset_id) if not rule.retired)

    def rule(self, dataset: Dataset, name: str) -> tuple[RowFilter, str]:
        for rule in self._rules.of(dataset.dataset_id):
            if rule.name == name and not rule.retired:
                return condition_of(dataset, rule.where), rule.label
        raise NotFoundError(f"There is no rule {name!r}.", "It was retired.")

    def state(self) -> Hashable:
        return self._rules.newest()


def can_have_rules(dataset: Dataset) -> bool:
    """Whether a rule can say the label of a row: one class."""
    target = target_of(dataset)
    return not (target.several or target.located or target.numeric)


def rules_of(context: Context, dataset: Dataset) -> list[Rule]:
    """The newest version of every rule, by name; retired ones too."""
    return context.ledger.rules.of(dataset.dataset_id)


def rule_named(context: Context, dataset: Dataset, name: str) -> Rule:
    """The newest version of one, be it retired. Raises `NotFoundError` with the names that exist."""
    known = {rule.name: rule for rule in rules_of(context, dataset)}
    if name not in known:
        there = ", ".join(map(repr, known)) or "none yet"
        raise NotFoundError(f"{dataset.name!r} has no rule {name!r}.", f"Its rules: {there}.")
    return known[name]


def condition_of(dataset: Dataset, where: str) -> RowFilter:
    """A rule's condition as a filter of rows. Raises `UsageError` for what the dataset has not."""
    return RowFilter(columns=rows_listed(dataset, {FILTERS: where}).rows)


def checked(
    context: Context, dataset: Dataset, version_id: str, name: str, where: Sequence[str], label: str
) -> tuple[Ready, str]:
    """A rule as it would be, looked up on a version, and its condition as it is kept. Raises `UsageError` for a
    condition that is none or cannot be looked up, and for what is no class."""
    _check_task(dataset)
    texts = [text.strip() for text in where if text.strip()]
    if not texts:
        raise UsageError("The rule has no condition: it would cover every row.", WHERE)
    written = write_filters(texts)
    code = dataset.coded(label)
    version = get_version(context.store, version_id)
    classes = class_list(context.store, version)
    if code not in classes:
        known = ", ".join(map(dataset.called, classes[:20]))
        raise UsageError(
            f"{label!r} is no class of version {version.number} of {dataset.name!r}.", f"Its classes: {known}."
        )
    return made_ready(context.store, version_id, name, condition_of(dataset, written), code), written


def save_rule(
    context: Context, dataset: Dataset, version_id: str, name: str, where: Sequence[str], label: str, by: str
) -> Rule:
    """Makes a rule, or the next version of one that has the name, retired or not; nothing where it says that already.
    Raises `UsageError` as `checked`, for a name that is none, for more rules than one pass takes, for a dataset in the
    trash, and where somebody changed the rule meanwhile."""
    _check_open(context, dataset)
    name = checked_name(name)
    found, written = checked(context, dataset, version_id, name, where, label)
    known = {rule.name: rule for rule in rules_of(context, dataset)}
    last = known.get(name)
    if last is not None and (last.where, last.label, last.retired) == (written, found.label, False):
        return last
    holding = sum(not rule.retired for rule in known.values() if rule.name != name)
    if holding >= MAX_RULES:
        raise UsageError(f"A dataset has {MAX_RULES} rules at most.", "Retire one that is of no use any more.")
    return _append(context, dataset, name, last, written, found.label, by, retired=False)


def retire_rule(context: Context, dataset: Dataset, name: str, by: str) -> Rule:
    """Has a rule say nothing from now on; its versions stay. Raises `NotFoundError`, `UsageError` where it is retired
    already or the dataset is in the trash."""
    _check_open(context, dataset)
    last = rule_named(context, dataset, name)
    if last.retired:
        raise UsageError(f"Rule {name!r} is retired already.", "Save it again to bring it back.")
    return _append(context, dataset, name, last, last.where, last.label, by, retired=True)


def texts_of(rule: Rule) -> list[str]:
    """A rule's condition, filter by filter."""
    return filter_texts(rule.where)


def as_condition(dataset: Dataset, query: Mapping[str, str]) -> list[str]:
    """What narrows a list of rows, by its link's parameters, as filters of columns. Raises `UsageError` for what no
    filter of a column says."""
    if query.get(DUPLICATES):
        raise UsageError(
            "A rule cannot ask for duplicates.", "Save the filter as a slice, and write “slice = NAME” in the rule."
        )
    if {one.column for one in row_filter(dataset, query).columns} & {one.column for one in OF_RULES}:
        raise UsageError("A rule cannot ask for rules.", "Write out the other rule's filters.")
    columns = {one.column: one for one in row_columns(dataset)}
    found = filter_texts(query.get(FILTERS, ""))
    if query.get(LABEL):
        found.append(filter_text(columns["label"], "=", (query[LABEL],)))
    if query.get(SPLIT):
        found.append(filter_text(columns["split"], "=", (query[SPLIT],)))
    if query.get(SEARCH, "").strip():
        found.append(filter_text(columns[WORDS], "contains", (query[SEARCH],)))
    return found


def checked_name(name: str) -> str:
    """A name as it is kept. Raises `UsageError`."""
    tidied = " ".join(name.split())
    if not tidied or len(tidied) > MAX_NAME or not tidied.isprintable():
        raise UsageError(f"{name!r} is no name for a rule.", f"Take 1 to {MAX_NAME} characters.")
    return tidied


def _check_open(context: Context, dataset: Dataset) -> None:
    if why := stopped(get_dataset(context.store, dataset.dataset_id)):
        raise UsageError(why, "Nothing was changed.")


def _check_task(dataset: Dataset) -> None:
    target = target_of(dataset)
    if target.numeric:
        raise UsageError(f"Labels of {dataset.name!r} are numbers, and a rule says a class.", OTHERWISE)
    if target.located:
        raise UsageError(f"Labels of {dataset.name!r} are spans, and a rule says one class of a whole row.", OTHERWISE)
    if target.several:
        raise UsageError(f"Labels of {dataset.name!r} may be several classes, and a rule says one.", OTHERWISE)


def _append(
    context: Context, dataset: Dataset, name: str, last: Rule | None, where: str, label: str, by: str, *, retired: bool
) -> Rule:
    number = 1 if last is None else last.number + 1
    rule = Rule(new_id(), dataset.dataset_id, name, number, where, label, retired, by, datetime.now(UTC))
    if not context.ledger.rules.append(rule):
        raise UsageError(f"Somebody changed the rule {name!r} at this moment.", "Look at it again.")
    return rule
