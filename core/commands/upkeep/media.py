"""`media`: which images and sounds are missing, and where they may come from."""

from __future__ import annotations

from pathlib import Path

import click

from core.commands.command import Answer, command
from core.commands.parameters import in_full
from core.context import Context
from core.services.upkeep.media import bring, media


@command
@click.option("--from", "source", type=in_full, metavar="FOLDER", help="a backup, a workspace or its folder media")
def media_command(context: Context, source: Path | None) -> Answer:
    """Say which images and sounds are missing, and bring them."""
    found = bring(context, source) if source else media(context)
    lines = [f"{found.brought:,} images and sounds have come from {source}."] if source else []
    lines += [f"{found.changed:,} there are not what their names say, and were left."] if found.changed else []
    lines += found.lines or [f"No image or sound is missing in {found.folder}."]
    data = {"folder": found.folder, "missing": found.missing, "brought": found.brought, "changed": found.changed}
    return Answer(data, "\n".join(lines))
