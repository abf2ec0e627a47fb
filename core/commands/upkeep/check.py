"""`check`: what of the workspace is whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from core.commands.command import Answer, files_command, table
from core.errors import WinnowError
from core.files import PART
from core.room import check_room
from core.services.upkeep.backups import list_backups
from core.services.upkeep.check import check
from core.settings import Workspace
from core.store.upkeep.look import StoreLook, look
from core.together.client import asked_of_holder


@files_command
def check_command(workspace: Workspace) -> Answer:
    """Say what of the workspace is whole, damaged or missing."""
    found, backups = check(workspace, _look_at_store), list_backups(workspace)
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


def _look_at_store(path: Path) -> StoreLook:
    """While the app has the file open, at a copy that the app makes: what the app itself reads may come from its memory
    and be whole there, though it is damaged on the disk."""
    found = look(path)
    if not found.in_use:
        return found
    try:
        with _copied_by_holder(Workspace(path.parent)) as copy:
            return look(copy) if copy else found
    except (WinnowError, OSError) as error:
        return replace(found, why_not=error.message if isinstance(error, WinnowError) else str(error))


@contextmanager
def _copied_by_holder(workspace: Workspace) -> Iterator[Path | None]:
    """The store as the process that has it open copies it, as long as the block lasts; None where that takes no
    commands, or has meanwhile given it up."""
    with tempfile.TemporaryDirectory(prefix="check.", suffix=PART, dir=workspace.root) as folder:
        check_room(workspace.root, workspace.database.stat().st_size)
        made = asked_of_holder(workspace, "backup", {"to": folder})
        yield Path(made.data["path"]) / workspace.database.name if made else None
