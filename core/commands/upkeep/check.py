"""`check`: what of the workspace is whole."""

from __future__ import annotations

from core.commands.command import Answer, files_command, table
from core.services.upkeep.backups import list_backups
from core.services.upkeep.check import check
from core.settings import Workspace


@files_command
def check_command(workspace: Workspace) -> Answer:
    """Say what of the workspace is whole, damaged or missing."""
    found, backups = check(workspace), list_backups(workspace)
    wrong = [one for one in found if one.wrong]
    newest = f"{backups[0].name}, of {len(backups):,}" if backups else "none yet: `python -m core backup` makes one"
    lines = [
        table(("what", "state", ""), [(one.what, one.state, one.said) for one in found]),
        f"Newest backup: {newest}.",
        *(f"{one.what}: {one.step}." for one in found if one.step),
        f"{len(wrong):,} of {len(found):,} are not as they should be." if wrong else "Nothing is damaged.",
    ]
    data = {
        "workspace": workspace.root,
        "sound": not wrong,
        "findings": found,
        "backups": [one.name for one in backups],
    }
    return Answer(data, "\n".join(lines), failed=bool(wrong))
