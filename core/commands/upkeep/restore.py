"""`restore`: a backup in the place of what is damaged, and what was done since made again."""

from __future__ import annotations

import click

from core.commands.command import Answer, files_command
from core.services.upkeep.restore import Restored, restore
from core.settings import Workspace

_LOG = ".wal"


@files_command
@click.argument("name", required=False, help="a backup, see `backups`, or its folder; default: the newest")
@click.option("--all", "everything", is_flag=True, help="all three files, not only what is damaged")
def restore_command(workspace: Workspace, name: str | None, everything: bool) -> Answer:
    """Put a backup in the place of what is damaged."""
    done = restore(workspace, name, everything=everything)
    return Answer(done, "\n".join(_lines(done)))


def _lines(done: Restored) -> list[str]:
    of = f"of {done.made_at:%Y-%m-%d %H:%M} UTC ({done.backup})" if done.made_at else "made anew; no backup has it"
    copied = [file for file in done.files if not file.endswith(_LOG)]
    lines = [f"{', '.join(copied)}: {of}."] if copied else []
    lines += [f"{file}: what can be read of it." for file in done.files if file.endswith(_LOG)]
    lines.append(f"What was there lies in {done.aside}.")
    if "ledger.sqlite" in done.files:
        lost = f"; at most {done.acts_missing:,} are missing" if done.acts_missing else "; none is known to be missing"
        lines.append(f"{done.acts:,} acts of after the backup were read from the damaged ledger{lost}.")
    if any(file.startswith("winnow.duckdb") for file in done.files):
        lines.append(f"Made again that it lacked: {done.again.versions:,} versions, {done.again.outputs:,} outputs.")
    if done.again.datasets:
        lines.append(f"Loaded again from where they came from, with the same rows: {', '.join(done.again.datasets)}.")
    if done.media.brought:
        lines.append(f"Images and sounds of the backup: {done.media.brought:,}.")
    if done.maps:
        lines.append(f"Maps of the backup: {done.maps:,}.")
    lines += done.media.lines
    return [*lines, *(f"  {one}" for one in done.again.lost)]
