"""`views`: the saved views of a dataset's lists; and how one is renamed or deleted."""

from __future__ import annotations

import click

from core.commands.command import Answer, command, table
from core.commands.parameters import dataset_argument
from core.context import Context
from core.services.views import delete_view, rename_view, views_of
from core.store.datasets import get_dataset

USE = {"data": "export", "issues": "issues", "sql": "sql --saved"}
"""The command that writes a page's list, which takes the view with --view."""


@command
@dataset_argument
@click.option("--rename", nargs=2, metavar="OLD NEW", help="give a view another name")
@click.option("--delete", metavar="VIEW", help="delete a view; no row is touched")
def views_command(context: Context, name: str, rename: tuple[str, str] | None, delete: str | None) -> Answer:
    """List a dataset's saved views, for `issues --view` and `export --view`."""
    dataset = get_dataset(context.store, name)
    if rename is not None:
        rename_view(context, dataset, *rename)
    if delete is not None:
        delete_view(context, dataset, delete)
    found = views_of(context, dataset)
    data = [
        {"name": one.name, "page": one.page, "query": dict(one.query), "by": one.saved_by, "at": one.saved_at}
        for one in found
    ]
    lines = [
        (one.name, one.page, USE.get(one.page, "–"), ", ".join(f"{key}: {value}" for key, value in one.query))
        for one in found
    ]
    nothing = f"{dataset.name} has no view yet: “Views” above a list saves one."
    return Answer(data, table(("view", "page", "command", "shows"), lines) if found else nothing)
