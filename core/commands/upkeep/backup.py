"""`backup`: a copy of the workspace's three files, or the list of those that there are."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command, table, unopened
from core.context import Context
from core.services.upkeep.backups import Backup, list_backups, make_backup
from core.settings import Workspace, expanded

_WHY = {"daily": "of the day", "upgrade": "before an upgrade", "asked": "asked for"}


@command
def _made(context: Context, to: Path | None) -> Answer:
    made = make_backup(context.workspace, context.store, "asked", to)
    assert made is not None  # one that is asked for is made even where nothing changed
    return Answer(_data(made), f"{made.path}: {len(made.files)} files, {made.size / 1e6:,.1f} MB.")


@unopened
@click.option("--to", type=Path, metavar="FOLDER", help="where it is made; default: the workspace's backups/")
@click.option("--list", "listed", is_flag=True, help="what backups there are, newest first")
def backup_command(workspace: Workspace, to: Path | None, listed: bool) -> Answer:
    """Make a backup, or list those that there are."""
    if listed:
        return _list(workspace)
    folder = None if to is None else expanded(to).resolve()
    answer: Answer = click.get_current_context().invoke(_made, to=folder)
    return answer


def _list(workspace: Workspace) -> Answer:
    found = list_backups(workspace)
    rows = [
        (one.name, f"{one.made_at:%Y-%m-%d %H:%M}", _WHY[one.why], f"{one.size / 1e6:,.1f} MB", one.release)
        for one in found
    ]
    columns = ("backup", "made (UTC)", "why", "size", "release")
    text = table(columns, rows) if rows else "There is no backup yet: `winnow backup` makes one."
    return Answer([_data(one) for one in found], text)


def _data(made: Backup) -> dict[str, object]:
    return {
        "name": made.name,
        "path": made.path,
        "made_at": made.made_at,
        "why": made.why,
        "release": made.release,
        "bytes": made.size,
        "files": [one.name for one in made.files],
    }
