"""A workspace of release 0.1.0 opens with all that was done in it, however often the move breaks off."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta

import pytest

from core.context import Context
from core.services.context import open_context
from core.services.upkeep.backups import list_backups
from core.settings import PROJECT, Workspace
from core.store.acts.decisions import in_force
from core.store.database import Database
from core.store.schema import MIGRATIONS
from core.store.versions import changes, list_versions, make_review_version

RELEASE = 2
"""The schema version of release 0.1.0."""
DATASET, FIRST, SECOND, RUN = "d" * 32, "a" * 32, "b" * 32, "c" * 32
BEGAN = datetime(2026, 1, 1, 12)
ACTS = ("relabel", "exclude", "keep", "undo", "unsure")
STOPPING = """
import os, signal, sys
from core.services.context import open_context
from core.settings import workspace
from core.services.upkeep import upgrade

def stop_before(name):
    def stop(*_):
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(upgrade, name, stop)

stop_before(sys.argv[2])
open_context(workspace(sys.argv[1]))
"""


@pytest.fixture
def old(workspace: Workspace) -> Workspace:
    """A workspace as 0.1.0 left it: a version with an act, five acts on its successor, a run, and an effect."""
    connection = Database.open(workspace.database)
    with connection.write() as cursor:
        cursor.execute("CREATE TABLE schema_version (version INTEGER)")
        for version in range(RELEASE):
            for statement in MIGRATIONS[version]:
                cursor.execute(statement)
            cursor.execute("INSERT INTO schema_version VALUES (?)", [version + 1])
        cursor.execute(
            f"""INSERT INTO datasets VALUES ('{DATASET}', 'news', 'text', 'csv', '', ['x', 'y'], '[]', NULL, 3, 0,
                'ready', '{BEGAN}', 'ann', true, NULL, NULL)"""
        )
        cursor.execute(
            f"""CREATE TABLE examples_{DATASET} AS SELECT i AS row_id, 'text ' || i AS text, 'x' AS given_label,
                NULL::VARCHAR AS split, NULL::VARCHAR AS content_hash FROM range(3) t(i)"""
        )
        versions = ((FIRST, 1, None, "load"), (SECOND, 2, FIRST, "review"))
        for version_id, number, parent, kind in versions:
            cursor.execute(
                "INSERT INTO versions VALUES (?, ?, ?, ?, ?, '', 'f', 3, ?, 'ann', NULL)",
                [version_id, DATASET, number, parent, kind, BEGAN],
            )
        _insert_act(cursor, 0, FIRST, 2, "relabel", "y", None)
        cursor.execute(
            "INSERT INTO overrides VALUES (?, ?, 2, 'y', false, NULL, ?)", [SECOND, DATASET, _decision_id(0)]
        )
        for place, action in reversed(list(enumerate(ACTS, start=1))):
            label = "y" if action == "relabel" else None
            undoes = _decision_id(place - 1) if action == "undo" else None
            _insert_act(cursor, place, SECOND, 0 if place < 5 else 1, action, label, undoes)
        cursor.execute("INSERT INTO claims VALUES ('v', 1, 'a tab', '2030-01-01')")
        cursor.execute(
            f"""INSERT INTO runs VALUES ('{RUN}', 3, '{DATASET}', '{SECOND}', 'a run', '{BEGAN}', 'ann',
                '{{"strategy": "head"}}', ['x', 'y'], '{{"splits": {{}}}}')"""
        )
        cursor.execute(
            f"INSERT INTO metrics VALUES ('{RUN}', 1, 0.5, 'train', 'loss', 'nan'), ('{RUN}', 2, 1, '', 'a', 2)"
        )
        cursor.execute(f"INSERT INTO predictions VALUES ('{RUN}', 0, 0, 'test', 'x', 0.9)")
        cursor.execute(
            f"""INSERT INTO effects VALUES ('e', '{DATASET}', '{SECOND}', '{BEGAN}', 'ann', '{{"seeds": 5}}',
                '{{"train": {{"rows": 1, "relabelled": 1, "excluded": 0}}, "seconds": 1, "device": "cpu", "notes": [],
                   "test": {{"rows": 1, "relabelled": 0, "excluded": 0}}, "scorings": []}}')"""
        )
    connection.close()
    return workspace


