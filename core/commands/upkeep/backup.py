"""`backup`: a copy of the workspace's three files and its maps. `backups`: those that there are."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command, files_command, table
from core.commands.parameters import in_full
from core.context import Context
from core.room import size_words
from core.services.upkeep.backups import Backup, list_backups, make_backup
from core.settings import Workspace
from core.together.caller import caller

_WHY = {"daily": "of the day", "upgrade": "before an upgrade", "asked": "asked for"}


@command
@click.option("--to", type=in_full, metavar="FOLDER", help="where it is made; default: the workspace's backups/")
@click.option("--with-files", is_flag=True, help="with the images and sounds, which it says the size of first")
def backup_command(context: Context, to: Path | None, with_files: bool) -> Answer:
    """Make a backup."""

    def say_size(files: int, size: int) -> None:
        caller().err.write(f"Images and sounds: {files:,} files, {size_words(size)}.\n")

    made = make_backup(context.workspace, context.store, "asked", to, with_files=say_size if with_files else None)
    assert made is not None  # one that is asked for is made even where nothing changed
    return Answer(_data(made), f"{made.path}: {len(made.files)} files{_media(made)}, {made.size / 1e6:,.1f} MB.")


@files_command
def backups_command(workspace: Workspace) -> Answer:
    """List the backups, newest first."""
    found = list_backups(workspace)
    rows = [
        (
            *(one.name, f"{one.made_at:%Y-%m-%d %H:%M}", _WHY[one.why], f"{one.size / 1e6:,.1f} MB"),
            *("with" if one.media else "without", one.release),
        )
        for one in found
    ]
    columns = ("backup", "made (UTC)", "why", "size", "images and sounds", "release")
    text = table(columns, rows) if rows else "There is no backup yet: `python -m core backup` makes one."
    return Answer([_data(one) for one in found], text)


def _media(made: Backup) -> str:
    return f" and {made.media:,} of images and sounds" if made.media else ""


def _data(made: Backup) -> dict[str, object]:
    return {
        "name": made.name,
        "path": made.path,
        "made_at": made.made_at,
        "why": made.why,
        "release": made.release,
        "bytes": made.size,
        "media": made.media,
        "files": [one.name for one in made.files],
    }
