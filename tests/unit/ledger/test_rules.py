"""Rules in the ledger: every version of each is kept, the newest holds, and none is written over."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copy

from core.ledger.sqlite import SqliteLedger
from core.ledger.sqlite.file import SCHEMAS, has_acts
from core.ledger.sqlite.look import altered
from core.ledger.sqlite.salvage import salvage
from core.records import Rule
from core.store.ids import new_id
from core.store.times import now

from .conftest import DATASET

WITHOUT = next(place for place, step in enumerate(SCHEMAS) if any("TABLE rules" in statement for statement in step))
"""How many upgrades a file has behind it that knows no rules."""


def rule(name: str = "refunds", number: int = 1, *, where: str = "text contains refund", retired: bool = False) -> Rule:
    return Rule(new_id(), DATASET, name, number, where, "money", retired, "ada", now())


def test_the_newest_version_of_each_rule_holds_and_the_others_stay(ledger: SqliteLedger) -> None:
    first, other = rule(), rule("Late")
    second = rule(number=2, where='["text contains refund", "price >= 10"]')
    third = rule(number=3, retired=True)
    assert [ledger.rules.append(one) for one in (first, other, second, third)] == [True] * 4
    found = ledger.rules.of(DATASET)
    assert [(one.name, one.number, one.retired) for one in found] == [("Late", 1, False), ("refunds", 3, True)]
    assert [(one.number, one.where) for one in ledger.rules.log(DATASET, "refunds")] == [
        (3, "text contains refund"),
        (2, '["text contains refund", "price >= 10"]'),
        (1, "text contains refund"),
    ]
    assert ledger.rules.log(DATASET)[-1].changed_by == "ada"
    assert (ledger.rules.newest(), ledger.rules.of("x" * 32)) == (4, [])


def test_of_two_who_make_the_same_version_the_second_is_told_no(ledger: SqliteLedger) -> None:
    first = rule()
    assert ledger.rules.append(first)
    assert not ledger.rules.append(first)
    assert not ledger.rules.append(rule(where="text contains late"))
    assert [one.where for one in ledger.rules.log(DATASET)] == ["text contains refund"]


def test_rules_go_with_their_dataset(ledger: SqliteLedger) -> None:
    ledger.rules.append(rule())
    ledger.rules.append(replace(rule(), dataset_id="e" * 32))
    ledger.forget(DATASET)
    assert (ledger.rules.of(DATASET), len(ledger.rules.of("e" * 32))) == ([], 1)


def test_a_file_from_before_there_were_rules_is_brought_up_to_date(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in [one for step in SCHEMAS[:WITHOUT] for one in step]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {WITHOUT}")
        connection.commit()
    assert not has_acts(path)
    again = SqliteLedger(path)
    again.rules.append(rule())
    again.close()
    assert has_acts(path)


def test_a_rule_that_reads_otherwise_than_in_a_copy_is_seen_and_one_that_is_lost_comes_back(
    ledger: SqliteLedger, path: Path, tmp_path: Path
) -> None:
    ledger.rules.append(rule())
    ledger.close()
    kept = tmp_path / "kept.sqlite"
    copy(path, kept)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE rules SET label = 'other'")
    assert altered(path, kept) == 1
    salvage(kept, tmp_path / "new.sqlite")
    saved = SqliteLedger(tmp_path / "new.sqlite")
    assert [one.label for one in saved.rules.of(DATASET)] == ["money"]
    saved.close()
