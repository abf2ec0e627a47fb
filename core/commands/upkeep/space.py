"""`space`: what the workspace takes of its disk, by kind, and clearing what can be computed again."""

from __future__ import annotations

import click

from core.commands.command import Answer, files_command, table
from core.room import size_words
from core.services.space import CLEARABLE, Cleared, Space, cleared_of, space
from core.settings import Workspace


@files_command
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice(CLEARABLE),
    help="remove what can be computed again, of this kind; again for several",
)
@click.option(
    "--older-than", default=0.0, type=click.FloatRange(min=0), metavar="DAYS", help="only what is unchanged since"
)
def space_command(workspace: Workspace, clear: tuple[str, ...], older_than: float) -> Answer:
    """Count what takes space, and clear what can be computed again."""
    cleared = cleared_of(workspace, clear, older_than)
    found = space(workspace)
    return Answer(_data(found, cleared), "\n".join([*map(_cleared_text, cleared), _text(found)]))


def _data(found: Space, cleared: list[Cleared]) -> dict[str, object]:
    return {
        "bytes": found.size,
        "again": found.again,
        "free": found.free,
        "kinds": [
            {"name": one.kind.name, "bytes": one.size, "count": len(one.items), "again": one.kind.again}
            for one in found.kinds
        ],
        "cleared": cleared,
    }


def _text(found: Space) -> str:
    lines = [
        (one.kind.name, size_words(one.size), len(one.items), "yes" if one.kind.again else "no", one.kind.about)
        for one in found.kinds
    ]
    said = f"{size_words(found.size)}, of which {size_words(found.again)} can be computed again"
    listed = table(("kind", "size", "count", "again", ""), lines)
    return f"{said}; {size_words(found.free)} are free.\n{listed}"


def _cleared_text(cleared: Cleared) -> str:
    return f"Cleared {size_words(cleared.size)} of {cleared.kind} ({cleared.count:,})."
