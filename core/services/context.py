"""Opens a workspace, which is what every function of this room works on."""

from __future__ import annotations

import atexit
from contextlib import nullcontext

from core.context import Context
from core.jobs.masked_rows.web import masked_apart
from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS, check_is_ledger, has_acts, ledger_damaged
from core.queue.queue import Queue
from core.queue.table import check_is_jobs, has_jobs, jobs_damaged
from core.room import full_disk_told, keep_reserve
from core.services.lists.slices import SlicesOfViews
from core.services.rules.keeping import RulesOfLedger
from core.services.similar.asked import Alike
from core.services.sql.filter import Queries
from core.services.trash import purge
from core.services.upkeep.backups import make_backup, prune_unless_damaged
from core.services.upkeep.upgrade import move_acts
from core.settings import Workspace
from core.sqlite import tables_of, version_of
from core.sqlite_log import problem_of_log
from core.store import schema
from core.store.database import Database
from core.store.schema import migrate
from core.store.upkeep.lock import not_while_mended
from core.store.upkeep.opening import damaged

_WITH_LEDGER = 3
"""From this schema version of the store on, a workspace has a ledger."""


def open_context(workspace: Workspace, *, mending: bool = False) -> Context:
    """Makes what is missing, brings the files up to date, finds lost jobs and empties the trash of what is due. Files
    that have to be upgraded are copied before. While it is `mending`, files may be of different days, so that what one
    of them calls trash may be in use by another: nothing is deleted.
    Whoever mends has the workspace alone: `core.store.upkeep.lock.mended`.

    Raises `WorkspaceLockedError` while another process has the workspace open or mends it, `StoreError` where a newer
    Winnow wrote it, `WorkspaceDamagedError` where one of its files is damaged or has disappeared, `NoRoomError` where
    its disk is full.
    """
    with full_disk_told(workspace.root), nullcontext() if mending else not_while_mended(workspace.root):
        return _opened(workspace, mending)


def _opened(workspace: Workspace, mending: bool) -> Context:
    _check_the_logs(workspace)
    check_store_is_there(workspace)
    workspace.create()
    store = Database.open(workspace.database)
    ledger: SqliteLedger | None = None
    try:
        _check_the_others(workspace, store)
        _back_up_before_upgrade(workspace, store)
        ledger = SqliteLedger(workspace.ledger)
        store.follow(ledger.decisions, ledger.classes, ledger.tags)
        store.slices = SlicesOfViews(ledger.views)
        store.rules = RulesOfLedger(ledger.rules)
        store.masked, store.apart = ledger.masking.on, masked_apart
        migrate(store)
        move_acts(store, ledger)
        queue = Queue(workspace)
        queue.reconcile()
        if not mending:
            purge(store, ledger, queue, workspace)
    except BaseException:
        store.close()
        if ledger is not None:
            ledger.close()
        raise
    keep_reserve(workspace.root)
    context = Context(workspace, store, queue, ledger)
    store.queries = Queries(context)
    store.alike = Alike(context)
    atexit.register(context.beside.close)
    return context


def check_store_is_there(workspace: Workspace) -> None:
    """A workspace in which something was done has a store: a new one in its place would look as if all were gone."""
    if workspace.database.exists():
        return
    for other, used in ((workspace.ledger, has_acts), (workspace.jobs_database, has_jobs)):
        if used(other):
            raise damaged(workspace.database, f"it is missing, though {other.name} knows what was done with it")


def _check_the_logs(workspace: Workspace) -> None:
    """Before SQLite opens one of the files and passes over its log in silence."""
    for path, damaged_file in ((workspace.ledger, ledger_damaged), (workspace.jobs_database, jobs_damaged)):
        if said := problem_of_log(path):
            raise damaged_file(path, said)


def _check_the_others(workspace: Workspace, store: Database) -> None:
    """What is no ledger, or no table of jobs, or is gone, is said before anything is written."""
    check_is_ledger(workspace.ledger)
    check_is_jobs(workspace.jobs_database)
    if schema.version_of(store) >= _WITH_LEDGER and not tables_of(workspace.ledger):
        raise ledger_damaged(workspace.ledger, _gone(workspace.ledger.exists()))
    if not tables_of(workspace.jobs_database) and any(workspace.runs.glob("*/spec.json")):
        raise jobs_damaged(workspace.jobs_database, _gone(workspace.jobs_database.exists()))


def _gone(there: bool) -> str:
    return "it is empty" if there else "it is missing"


def _back_up_before_upgrade(workspace: Workspace, store: Database) -> None:
    of_store, of_ledger = schema.version_of(store), version_of(workspace.ledger)
    if 0 < of_store < len(schema.MIGRATIONS) or 0 < of_ledger < len(SCHEMAS):
        made = make_backup(workspace, store, "upgrade")
        prune_unless_damaged(workspace, made)
