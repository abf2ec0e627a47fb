"""Queries under a name, kept where views of lists are: all who work on the dataset know them."""

from __future__ import annotations

from core.context import Context
from core.errors import NotFoundError, UsageError
from core.records import Dataset, View
from core.services.lists.slices import QUERIES
from core.services.views import check_free, check_query_name, checked_name, views_of
from core.store.times import now

TEXT = "sql"
"""Where the text of a query stands, in what is kept and in a link."""


def queries_of(context: Context, dataset: Dataset) -> dict[str, View]:
    """The saved queries of a dataset, by name."""
    return {view.name: view for view in views_of(context, dataset) if view.page == QUERIES}


def query_named(context: Context, dataset: Dataset, name: str) -> str:
    """The text of a saved query. Raises `NotFoundError` with the names that exist."""
    known = queries_of(context, dataset)
    if name not in known:
        names = ", ".join(map(repr, known)) or "none"
        raise NotFoundError(f"{dataset.name!r} has no query {name!r}.", f"Its queries: {names}.")
    return dict(known[name].query)[TEXT]


def save_query(context: Context, dataset: Dataset, name: str, sql: str, by: str) -> View:
    """Keeps a query under a name, in place of one that had it. Raises `UsageError` for a name that is none, that a
    view of a list has, or that is a column, and for a query without a word."""
    name = checked_name(name)
    if not sql.strip():
        raise UsageError("There is no query to save yet.", "Write it first.")
    check_query_name(context, dataset, name)
    view = View(dataset.dataset_id, name, QUERIES, ((TEXT, sql.strip()),), by, now())
    check_free(view, views_of(context, dataset))
    context.ledger.views.save(view)
    return view
