"""The backup of each day, made beside the pages while the app is open."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from core.context import Context
from core.errors import StoppedError
from core.jobs.recorded import record_versions
from core.services.upkeep.backups import Backup, list_backups, make_backup, prune_unless_damaged

EVERY = timedelta(days=1)
FIRST_SECONDS, LOOK_SECONDS = 60.0, 600.0
"""After how long the first look is taken, so that whoever has just opened the app waits for nothing, and the next."""
_LOG = logging.getLogger("winnow")


def start_daily(context: Context) -> None:
    """Looks from time to time, in a thread, whether a backup is due, as long as the workspace is open."""

    def work() -> None:
        wait = FIRST_SECONDS
        while not context.beside.leave_within(wait):
            wait = LOOK_SECONDS
            try:
                record_versions(context)
                back_up_if_due(context)
            except StoppedError:
                return
            except Exception:
                _LOG.exception("the daily backup could not be made; it is tried again")

    context.beside.start("daily-backup", work)


def back_up_if_due(context: Context) -> Backup | None:
    """Makes a backup where the newest is a day old and something has changed since; returns it. Older ones go in time,
    but not where it turns out that this one is of a damaged file."""
    newest = next(iter(list_backups(context.workspace)), None)
    if newest and timedelta(0) <= datetime.now(UTC) - newest.made_at < EVERY:  # one of the future was of a wrong clock
        return None
    made = make_backup(
        context.workspace, context.store, "daily", unless_as=newest, stopped=lambda: context.beside.leaving
    )
    if made is None:
        return None
    prune_unless_damaged(context.workspace, made)
    return made
