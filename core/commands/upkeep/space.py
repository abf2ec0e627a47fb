"""`space`: what the workspace takes of its disk, by kind, and clearing it by choice and age."""

from __future__ import annotations

from functools import partial

import click

from core.commands.command import Answer, files_command, table
from core.commands.datasets import datasets_command
from core.errors import UsageError
from core.room import size_words
from core.services.upkeep.space import CLEARABLE, TRASH, Cleared, Kind, Space, cleared_of, space
from core.settings import Workspace
from core.together.client import asked


@files_command
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice([*CLEARABLE, TRASH]),
    help="remove what there is of this kind; again for several",
)
@click.option(
    "--older-than", default=0.0, type=click.FloatRange(min=0), metavar="DAYS", help="only what is unchanged since"
)
@click.option("--yes", is_flag=True, help="also what cannot be computed again")
def space_command(workspace: Workspace, clear: tuple[str, ...], older_than: float, yes: bool) -> Answer:
    """Count what takes space, and clear it by kind and age."""
    cleared = cleared_of(workspace, [name for name in clear if name != TRASH], older_than, sure=yes)
    if TRASH in clear:
        cleared.append(_emptied(workspace, older_than, yes))
    found = space(workspace)
    return Answer(_data(found, cleared), "\n".join([*map(_cleared_text, cleared), _text(found)]))


def _emptied(workspace: Workspace, days: float, sure: bool) -> Cleared:
    """What lies in the trash is in the database: whoever has that open deletes it."""
    if not sure:
        raise UsageError(
            "Datasets in the trash cannot be computed again.", "Add --yes where you can do without them for good."
        )
    answer = asked(workspace, "datasets", {"empty_trash": days}, partial(datasets_command.run, empty_trash=days))
    return Cleared(TRASH, len(answer.plain["deleted"]) if answer else 0, 0)


def _data(found: Space, cleared: list[Cleared]) -> dict[str, object]:
    return {
        "bytes": found.size,
        "again": found.again,
        "free": found.free,
        "kinds": [
            {
                "name": one.kind.name,
                "bytes": one.size,
                "count": len(one.items),
                "again": one.kind.again,
                "clearable": one.kind.clearable or one.kind.name == TRASH,
                "by": one.kind.by,
            }
            for one in found.kinds
        ],
        "cleared": cleared,
    }


def _text(found: Space) -> str:
    lines = [
        (one.kind.name, size_words(one.size), len(one.items), "yes" if one.kind.again else "no", _way(one.kind))
        for one in found.kinds
    ]
    said = f"{size_words(found.size)}, of which {size_words(found.again)} can be computed again"
    listed = table(("kind", "size", "count", "again", "what it is, and how it goes"), lines)
    return f"{said}; {size_words(found.free)} are free.\n{listed}"


def _way(kind: Kind) -> str:
    if kind.again:
        return kind.about
    if kind.spared or kind.name == TRASH:
        return f"{kind.about} Goes by --clear {kind.name} --yes."
    return f"{kind.about} Goes by `{kind.by}`." if kind.by else kind.about


def _cleared_text(cleared: Cleared) -> str:
    if cleared.kind == TRASH:
        return f"{cleared.count:,} datasets of the trash are deleted for good; the database uses their room again."
    return f"Cleared {size_words(cleared.size)} of {cleared.kind} ({cleared.count:,})."
