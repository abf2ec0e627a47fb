"""Acts are written once, whoever sends them how often, and their order is that of writing."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from core.ledger.sqlite import SqliteLedger
from core.settings import PROJECT
from core.store.ids import new_id
from core.store.times import now

from .conftest import DATASET, VERSION, act

SENDING = """
import sys
from pathlib import Path
from core.ledger.sqlite import SqliteLedger
from tests.unit.ledger.conftest import act

ledger = SqliteLedger(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
print(sum(ledger.decisions.append([act(row, key=f"key {row}")]) for row in range(200)))
"""


def test_an_act_written_twice_is_one_act(ledger: SqliteLedger) -> None:
    made = replace(act(0), shown={"score": 0.5}, new_label="ä")
    assert ledger.decisions.append([made, replace(made, decision_id=new_id())]) == 1
    assert ledger.decisions.append([made]) == 0
    assert ledger.decisions.append([]) == 0
    assert ledger.decisions.page(DATASET) == [made]
    assert ledger.decisions.by_client_key([made.client_key, "unknown"]) == {made.client_key: made}


def test_acts_sent_by_many_threads_at_once_are_written_once(ledger: SqliteLedger) -> None:
    made = [act(row) for row in range(5)]
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda _: ledger.decisions.append(made), range(40)))
    assert sum(added) == 5
    assert ledger.decisions.count(DATASET) == 5


def test_acts_sent_by_several_processes_at_once_are_written_once(ledger: SqliteLedger, path: Path) -> None:
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", SENDING, str(path)],
            cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for sender in senders:
        assert sender.stdout is not None and sender.stdout.readline() == "open\n"
    for sender in senders:
        assert sender.stdin is not None
        sender.stdin.write("\n")
        sender.stdin.flush()
    assert sum(int(sender.communicate(timeout=120)[0]) for sender in senders) == 200
    assert ledger.decisions.count(DATASET) == 200
    assert ledger.decisions.newest() >= 200  # SQLite may use up a number for an act that is there already


def test_all_acts_are_listed_newest_first_and_can_be_narrowed(ledger: SqliteLedger) -> None:
    kept, excluded = act(0), act(1, "exclude")
    ledger.decisions.append([kept, excluded, act(0, "undo", undoes=kept)])
    assert [one.action for one in ledger.decisions.page(DATASET)] == ["undo", "exclude", "keep"]
    assert ledger.decisions.page(DATASET, action="exclude") == [excluded]
    assert ledger.decisions.page(DATASET, example_id=0, limit=1, offset=1) == [kept]
    assert ledger.decisions.count(DATASET, reviewer="bob", version_id=VERSION) == 3
    assert ledger.decisions.count(DATASET, reviewer="ann") == 0


def test_undo_reaches_back_one_act_of_the_same_reviewer_at_a_time_though_the_clock_steps_back(
    ledger: SqliteLedger,
) -> None:
    moment = now()
    first, second = act(0, at=moment), act(1, "unsure", at=moment - timedelta(hours=2))
    ledger.decisions.append([first])
    ledger.decisions.append([second])
    assert ledger.decisions.last_undoable(VERSION, "bob") == second
    ledger.decisions.append([act(1, "undo", undoes=second, at=moment - timedelta(hours=3))])
    assert ledger.decisions.last_undoable(VERSION, "bob") == first
    ledger.decisions.append([act(0, "undo", undoes=first, at=moment - timedelta(hours=4))])
    assert ledger.decisions.last_undoable(VERSION, "bob") is None
    assert ledger.decisions.last_undoable(VERSION, "ann") is None


def test_what_follows_the_ledger_gets_each_act_once(ledger: SqliteLedger) -> None:
    assert ledger.decisions.newest() == 0
    assert ledger.decisions.since(0).num_rows == 0
    made = act(3, "relabel", label="x")
    ledger.decisions.append([act(0), made])
    found = ledger.decisions.since(1)
    assert found["seq"].to_pylist() == [2]
    assert ledger.decisions.since(0, 1)["seq"].to_pylist() == [1]
    assert found["decided_at"].to_pylist() == [made.decided_at.replace(tzinfo=None)]
    assert (found["example_id"].to_pylist(), found["new_label"].to_pylist(), found["shown"].to_pylist()) == (
        [3],
        ["x"],
        ["{}"],
    )
    ledger.forget(DATASET)
    ledger.decisions.append([act(9)])
    assert ledger.decisions.since(2)["example_id"].to_pylist() == [9]
