"""Claims: a row is on one screen at a time, and comes free again."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.claims import ADOPTION_SECONDS
from core.settings import PROJECT

from .conftest import VERSION

MOMENT = monotonic()
"""Of the clock that claims run out by, which begins with the machine."""
HOLDING = """
import sys
from pathlib import Path
from core.ledger.sqlite import SqliteLedger

ledger = SqliteLedger(Path(sys.argv[1]))
print(ledger.claims.hold(sys.argv[2], sys.argv[3], range(10), now=float(sys.argv[4]), seconds=60), flush=True)
sys.stdin.readline()
"""


def take(ledger: SqliteLedger, session: str, example_ids: list[int], after: float = 0) -> list[int]:
    return ledger.claims.hold(VERSION, session, example_ids, now=MOMENT + after, seconds=60)


def test_two_sessions_never_hold_the_same_row(ledger: SqliteLedger) -> None:
    assert take(ledger, "ann", [3, 1]) == [3, 1]
    assert take(ledger, "bob", [1, 2]) == [2]
    assert sorted(ledger.claims.held_by_others(VERSION, "bob", MOMENT)) == [1, 3]
    assert ledger.claims.hold("b" * 32, "bob", [1], now=MOMENT, seconds=60) == [1]


def test_a_claim_runs_out_and_holding_anew_lengthens_it(ledger: SqliteLedger) -> None:
    take(ledger, "ann", [1, 2])
    assert take(ledger, "ann", [1], after=30) == [1]
    assert ledger.claims.held_by_others(VERSION, "bob", MOMENT + 70) == [1]
    assert take(ledger, "bob", [1, 2], after=70) == [2]


def test_rows_given_back_are_free_at_once(ledger: SqliteLedger) -> None:
    take(ledger, "ann", [1, 2, 3])
    take(ledger, "bob", [4])
    ledger.claims.release(VERSION, "ann", [1, 4])
    assert take(ledger, "cem", [1, 2, 4]) == [1]
    ledger.claims.release_all("ann")
    assert take(ledger, "cem", [2, 3, 4]) == [2, 3]


def test_many_sessions_at_once_share_the_rows_out(ledger: SqliteLedger) -> None:
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda who: take(ledger, f"s{who}", list(range(who, who + 20))), range(32)))
    rows = [row for each in held for row in each]
    assert len(rows) == len(set(rows)) == 51


def test_what_a_process_that_is_gone_held_comes_free_where_no_browser_comes_back(
    ledger: SqliteLedger, path: Path
) -> None:
    now = monotonic()
    ledger.claims.hold(VERSION, "cut off", [1], now=now, seconds=600)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE claims SET owner = '1:of-another-boot'")
    connection.close()
    again = SqliteLedger(path)
    assert again.claims.held_by_others(VERSION, "ann", now + ADOPTION_SECONDS - 1) == [1]
    assert again.claims.held_by_others(VERSION, "ann", monotonic() + ADOPTION_SECONDS) == []
    again.close()


def test_opening_leaves_what_processes_that_are_gone_hold_to_be_adopted_and_nothing_else(
    ledger: SqliteLedger, path: Path
) -> None:
    def start(session: str, version: str) -> subprocess.Popen[str]:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDING, str(path), version, session, str(MOMENT)],
            cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert holder.stdout is not None and holder.stdout.readline() == f"{list(range(10))}\n"
        return holder

    take(ledger, "own", [100])
    killed, living = start("killed", "b" * 32), start("living", "c" * 32)
    killed.kill()
    killed.communicate()
    again = SqliteLedger(path)
    for version, rows in (("b" * 32, list(range(10))), ("c" * 32, list(range(10))), (VERSION, [100])):
        assert again.claims.held_by_others(version, "ann", MOMENT) == rows
        again.claims.adopt(version, "ann", [1, 2, 100])
    assert again.claims.held_by_others("b" * 32, "ann", MOMENT) == [0, 3, 4, 5, 6, 7, 8, 9]
    assert again.claims.held_by_others("c" * 32, "ann", MOMENT) == list(range(10))
    assert again.claims.held_by_others(VERSION, "ann", MOMENT) == [100]
    again.claims.adopt("b" * 32, "new", [], of="kil")
    assert again.claims.held_by_others("b" * 32, "new", MOMENT) == [1, 2]
    again.close()
    living.communicate("\n")
