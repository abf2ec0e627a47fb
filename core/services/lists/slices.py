"""Slices: filters of a dataset's rows under a name. Each saved view of rows that narrows them is one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from core.errors import NotFoundError, UsageError, WinnowError
from core.ledger.contract import Views
from core.records import Dataset, ListColumn, RowFilter, Rule, View
from core.services.lists.asked import DUPLICATES, FILTERS, LABEL, LIKE, SEARCH, SPLIT, row_filter
from core.services.lists.columns import issue_columns, prediction_columns, row_columns
from core.services.lists.facts import fact_columns
from core.services.lists.written import filter_texts, read_filters
from core.store.row_facts.contract import RowFact
from core.store.row_facts.rule import OF_RULES
from core.store.row_facts.slice import SLICE
from core.store.row_facts.sql import SQL

ROWS = "data"
"""The page whose list is of a version's rows."""
QUERIES = "sql"
"""What a saved SQL query has in the place of a page: `core.services.sql.saved`."""
NARROWING = (FILTERS, LABEL, SEARCH, SPLIT, DUPLICATES)
"""The parameters of such a list that let rows through, and others not."""


def is_slice(view: View) -> bool:
    """Whether a saved view is one: it narrows rows by what they are, not by how alike they are to one of them."""
    query = dict(view.query)
    return view.page == ROWS and LIKE not in query and any(query.get(key) for key in NARROWING)


class SlicesOfViews:
    """See `core.store.acts.slices.SliceLog`."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def names(self, dataset_id: str) -> Sequence[str]:
        return tuple(view.name for view in self._views.of(dataset_id) if is_slice(view))

    def filter_of(self, dataset: Dataset, name: str) -> RowFilter:
        for view in self._views.of(dataset.dataset_id):
            if view.name == name and is_slice(view):
                return row_filter(dataset, narrowing(view))
        raise NotFoundError(f"There is no slice {name!r}.", "It was renamed or deleted.")

    def state(self) -> Hashable:
        return self._views.state()


def narrowing(view: View) -> dict[str, str]:
    """What of a view lets rows through."""
    return {key: value for key, value in view.query if key in NARROWING}


def named_in(dataset: Dataset, view: View, fact: RowFact = SLICE) -> tuple[str, ...]:
    """The slices, or the values of another fact, that a view of any list is narrowed by; one empty name where it is by
    all of them."""
    columns = {ROWS: row_columns, "issues": issue_columns}.get(view.page, prediction_columns)(dataset)
    return _named(dict(view.query).get(FILTERS, ""), columns, fact)


def named_in_rule(dataset: Dataset, rule: Rule, fact: RowFact = SLICE) -> tuple[str, ...]:
    """The same of a rule's condition."""
    return _named(rule.where, row_columns(dataset), fact)


def _named(filters: str, columns: Sequence[ListColumn], fact: RowFact) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in filter_texts(filters):
        try:
            [(one, _)] = read_filters(text, [*columns, *fact_columns(columns)])
        except WinnowError:
            continue  # it is of no slice
        if one.column == fact.column:
            found |= dict.fromkeys(one.values or ("",))
    return tuple(found)


def check_not_of_itself(dataset: Dataset, view: View, views: Sequence[View]) -> None:
    """Raises `UsageError` where a view would be a slice that is made of itself, by way of others too, or of one that
    there is not."""
    if not is_slice(view):
        return
    known: Mapping[str, View] = {one.name: one for one in views if is_slice(one)} | {view.name: view}
    waiting: list[tuple[str, ...]] = [(view.name,)]
    seen = set[str]()
    while waiting:
        way = waiting.pop()
        for name in named_in(dataset, known[way[-1]]) if way[-1] in known else ():
            if name in (view.name, ""):
                told = " → ".join((*way, name)) if name else "it is made of every slice"
                raise UsageError(f"Slice {view.name!r} would be made of itself: {told}.", "Take that filter out.")
            if name not in seen:
                seen.add(name)
                waiting.append((*way, name))


def check_asks_no_rule(dataset: Dataset, view: View, views: Sequence[View], rules: Sequence[Rule]) -> None:
    """Raises `UsageError` where a slice by which a rule is narrowed, by way of others too, would ask for rules."""
    known = {one.name: one for one in views if is_slice(one)} | {view.name: view}
    if not is_slice(view) or not _asks_rules(dataset, _reached(dataset, known, [view.name])):
        return
    for rule in rules:
        names = named_in_rule(dataset, rule)
        if view.name in {one.name for one in _reached(dataset, known, list(known) if "" in names else names)}:
            raise UsageError(
                f"Slice {view.name!r} would ask for rules, and rule {rule.name!r} asks for it.",
                "Take that filter out, or save it under another name.",
            )


def _reached(dataset: Dataset, known: Mapping[str, View], names: Sequence[str]) -> list[View]:
    """The slices of these names, and those that they are narrowed by."""
    waiting, found = list(names), dict[str, View]()
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name]
            waiting += named_in(dataset, known[name])
    return list(found.values())


def _asks_rules(dataset: Dataset, views: Sequence[View]) -> bool:
    return any(named_in(dataset, one, fact) for one in views for fact in OF_RULES)


def check_unused(dataset: Dataset, view: View, views: Sequence[View], rules: Sequence[Rule]) -> None:
    """Raises `UsageError` where other views or rules are narrowed by this one, as a slice or as a saved query."""
    fact = SQL if view.page == QUERIES else SLICE
    users = [one.name for one in views if one.name != view.name and view.name in named_in(dataset, one, fact)]
    name = view.name
    what = f"“sql = {name}”" if fact is SQL else f"“slice = {name}”"
    if users:
        told = ", ".join(map(repr, users))
        raise UsageError(f"{name!r} is used by {told}: {what}.", "Save these without it, or delete them, before.")
    asking = [one.name for one in rules if view.name in named_in_rule(dataset, one, fact)]
    if asking:
        told = ", ".join(map(repr, asking))
        raise UsageError(f"{name!r} is used by rules: {told}, as {what}.", "Change these, or retire them, before.")
