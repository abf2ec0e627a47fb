"""`views`: the saved views of a dataset's lists; and how one is renamed or deleted."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, person, table
from core.commands.parameters import dataset_argument, where_option
from core.context import Context
from core.errors import UsageError
from core.services.lists.asked import FILTERS, LABEL, SEARCH, SPLIT
from core.services.lists.slices import is_slice
from core.services.lists.written import write_filters
from core.services.views import delete_view, rename_view, save_slice, views_of
from core.store.datasets import get_dataset

USE = {"data": "export", "issues": "issues", "sql": "sql --saved"}
"""The command that writes a page's list, which takes the view with --view."""


@command
@dataset_argument
@click.option("--rename", nargs=2, metavar="OLD NEW", help="give a view another name")
@click.option("--delete", metavar="VIEW", help="delete a view; no row is touched")
@click.option("--save", metavar="SLICE", help="save the rows that the options keep as a slice: `slice = SLICE`")
@where_option
@click.option("--label", metavar="CLASS", help="with --save: rows of that class")
@click.option("--split", metavar="S", help="with --save: rows of that split")
@click.option("--words", metavar="WORDS", help="with --save: rows in which every one of these words occurs")
def views_command(
    context: Context,
    name: str,
    rename: tuple[str, str] | None,
    delete: str | None,
    save: str | None,
    where: tuple[str, ...],
    label: str | None,
    split: str | None,
    words: str | None,
) -> Answer:
    """List a dataset's saved views, for `issues --view` and `export --view`; those of rows are slices."""
    dataset = get_dataset(context.store, name)
    asked = {FILTERS: write_filters(where), LABEL: label or "", SPLIT: split or "", SEARCH: words or ""}
    query = {key: value for key, value in asked.items() if value}
    if query and save is None:
        raise UsageError("--where, --label, --split and --words say what --save saves.", "Add --save NAME.")
    if save is not None:
        save_slice(context, dataset, save, query, person())
    if rename is not None:
        rename_view(context, dataset, *rename)
    if delete is not None:
        delete_view(context, dataset, delete)
    found = views_of(context, dataset)
    data = [
        {
            "name": one.name,
            "page": one.page,
            "slice": is_slice(one),
            "query": dict(one.query),
            "by": one.saved_by,
            "at": one.saved_at,
        }
        for one in found
    ]
    lines = [
        (
            one.name,
            one.page,
            USE.get(one.page, "–"),
            "yes" if is_slice(one) else "",
            ", ".join(f"{key}: {value}" for key, value in one.query),
        )
        for one in found
    ]
    nothing = f"{dataset.name} has no view yet: “Views” above a list saves one."
    return Answer(data, table(("view", "page", "command", "slice", "shows"), lines) if found else nothing)