def _decision_id(place: int) -> str:
    return f"{place:032x}"


def _insert_act(
    cursor: object, place: int, version_id: str, example_id: int, action: str, label: str | None, undoes: str | None
) -> None:
    """One second later than the act before it."""
    cursor.execute(  # type: ignore[attr-defined]
        "INSERT INTO decisions VALUES (?, ?, ?, ?, ?, ?, ?, 'bob', ?, NULL, '{}', ?)",
        [
            *(_decision_id(place), f"key {place}", DATASET, version_id, example_id, action, label),
            *(BEGAN + timedelta(seconds=place), undoes),
        ],
    )


@contextmanager
def opened(workspace: Workspace) -> Iterator[Context]:
    with closing(open_context(workspace)) as context:
        yield context


def check(context: Context) -> None:
    """All that was done is there, once, in its order, and goes on from there."""
    acts = context.ledger.decisions.page(DATASET)
    assert [act.decision_id for act in acts] == [_decision_id(place) for place in (5, 4, 3, 2, 1, 0)]
    assert [(act.example_id, act.action) for act in in_force(context.store, SECOND)] == [(0, "exclude"), (1, "unsure")]
    (run,) = context.ledger.runs.of(DATASET)
    assert (run.number, run.labels, run.spec, run.summary) == (3, ("x", "y"), {"strategy": "head"}, {"splits": {}})
    assert [metric.name for metric in context.ledger.runs.metrics(RUN)] == ["loss", "a"]
    assert context.store.fetch("SELECT run_id FROM predictions") == [(RUN,)]
    (effect,) = context.ledger.effects.of(SECOND)
    assert (effect.effect_id, effect.settings, effect.train.relabelled) == ("e", {"seeds": 5}, 1)
    assert [(c.example_id, c.from_label, c.to_label) for c in changes(context.store, SECOND, 9)] == [(2, "x", "y")]
    tables = {table for (table,) in context.store.fetch("SELECT table_name FROM duckdb_tables() WHERE NOT temporary")}
    kept = context.store.fetch("SELECT DISTINCT database_name FROM duckdb_tables() WHERE table_name = 'decisions'")
    assert not tables & {"claims", "runs", "metrics", "effects"}
    assert kept == [("acts",)]


def test_a_workspace_of_the_first_release_opens_with_all_that_was_done_in_it(old: Workspace) -> None:
    with opened(old) as context:
        check(context)
        made = make_review_version(context.store, SECOND, "", "ann")
        assert (made.number, made.row_count, made.acts_up_to) == (3, 2, 6)
        assert [version.acts_up_to for version in list_versions(context.store, DATASET)] == [None, None, 6]
    with opened(old) as context:
        check(context)


def test_its_database_as_it_was_lies_beside_it(old: Workspace) -> None:
    with opened(old):
        pass
    with opened(old):
        pass
    (copy,) = list_backups(old)
    assert (copy.why, [one.schema for one in copy.files_of("winnow.duckdb")]) == ("upgrade", [RELEASE])
    before = Database.open(copy.path / "winnow.duckdb")
    assert before.fetch("SELECT count(*) FROM main.decisions") == [(6,)]
    assert before.fetch("SELECT session FROM claims") == [("a tab",)]
    before.close()


@pytest.mark.parametrize("step", ["earlier_decisions", "earlier_runs", "earlier_effects", "drop_earlier"])
def test_a_move_that_was_killed_is_done_by_the_next_start(old: Workspace, step: str) -> None:
    killed = subprocess.run([sys.executable, "-c", STOPPING, str(old.root), step], cwd=PROJECT, check=False)
    assert killed.returncode == -signal.SIGKILL
    with opened(old) as context:
        check(context)
