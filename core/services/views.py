"""Saved views: what a list shows, under a name that all who work on its dataset know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, Rule, View
from core.services.lists.asked import (
    COLUMNS,
    DUPLICATES,
    EXTRA,
    FILTERS,
    GIVEN,
    KIND,
    LABEL,
    LIKE,
    MISSING,
    ORDER,
    SEARCH,
    SHOW,
    SPLIT,
    SUGGESTED,
    TYPE,
    WORST,
    row_filter,
)
from core.services.lists.slices import (
    NARROWING,
    QUERIES,
    check_asks_no_rule,
    check_not_of_itself,
    check_unused,
    is_slice,
)
from core.services.lists.written import filter_texts, write_filters
from core.services.sql.ask import row_names
from core.store.times import now
from core.store.versions import get_version
from core.words import stored

ROWS, ISSUES, PREDICTED = "data", "issues", "evaluation"
"""Pages with a list that can be saved."""
MAX_NAME = 80
TAKEN = stored("Take another name, or rename or delete that one first.")
_CONSTANTS = ("true", "false", "null")
_SHARED = (FILTERS, ORDER, COLUMNS)
OF_PAGE: Mapping[str, tuple[str, ...]] = {
    ROWS: (*_SHARED, LABEL, SEARCH, SPLIT, DUPLICATES, LIKE),
    ISSUES: (*_SHARED, TYPE, SHOW, WORST, KIND, GIVEN, SUGGESTED, MISSING, EXTRA, SEARCH),
    PREDICTED: (
        *_SHARED,
        *(
            "run",
            "split",
            "labels",
            "view",
            "true",
            "predicted",
            "found",
            "missed",
            "added",
            "without",
            "doubtful",
            "row",
        ),
    ),
}
"""The parameters of a page's link that a view keeps: not the version, which is whichever one looks at."""
OF_CLASSES = frozenset(
    {LABEL, GIVEN, SUGGESTED, MISSING, EXTRA} | {"true", "predicted", "found", "missed", "added", "without"}
)
"""Those that name a class: by its code, which no new name makes void."""


def views_of(context: Context, dataset: Dataset) -> list[View]:
    """All views of a dataset, by name."""
    return context.ledger.views.of(dataset.dataset_id)


def view_named(context: Context, dataset: Dataset, name: str, page: str | None = None) -> View:
    """Raises `NotFoundError` with the names that exist, `UsageError` for a view of another page's list."""
    known = {view.name: view for view in views_of(context, dataset)}
    if name not in known:
        names = ", ".join(map(repr, known)) or "none"
        raise NotFoundError(f"{dataset.name!r} has no view {name!r}.", f"Its views: {names}.")
    if page is not None and known[name].page != page:
        raise UsageError(
            f"View {name!r} is of the list on the page {known[name].page!r}, not of that on {page!r}.",
            "`views` says which view is of which page.",
        )
    return known[name]


def save_view(context: Context, dataset: Dataset, name: str, page: str, query: Mapping[str, str], by: str) -> View:
    """Keeps what a link to a page's list says under a name, in place of a view of that list that had it. Raises
    `UsageError` for a name that is none or that something else has, for a slice that would be made of itself or by
    which a rule would ask for rules, and for a view that is no slice in place of one by which others are narrowed."""
    kept = tuple((key, query[key]) for key in OF_PAGE[page] if query.get(key))
    view = View(dataset.dataset_id, checked_name(name), page, kept, by, now())
    known = views_of(context, dataset)
    check_free(view, known)
    rules = _rules(context, dataset)
    if not is_slice(view):
        check_unused(dataset, view, known, rules)
    check_not_of_itself(dataset, view, known)
    check_asks_no_rule(dataset, view, known, rules)
    context.ledger.views.save(view)
    return view


def save_slice(context: Context, dataset: Dataset, name: str, query: Mapping[str, str], by: str) -> View:
    """Keeps what a link to a dataset's rows lets through as a slice. Raises `UsageError` for a filter that keeps all
    rows, one that the dataset's rows have not, and a name that a view of another list has; else as `save_view`."""
    kept = {key: query[key] for key in NARROWING if query.get(key)}
    if not kept:
        raise UsageError("A slice needs a filter, and nothing narrows the rows.", "Narrow them before, see --where.")
    row_filter(dataset, kept)
    other = next((one for one in views_of(context, dataset) if one.name == checked_name(name)), None)
    if other is not None and other.page == ROWS and not is_slice(other):
        raise UsageError(f"{other.name!r} is a view of the list of rows, and no slice.", TAKEN)
    return save_view(context, dataset, name, ROWS, kept, by)


def rename_view(context: Context, dataset: Dataset, name: str, to: str) -> None:
    """Raises `NotFoundError` where there is none of that name, `UsageError` where the new one is taken or none, or
    other views or rules are narrowed by the slice or the query."""
    view = view_named(context, dataset, name)
    check_unused(dataset, view, views_of(context, dataset), _rules(context, dataset))
    to = checked_name(to)
    if view.page == QUERIES:
        check_query_name(context, dataset, to)
    context.ledger.views.rename(dataset.dataset_id, name, to)


def delete_view(context: Context, dataset: Dataset, name: str) -> None:
    """Raises `NotFoundError` where there is none of that name, `UsageError` where other views or rules are narrowed
    by the slice or the query."""
    view = view_named(context, dataset, name)
    check_unused(dataset, view, views_of(context, dataset), _rules(context, dataset))
    context.ledger.views.delete(dataset.dataset_id, name)


def _rules(context: Context, dataset: Dataset) -> list[Rule]:
    """The rules that hold."""
    return [one for one in context.ledger.rules.of(dataset.dataset_id) if not one.retired]


def check_free(view: View, known: Sequence[View]) -> None:
    """Raises `UsageError` where something that it must not take the place of has the view's name: names are shared by
    all lists and queries of a dataset."""
    other = next((one for one in known if one.name == view.name and one.page != view.page), None)
    if other is None:
        return
    if other.page == QUERIES:
        raise UsageError(f"There is a saved query named {view.name!r} already.", TAKEN)
    raise UsageError(f"There is a view of a list named {view.name!r} already: of another list.", TAKEN)


def check_query_name(context: Context, dataset: Dataset, name: str) -> None:
    """Raises `UsageError` for a name of a query that is a column of the rows or a constant: `sql = NAME` could be
    either."""
    version = get_version(context.store, dataset.latest_version_id)
    if name.lower() in {*row_names(context, dataset, version), *_CONSTANTS}:
        raise UsageError(f"“sql = {name}” is a condition by itself: no query can have that name.", "Take another name.")


def query_of(
    context: Context,
    dataset: Dataset,
    page: str,
    view: str | None,
    where: Sequence[str] = (),
    order: str | None = None,
    columns: str | None = None,
) -> dict[str, str]:
    """What a saved view of a page's list shows, narrowed further, sorted by and with the columns that are asked for
    beside it, as a link's parameters. Raises `NotFoundError` and `UsageError` as `view_named`."""
    query = {} if view is None else dict(view_named(context, dataset, view, page).query)
    texts = [*filter_texts(query.get(FILTERS, "")), *where]
    asked = {FILTERS: write_filters(texts), ORDER: order or "", COLUMNS: columns or ""}
    return query | {key: value for key, value in asked.items() if value}


def checked_name(name: str) -> str:
    """A name as it is kept. Raises `UsageError`."""
    tidied = " ".join(name.split())
    if not tidied or len(tidied) > MAX_NAME or not tidied.isprintable():
        raise UsageError(f"{name!r} is no name for a view.", f"Take 1 to {MAX_NAME} characters.")
    return tidied
